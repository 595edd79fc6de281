//! Log lines and where they come from.

use serde::Serialize;

use super::Timestamp;
use super::id::{LogGroup, ServiceArn};
use super::text::Text;

mod fields;
pub mod filter;
pub mod held;
mod keys;
mod level;
mod links;
mod live;
mod mask;
pub mod pattern;
mod saved;
mod spoken;
mod trace;

pub use fields::Fields;
pub use filter::Filter;
pub use held::{Held, HeldLine, Key};
pub use keys::{KeysOf, LogKeys};
pub use level::{level, level_under};
pub use links::LogLinks;
pub use live::{LiveState, LiveTail};
pub use mask::{MaskError, Masks};
pub use saved::SavedQuery;
pub use trace::{BREAK, first_line, goes_on};

/// Where a container's lines can be read (aws.md 7.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum LogSource {
    /// CloudWatch Logs: streams `PREFIX/CONTAINER/TASK-ID` of a group.
    CloudWatch {
        /// The log group.
        group: LogGroup,
        /// What the stream names of this container begin with.
        stream_prefix: Text,
    },
    /// Another log driver: the lines are not in CloudWatch.
    Elsewhere {
        /// The container.
        container: Text,
        /// The driver's name.
        driver: Text,
    },
}

/// How bad a line says it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// The line does not say.
    #[default]
    None,
    /// Debug and trace.
    Debug,
    /// Info.
    Info,
    /// Warnings.
    Warn,
    /// Errors and worse.
    Error,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogLine {
    /// CloudWatch's event id: the same line read twice has the same id.
    pub id: Text,
    /// When the program says it happened.
    pub at: Timestamp,
    /// When CloudWatch took it in.
    pub ingested_at: Option<Timestamp>,
    /// The stream it came in.
    pub stream: Text,
    /// The service it belongs to.
    pub service: ServiceArn,
    /// How bad it is.
    pub level: LogLevel,
    /// Whether later lines were handed over before it came.
    pub late: bool,
    /// The line.
    pub message: Text,
}

/// What a tail can honestly say about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum TailState {
    /// Nothing asked yet.
    Starting,
    /// Up to date as far as AWS tells.
    Live,
    /// More pages are waiting.
    CatchingUp {
        /// How far the newest line read lies behind.
        seconds: u32,
    },
    /// Asked to be slower.
    Throttled,
    /// The log group does not exist.
    GroupMissing,
    /// Not allowed; the missing IAM action.
    Denied {
        /// The IAM action's name.
        action: Text,
    },
    /// The lines are somewhere else.
    Elsewhere {
        /// The log driver's name.
        driver: Text,
    },
    /// The task definition has no log configuration.
    NoLogs,
    /// Any other failure, in a sentence.
    Failed {
        /// What happened.
        sentence: Text,
    },
}

impl TailState {
    /// What stands between us and the lines, in words; `None` while nothing does.
    pub fn words(&self) -> Option<String> {
        match self {
            Self::Starting | Self::Live | Self::CatchingUp { .. } => None,
            Self::Throttled => Some("AWS asked to be asked less often".to_owned()),
            Self::GroupMissing => Some("its log group does not exist".to_owned()),
            Self::Denied { action } => Some(format!("the caller lacks {action}")),
            Self::Elsewhere { driver } => {
                Some(format!("its lines go to {driver}, not to CloudWatch"))
            }
            Self::NoLogs => Some("its task definition has no log configuration".to_owned()),
            Self::Failed { sentence } => Some(sentence.as_str().to_owned()),
        }
    }
}

/// What a tail hands over: new lines and its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TailNews {
    /// The service followed.
    pub service: ServiceArn,
    /// New lines in time order; never one that was handed over before.
    pub lines: Vec<LogLine>,
    /// The state after them.
    pub state: TailState,
    /// What could not be read, if something could not: from, to.
    pub gap: Option<(Timestamp, Timestamp)>,
    /// What its paid stream does.
    pub live: LiveTail,
    /// Everything asked for was read; nothing more comes.
    pub done: bool,
    /// When AWS was asked.
    pub at: Timestamp,
}
