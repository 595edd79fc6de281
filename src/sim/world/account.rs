//! An AWS account in one region, and the clusters in it.

use jiff::Timestamp;

use super::{
    Alarm, Cache, Database, Key, LoadBalancer, LogGroup, LogStream, Metrics, MuteRule, Node,
    ParameterGroup, SavedQuery, ScalableTarget, ScalingActivity, ScheduledAction, Service, Tags,
    TargetGroup, TaskDefinition, TrailRecord,
};

/// One AWS account, seen in one region.
#[derive(Debug, Clone)]
pub struct Account {
    /// Twelve digits.
    pub id: String,
    /// The account alias (`acme-prod`).
    pub alias: String,
    /// The one region the simulator knows.
    pub region: String,
    /// ECS clusters.
    pub clusters: Vec<Cluster>,
    /// ECS services of all clusters, in order of creation.
    pub services: Vec<Service>,
    /// Every registered revision of every family.
    pub task_definitions: Vec<TaskDefinition>,
    /// Application load balancers.
    pub load_balancers: Vec<LoadBalancer>,
    /// Target groups with their registered targets.
    pub target_groups: Vec<TargetGroup>,
    /// RDS instances.
    pub databases: Vec<Database>,
    /// RDS parameter groups.
    pub parameter_groups: Vec<ParameterGroup>,
    /// `ElastiCache` clusters of one node.
    pub caches: Vec<Cache>,
    /// Keys of the key management service.
    pub keys: Vec<Key>,
    /// Nodes of Session Manager.
    pub nodes: Vec<Node>,
    /// Application Auto Scaling targets.
    pub scalable_targets: Vec<ScalableTarget>,
    /// Scheduled actions on them.
    pub scheduled_actions: Vec<ScheduledAction>,
    /// What auto scaling did, newest first.
    pub scaling_activities: Vec<ScalingActivity>,
    /// What `CloudTrail` remembers, newest first.
    pub trail: Vec<TrailRecord>,
    /// Metric and composite alarms.
    pub alarms: Vec<Alarm>,
    /// Rules that mute alarms.
    pub mute_rules: Vec<MuteRule>,
    /// Dashboards: their names and bodies.
    pub dashboards: Vec<(String, String)>,
    /// Queries saved in Logs Insights.
    pub queries: Vec<SavedQuery>,
    /// `CloudWatch` Logs groups.
    pub log_groups: Vec<LogGroup>,
    /// `CloudWatch` metrics, by the minute.
    pub metrics: Metrics,
    /// Others who call the same APIs and drain the same buckets.
    pub pollers: Vec<Poller>,
}

/// An ECS cluster.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Its tags.
    pub tags: Tags,
    /// The ARN of the key its sessions are encrypted with.
    pub session_key: Option<String>,
    /// `containerInsights` setting: `enabled` or `disabled`.
    pub container_insights: &'static str,
}

/// Somebody else who polls an API of this account: a colleague's script, four more consoles.
#[derive(Debug, Clone)]
pub struct Poller {
    /// The operation it calls (`DescribeServices`).
    pub operation: String,
    /// Calls per second.
    pub rate: f64,
    /// From when on.
    pub from: Timestamp,
    /// Until when, if it ever ends.
    pub until: Option<Timestamp>,
}

impl Account {
    /// What somebody wrote into a log group before the story begins.
    pub fn write_log(&mut self, (group, stream): (&str, &str), lines: &[(Timestamp, &str)]) {
        let mut groups = self.log_groups.iter_mut();
        let Some(group) = groups.find(|one| one.name == group) else {
            return;
        };
        let Some((began, _)) = lines.first() else {
            return;
        };
        let mut written = LogStream::new(stream, *began);
        for (at, line) in lines {
            written.write(at.as_millisecond(), *at, line);
        }
        group.streams.push(written);
    }

    /// Creates an empty log group; one that is there is left as it is.
    pub fn create_log_group(&mut self, name: &str, retention_days: Option<u32>, now: Timestamp) {
        if self.log_groups.iter().all(|group| group.name != name) {
            let arn = self.arn("logs", &format!("log-group:{name}"));
            let group = LogGroup::empty(arn, name, now);
            self.log_groups.push(LogGroup {
                retention_days,
                ..group
            });
        }
    }

    /// An ARN in this account: `arn:aws:{service}:{region}:{id}:{resource}`.
    pub fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{resource}", self.region, self.id)
    }
}
