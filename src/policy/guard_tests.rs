//! The whole policy as a reviewer reads it, and what no setting and no console gets past.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::example::{Desk, caller, moved, now, orders, redeploy, session};
use super::*;
use crate::estate::SignedDuration;
use crate::estate::calendar::CalendarState;
use crate::estate::change::{Change, Target};
use crate::estate::history::{Deed, DeedEnding};
use crate::estate::service::Rollout;
use crate::estate::session::Purpose;
use crate::estate::staging::{Goal, Hours, Orders, Plan, Sight, Survey};

/// One change of every verb.
fn every_change() -> Vec<Change> {
    let forward = Purpose::Forward {
        host: None,
        port: 5432,
    };
    let exec = Purpose::Command("ls".into());
    let sessions = [Purpose::Shell, exec, forward];
    let target = || redeploy().target().clone();
    let task = "arn:aws:ecs:eu-central-1:123456789012:task/main/0a";
    let deployment = "arn:aws:ecs:eu-central-1:123456789012:service-deployment/main/orders/9";
    let changes = [
        redeploy(),
        Change::Recycle {
            target: target(),
            tasks: vec![task.into()],
        },
        Change::Rollback {
            target: Target::of(&desk_of("rollback").service().clone(), &"production".into())
                .unwrap(),
            deployment: deployment.into(),
        },
        Change::StopTask {
            target: target(),
            task: task.into(),
        },
        Change::Scale {
            target: target(),
            count: 6,
        },
        Change::StopEnvironment(Box::new(plan(Goal::Stop))),
        Change::StartEnvironment(Box::new(plan(Goal::Start))),
    ];
    changes
        .into_iter()
        .chain(sessions.map(|purpose| Change::Session(Box::new(session(purpose)))))
        .collect()
}

/// A desk with nothing against the verb; only what is on its way can be rolled back.
fn desk_of(verb: &str) -> Desk {
    let mut desk = Desk::ready();
    let answer = desk.answer.as_mut().unwrap();
    if matches!(verb, "stop" | "start") {
        let environment = desk.environment.as_mut().unwrap();
        environment.name = "staging".into();
        environment.tier = Tier::Staging;
        answer.typed = "staging".to_owned();
    }
    // What has to be acknowledged has its own test.
    answer.acknowledged = preflight::every_check();
    if verb == "rollback" {
        desk.service().deployments[0].rollout = Rollout::InProgress;
    }
    desk
}

/// What stopping or starting an environment of one service would do.
fn plan(goal: Goal) -> Plan {
    let survey = Survey {
        taken_at: now(),
        caller: caller(),
        region: "eu-central-1".into(),
        clusters: vec![orders().cluster],
        lock: None,
        services: vec![Sight::of(orders())],
        databases: vec![],
        muting: None,
        problems: vec![],
    };
    let environment = desk_of("stop").environment.unwrap();
    let place = (&environment, &Orders::default());
    Plan::new(goal, place, &survey, now()).unwrap()
}

fn deed(service: &str, minutes: i64) -> Deed {
    let arn = format!("arn:aws:ecs:eu-central-1:123456789012:service/main/{service}");
    Deed {
        service: arn.as_str().into(),
        verb: "redeploy".into(),
        at: now() - SignedDuration::from_mins(minutes),
        by: "bob@ops".into(),
        environment: "production".into(),
        reason: "INC-41".into(),
        detail: "".into(),
        ending: DeedEnding::Done,
    }
}

fn callers(role: Role) -> Vec<Callers> {
    let pattern = "arn:aws:sts::*:assumed-role/ops/*".into();
    vec![Callers { pattern, role }]
}

fn freeze() -> Freeze {
    Freeze {
        name: "year's end".into(),
        when: Window::Once {
            from: now() - SignedDuration::from_hours(1),
            until: now() + SignedDuration::from_hours(1),
        },
        environments: vec!["*".into()],
    }
}

fn clause(ruling: Ruling) -> Clause {
    Clause {
        name: "the team's".into(),
        verbs: vec![],
        tiers: vec![],
        environments: vec![],
        services: vec!["ord*".into()],
        roles: vec![],
        ruling,
        because: "we said so".into(),
    }
}

/// What decided, in a word: `allow`, `ask` or the rule that denies.
fn decided(change: &Change, desk: &Desk) -> String {
    match decide(change, &desk.facts()) {
        Decision::Allow(_) => "allow".to_owned(),
        Decision::Ask(_) => "ask".to_owned(),
        Decision::Deny(reason) => reason.rule.to_owned(),
    }
}

