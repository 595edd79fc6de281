//! What stands against the other verbs on one service: recycle, roll back, stop a task, scale.
//!
//! Which controller and strategy a verb exists for is here too: a recycle and a stopped task
//! only need a scheduler that replaces tasks, and every controller has one (aws.md 4.3); going
//! back and scaling are ECS's own.

use crate::estate::change::Change;
use crate::estate::environment::Tier;
use crate::estate::service::{Controller, Rollout, Scheduling};

use super::facts::Facts;
use super::rules::{
    Rule, deploying, express, not_active, nothing_wanted, restart_cannot_fix, rolling_back, rules,
    service,
};

/// Every list of this file.
pub(super) const LISTS: [&[Rule]; 4] = [RECYCLE, ROLLBACK, STOP_TASK, SCALE];

rules! {
    /// What stands against replacing task by task.
    RECYCLE:
    "not-active", "the service is not ACTIVE", not_active,
        "hand over: a deleted service is created again by its owners";
    "express", "ECS manages it as an Express service", express,
        "use the AWS console; this one only looks at Express services";
    "nothing-wanted", "no task is wanted", nothing_wanted,
        "start the environment first; there is no task to recycle";
    "no-task", "no task of it runs", no_task,
        "wait until a task runs, or look at why none does";
    "rolling-back", "a deployment failed and another is on its way", rolling_back,
        "watch the rollback to its end, then tell the owners of the failed revision";
    "deploying", "a deployment is in progress, or tasks of an older one still run", deploying,
        "wait for it; it replaces every task anyway";
    "restart-cannot-fix", "its newest abnormal stop within 30 minutes came before the program ran", restart_cannot_fix,
        "leave what still runs alone and hand over with these words";
}

rules! {
    /// What stands against going back. A freeze does not: it is the way out of a bad deployment.
    ROLLBACK:
    "express", "ECS manages it as an Express service", express,
        "use the AWS console; this one only looks at Express services";
    "rollback-code-deploy", "AWS CodeDeploy carries out its deployments", rollback_code_deploy,
        "stop the deployment with rollback in AWS CodeDeploy";
    "rollback-external", "an external controller carries out its deployments", rollback_external,
        "let the controller that owns it go back";
    "rolling-back-already", "it is on its way back already", rolling_back_already,
        "watch it to its end, then tell the owners of the failed revision";
    "nothing-to-roll-back", "no deployment is in progress", nothing_to_roll_back,
        "hand over: what is completed is undone by deploying the revision before it";
}

rules! {
    /// What stands against stopping one task.
    STOP_TASK:
    "not-active", "the service is not ACTIVE", not_active,
        "hand over: a deleted service is created again by its owners";
    "express", "ECS manages it as an Express service", express,
        "use the AWS console; this one only looks at Express services";
    "restart-cannot-fix", "its newest abnormal stop within 30 minutes came before the program ran", restart_cannot_fix,
        "leave what still runs alone and hand over with these words";
}

rules! {
    /// What stands against another number of tasks.
    SCALE:
    "not-active", "the service is not ACTIVE", not_active,
        "hand over: a deleted service is created again by its owners";
    "express", "ECS manages it as an Express service", express,
        "use the AWS console; this one only looks at Express services";
    "daemon", "it runs one task on each host", daemon,
        "change the number of hosts";
    "scale-to-zero-production", "production would be scaled to zero", scale_to_zero_production,
        "scale it to one task or more, or hand over";
    "scale-to-zero", "it would be scaled to zero", scale_to_zero,
        "stop the environment instead (firstline stop): it puts every count on record first";
    "outside-bounds", "auto scaling would bring it back", outside_bounds,
        "ask for a number within its bounds, or hand over: the owners set them";
    "scale-to-the-same", "it wants that many tasks already", scale_to_the_same,
        "ask for another number";
}

fn no_task(change: &Change, facts: &Facts<'_>) -> Option<String> {
    let Change::Recycle { tasks, .. } = change else {
        return None;
    };
    let name = &service(facts)?.name;
    tasks.is_empty().then(|| format!("no task of {name} runs"))
}

