use strum::IntoEnumIterator as _;

use super::*;
use crate::estate::fixture::{ago, environment, kpi, service, stop, thresholds};
use crate::estate::kpi::Unit;
use crate::estate::snapshot::Snapshot;
use crate::estate::task::Task;
use crate::estate::verdict::Judge;

#[test]
fn every_symptom_has_a_rule_of_its_own() {
    let mut said = std::collections::BTreeMap::new();
    for symptom in Symptom::iter() {
        assert!(
            TABLE.iter().any(|(named, _)| *named == symptom),
            "{symptom:?}"
        );
        let rule = rule(symptom);
        assert!(!rule.words.is_empty() && !rule.reason.is_empty() && !rule.warning.is_empty());
        let other = said.insert(rule.words, symptom);
        assert!(other.is_none(), "{symptom:?} says what {other:?} says");
        assert_eq!(
            symptom.to_string().parse(),
            Ok(symptom),
            "the settings can name it"
        );
    }
}

/// What is advised for `orders` after these stops.
fn advised(stops: Vec<Task>, contacts: &Contacts) -> Vec<Advice> {
    let mut orders = service("orders");
    orders.running = 2;
    orders.tags = vec![("owner".into(), "shop".into())];
    let mut estate = environment(vec![orders]);
    estate.stops = stops;
    let snapshot = Snapshot {
        environments: vec![estate],
    };
    let row = Judge::default().look(&snapshot, ago(0)).remove(0);
    advise(&snapshot.environments[0], &row, contacts, ago(0))
}

#[test]
fn the_stops_of_a_service_say_what_to_do() {
    let first = |code: &str, exit: i32, reason: &str| {
        let stops = vec![stop(20, code, exit, reason), stop(80, code, exit, reason)];
        advised(stops, &Contacts::default())[0].symptom
    };
    let failed = "TaskFailedToStart";
    for (code, exit, reason, symptom) in [
        (
            failed,
            0,
            "CannotPullContainerError: not found",
            Symptom::ImageGone,
        ),
        (
            failed,
            0,
            "CannotPullContainerError: toomanyrequests",
            Symptom::RegistryLimit,
        ),
        (
            failed,
            0,
            "CannotPullContainerError: request canceled",
            Symptom::RegistryUnreachable,
        ),
        (
            failed,
            0,
            "CannotPullContainerError: no space left on device",
            Symptom::DiskFull,
        ),
        (
            failed,
            0,
            "ResourceInitializationError: unable to pull secrets",
            Symptom::SecretUnreadable,
        ),
        (
            failed,
            0,
            "ResourceInitializationError: logging driver",
            Symptom::NotPrepared,
        ),
        (failed, 0, "no network interface", Symptom::NoNetwork),
        ("EssentialContainerExited", 139, "", Symptom::CrashLoop),
        ("EssentialContainerExited", 0, "", Symptom::EndsByItself),
        (
            "EssentialContainerExited",
            137,
            "OutOfMemoryError: Container killed due to memory usage",
            Symptom::OutOfMemory,
        ),
        (
            "ServiceSchedulerInitiated",
            0,
            "Task failed ELB health checks in (target-group x)",
            Symptom::Flapping,
        ),
    ] {
        assert_eq!(first(code, exit, reason), symptom, "{reason}");
    }
}

#[test]
fn nothing_is_advised_where_nothing_is_wrong() {
    let snapshot = Snapshot {
        environments: vec![environment(vec![service("orders")])],
    };
    let row = Judge::default().look(&snapshot, ago(0)).remove(0);
    let advice = advise(
        &snapshot.environments[0],
        &row,
        &Contacts::default(),
        ago(0),
    );
    assert_eq!(advice, []);
}