/// How a fact changes a desk with nothing against the change.
type Spoil = fn(&mut Desk);

const FACTS: &[(&str, Spoil)] = &[
    ("nothing else", |_| {}),
    ("no answer yet", |desk| desk.answer = None),
    ("restarted 14 min ago", |desk| {
        desk.recent = Some(vec![deed("orders", 14)]);
    }),
    ("restarted 16 min ago", |desk| {
        desk.recent = Some(vec![deed("orders", 16)]);
    }),
    ("three others in 10 min", |desk| {
        desk.recent = Some(vec![deed("a", 9), deed("b", 5), deed("c", 1)]);
    }),
    ("journal not read", |desk| desk.recent = None),
    ("protected", |desk| {
        desk.terms.protected = vec!["ord*".into()];
    }),
    ("calendar CLOSED", |desk| {
        desk.terms.calendars = vec![("production".into(), vec!["acme".into()])];
        desk.calendar = Some(CalendarState {
            open: Some(false),
            next: None,
        });
    }),
    ("calendar unknown", |desk| {
        desk.terms.calendars = vec![("production".into(), vec!["acme".into()])];
    }),
    ("team's rule: deny", |desk| {
        desk.terms.clauses = vec![clause(Ruling::Deny)];
    }),
    ("team's rule: allow, no name", |desk| {
        desk.terms.clauses = vec![clause(Ruling::Allow)];
        desk.answer.as_mut().unwrap().typed.clear();
    }),
    ("deploying", |desk| {
        desk.service().deployments[0].rollout = Rollout::InProgress;
    }),
    ("image moved, nobody approved", |desk| {
        desk.examination = moved().examination;
    }),
    ("image moved, bob approved", |desk| {
        desk.examination = moved().examination;
        desk.second = moved().second;
    }),
    ("data 31 s old", |desk| {
        desk.sighting.as_mut().unwrap().seen_at = now() - SignedDuration::from_secs(31);
    }),
    ("another account", |desk| {
        desk.caller.as_mut().unwrap().account = "210987654321".into();
    }),
    ("another cluster", |desk| {
        desk.environment.as_mut().unwrap().clusters = Some(vec!["other".into()]);
    }),
    ("journal unwritable", |desk| {
        desk.journal = Some(JournalState::Unwritable("full".into()));
    }),
];

const TIERS: &[(&str, Spoil)] = &[
    ("production", |desk| {
        desk.environment.as_mut().unwrap().tier = Tier::Production;
    }),
    ("unproven", |desk| {
        let environment = desk.environment.as_mut().unwrap();
        environment.tier = Tier::Staging;
        environment.account = None;
    }),
    ("staging", |desk| {
        desk.environment.as_mut().unwrap().tier = Tier::Staging;
    }),
    ("development", |desk| {
        desk.environment.as_mut().unwrap().tier = Tier::Development;
    }),
];

const MODES: &[(&str, Spoil)] = &[
    ("observe", |desk| desk.arm = None),
    ("armed", |_| {}),
    ("glass", |desk| {
        desk.arm = Some(Arm::new("OPS-17", now(), &Terms::default(), true));
    }),
    ("read-only", |desk| desk.mode = Mode::ReadOnly),
];

const FREEZES: &[(&str, Spoil)] = &[
    ("open", |_| {}),
    ("frozen", |desk| desk.terms.freezes = vec![freeze()]),
];

const ROLES: &[(&str, Spoil)] = &[
    ("operator", |desk| {
        desk.terms.callers = callers(Role::Operator);
    }),
    ("developer", |desk| {
        desk.terms.callers = callers(Role::Developer);
    }),
    ("observer", |desk| {
        desk.terms.callers = callers(Role::Observer);
    }),
];

/// What decides for every mode, freeze and role, equal neighbours told once.
fn cells(change: &Change, tier: Spoil, fact: Spoil) -> String {
    let mut cells: Vec<(String, Vec<String>)> = Vec::new();
    for (mode, set_mode) in MODES {
        for (freeze, set_freeze) in FREEZES {
            for (role, set_role) in ROLES {
                let mut desk = desk_of(change.verb());
                for spoil in [&tier, set_mode, set_freeze, set_role, &fact] {
                    spoil(&mut desk);
                }
                let said = decided(change, &desk);
                let place = format!("{mode}/{freeze}/{role}");
                match cells.iter_mut().find(|(other, _)| *other == said) {
                    Some((_, places)) => places.push(place),
                    None => cells.push((said, vec![place])),
                }
            }
        }
    }
    let told = cells
        .into_iter()
        .map(|(said, places)| format!("    {said:<24} {}\n", short(&places)));
    told.collect()
}

