//! RDS instances and parameter groups.

use jiff::{SignedDuration, Timestamp};
use strum::AsRefStr;

use super::{Refusal, Tags};

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
    /// The Aurora cluster it is a member of: members stop and start with their cluster.
    pub cluster: Option<String>,
    /// Its zone.
    pub availability_zone: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// Its tags (`TagList`).
    pub tags: Tags,
    /// When it reaches another status, and which.
    pub moves: Option<(Timestamp, &'static str)>,
    /// `AutomaticRestartTime`: seven days after it was stopped.
    pub restarts_at: Option<Timestamp>,
    /// Connections the engine truly admits; the formula only comes near it.
    pub(in crate::sim) limit: f64,
    /// Connections in the last minute.
    pub connections: f64,
}

/// How long a database takes to stop or start here.
const MOVES: SignedDuration = SignedDuration::from_mins(4);
/// How long RDS lets a database stay stopped.
const STAYS: SignedDuration = SignedDuration::from_hours(7 * 24);

impl Database {
    /// The engine as the API names it.
    pub fn engine_name(&self) -> String {
        match (&self.cluster, self.engine) {
            (None, engine) => engine.as_ref().to_owned(),
            (Some(_), Engine::Postgres) => "aurora-postgresql".to_owned(),
            (Some(_), Engine::Mysql) => "aurora-mysql".to_owned(),
        }
    }

    /// `StopDBInstance`.
    pub(in crate::sim) fn stop(&mut self, now: Timestamp) -> Result<(), Refusal> {
        self.leave("available", ("stopping", "stopped"), now)?;
        self.restarts_at = Some(now + STAYS);
        Ok(())
    }

    /// `StartDBInstance`.
    pub(in crate::sim) fn start(&mut self, now: Timestamp) -> Result<(), Refusal> {
        self.leave("stopped", ("starting", "available"), now)?;
        self.restarts_at = None;
        Ok(())
    }

    fn leave(
        &mut self,
        from: &str,
        (through, to): (&'static str, &'static str),
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if self.status != from {
            return Err(Refusal::Invalid(format!(
                "Instance {} is not in {from} state.",
                self.id
            )));
        }
        self.status = through;
        self.moves = Some((now + MOVES, to));
        Ok(())
    }

    /// Moves on, and comes back by itself after seven days.
    pub(in crate::sim) fn step(&mut self, now: Timestamp) {
        if let Some((at, status)) = self.moves
            && at <= now
        {
            self.status = status;
            self.moves = None;
        }
        if self.status == "stopped" && self.restarts_at.is_some_and(|at| at <= now) {
            let _ = self.start(now);
        }
    }
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