fn rollback_code_deploy(_: &Change, facts: &Facts<'_>) -> Option<String> {
    let seen = service(facts)?;
    (seen.controller == Controller::CodeDeploy).then(|| {
        format!(
            "AWS CodeDeploy deploys {}, ECS cannot roll it back",
            seen.name
        )
    })
}

/// An unknown controller is somebody else's too.
fn rollback_external(_: &Change, facts: &Facts<'_>) -> Option<String> {
    let seen = service(facts)?;
    let foreign = matches!(
        seen.controller,
        Controller::External | Controller::Unknown(_)
    );
    foreign.then(|| {
        let name = &seen.name;
        format!("an external controller deploys {name}, ECS cannot roll it back")
    })
}

fn rolling_back_already(_: &Change, facts: &Facts<'_>) -> Option<String> {
    let seen = service(facts)?;
    let failed = seen
        .deployments
        .iter()
        .find(|one| one.rollout == Rollout::Failed)?;
    (seen.deployments.len() > 1).then(|| {
        let label = failed.task_definition.label();
        format!("{label} failed and {} is being rolled back", seen.name)
    })
}

fn nothing_to_roll_back(_: &Change, facts: &Facts<'_>) -> Option<String> {
    let seen = service(facts)?;
    let underway = seen
        .deployments
        .iter()
        .any(|one| one.rollout == Rollout::InProgress);
    (!underway).then(|| format!("no deployment of {} is in progress", seen.name))
}

fn daemon(_: &Change, facts: &Facts<'_>) -> Option<String> {
    let seen = service(facts)?;
    (seen.scheduling != Scheduling::Replica).then(|| {
        format!(
            "{} has one task on each host, not a number of its own",
            seen.name
        )
    })
}

fn scaled_to(change: &Change) -> Option<u32> {
    match change {
        Change::Scale { count, .. } => Some(*count),
        Change::Redeploy(_)
        | Change::Recycle { .. }
        | Change::Rollback { .. }
        | Change::StopTask { .. }
        | Change::StopEnvironment(_)
        | Change::StartEnvironment(_)
        | Change::Session(_) => None,
    }
}

fn scale_to_zero_production(change: &Change, facts: &Facts<'_>) -> Option<String> {
    let zero = scaled_to(change)? == 0 && facts.tier(change) == Tier::Production;
    zero.then(|| "production is never scaled to zero".to_owned())
}

fn scale_to_zero(change: &Change, _: &Facts<'_>) -> Option<String> {
    (scaled_to(change)? == 0).then(|| "no task would be left, and no record of how many".to_owned())
}

/// Auto scaling moves a service back inside its bounds at its next look.
fn outside_bounds(change: &Change, facts: &Facts<'_>) -> Option<String> {
    let wanted = scaled_to(change)?;
    let bounds = facts.examination?.bounds.as_ref().ok()?.as_ref()?;
    let (min, max) = (bounds.min, bounds.max);
    (wanted < min || wanted > max)
        .then(|| format!("auto scaling keeps it between {min} and {max} tasks"))
}

fn scale_to_the_same(change: &Change, facts: &Facts<'_>) -> Option<String> {
    let (wanted, seen) = (scaled_to(change)?, service(facts)?);
    (wanted == seen.desired).then(|| format!("{} wants {wanted} already", seen.name))
}

#[cfg(test)]
mod tests {
    use super::super::example::{Desk, deployment};
    use super::super::{Decision, decide, rules};
    use super::*;
    use crate::estate::change::Target;
    use crate::estate::service::ServiceStatus;

    fn target(desk: &Desk) -> Target {
        let seen = &desk.sighting.as_ref().unwrap().service;
        Target::of(seen, &"production".into()).unwrap()
    }

    fn recycle(desk: &Desk) -> Change {
        Change::Recycle {
            target: target(desk),
            tasks: vec!["arn:aws:ecs:eu-central-1:123456789012:task/main/0a".into()],
        }
    }

    fn rollback(desk: &Desk) -> Change {
        Change::Rollback {
            target: target(desk),
            deployment: "arn:aws:ecs:eu-central-1:123456789012:service-deployment/main/orders/9"
                .into(),
        }
    }

    fn stop_task(desk: &Desk) -> Change {
        Change::StopTask {
            target: target(desk),
            task: "arn:aws:ecs:eu-central-1:123456789012:task/main/0a".into(),
        }
    }