/// `observe/open/operator observe/frozen/operator` as `observe/*/operator`, where all of one part
/// are there.
fn short(places: &[String]) -> String {
    let all = |list: &[(&str, Spoil)]| {
        list.iter()
            .map(|(name, _)| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    let parts = [all(MODES), all(FREEZES), all(ROLES)];
    let mut rows: Vec<[String; 3]> = places
        .iter()
        .map(|place| {
            let mut words = place.split('/').map(str::to_owned);
            std::array::from_fn(|_| words.next().unwrap())
        })
        .collect();
    for part in [2, 1, 0] {
        let mut merged: Vec<[String; 3]> = Vec::new();
        for row in &rows {
            let same =
                |other: &&[String; 3]| (0..3).all(|one| one == part || other[one] == row[one]);
            let group: Vec<&[String; 3]> = rows.iter().filter(same).collect();
            let mut one = row.clone();
            if group.len() == parts[part].len() {
                one[part] = "*".to_owned();
            }
            if !merged.contains(&one) {
                merged.push(one);
            }
        }
        rows = merged;
    }
    if rows.len() == 1 && rows[0].iter().all(|word| word == "*") {
        return "always".to_owned();
    }
    rows.iter()
        .map(|row| row.join("/"))
        .collect::<Vec<_>>()
        .join("  ")
}

/// Every verb × tier × mode × freeze × role × fact: the answer that was given is the right one
/// (name and reason), unless the fact says otherwise.
#[test]
fn the_policy_as_one_table() {
    let mut page = String::new();
    for change in every_change() {
        for (tier, set_tier) in TIERS {
            let mut usual = String::new();
            for (fact, set_fact) in FACTS {
                let cells = cells(&change, *set_tier, *set_fact);
                if cells == usual {
                    continue; // as with nothing else
                }
                writeln!(page, "{} · {tier} · {fact}\n{cells}", change.verb()).unwrap();
                if *fact == "nothing else" {
                    usual = cells;
                }
            }
        }
    }
    insta::assert_snapshot!(page);
}

#[test]
fn the_table_leaves_no_verb_out() {
    let changes = every_change();
    let verbs: Vec<&str> = changes.iter().map(Change::verb).collect();
    for verb in VERBS {
        assert!(verbs.contains(&verb), "{verb}");
    }
}

#[test]
fn the_whole_policy_on_one_page() {
    let terms = Terms {
        callers: callers(Role::Operator),
        protected: vec!["ledger".into()],
        freezes: vec![
            freeze(),
            Freeze {
                name: "Friday evening".into(),
                when: Window::Weekly(Hours::read("fri 16:00-23:59 Europe/Berlin").unwrap()),
                environments: vec![],
            },
        ],
        calendars: vec![("production".into(), vec!["acme-freeze".into()])],
        clauses: vec![Clause {
            verbs: vec!["scale".into()],
            tiers: vec![Tier::Production],
            ..clause(Ruling::Deny)
        }],
        ..Terms::default()
    };
    let rows: Vec<String> = table(&terms)
        .iter()
        .map(|row| {
            let glass = if row.glass { "◇" } else { " " };
            let line = format!(
                "{:<25} {:<5} {glass} {:<72} {}",
                row.rule, row.decision, row.when, row.alternative
            );
            line.trim_end().to_owned()
        })
        .collect();
    insta::assert_snapshot!(rows.join("\n"));
}

#[test]
fn an_arm_ends_by_the_minute() {
    let mut desk = Desk::ready();
    let see = |desk: &mut Desk| {
        desk.sighting.as_mut().unwrap().seen_at = desk.now;
        desk.examination.as_mut().unwrap().seen_at = desk.now;
    };
    desk.now += SignedDuration::from_mins(15) - SignedDuration::from_secs(1);
    see(&mut desk);
    assert_eq!(decided(&redeploy(), &desk), "allow");
    desk.now += SignedDuration::from_secs(1);
    assert_eq!(decided(&redeploy(), &desk), "not-armed");
    desk.now = now() - SignedDuration::from_secs(1);
    see(&mut desk);
    assert_eq!(
        decided(&redeploy(), &desk),
        "not-armed",
        "a clock that jumped back arms nothing"
    );
}

#[test]
fn a_freeze_of_every_week_holds_in_its_hours() {
    let mut desk = Desk::ready();
    let weekly = |hours: &str| Freeze {
        name: "weekly".into(),
        when: Window::Weekly(Hours::read(hours).unwrap()),
        environments: vec![],
    };
    // Saturday, 2026-11-21, 14:03 UTC.
    desk.terms.freezes = vec![weekly("sat 14:00-15:00 UTC")];
    assert_eq!(decided(&redeploy(), &desk), "frozen");
    desk.terms.freezes = vec![weekly("sat 14:00-15:00 Europe/Berlin")];
    assert_eq!(decided(&redeploy(), &desk), "allow");
}

#[test]
fn explaining_names_the_rule_that_decided() {
    let mut desk = Desk::ready();
    let said = explain(&redeploy(), &desk.facts());
    assert_eq!((said.decision, &*said.rule), ("allow", "confirmed"));
    desk.answer = None;
    desk.terms.clauses = vec![clause(Ruling::Ask)];
    let said = explain(&redeploy(), &desk.facts());
    assert_eq!((said.decision, &*said.rule), ("ask", "the team's"));
    desk.terms.freezes = vec![freeze()];
    let said = explain(&redeploy(), &desk.facts());
    assert_eq!((said.decision, &*said.rule), ("deny", "frozen"));
    let last = said.looked.last().unwrap();
    assert_eq!((last.rule, last.said), ("frozen", "denies"));
    assert!(
        said.looked
            .iter()
            .rev()
            .skip(1)
            .all(|one| one.said == "passes")
    );
    desk.arm.as_mut().unwrap().glass = true;
    let said = explain(&redeploy(), &desk.facts());
    assert_eq!(said.decision, "ask");
    let frozen = said.looked.iter().find(|one| one.rule == "frozen").unwrap();
    assert_eq!(frozen.said, "behind glass");
}

#[test]
fn a_rollback_is_never_frozen() {
    let rollback = every_change()
        .into_iter()
        .find(|change| change.verb() == "rollback")
        .unwrap();
    let mut desk = desk_of("rollback");
    desk.terms.freezes = vec![freeze()];
    desk.terms.calendars = vec![("production".into(), vec!["acme".into()])];
    desk.recent = Some(vec![
        deed("orders", 1),
        deed("a", 1),
        deed("b", 1),
        deed("c", 1),
    ]);
    assert_eq!(decided(&rollback, &desk), "allow");
}

/// Who protects a service wants no bad rollout to stay on it.
#[test]
fn protection_does_not_stand_against_the_undo_of_a_running_rollout() {
    let protect = |desk: &mut Desk| desk.terms.protected = vec!["orders".into()];
    for change in every_change() {
        if !change.alters_a_service() {
            continue;
        }
        let mut desk = desk_of(change.verb());
        protect(&mut desk);
        let expected = if change.verb() == "rollback" {
            "allow"
        } else {
            "protected"
        };
        assert_eq!(decided(&change, &desk), expected, "{}", change.verb());
        desk.answer = None;
        let expected = expected.replace("allow", "ask");
        assert_eq!(decided(&change, &desk), expected, "{}", change.verb());
    }
}

/// What a broken glass passes is still in sight, and has to be acknowledged.
#[test]
fn behind_glass_a_freeze_is_amber() {
    let mut desk = Desk::ready();
    desk.terms.freezes = vec![freeze()];
    let said = |desk: &Desk| {
        let checks = preflight(&redeploy(), &desk.facts());
        let freeze = checks.iter().find(|check| check.about == "freeze").unwrap();
        (freeze.mark, freeze.words.to_string())
    };
    assert_eq!(said(&desk).0, Mark::Bad);
    desk.arm.as_mut().unwrap().glass = true;
    let (mark, words) = said(&desk);
    assert_eq!(mark, Mark::Warn);
    assert!(
        words.starts_with("behind the broken glass: frozen"),
        "{words}"
    );
    assert_eq!(decided(&redeploy(), &desk), "ask");
    desk.answer.as_mut().unwrap().acknowledged = vec!["freeze"];
    assert_eq!(decided(&redeploy(), &desk), "allow");
}

#[test]
fn every_rule_behind_glass_exists() {
    let names: Vec<&str> = rules::all().map(|rule| rule.name).collect();
    for name in guards::BEHIND_GLASS {
        assert!(names.contains(&name), "{name}");
    }
}

fn second(desk: &mut Desk) -> &mut crate::estate::approval::Approver {
    desk.second.as_mut().unwrap()
}

/// Every way in which a second person will not do.
const SECONDS: &[(&str, Spoil)] = &[
    ("none", |desk| desk.second = None),
    ("oneself", |desk| {
        second(desk).caller = caller().arn;
    }),
    ("oneself in another role", |desk| {
        second(desk).caller = "arn:aws:sts::123456789012:assumed-role/admin/Alice".into();
    }),
    ("of another account", |desk| {
        second(desk).account = "210987654321".into();
    }),
    ("without the role", |desk| {
        let mut terms = callers(Role::Operator);
        terms[0].pattern = "*/ops/alice".into();
        desk.terms.callers = terms;
    }),
    ("of another image", |desk| {
        let images = desk.examination.as_mut().unwrap().images.as_mut();
        images.unwrap()[0].drift = crate::estate::closely::Drift::Moved {
            to: "sha256:6f".into(),
            pushed_at: None,
        };
    }),
    ("of another reason", |desk| {
        second(desk).reason = "another".into();
    }),
    ("of another service", |desk| {
        let mut target = redeploy().target().clone();
        target.service = "arn:aws:ecs:eu-central-1:123456789012:service/main/web".into();
        second(desk).code = crate::estate::approval::Code::of(&target, "3f9a1c20b7de");
    }),
    ("too late", |desk| {
        second(desk).signed_at = now() - SignedDuration::from_mins(16);
    }),
];

fn any_of(list: &'static [(&'static str, Spoil)]) -> impl Strategy<Value = (&'static str, Spoil)> {
    prop::sample::select(list)
}

