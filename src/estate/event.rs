//! The feed: what happened, newest first.

use super::Timestamp;
use super::id::{EnvironmentName, ServiceArn};
use super::text::Text;

/// What kind of thing happened.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::Display, serde::Serialize,
)]
#[strum(serialize_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum EventKind {
    /// An alarm changed its state.
    Alarm,
    /// A deployment started, completed or failed.
    Deploy,
    /// A task stopped abnormally.
    Stop,
    /// Any other service event.
    Event,
    /// Auto scaling did something, or did not.
    Scaling,
    /// Somebody called AWS (`CloudTrail`).
    Call,
    /// Something done from a Firstline.
    Action,
}

/// One line of the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When it happened.
    pub at: Timestamp,
    /// What kind of thing.
    pub kind: EventKind,
    /// Where.
    pub environment: EnvironmentName,
    /// The service concerned, when there is one.
    pub service: Option<ServiceArn>,
    /// What happened, in one line.
    pub words: Text,
    /// Whether it is bad news.
    pub trouble: bool,
}

impl EventKind {
    /// Whether somebody or something altered the estate; the others tell what became of it.
    pub const fn is_change(self) -> bool {
        match self {
            Self::Deploy | Self::Scaling | Self::Call | Self::Action => true,
            Self::Alarm | Self::Stop | Self::Event => false,
        }
    }
}
