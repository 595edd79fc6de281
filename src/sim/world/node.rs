//! Nodes of Session Manager.

use jiff::Timestamp;
use serde::Deserialize;

/// A managed node.
#[derive(Debug, Clone)]
pub struct Node {
    /// `i-…` of an EC2 instance, `mi-…` of a machine elsewhere.
    pub id: String,
    /// What it calls itself.
    pub name: String,
    /// Its address.
    pub address: String,
    /// Whether its agent answers.
    pub ping: Ping,
    /// How long its agent has been silent, in minutes, when it does not answer.
    pub silent_since: Option<Timestamp>,
    /// Its operating system's name and version.
    pub platform: (String, String),
    /// Its agent's version.
    pub agent: String,
    /// When it was registered.
    pub registered_at: Timestamp,
}

/// Whether a node's agent answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ping {
    /// It does.
    #[default]
    Online,
    /// It did a while ago.
    ConnectionLost,
}

impl Ping {
    /// AWS's word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Online => "Online",
            Self::ConnectionLost => "ConnectionLost",
        }
    }
}
