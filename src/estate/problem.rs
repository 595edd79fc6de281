//! What went wrong while asking AWS, in words a person can act on.

use serde::Serialize;

use super::Timestamp;
use super::text::Text;

/// What was being read when it went wrong; also what a snapshot keeps one reading of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, strum::Display)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Feed {
    /// `GetCallerIdentity`.
    Identity,
    /// Clusters, and which services they hold.
    Inventory,
    /// The services' state.
    Services,
    /// Tasks that stopped.
    Stops,
    /// Tasks of the opened service.
    Tasks,
    /// Running tasks of all services.
    Census,
    /// A close look at one service, for a change.
    Closely,
    /// Alarms.
    Alarms,
    /// Load balancers, target groups, databases, caches.
    Topology,
    /// Metric values.
    Metrics,
    /// Log lines.
    Logs,
    /// A session in a container.
    Session,
    /// Change calendars.
    Calendar,
    /// The journal's shared sink.
    Sink,
}

/// The class of a failure: what a person can do differs by class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ProblemKind {
    /// AWS (or our own budget) says: slower.
    Throttled,
    /// The caller lacks a permission; `action` is the IAM action's name (`ecs:ListServices`).
    Denied {
        /// The missing IAM action.
        action: Text,
    },
    /// The credentials ran out, or AWS does not accept them.
    Expired,
    /// No credentials were found.
    NoCredentials,
    /// No region is set.
    NoRegion,
    /// Nobody answered: name resolution, connection, time-out.
    Unreachable,
    /// This machine's clock differs too much from AWS's.
    ClockSkew,
    /// What was asked for does not exist (any more).
    NotFound,
    /// AWS answered something nobody can read.
    Unreadable,
    /// Anything else AWS said.
    Other,
}

impl ProblemKind {
    /// Whether somebody has to sign in again.
    pub const fn is_signed_out(&self) -> bool {
        matches!(self, Self::Expired | Self::NoCredentials)
    }
}

/// One failure with its sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What was being read.
    pub feed: Feed,
    /// The API operation that failed (`DescribeServices`).
    pub operation: &'static str,
    /// The class.
    #[serde(flatten)]
    pub kind: ProblemKind,
    /// One sentence: what happened and what to do.
    pub sentence: Text,
    /// When it was seen.
    pub at: Timestamp,
}
