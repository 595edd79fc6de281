//! The preflight: the checks of aws.md 4.5 as a list with evidence, and the database beside them.
//!
//! Red is what a rule of the table refuses, so a check names its rules and never repeats them;
//! amber is what a person has to acknowledge, and that is also what a broken glass leaves of a red. A check that has no meaning for a verb is left out.

use crate::estate::change::Change;
use crate::estate::closely::Examination;
use crate::estate::service::Service;
use crate::estate::text::Text;

use super::checks::{
    alarms, baseline, breaker, capacity, controller, cooldown, database, deployment, freeze, image,
    last_stop, placement, protection, service, takes,
};
use super::facts::Facts;
use super::guards;
use super::preview::Mark;
use super::rules;

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its number in aws.md 4.5; the database is the fifteenth.
    pub number: u8,
    /// What it looks at.
    pub about: &'static str,
    /// Red refuses, amber asks to be acknowledged.
    pub mark: Mark,
    /// The evidence.
    pub words: Text,
}

/// What a check sees.
pub(super) struct Look<'a> {
    pub(super) change: &'a Change,
    pub(super) facts: &'a Facts<'a>,
    pub(super) service: &'a Service,
    pub(super) seen: &'a Examination,
}

pub(super) type Found = Option<(Mark, String)>;

/// A check: its number, what it is about, the rules that make it red, and how it looks otherwise.
type Item = (
    u8,
    &'static str,
    &'static [&'static str],
    fn(&Look<'_>) -> Found,
);

const ITEMS: [Item; 15] = [
    (1, "controller", CONTROLLER, controller),
    (2, "service", SERVICE, service),
    (3, "deployment", DEPLOYMENT, deployment),
    (4, "capacity", &["deadlock", "outside-bounds"], capacity),
    (5, "image", &["image-gone"], image),
    (6, "placement", &[], placement),
    (7, "alarms", &[], alarms),
    (8, "breaker", &[], breaker),
    (9, "baseline", &[], baseline),
    (10, "protection", &[], protection),
    (11, "takes", &[], takes),
    (12, "cooldown", &["cooldown", "pace"], cooldown),
    (13, "freeze", &["frozen", "calendar"], freeze),
    (14, "last stop", &["restart-cannot-fix"], last_stop),
    (15, "database", &[], database),
];

const CONTROLLER: &[&str] = &[
    "express",
    "code-deploy",
    "external",
    "controller-unknown",
    "scheduling-unknown",
    "rollback-code-deploy",
    "rollback-external",
    "daemon",
];

const SERVICE: &[&str] = &[
    "not-active",
    "nothing-wanted",
    "no-task",
    "scale-to-zero-production",
    "scale-to-zero",
    "scale-to-the-same",
];

const DEPLOYMENT: &[&str] = &[
    "deploying",
    "rolling-back",
    "rollout-unknown",
    "moved",
    "nothing-to-roll-back",
    "rolling-back-already",
];

/// The whole list for `change`; empty where nobody looked closely, and for what alters no single
/// service.
pub fn preflight(change: &Change, facts: &Facts<'_>) -> Vec<Check> {
    let (Some(sighting), Some(seen)) = (facts.service, facts.examination) else {
        return Vec::new();
    };
    if !change.alters_a_service() {
        return Vec::new();
    }
    let look = Look {
        change,
        facts,
        service: &sighting.service,
        seen,
    };
    ITEMS
        .into_iter()
        .filter_map(|(number, about, red, otherwise)| {
            let refused = rules::about(change)
                .filter(|rule| red.contains(&rule.name))
                .find_map(|rule| Some((rule, (rule.denies)(change, facts)?)));
            let (mark, words) = match refused {
                Some((rule, sentence)) if guards::is_passed(rule, facts) => {
                    (Mark::Warn, format!("behind the broken glass: {sentence}"))
                }
                Some((_, sentence)) => (Mark::Bad, sentence),
                None => otherwise(&look)?,
            };
            Some(Check {
                number,
                about,
                mark,
                words: words.into(),
            })
        })
        .collect()
}

/// The amber checks of `change`: each has to be acknowledged.
pub(super) fn amber(change: &Change, facts: &Facts<'_>) -> Vec<&'static str> {
    let checks = preflight(change, facts).into_iter();
    let amber = checks.filter(|check| check.mark == Mark::Warn);
    amber.map(|check| check.about).collect()
}

/// Every check there is, as if a person had acknowledged them all.
#[cfg(test)]
pub(super) fn every_check() -> Vec<&'static str> {
    ITEMS.iter().map(|(_, about, ..)| *about).collect()
}

