//! The shape of `estate.toml`.

use serde::Deserialize;

use super::ScenarioError;
use crate::sim::world::deployment::Strategy;
use crate::sim::world::{Engine, Ping, Tags};

/// Everything that exists before anything happens.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Estate {
    /// The region of everything.
    pub region: String,
    /// Accounts, production first.
    #[serde(rename = "account")]
    pub accounts: Vec<AccountSpec>,
    /// ECS clusters; their names are unique over all accounts.
    #[serde(rename = "cluster")]
    pub clusters: Vec<ClusterSpec>,
    /// Load balancers.
    #[serde(default, rename = "balancer")]
    pub balancers: Vec<BalancerSpec>,
    /// Databases.
    #[serde(default, rename = "database")]
    pub databases: Vec<DatabaseSpec>,
    /// Caches.
    #[serde(default, rename = "cache")]
    pub caches: Vec<CacheSpec>,
    /// Keys of the key management service.
    #[serde(default, rename = "key")]
    pub keys: Vec<KeySpec>,
    /// Nodes of Session Manager.
    #[serde(default, rename = "node")]
    pub nodes: Vec<NodeSpec>,
    /// Services.
    #[serde(rename = "service")]
    pub services: Vec<ServiceSpec>,
    /// Alarms.
    #[serde(default, rename = "alarm")]
    pub alarms: Vec<AlarmSpec>,
    /// Dashboards.
    #[serde(default, rename = "dashboard")]
    pub dashboards: Vec<DashboardSpec>,
    /// Queries saved in Logs Insights.
    #[serde(default, rename = "query")]
    pub queries: Vec<QuerySpec>,
}

/// A query saved in Logs Insights.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuerySpec {
    /// Its name; slashes make folders.
    pub name: String,
    /// Its account's alias.
    pub account: String,
    /// The log groups it is about.
    pub groups: Vec<String>,
    /// What it asks, in the language of Logs Insights.
    pub text: String,
}

/// A dashboard.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DashboardSpec {
    /// Its name.
    pub name: String,
    /// Its account's alias.
    pub account: String,
    /// Its body, as AWS keeps it.
    pub body: String,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountSpec {
    /// Twelve digits.
    pub id: String,
    /// Its alias.
    pub alias: String,
}

/// A cluster.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClusterSpec {
    /// Its name.
    pub name: String,
    /// Its account's alias.
    pub account: String,
    /// The value of its `environment` tag.
    pub environment: String,
    /// Whether Container Insights measures it.
    #[serde(default)]
    pub insights: bool,
    /// The alias of the key its sessions are encrypted with.
    #[serde(default)]
    pub session_key: Option<String>,
}

/// A key of the key management service.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySpec {
    /// Its alias without `alias/`.
    pub alias: String,
    /// Its account's alias.
    pub account: String,
}

/// An application load balancer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BalancerSpec {
    /// Its name.
    pub name: String,
    /// Its account's alias.
    pub account: String,
}

/// A database.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSpec {
    /// `DBInstanceIdentifier`.
    pub id: String,
    /// Its account's alias.
    pub account: String,
    /// `postgres` or `mysql`.
    pub engine: Engine,
    /// The engine's version.
    pub version: String,
    /// Its class.
    pub class: String,
    /// GiB.
    pub storage: u32,
    /// `max_connections` in its parameter group.
    pub max_connections: String,
    /// Connections it truly admits.
    pub admits: f64,
    /// Whether it has a standby.
    #[serde(default)]
    pub multi_az: bool,
    /// The Aurora cluster it is a member of.
    #[serde(default)]
    pub aurora: Option<String>,
}

/// A cache of one node.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CacheSpec {
    /// `CacheClusterId`.
    pub id: String,
    /// Its account's alias.
    pub account: String,
    /// Its node type.
    pub node_type: String,
}

/// A node of Session Manager.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeSpec {
    /// What it calls itself.
    pub name: String,
    /// Its account's alias.
    pub account: String,
    /// Its operating system.
    #[serde(default = "amazon_linux")]
    pub platform: String,
    /// The operating system's version.
    #[serde(default = "amazon_linux_version")]
    pub version: String,
    /// Its agent's version.
    #[serde(default = "agent")]
    pub agent: String,
    /// Whether its agent answers.
    #[serde(default)]
    pub ping: Ping,
    /// No EC2 instance.
    #[serde(default)]
    pub elsewhere: bool,
}

fn amazon_linux() -> String {
    "Amazon Linux".to_owned()
}
fn amazon_linux_version() -> String {
    "2023".to_owned()
}
fn agent() -> String {
    "3.3.2299.0".to_owned()
}

/// Who deploys a service, and how its tasks are spread.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceKind {
    /// ECS's own rolling update of replicas.
    #[default]
    Rolling,
    /// ECS's own rolling update, one task on each instance.
    Daemon,
    /// AWS CodeDeploy, with task sets.
    CodeDeploy,
    /// Somebody else, with task sets.
    External,
}