#[test]
fn the_closest_contact_is_named_and_the_tag_stands_in() {
    let crash = || vec![stop(20, "EssentialContainerExited", 1, "")];
    let named = |contacts: Vec<Contact>| {
        let first = advised(crash(), &Contacts(contacts)).remove(0);
        (
            first.owner.map(|one| one.to_string()),
            first.runbook.map(|one| one.to_string()),
        )
    };
    let entry = |service: Option<&str>, symptom, owner: &str, runbook: Option<&str>| Contact {
        service: service.map(Into::into),
        symptom,
        owner: (!owner.is_empty()).then(|| owner.into()),
        runbook: runbook.map(Into::into),
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(named(Vec::new()), (some("shop"), None));
    let all = || entry(None, None, "desk", Some("https://wiki/all"));
    let crashes = || {
        entry(
            None,
            Some(Symptom::CrashLoop),
            "",
            Some("https://wiki/crash"),
        )
    };
    let orders = || entry(Some("prod/orders"), None, "team orders", None);
    assert_eq!(named(vec![all()]), (some("desk"), some("https://wiki/all")));
    assert_eq!(
        named(vec![orders(), crashes(), all()]),
        (some("team orders"), some("https://wiki/crash"))
    );
    let other = entry(Some("billing"), None, "money", None);
    assert_eq!(named(vec![other]), (some("shop"), None));
}

#[test]
fn a_service_that_is_down_since_a_deploy_wants_the_revision_before() {
    let mut orders = service("orders");
    orders.running = 0;
    orders.deployments[0].created_at = Some(ago(900));
    let mut estate = environment(vec![orders]);
    let oom = "OutOfMemoryError: Container killed due to memory usage";
    estate.stops = vec![
        stop(20, "EssentialContainerExited", 137, oom),
        stop(80, "EssentialContainerExited", 137, oom),
    ];
    let snapshot = Snapshot {
        environments: vec![estate],
    };
    let row = Judge::default().look(&snapshot, ago(0)).remove(0);
    let place = &snapshot.environments[0];
    let advice = advise(place, &row, &Contacts::default(), ago(0));
    let said: Vec<Symptom> = advice.iter().map(|one| one.symptom).collect();
    assert_eq!(said[..2], [Symptom::DownSinceDeploy, Symptom::OutOfMemory]);
    assert_eq!(advice[0].step, Step::Escalate);
}

#[test]
fn every_rule_and_every_verdict_is_documented() {
    let page = include_str!("../../../docs/verdicts.md");
    for (symptom, rule) in TABLE {
        let line = format!(
            "| `{symptom}` | {} | {} | {} |",
            rule.step, rule.words, rule.warning
        );
        assert!(page.contains(&line), "docs/verdicts.md lacks\n{line}");
    }
    for health in crate::estate::verdict::Health::iter() {
        let word = format!("| {}", health.word());
        assert!(page.contains(&word), "docs/verdicts.md lacks {word}");
    }
    let rows = page.lines().filter(|line| line.starts_with("| `")).count();
    let marks = 10;
    assert_eq!(rows, TABLE.len() + marks, "and no other");
}

/// A full database names who may have filled it, on the row of whoever suffers from it.
#[test]
fn a_full_database_names_its_suspect() {
    let mut billing = service("billing");
    for deployment in &mut billing.deployments {
        deployment.created_at = Some(ago(7_200));
    }
    let mut orders = service("orders");
    for deployment in &mut orders.deployments {
        deployment.created_at = Some(ago(400_000));
    }
    let using = vec![orders.arn.clone(), billing.arn.clone()];
    let mut estate = environment(vec![orders, billing]);
    let climb = (0..30_i32).map(|minute| f64::from(120 + minute * 12));
    let values: Vec<f64> = [120.0; 20].into_iter().chain(climb).collect();
    let mut connections = kpi(KpiKind::DatabaseConnections, Unit::Count, &values);
    connections.services = using;
    connections.thresholds = thresholds(300.0, 360.0, false);
    estate.kpis.push(connections);
    let snapshot = Snapshot {
        environments: vec![estate],
    };
    let rows = Judge::default().look(&snapshot, ago(0));
    let row = rows.iter().find(|row| &*row.name == "orders").unwrap();
    let advice = advise(&snapshot.environments[0], row, &Contacts::default(), ago(0));
    let full = advice
        .iter()
        .find(|one| one.symptom == Symptom::DatabaseFull);
    let said = full.map(Advice::said).unwrap_or_default();
    assert!(
        said.starts_with("billing (deployed 1 h 30 min before the climb): recycle the one service"),
        "{said}"
    );
}
