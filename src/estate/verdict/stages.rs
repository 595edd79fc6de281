//! Rows for deployments that go by stages: blue/green, linear and canary.

use super::case::{Case, SERVICES};
use super::moving::deploy_words;
use super::{Health, Verdict};
use crate::estate::deployment::State;
use crate::estate::service::{Progress, Stage, Strategy};
use crate::estate::{SignedDuration, Timestamp, words};

/// The operation that tells of stages.
const DEPLOYMENTS: &str = "DescribeServiceDeployments";

/// A deployment that was ended, or that goes back.
pub(super) fn ended(case: &Case<'_>) -> Option<Verdict> {
    let progress = case.service.progress.as_ref()?;
    let what = match progress.state {
        State::Stopped => "was stopped",
        State::StopRequested => "is being stopped",
        State::RollbackRequested | State::RollbackInProgress => "failed, rolling back",
        State::RollbackFailed => "failed, and so did its rollback",
        State::Pending
        | State::InProgress
        | State::Successful
        | State::RollbackSuccessful
        | State::Unknown(_) => return None,
    };
    let label = case.service.task_definition.label();
    let evidence = [case.running(), format!("deploy {label} {what}")];
    let since = progress.updated_at.or(progress.started_at);
    Some(case.verdict(Health::Degraded, since, &evidence, DEPLOYMENTS))
}

/// The name of a strategy by stages.
pub const fn strategy_word(strategy: &Strategy) -> Option<&'static str> {
    match strategy {
        Strategy::BlueGreen => Some("blue/green"),
        Strategy::Linear => Some("linear"),
        Strategy::Canary => Some("canary"),
        Strategy::Rolling | Strategy::Unknown(_) => None,
    }
}

/// Where it is: a stage may last as long as its bake time, a hook as long as somebody takes to
/// answer, and neither is stuck.
pub(super) fn moving(case: &Case<'_>) -> Option<Verdict> {
    if !case.service.goes_by_stages() || !case.aborts.is_empty() {
        return None;
    }
    let name = strategy_word(&case.service.strategy)?;
    let deploy = deploy_words(case.service);
    let Some(progress) = &case.service.progress else {
        let evidence = [format!("{name}: its stage was not read"), deploy];
        let since = case.service.primary().and_then(|one| one.created_at);
        return Some(case.verdict(Health::Deploying, since, &evidence, SERVICES));
    };
    // Where it is comes first: an approval that is waited for must not be cut off.
    let stage = stage_words(progress, case.now);
    let evidence = [format!("{name}: {stage}"), deploy];
    Some(case.verdict(
        Health::Deploying,
        progress.started_at,
        &evidence,
        DEPLOYMENTS,
    ))
}

/// Where a deployment by stages is: `baking, 4 min left`.
pub fn stage_words(progress: &Progress, now: Timestamp) -> String {
    if let Some(waiting) = &progress.waiting {
        let until = waiting.expires_at.map(|at| at.duration_since(now));
        return match until {
            Some(left) => format!(
                "waiting for approval ({}, gives up in {})",
                waiting.hook,
                words::duration(left)
            ),
            None => format!("waiting for approval ({})", waiting.hook),
        };
    }
    match &progress.stage {
        Stage::Starting => "starting".to_owned(),
        Stage::Shifting => match progress.share {
            Some(share) => format!("shifting traffic, {share} % on the new tasks"),
            None => "shifting traffic".to_owned(),
        },
        Stage::Baking => {
            let left = progress
                .updated_at
                .map(|at| (at + progress.bake).duration_since(now));
            let left = left.filter(SignedDuration::is_positive);
            left.map_or_else(
                || "baking".to_owned(),
                |left| format!("baking, {} left", words::duration(left)),
            )
        }
        Stage::CleaningUp => "removing the old tasks".to_owned(),
        Stage::Absent | Stage::Unknown(_) => "AWS names no stage".to_owned(),
    }
}
