//! Scenarios: data files that say what the estate is and what happens to it when.
//!
//! `estate.toml` is shared; every other file is a timeline of effects, relative to the moment the
//! world is opened. A misspelt key is an error, not a silence.

mod estate;
mod generated;
#[cfg(test)]
mod tests;

use jiff::SignedDuration;
use serde::Deserialize;
use thiserror::Error;

pub use estate::{
    AccountSpec, AlarmSpec, AtRest, BalancerSpec, CacheSpec, ClusterSpec, DashboardSpec,
    DatabaseSpec, Estate, KeySpec, NodeSpec, ServiceKind, ServiceSpec,
};

/// The shipped scenarios: name and file.
const SHIPPED: [(&str, &str); 21] = [
    ("demo", include_str!("demo.toml")),
    ("steady", include_str!("steady.toml")),
    ("bad-deploy", include_str!("bad-deploy.toml")),
    ("crash-loop", include_str!("crash-loop.toml")),
    ("db-connections", include_str!("db-connections.toml")),
    ("oom", include_str!("oom.toml")),
    ("throttled", include_str!("throttled.toml")),
    ("zone-impaired", include_str!("zone-impaired.toml")),
    ("secret-deleted", include_str!("secret-deleted.toml")),
    ("image-gone", include_str!("image-gone.toml")),
    ("target-flapping", include_str!("target-flapping.toml")),
    ("deadlock", include_str!("deadlock.toml")),
    ("silence", include_str!("silence.toml")),
    ("stale-agent", include_str!("stale-agent.toml")),
    ("other-controllers", include_str!("other-controllers.toml")),
    ("stages", include_str!("stages.toml")),
    ("protected", include_str!("protected.toml")),
    ("keep-alive", include_str!("keep-alive.toml")),
    ("slow-target", include_str!("slow-target.toml")),
    ("cache-storm", include_str!("cache-storm.toml")),
    ("disk-full", include_str!("disk-full.toml")),
];

/// Why a scenario cannot be had.
#[derive(Debug, Error)]
pub enum ScenarioError {
    /// There is no such scenario.
    #[error("there is no scenario \"{name}\"; there are: {}", Scenario::names().join(", "))]
    Unknown {
        /// The name asked for.
        name: String,
    },
    /// A file does not say what a scenario file must say.
    #[error("scenario file {file}.toml: {source}")]
    File {
        /// The file's name without its ending.
        file: String,
        /// What is wrong, with line and column.
        source: toml::de::Error,
    },
}

/// An estate and what happens to it.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// What it shows, in a sentence.
    pub about: String,
    /// What exists.
    pub estate: Estate,
    /// What happens, in order of the file.
    pub effects: Vec<Effect>,
}

/// The shape of a scenario file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Timeline {
    about: String,
    /// Services that only this scenario has.
    #[serde(default, rename = "service")]
    services: Vec<ServiceSpec>,
    #[serde(default, rename = "effect")]
    effects: Vec<Effect>,
}

/// Something that happens.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// When, counted from the moment the world is opened: `-12m`.
    pub at: SignedDuration,
    /// When it ends, if it does.
    #[serde(default)]
    pub until: Option<SignedDuration>,
    /// What.
    #[serde(rename = "do")]
    pub act: Act,
}