    fn scale(desk: &Desk, count: u32) -> Change {
        Change::Scale {
            target: target(desk),
            count,
        }
    }

    fn said(change: &Change, desk: &Desk) -> String {
        match decide(change, &desk.facts()) {
            Decision::Allow(_) => "allow".to_owned(),
            Decision::Ask(challenge) => format!("ask: {}", challenge.complaint.unwrap_or("-")),
            Decision::Deny(reason) => format!(
                "{}: {}; instead: {}",
                reason.rule, reason.sentence, reason.alternative
            ),
        }
    }

    /// Every verb for every controller, strategy and state that matters: refused with the reason
    /// and the alternative, or asked.
    #[test]
    fn every_verb_says_where_it_does_not_exist() {
        type Spoil = fn(&mut Desk);
        let worlds: [(&str, Spoil); 9] = [
            ("quiet", |_| {}),
            ("deploying", |desk| {
                let mut begun = deployment("59", Rollout::InProgress);
                begun.running = 1;
                let old = desk.service().deployments.remove(0);
                desk.service().deployments = vec![begun, old];
            }),
            ("rolling back", |desk| {
                desk.service().deployments = vec![
                    deployment("57", Rollout::InProgress),
                    deployment("58", Rollout::Failed),
                ];
            }),
            ("CODE_DEPLOY", |desk| {
                desk.service().controller = Controller::CodeDeploy;
            }),
            ("EXTERNAL", |desk| {
                desk.service().controller = Controller::External;
            }),
            ("DAEMON", |desk| {
                desk.service().scheduling = Scheduling::Daemon;
            }),
            ("Express", |desk| desk.service().express = true),
            ("DRAINING", |desk| {
                desk.service().status = ServiceStatus::Draining;
            }),
            ("nothing wanted", |desk| desk.service().desired = 0),
        ];
        let mut rows = Vec::new();
        for (name, spoil) in worlds {
            let mut desk = Desk::ready();
            spoil(&mut desk);
            let changes = [
                Change::Redeploy(target(&desk)),
                recycle(&desk),
                rollback(&desk),
                stop_task(&desk),
                scale(&desk, 6),
                scale(&desk, 0),
            ];
            for change in &changes {
                let count = scaled_to(change).map(|count| format!(" {count}"));
                let verb = format!("{}{}", change.verb(), count.unwrap_or_default());
                rows.push(format!("{name:<15} {verb:<10} {}", said(change, &desk)));
            }
        }
        insta::assert_snapshot!(rows.join("\n"));
    }

    #[test]
    fn a_verb_is_refused_once_the_service_moved() {
        let desk = Desk::ready();
        let mut later = Desk::ready();
        later.service().desired = 5;
        for change in [recycle(&desk), stop_task(&desk), scale(&desk, 6)] {
            assert!(said(&change, &later).starts_with("moved: "), "{change:?}");
        }
    }

    #[test]
    fn a_recycle_of_no_task_is_refused() {
        let desk = Desk::ready();
        let none = Change::Recycle {
            target: target(&desk),
            tasks: vec![],
        };
        assert!(said(&none, &desk).starts_with("no-task: "));
    }

    #[test]
    fn outside_production_zero_belongs_to_the_whole_environment() {
        let mut desk = Desk::ready();
        desk.environment.as_mut().unwrap().tier = Tier::Staging;
        assert!(said(&scale(&desk, 0), &desk).starts_with("scale-to-zero: "));
    }

    /// What is read-only, in the wrong account or blind is refused to every verb alike.
    #[test]
    fn every_verb_meets_the_common_rules() {
        let desk = Desk::ready();
        let common = |change: &Change| {
            let names: Vec<&str> = rules::about(change).map(|rule| rule.name).collect();
            [
                "read-only",
                "account-mismatch",
                "cluster-foreign",
                "stale",
                "moved",
            ]
            .iter()
            .all(|rule| names.contains(rule))
        };
        for change in [
            recycle(&desk),
            rollback(&desk),
            stop_task(&desk),
            scale(&desk, 6),
        ] {
            assert!(common(&change), "{change:?}");
        }
    }
}
