//! From settings to links.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use aws_smithy_runtime_api::client::http::SharedHttpClient;

use super::budget::{Budget, Budgets};
use super::clients::{self, Clients};
use super::gate::{Gate, Meter};
use super::link::Link;
use super::role::Role;
use super::shared::SharedGroup;
use super::sign_in;
use crate::estate::Timestamp;
use crate::estate::environment::Environment;
use crate::estate::id::EnvironmentName;
use crate::estate::kpi::Wanted;
use crate::estate::log::{LogKeys, Masks};
use crate::estate::sign_in::SignIn;
use crate::estate::usage::{Prices, Usage};

/// Tells the time; the caller owns the clock.
pub(super) type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// One environment and the credentials to look at it with.
#[derive(Clone, Debug)]
pub struct Connection {
    /// The environment. Its region may be empty: then it is the profile's.
    pub environment: Environment,
    /// The profile in the AWS configuration; `None` is the current one.
    pub profile: Option<String>,
    /// The role to take on with the profile's credentials.
    pub role: Option<Role>,
    /// Who is asked in place of AWS, unless [`Options::endpoint_url`] says otherwise.
    pub endpoint_url: Option<String>,
    /// Fixed credentials, for the simulated AWS only.
    pub credentials: Option<StaticCredentials>,
    /// What the settings say of its KPIs.
    pub kpis: Wanted,
}

/// Credentials that stand in the program, for the simulated AWS only: its "account" is the
/// access key.
#[derive(Clone, PartialEq, Eq)]
pub struct StaticCredentials {
    /// The access key id.
    pub access_key_id: String,
    /// The secret.
    pub secret_access_key: String,
}

impl fmt::Debug for StaticCredentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "StaticCredentials({}, …)", self.access_key_id)
    }
}

/// What all connections have in common.
#[derive(Clone)]
pub struct Options {
    /// Points every client elsewhere; `None` leaves `AWS_ENDPOINT_URL` and its service-specific
    /// kin in force.
    pub endpoint_url: Option<String>,
    /// The region to use in place of the environments' and profiles' own.
    pub region: Option<String>,
    /// What carries the requests in place of the network: the simulator's connector.
    pub http: Option<SharedHttpClient>,
    /// Where the last run's inventory is kept; `None` keeps nothing.
    pub cache_dir: Option<PathBuf>,
    /// Tells the time.
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// What is masked in every log line.
    pub masks: Masks,
    /// Under which keys lines say their level.
    pub log_keys: LogKeys,
    /// What metrics cost, and how much they may.
    pub prices: Prices,
}

impl Options {
    /// Who is asked for `connection` in place of AWS.
    pub(super) fn endpoint<'a>(&'a self, connection: &'a Connection) -> Option<&'a str> {
        let all = self.endpoint_url.as_deref();
        all.or(connection.endpoint_url.as_deref())
    }

    /// Whether it is a simulated AWS on this machine that is asked for `connection`.
    pub(super) fn is_on_this_machine(&self, connection: &Connection) -> bool {
        let host = self.endpoint(connection).and_then(|url| {
            let host = url.split_once("://")?.1.split('/').next()?;
            host.rsplit_once(':').map(|(host, _)| host).or(Some(host))
        });
        let bare = host.map(|host| host.trim_matches(['[', ']']));
        let loopback = bare.and_then(|host| host.parse::<std::net::IpAddr>().ok());
        self.http.is_some() || loopback.is_some_and(|address| address.is_loopback())
    }
}

/// Why there is no connection.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// Neither flag, environment, settings nor profile name a region.
    #[error(
        "no region is set for {environment}: give --region, set AWS_REGION, or add `region = …` to the {profile} in ~/.aws/config"
    )]
    NoRegion {
        /// The environment without a region.
        environment: EnvironmentName,
        /// The profile that names none.
        profile: String,
    },
    /// The endpoint is not a URL the SDK can use.
    #[error("the endpoint {url:?} is not a URL: write http://HOST:PORT or https://HOST")]
    BadEndpoint {
        /// What was given.
        url: String,
    },
}

/// Every link, and what they cost together.
pub struct Cloud {
    links: Vec<Arc<Link>>,
    meter: Arc<Meter>,
    prices: Prices,
    shared: Option<Arc<SharedGroup>>,
}

impl Cloud {
    /// Makes one link for each connection, in the same order. Nothing is asked of AWS yet,
    /// except what finding a region and credentials takes.
    pub async fn connect(
        connections: Vec<Connection>,
        options: Options,
    ) -> Result<Self, ConnectError> {
        let mut endpoints = connections.iter().filter_map(|one| options.endpoint(one));
        if let Some(url) = endpoints.find(|url| !is_endpoint(url)) {
            let url = url.to_owned();
            return Err(ConnectError::BadEndpoint { url });
        }
        let http = options.http.clone().unwrap_or_else(clients::http_client);
        let meter = Arc::new(Meter::default());
        let budgets = Arc::new(Budgets::default());
        let mut by_credentials: HashMap<String, Arc<Budget>> = HashMap::new();
        let mut links = Vec::with_capacity(connections.len());
        for connection in connections {
            let clients = Clients::load(&connection, &options, &http).await;
            let Some(region) = clients.region() else {
                return Err(no_region(&connection));
            };
            let budget = by_credentials
                .entry(credentials_key(&connection))
                .or_default();
            let gate = Gate {
                region: region.clone(),
                sign_in: RwLock::new(way_back(&connection).await),
                profile: connection.profile.as_deref().map(Into::into),
                clock: Arc::clone(&options.clock),
                meter: Arc::clone(&meter),
                budget: RwLock::new(Arc::clone(budget)),
            };
            let link = Link::new(connection, clients, gate, &options, Arc::clone(&budgets));
            links.push(Arc::new(link));
        }
        Ok(Self {
            links,
            meter,
            prices: options.prices,
            shared: None,
        })
    }