/// What happens. A service is named `cluster/service`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Act {
    /// A new revision with a new image is deployed.
    Deploy {
        /// Of this service.
        service: String,
        /// The image's tag.
        tag: String,
        /// By this role or user.
        by: String,
    },
    /// Another image is pushed under the tag a service runs, and nothing is deployed.
    Push {
        /// Of this service.
        service: String,
        /// The tag is deleted instead.
        #[serde(default)]
        gone: bool,
    },
    /// Tasks of the current revision die.
    Die {
        /// Of this service.
        service: String,
        /// So long after they reached `RUNNING`, or after they were made when `early`.
        after: SignedDuration,
        /// Give or take as much.
        #[serde(default)]
        spread: SignedDuration,
        /// With this exit code.
        exit: i32,
        /// With this reason of the container.
        #[serde(default)]
        reason: Option<String>,
        /// Before they run.
        #[serde(default)]
        early: bool,
        /// The scheduler then waits so long.
        #[serde(default)]
        pause: SignedDuration,
    },
    /// Tasks leak database connections.
    Leak {
        /// Of this service.
        service: String,
        /// So many a minute, all tasks together.
        per_minute: f64,
    },
    /// Targets fail their health check and stay.
    Sicken {
        /// Of this service.
        service: String,
        /// So many targets.
        targets: usize,
        /// In this zone, if it matters.
        #[serde(default)]
        zone: Option<String>,
    },
    /// The desired count changes, as auto scaling changes it.
    Scale {
        /// Of this service.
        service: String,
        /// To this.
        to: u32,
    },
    /// Tasks that are started from now on fail to start; those that run are not concerned.
    Refuse {
        /// Of this service.
        service: String,
        /// So long after they were made.
        after: SignedDuration,
        /// `stoppedReason` in AWS's words.
        reason: String,
    },
    /// The scheduler replaces tasks, as rebalancing between zones does.
    Replace {
        /// Of this service.
        service: String,
        /// So many.
        tasks: usize,
    },
    /// Now and then a target fails its health check, and the scheduler replaces its task.
    Flap {
        /// Of this service.
        service: String,
        /// So often.
        every: SignedDuration,
    },
    /// The agents of its instances fall silent: whatever they said last is said for ever.
    Disconnect {
        /// Of this service.
        service: String,
    },
    /// Its tasks protect themselves from scaling in.
    Protect {
        /// Of this service.
        service: String,
        /// So many.
        tasks: usize,
    },
    /// Somebody approves a deployment that a hook holds.
    Approve {
        /// Of this service.
        service: String,
    },
    /// ECS says something in the service's events.
    Say {
        /// Of this service.
        service: String,
        /// In these words.
        words: String,
    },
    /// No request and no log line arrives any more.
    Silence {
        /// Of this service.
        service: String,
    },
    /// Its targets close kept-alive connections too early: the load balancer answers 502.
    Mismatch {
        /// Of this service.
        service: String,
        /// So many a minute.
        per_minute: f64,
    },
    /// Its targets stay healthy and answer some requests later than the load balancer waits: 504.
    Hang {
        /// Of this service.
        service: String,
        /// So many a minute.
        per_minute: f64,
    },
    /// A cache has no room any more and throws out what is needed.
    Evict {
        /// The cache, by its `CacheClusterId`.
        cache: String,
    },
    /// A zone is in trouble: targets time out, agents fall silent, nothing can be placed.
    Impair {
        /// In the account with this alias.
        account: String,
        /// `eu-central-1b`.
        zone: String,
    },
    /// Somebody else polls an operation and drains its bucket.
    Poll {
        /// In the account with this alias.
        account: String,
        /// The operation.
        operation: String,
        /// Calls per second.
        rate: f64,
    },
}

impl Act {
    /// The service it happens to, as `cluster/service`, when it happens to one.
    pub fn service(&self) -> Option<&str> {
        match self {
            Self::Deploy { service, .. }
            | Self::Push { service, .. }
            | Self::Die { service, .. }
            | Self::Leak { service, .. }
            | Self::Sicken { service, .. }
            | Self::Scale { service, .. }
            | Self::Refuse { service, .. }
            | Self::Replace { service, .. }
            | Self::Flap { service, .. }
            | Self::Disconnect { service }
            | Self::Protect { service, .. }
            | Self::Silence { service }
            | Self::Approve { service }
            | Self::Say { service, .. }
            | Self::Hang { service, .. }
            | Self::Mismatch { service, .. } => Some(service),
            Self::Poll { .. } | Self::Impair { .. } | Self::Evict { .. } => None,
        }
    }
}

impl Scenario {
    /// The names of the shipped scenarios, the default first.
    pub fn names() -> Vec<&'static str> {
        SHIPPED.iter().map(|(name, _)| *name).collect()
    }

    /// A shipped scenario.
    ///
    /// # Errors
    ///
    /// When there is none of this name (the error lists them), or its file is not well formed.
    pub fn named(name: &str) -> Result<Self, ScenarioError> {
        let (_, text) = SHIPPED
            .iter()
            .find(|(shipped, _)| *shipped == name)
            .ok_or_else(|| ScenarioError::Unknown {
                name: name.to_owned(),
            })?;
        Self::parsed(name, text, Estate::shipped()?)
    }

    /// A scenario from the text of a file, over an estate.
    ///
    /// # Errors
    ///
    /// When the text is not a scenario.
    pub fn parsed(name: &str, text: &str, estate: Estate) -> Result<Self, ScenarioError> {
        let timeline: Timeline = toml::from_str(text).map_err(|source| ScenarioError::File {
            file: name.to_owned(),
            source,
        })?;
        let mut estate = estate;
        estate.services.extend(timeline.services);
        Ok(Self {
            name: name.to_owned(),
            about: timeline.about,
            estate,
            effects: timeline.effects,
        })
    }
}