/// A service. Numbers are those of a usual noon.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own in the file"
)]
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceSpec {
    /// Its name.
    pub name: String,
    /// Its cluster's name.
    pub cluster: String,
    /// How many tasks.
    pub desired: u32,
    /// The newest revision of its task definition.
    pub revision: u32,
    /// The tag of its image.
    pub tag: String,
    /// CPU units.
    #[serde(default = "cpu_units")]
    pub cpu_units: u32,
    /// MiB.
    #[serde(default = "mebibytes")]
    pub mebibytes: u32,
    /// The load balancer it is behind.
    #[serde(default)]
    pub balancer: Option<String>,
    /// Requests per minute, all tasks together.
    #[serde(default)]
    pub rpm: f64,
    /// Median response time in milliseconds.
    #[serde(default = "milliseconds")]
    pub p50: f64,
    /// CPU utilisation in percent.
    #[serde(default = "percent")]
    pub cpu: f64,
    /// Memory utilisation in percent.
    #[serde(default = "percent")]
    pub memory: f64,
    /// Log lines per second.
    #[serde(default = "lines")]
    pub lines: f64,
    /// Whether it logs JSON.
    #[serde(default)]
    pub json: bool,
    /// Whether its log only counts, so many lines every second.
    #[serde(default)]
    pub numbered: bool,
    /// How many seconds late one line in a hundred of such a log is taken in.
    #[serde(default = "minute")]
    pub late: i64,
    /// Its log group, if not one of its own.
    #[serde(default)]
    pub log_group: Option<String>,
    /// The database it uses.
    #[serde(default)]
    pub database: Option<String>,
    /// Connections of one task's pool.
    #[serde(default)]
    pub pool: f64,
    /// The cache it uses.
    #[serde(default)]
    pub cache: Option<String>,
    /// `[minimumHealthyPercent, maximumPercent]`.
    #[serde(default = "percents")]
    pub percents: [u32; 2],
    /// Circuit breaker with rollback.
    #[serde(default = "yes")]
    pub breaker: bool,
    /// Who deploys it and how it is spread.
    #[serde(default)]
    pub kind: ServiceKind,
    /// Whether its tasks run on EC2 instances instead of Fargate.
    #[serde(default)]
    pub instances: bool,
    /// Whether those instances are AWS's own.
    #[serde(default)]
    pub managed: bool,
    /// Whether ECS manages it and its load balancer as one.
    #[serde(default)]
    pub express: bool,
    /// How its deployments go.
    #[serde(default)]
    pub strategy: Strategy,
    /// Container health check.
    #[serde(default)]
    pub health_check: bool,
    /// Seconds it needs after `RUNNING` until it answers.
    #[serde(default = "warm")]
    pub warm_seconds: i64,
    /// ECS Exec.
    #[serde(default)]
    pub exec: bool,
    /// Auto scaling between `[min, max]`.
    #[serde(default)]
    pub scaling: Option<[u32; 2]>,
    /// Deployment alarms by name.
    #[serde(default)]
    pub deployment_alarms: Vec<String>,
    /// That it was put to rest, if it was.
    #[serde(default)]
    pub at_rest: Option<AtRest>,
    /// More tags.
    #[serde(default)]
    pub tags: Tags,
}

/// A service that was put to rest on the last evening, with what is on record for it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AtRest {
    /// How many tasks it had.
    pub tasks: u32,
    /// Who did it.
    pub by: String,
}

const fn cpu_units() -> u32 {
    512
}
const fn mebibytes() -> u32 {
    1024
}
const fn milliseconds() -> f64 {
    40.0
}
const fn percent() -> f64 {
    35.0
}
const fn warm() -> i64 {
    8
}
const fn minute() -> i64 {
    60
}
const fn lines() -> f64 {
    0.4
}
const fn percents() -> [u32; 2] {
    [100, 200]
}
const fn yes() -> bool {
    true
}

/// An alarm.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlarmSpec {
    /// Its name.
    pub name: String,
    /// Its account's alias.
    pub account: String,
    /// What it is for.
    pub about: String,
    /// A service (`cluster/service`), database, cache or load balancer; empty for a composite.
    #[serde(default)]
    pub of: String,
    /// A metric by its name in AWS; empty for a composite.
    #[serde(default)]
    pub metric: String,
    /// A statistic by its name in AWS.
    #[serde(default)]
    pub statistic: String,
    /// The threshold.
    #[serde(default)]
    pub over: Option<f64>,
    /// The threshold from the other side.
    #[serde(default)]
    pub under: Option<f64>,
    /// `[M, N]`: M of the last N points.
    #[serde(default = "points")]
    pub points: [u32; 2],
    /// Missing points are good.
    #[serde(default)]
    pub missing_is_fine: bool,
    /// The children of a composite alarm.
    #[serde(default)]
    pub any_of: Vec<String>,
}

const fn points() -> [u32; 2] {
    [3, 3]
}

impl Estate {
    /// The estate every shipped scenario happens to.
    ///
    /// # Errors
    ///
    /// When `estate.toml` is not well formed.
    pub fn shipped() -> Result<Self, ScenarioError> {
        toml::from_str(include_str!("estate.toml")).map_err(|source| ScenarioError::File {
            file: "estate".to_owned(),
            source,
        })
    }
}
