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
    AccountSpec, AlarmSpec, BalancerSpec, CacheSpec, ClusterSpec, DatabaseSpec, Estate, KeySpec,
    NodeSpec, ServiceSpec,
};

/// The shipped scenarios: name and file.
const SHIPPED: [(&str, &str); 7] = [
    ("demo", include_str!("demo.toml")),
    ("steady", include_str!("steady.toml")),
    ("bad-deploy", include_str!("bad-deploy.toml")),
    ("crash-loop", include_str!("crash-loop.toml")),
    ("db-connections", include_str!("db-connections.toml")),
    ("oom", include_str!("oom.toml")),
    ("throttled", include_str!("throttled.toml")),
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
        Ok(Self {
            name: name.to_owned(),
            about: timeline.about,
            estate,
            effects: timeline.effects,
        })
    }
}