proptest! {
    /// Whatever else holds: nothing in production, or not proven to be less, is ever allowed
    /// without an arm, a reason and the typed name.
    #[test]
    fn production_needs_arm_reason_and_name(
        which in any::<prop::sample::Index>(),
        (_, tier) in any_of(TIERS),
        (_, mode) in any_of(MODES),
        (_, role) in any_of(ROLES),
        (_, fact) in any_of(FACTS),
        lacking in 0..3_u8,
    ) {
        let changes = every_change();
        let change = which.get(&changes);
        let mut desk = desk_of(change.verb());
        for spoil in [tier, mode, role, fact] {
            spoil(&mut desk);
        }
        if desk.facts().tier(change) != Tier::Production {
            return Ok(());
        }
        match (lacking, &mut desk.answer) {
            (0, _) => desk.arm = None,
            (1, Some(answer)) => answer.reason = "  ".to_owned(),
            (_, Some(answer)) => answer.typed = "order".to_owned(),
            (_, None) => {}
        }
        prop_assert!(!matches!(decide(change, &desk.facts()), Decision::Allow(_)));
    }

    /// Whatever else holds: no image that moved reaches production, or what is not proven to be
    /// less, without a second person who is somebody else, may alter production, and approved
    /// exactly this within 15 minutes.
    #[test]
    fn a_moved_image_needs_somebody_else(
        (_, tier) in any_of(TIERS),
        (_, mode) in any_of(MODES),
        (_, role) in any_of(ROLES),
        (_, fact) in any_of(FACTS),
        (_, spoil) in any_of(SECONDS),
    ) {
        let mut desk = desk_of("redeploy");
        for spoil in [tier, mode, role, fact] {
            spoil(&mut desk);
        }
        desk.examination = moved().examination;
        desk.second = moved().second;
        spoil(&mut desk);
        let facts = desk.facts();
        if facts.tier(&redeploy()) == Tier::Production {
            prop_assert!(!matches!(decide(&redeploy(), &facts), Decision::Allow(_)));
        }
    }

    /// An account or a cluster that is not the environment's is always denied, armed or not,
    /// broken glass or not.
    #[test]
    fn a_mismatch_is_always_denied(
        which in any::<prop::sample::Index>(),
        (_, tier) in any_of(TIERS),
        (_, mode) in any_of(MODES),
        (_, fact) in any_of(FACTS),
        cluster in any::<bool>(),
    ) {
        let changes = every_change();
        let change = which.get(&changes);
        let mut desk = desk_of(change.verb());
        for spoil in [tier, mode, fact] {
            spoil(&mut desk);
        }
        if cluster {
            desk.environment.as_mut().unwrap().clusters = Some(vec!["other".into()]);
        } else {
            desk.caller.as_mut().unwrap().account = "210987654321".into();
        }
        prop_assert!(matches!(decide(change, &desk.facts()), Decision::Deny(_)));
    }
}