#[cfg(test)]
mod tests {
    use super::super::example::{Desk, deployment, redeploy};
    use super::*;
    use crate::estate::SignedDuration;
    use crate::estate::alarm::Alarm;
    use crate::estate::alarm::AlarmState;
    use crate::estate::calendar::CalendarState;
    use crate::estate::change::Target;
    use crate::estate::closely::Drift;
    use crate::estate::deployment::{ServiceDeployment, State, example};
    use crate::estate::history::{Deed, DeedEnding};
    use crate::estate::service::{Controller, ServiceEvent};
    use crate::estate::service::{Rollout, Scheduling};
    use crate::estate::staging::Hours;
    use crate::estate::task::Task;
    use crate::policy::example::stopped;
    use crate::policy::{Decision, Freeze, Window, decide};

    fn recycle(desk: &Desk) -> Change {
        let seen = &desk.sighting.as_ref().unwrap().service;
        let tasks = desk.examination.as_ref().unwrap().tasks.as_ref().unwrap();
        Change::Recycle {
            target: Target::of(seen, &"production".into()).unwrap(),
            tasks: tasks.iter().map(|task| task.arn.clone()).collect(),
        }
    }

    /// What the check `about` says once the desk is spoilt.
    fn shown(about: &str, change: fn(&Desk) -> Change, spoil: impl FnOnce(&mut Desk)) -> String {
        let mut desk = Desk::ready();
        spoil(&mut desk);
        let checks = preflight(&change(&desk), &desk.facts());
        let found = checks.iter().find(|check| check.about == about);
        found.map_or_else(
            || format!("{about}: not looked at"),
            |check| {
                format!(
                    "{:>2} {about}: {:?}: {}",
                    check.number, check.mark, check.words
                )
            },
        )
    }

    fn seen(desk: &mut Desk) -> &mut Examination {
        desk.examination.as_mut().unwrap()
    }

    fn past(minutes_ago: i64, minutes: i64) -> ServiceDeployment {
        let ago = |minutes| super::super::example::now() - SignedDuration::from_mins(minutes);
        ServiceDeployment {
            state: State::Successful,
            created_at: Some(ago(minutes_ago)),
            finished_at: Some(ago(minutes_ago - minutes)),
            ..example::rollout()
        }
    }

    fn restarted(service: &str, minutes: i64) -> Deed {
        let arn = format!("arn:aws:ecs:eu-central-1:123456789012:service/main/{service}");
        Deed {
            service: arn.as_str().into(),
            verb: "redeploy".into(),
            at: super::super::example::now() - SignedDuration::from_mins(minutes),
            by: "bob@ops".into(),
            environment: "production".into(),
            reason: "INC-41".into(),
            detail: "".into(),
            ending: DeedEnding::Done,
        }
    }

    /// Tasks that ran and ended by themselves, one a minute.
    fn crashes(count: i64) -> Vec<Task> {
        let ended = |minutes| Task {
            stop_code: Some("EssentialContainerExited".into()),
            ..stopped("Essential container in task exited", minutes)
        };
        (1..=count).map(ended).collect()
    }

    fn frozen() -> Freeze {
        Freeze {
            name: "year's end".into(),
            when: Window::Weekly(Hours::read("sat 00:00-23:59 UTC").unwrap()),
            environments: vec![],
        }
    }

