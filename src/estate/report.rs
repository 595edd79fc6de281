//! The snapshot as `firstline status --json` prints it.

use serde::Serialize;

use super::Timestamp;
use super::alarm::{Alarm, AlarmState};
use super::board::{Counts, Row, counts};
use super::environment::Tier;
use super::id::{AccountId, AlarmArn, ClusterArn, EnvironmentName, Region, ServiceArn};
use super::problem::Problem;
use super::snapshot::{EnvironmentSnapshot, Snapshot};
use super::text::Text;
use super::verdict::Health;

/// One whole look at the estate, for programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// When it was put together.
    pub taken_at: Timestamp,
    /// In the settings' order.
    pub environments: Vec<EnvironmentReport>,
    /// Worst first.
    pub services: Vec<ServiceReport>,
    /// Alarms in ALARM, newest first.
    pub alarms: Vec<AlarmReport>,
    /// What could not be read.
    pub problems: Vec<ProblemReport>,
}

/// One environment and how its services are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EnvironmentReport {
    /// Its name.
    pub name: EnvironmentName,
    /// The tier the settings claim.
    pub tier: Tier,
    /// Its account, from the settings or else from AWS.
    pub account: Option<AccountId>,
    /// Its region.
    pub region: Region,
    /// Services by verdict.
    pub counts: Counts,
}

/// One service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceReport {
    /// Its ARN.
    pub arn: ServiceArn,
    /// Its name.
    pub name: Text,
    /// Its cluster.
    pub cluster: ClusterArn,
    /// Its environment.
    pub environment: EnvironmentName,
    /// The verdict's class.
    pub verdict: Health,
    /// Since when, as far as known.
    pub since: Option<Timestamp>,
    /// Why, in one sentence.
    pub evidence: Text,
    /// Tasks running.
    pub running: u32,
    /// Tasks wanted.
    pub desired: u32,
    /// Tasks on their way.
    pub pending: u32,
    /// Whether the data is too old to be believed.
    pub stale: bool,
}

/// One alarm in ALARM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AlarmReport {
    /// Its ARN.
    pub arn: AlarmArn,
    /// Its name.
    pub name: Text,
    /// Its environment.
    pub environment: EnvironmentName,
    /// When it changed.
    pub since: Option<Timestamp>,
    /// CloudWatch's reason.
    pub reason: Text,
    /// Whether anybody is told.
    pub notifies: bool,
}

/// One thing that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProblemReport {
    /// Where.
    pub environment: EnvironmentName,
    /// What.
    #[serde(flatten)]
    pub problem: Problem,
}

/// Puts the report together. `rows` are those of the same snapshot, worst first.
pub fn report(snapshot: &Snapshot, rows: &[Row], now: Timestamp) -> Report {
    let mut alarms: Vec<AlarmReport> = snapshot
        .environments
        .iter()
        .flat_map(|one| {
            let ringing = one
                .alarms
                .iter()
                .filter(|one| one.state == AlarmState::Alarm);
            ringing.map(|alarm| alarm_report(alarm, &one.environment.name))
        })
        .collect();
    alarms.sort_by(|a, b| b.since.cmp(&a.since).then_with(|| a.arn.cmp(&b.arn)));
    Report {
        taken_at: now,
        environments: snapshot
            .environments
            .iter()
            .map(|one| environment_report(one, rows))
            .collect(),
        services: rows.iter().map(service_report).collect(),
        alarms,
        problems: problems(snapshot),
    }
}

/// What could not be read, as every report ends.
pub fn problems(snapshot: &Snapshot) -> Vec<ProblemReport> {
    let problems = snapshot.problems();
    let problems = problems.map(|(environment, problem)| ProblemReport {
        environment: environment.clone(),
        problem: problem.clone(),
    });
    problems.collect()
}

fn environment_report(one: &EnvironmentSnapshot, rows: &[Row]) -> EnvironmentReport {
    let environment = &one.environment;
    let caller = one.identity.as_ref().map(|identity| &identity.account);
    EnvironmentReport {
        name: environment.name.clone(),
        tier: environment.tier,
        account: environment.account.as_ref().or(caller).cloned(),
        region: environment.region.clone(),
        counts: counts(rows, Some(&environment.name)),
    }
}

fn service_report(row: &Row) -> ServiceReport {
    ServiceReport {
        arn: row.arn.clone(),
        name: row.name.clone(),
        cluster: row.cluster.clone(),
        environment: row.environment.clone(),
        verdict: row.verdict.health,
        since: row.verdict.since,
        evidence: row.verdict.evidence.clone(),
        running: row.running,
        desired: row.desired,
        pending: row.pending,
        stale: row.stale,
    }
}

fn alarm_report(alarm: &Alarm, environment: &EnvironmentName) -> AlarmReport {
    AlarmReport {
        arn: alarm.arn.clone(),
        name: alarm.name.clone(),
        environment: environment.clone(),
        since: alarm.since,
        reason: alarm.reason.clone(),
        notifies: alarm.notifies,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::fixture::{ago, alarm, environment, problem, service};
    use crate::estate::problem::{Feed, ProblemKind};
    use crate::estate::verdict::Judge;

    #[test]
    fn the_json_keeps_its_shape() {
        let mut down = service("orders");
        down.running = 0;
        let mut estate = environment(vec![down, service("web")]);
        let mut fine = alarm("fine");
        fine.state = AlarmState::Ok;
        estate.alarms = vec![alarm("orders-5xx-high"), fine];
        let mut denied = problem(Feed::Metrics);
        denied.operation = "GetMetricData";
        denied.kind = ProblemKind::Denied {
            action: "cloudwatch:GetMetricData".into(),
        };
        if let Some(state) = estate.feeds.get_mut(&Feed::Metrics) {
            state.problems = vec![denied];
        }
        let snapshot = Snapshot {
            environments: vec![estate],
        };
        let rows = Judge::default().look(&snapshot, ago(0));
        let report = report(&snapshot, &rows, ago(0));
        let json = serde_json::to_string_pretty(&report).unwrap();
        insta::assert_snapshot!(json);
    }
}