    /// The same, with the log group `name` a team's journals go to, reached by `connection`. Nothing
    /// is asked of AWS yet, except what finding a region and credentials takes.
    ///
    /// # Errors
    /// When no region is known for it.
    pub async fn sharing(
        mut self,
        name: String,
        connection: Connection,
        options: &Options,
    ) -> Result<Self, ConnectError> {
        let mut links = self.links.iter();
        let same = links.find(|link| link.clients.are_of(&connection));
        let (clients, budget) = if let Some(link) = same {
            let budget = link.gate.budget.read();
            let budget = Arc::clone(&budget.unwrap_or_else(PoisonError::into_inner));
            (link.clients.clone(), budget)
        } else {
            // `--region` is about the environments: a team has one group.
            let options = Options {
                region: None,
                ..options.clone()
            };
            let http = options.http.clone().unwrap_or_else(clients::http_client);
            let clients = Clients::load(&connection, &options, &http).await;
            (clients, Arc::default())
        };
        let Some(region) = clients.region() else {
            return Err(no_region(&connection));
        };
        let gate = Gate {
            region,
            sign_in: RwLock::new(way_back(&connection).await),
            profile: connection.profile.as_deref().map(Into::into),
            clock: Arc::clone(&options.clock),
            meter: Arc::clone(&self.meter),
            budget: RwLock::new(budget),
        };
        let group = SharedGroup::new(name, connection, clients, gate);
        self.shared = Some(Arc::new(group));
        Ok(self)
    }

    /// The log group a team's journals go to, where there is one.
    pub fn shared(&self) -> Option<&Arc<SharedGroup>> {
        self.shared.as_ref()
    }

    /// Reads every credential anew.
    pub async fn renew(&self) {
        let links = self.links.iter().map(|link| link.renew());
        let group = self.shared.iter().map(|group| group.renew());
        futures::join!(
            futures::future::join_all(links),
            futures::future::join_all(group)
        );
    }

    /// The links, in the connections' order.
    pub fn links(&self) -> &[Arc<Link>] {
        &self.links
    }

    /// The link of an environment.
    pub fn link(&self, environment: &EnvironmentName) -> Option<&Arc<Link>> {
        self.links
            .iter()
            .find(|link| link.environment().name == *environment)
    }

    /// What all links cost as of `now`.
    pub fn usage(&self, now: Timestamp) -> Usage {
        self.meter.usage(now, &self.prices)
    }
}

/// What stands for the account until AWS has named it.
pub(super) fn credentials_key(connection: &Connection) -> String {
    match (&connection.environment.account, &connection.credentials) {
        (Some(account), _) => format!("account {account}"),
        (None, Some(fixed)) => format!("key {}", fixed.access_key_id),
        (None, None) => match &connection.role {
            Some(role) => format!("role {}", role.arn),
            None => format!("profile {}", connection.profile.as_deref().unwrap_or("")),
        },
    }
}

/// What brings credentials back that ran out.
async fn way_back(connection: &Connection) -> SignIn {
    let profile = connection.profile.as_deref();
    match &connection.credentials {
        Some(_) => SignIn::sso(profile),
        None => sign_in::way_back(profile).await,
    }
}

fn no_region(connection: &Connection) -> ConnectError {
    ConnectError::NoRegion {
        environment: connection.environment.name.clone(),
        profile: connection.profile.as_ref().map_or_else(
            || "current profile".to_owned(),
            |name| format!("profile {name}"),
        ),
    }
}

fn is_endpoint(url: &str) -> bool {
    let host = url
        .strip_prefix("http://")
        .or_else(|| url.strip_prefix("https://"));
    host.is_some_and(|host| {
        !host.is_empty() && !host.starts_with(['/', ':']) && !host.contains(char::is_whitespace)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_a_web_address() {
        assert!(is_endpoint("http://127.0.0.1:4577"));
        assert!(is_endpoint("https://ecs.example"));
        for bad in [
            "127.0.0.1:4577",
            "http://",
            "ftp://x",
            "http:// x",
            "https:///x",
        ] {
            assert!(!is_endpoint(bad), "{bad}");
        }
    }

    #[test]
    fn secrets_do_not_reach_a_log() {
        let fixed = StaticCredentials {
            access_key_id: "AKIAX".into(),
            secret_access_key: "hush".into(),
        };
        assert_eq!(format!("{fixed:?}"), "StaticCredentials(AKIAX, …)");
    }
}