    /// Each of the fourteen checks of aws.md 4.5, and the database, in its colours.
    #[test]
    #[expect(clippy::too_many_lines, reason = "one entry a finding")]
    fn every_check_has_its_evidence() {
        let plain: fn(&Desk) -> Change = |_| redeploy();
        let quiet = |about: &str| shown(about, plain, |_| {});
        let now = super::super::example::now();
        let mut rows: Vec<String> = ITEMS.iter().map(|(_, about, ..)| quiet(about)).collect();
        rows.extend([
            shown("controller", plain, |desk| {
                desk.service().controller = Controller::CodeDeploy;
            }),
            shown("controller", plain, |desk| {
                desk.service().scheduling = Scheduling::Daemon;
            }),
            shown("service", plain, |desk| desk.service().desired = 0),
            shown("service", plain, |desk| desk.service().running = 3),
            shown("deployment", plain, |desk| {
                desk.service().deployments = vec![deployment("59", Rollout::InProgress)];
            }),
            shown("capacity", plain, |desk| {
                desk.service().rolling.maximum_percent = Some(100);
            }),
            shown("capacity", plain, |desk| {
                desk.service().desired = 1;
                desk.service().rolling.minimum_healthy_percent = Some(0);
            }),
            shown("capacity", recycle, |desk| desk.service().desired = 1),
            shown("capacity", recycle, |_| {}),
        ]);
        for drift in [
            Drift::Pinned,
            Drift::Moved {
                to: "sha256:5e".into(),
                pushed_at: Some(now - SignedDuration::from_mins(20)),
            },
            Drift::Gone,
            Drift::Unknown("the image is not in ECR".into()),
        ] {
            rows.push(shown("image", plain, |desk| {
                seen(desk).images.as_mut().unwrap()[0].drift = drift;
            }));
        }
        rows.extend([
            shown("placement", plain, |desk| {
                desk.service().events = vec![ServiceEvent {
                    at: now - SignedDuration::from_mins(4),
                    message: "(service orders) was unable to place a task.".into(),
                }];
            }),
            shown("alarms", plain, |desk| {
                desk.service().rolling.alarms = vec!["orders-5xx-high".into()];
                desk.alarms = vec![Alarm {
                    arn: "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:x".into(),
                    name: "orders-5xx-high".into(),
                    state: AlarmState::Alarm,
                    since: None,
                    reason: "".into(),
                    metric: None,
                    dimensions: vec![],
                    threshold: None,
                    notifies: true,
                    rule: crate::estate::alarm::AlarmRule::default(),
                }];
            }),
            shown("breaker", plain, |desk| {
                desk.service().rolling.circuit_breaker = false;
            }),
            shown("baseline", plain, |desk| {
                desk.service().deployments[0].rollout = Rollout::Absent;
            }),
            shown("protection", plain, |desk| seen(desk).protected = Ok(2)),
            shown("takes", plain, |desk| {
                seen(desk).deployments = Ok(vec![past(300, 4), past(600, 6), past(900, 5)]);
            }),
            shown("takes", recycle, |desk| {
                seen(desk).deployments = Ok(vec![past(300, 4)]);
            }),
            shown("cooldown", plain, |desk| {
                seen(desk).deployments = Ok(vec![past(10, 4)]);
            }),
            shown("cooldown", plain, |desk| {
                desk.recent = Some(vec![restarted("orders", 5)]);
            }),
            shown("cooldown", recycle, |desk| {
                let others = ["a", "b", "c"].map(|name| restarted(name, 5));
                desk.recent = Some(others.to_vec());
            }),
            shown("cooldown", plain, |desk| desk.recent = None),
            shown("freeze", plain, |desk| {
                let mut until_monday = frozen();
                until_monday.when = Window::Weekly(Hours::read("sat 14:00-15:00 UTC").unwrap());
                desk.terms.freezes = vec![until_monday];
            }),
            shown("freeze", recycle, |desk| {
                desk.terms.freezes = vec![frozen()];
                desk.arm.as_mut().unwrap().glass = true;
            }),
            shown("freeze", plain, |desk| {
                desk.terms.calendars = vec![("production".into(), vec!["acme".into()])];
            }),
            shown("freeze", plain, |desk| {
                desk.terms.calendars = vec![("production".into(), vec!["acme".into()])];
                desk.calendar = Some(CalendarState {
                    open: Some(true),
                    next: None,
                });
            }),
            shown("last stop", plain, |desk| desk.stops = crashes(2)),
            shown("last stop", plain, |desk| desk.stops = crashes(3)),
            shown("last stop", plain, |desk| {
                desk.stops = crashes(3);
                desk.stops[0].task_definition = "orders:57".into();
            }),
            shown("last stop", recycle, |desk| desk.stops = crashes(4)),
        ]);
        insta::assert_snapshot!(rows.join("\n"));
    }

    #[test]
    fn amber_has_to_be_acknowledged_and_red_cannot() {
        let mut desk = Desk::ready();
        desk.service().rolling.circuit_breaker = false;
        let Decision::Ask(challenge) = decide(&redeploy(), &desk.facts()) else {
            panic!("nobody acknowledged that nothing stops a bad deployment")
        };
        assert_eq!(challenge.amber, ["breaker"]);
        assert!(challenge.complaint.is_some());
        let answer = desk.answer.as_mut().unwrap();
        answer.acknowledged = challenge.amber.clone();
        assert!(matches!(
            decide(&redeploy(), &desk.facts()),
            Decision::Allow(_)
        ));
        // What comes up later was not acknowledged.
        seen(&mut desk).protected = Ok(1);
        assert!(matches!(
            decide(&redeploy(), &desk.facts()),
            Decision::Ask(_)
        ));
        seen(&mut desk).images.as_mut().unwrap()[0].drift = Drift::Gone;
        desk.answer.as_mut().unwrap().acknowledged = every_check();
        assert!(matches!(
            decide(&redeploy(), &desk.facts()),
            Decision::Deny(_)
        ));
    }

    /// A red check is a rule of the table: one that nobody has would never be red.
    #[test]
    fn every_red_is_a_rule() {
        let known: Vec<&str> = rules::all().map(|rule| rule.name).collect();
        for (_, about, red, _) in ITEMS {
            for rule in red {
                assert!(known.contains(rule), "{about}: {rule}");
            }
        }
    }
}
