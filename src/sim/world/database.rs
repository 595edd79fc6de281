//! RDS instances and parameter groups.

use jiff::Timestamp;
use strum::AsRefStr;

use super::Tags;

/// The engine of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsRefStr, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Engine {
    /// `PostgreSQL`.
    Postgres,
    /// `MySQL`.
    Mysql,
}

/// An RDS instance.
#[derive(Debug, Clone)]
pub struct Database {
    /// Its ARN.
    pub arn: String,
    /// `DBInstanceIdentifier`.
    pub id: String,
    /// `postgres` or `mysql`.
    pub engine: Engine,
    /// The engine's version.
    pub engine_version: String,
    /// `db.t4g.medium`.
    pub class: String,
    /// `available`.
    pub status: &'static str,
    /// Its parameter group, by name.
    pub parameter_group: String,
    /// GiB.
    pub allocated_storage: u32,
    /// Whether it has a standby.
    pub multi_az: bool,
    /// Its zone.
    pub availability_zone: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// Its tags (`TagList`).
    pub tags: Tags,
    /// Connections the engine truly admits; the formula only comes near it.
    pub(in crate::sim) limit: f64,
    /// Connections in the last minute.
    pub(in crate::sim) connections: f64,
}

/// An RDS parameter group. One parameter is enough for this world.
#[derive(Debug, Clone)]
pub struct ParameterGroup {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// `postgres16`.
    pub family: String,
    /// The value of `max_connections`: a number or a formula.
    pub max_connections: String,
    /// `user`, or `engine-default` / `system` when nobody set it.
    pub source: &'static str,
}
