use proptest::prelude::*;

use super::*;
use crate::estate::Timestamp;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// What ECS allows in a tag's value (aws.md 5.1).
fn fits_a_tag(text: &str) -> bool {
    let allowed = |one: char| one.is_ascii_alphanumeric() || " +-=._:/@".contains(one);
    text.chars().count() <= 256 && text.chars().all(allowed)
}

fn scaling() -> impl Strategy<Value = Option<Scaling>> {
    prop::option::of((any::<u32>(), any::<u32>(), any::<[bool; 3]>()).prop_map(
        |(one, other, [scale_in, scale_out, scheduled])| Scaling {
            min: one.min(other),
            max: one.max(other),
            suspended: Suspended {
                scale_in,
                scale_out,
                scheduled,
            },
        },
    ))
}

proptest! {
    #[test]
    fn a_record_survives_its_tag(
        desired in any::<u32>(), scaling in scaling(),
        second in 0i64..250_000_000_000, by in any::<String>(),
    ) {
        let record = Record::new(desired, scaling, at(second), &by);
        let text = record.to_string();
        prop_assert!(fits_a_tag(&text), "{}", text);
        prop_assert_eq!(text.parse::<Record>(), Ok(record));
    }

    #[test]
    fn no_tag_is_too_strange(text in any::<String>(), tail in "[a-z=0-9 .:TZ-]{0,60}") {
        let _ = text.parse::<Record>();
        let _ = text.parse::<Lock>();
        for version in ["v1", "v1 stop", "v1 d=1"] {
            let _ = format!("{version} {tail}").parse::<Record>();
            let _ = format!("{version} {tail}").parse::<Lock>();
        }
    }

    #[test]
    fn a_lock_survives_its_tag(second in 0i64..250_000_000_000, run in any::<String>(), by in any::<String>()) {
        let lock = Lock::new(Goal::Start, &run, &by, at(second));
        let text = lock.to_string();
        prop_assert!(fits_a_tag(&text), "{}", text);
        prop_assert_eq!(text.parse::<Lock>(), Ok(lock));
    }
}

#[test]
fn what_is_no_record_says_why() {
    let why = |text: &str| text.parse::<Record>().unwrap_err().to_string();
    assert!(why("v2 d=3 at=x by=y").contains("version v2"));
    for (text, words) in [
        ("", "begin with v1"),
        ("{\"d\":3}", "begin with v1"),
        ("v1 at=2026-07-01T18:02Z by=a", "d= is no count"),
        ("v1 d=+3 at=2026-07-01T18:02Z by=a", "d= is no count"),
        ("v1 d=3 d=4 at=2026-07-01T18:02Z by=a", "comes twice"),
        ("v1 d=3 min=2 at=2026-07-01T18:02Z by=a", "do not fit"),
        (
            "v1 d=3 min=4 max=2 s=000 at=2026-07-01T18:02Z by=a",
            "do not fit",
        ),
        (
            "v1 d=3 min=1 max=2 s=00 at=2026-07-01T18:02Z by=a",
            "do not fit",
        ),
        ("v1 d=3 s=000 at=2026-07-01T18:02Z by=a", "do not fit"),
        ("v1 d=3 at=yesterday by=a", "at= is no time"),
        ("v1 d=3 at=2026-07-01T18:02Z", "by= is missing"),
        ("v1 d=3 at=2026-07-01T18:02Z by=a x=1", "v1 does not have"),
    ] {
        assert!(why(text).contains(words), "{text}: {}", why(text));
    }
}

#[test]
fn hours_know_zones_days_and_midnight() {
    let office = Hours::read("mon-fri 07:00-19:00 Europe/Berlin").unwrap();
    let holds = |hours: &Hours, at: &str| hours.hold(at.parse().unwrap());
    assert!(
        holds(&office, "2026-07-01T05:00:00Z"),
        "07:00 on a Wednesday in summer"
    );
    assert!(!holds(&office, "2026-07-01T04:59:59Z"));
    assert!(!holds(&office, "2026-07-01T17:00:00Z"));
    assert!(!holds(&office, "2026-07-04T10:00:00Z"), "a Saturday");
    let night = Hours::read("fri 22:00-06:00").unwrap();
    assert!(
        holds(&night, "2026-07-04T05:59:00Z"),
        "Saturday morning belongs to Friday"
    );
    assert!(!holds(&night, "2026-07-03T05:59:00Z"));
    for bad in [
        "",
        "mon",
        "mon-xyz 07:00-19:00",
        "mon 7-19 UTC",
        "mon 07:00-19:00 Mars/Base",
        "mon 07:00-19:00 UTC x",
    ] {
        assert_eq!(Hours::read(bad), None, "{bad}");
    }
}

#[test]
fn what_is_not_named_starts_last() {
    let orders = Orders {
        order: vec![
            vec!["accounts".into()],
            vec!["worker-*".into(), "orders".into()],
        ],
        ..Orders::default()
    };
    let tiers = ["accounts", "worker-7", "orders", "web"].map(|name| orders.tier(name));
    assert_eq!(tiers, [0, 1, 1, 2]);
}

#[test]
fn a_saving_says_what_it_does_not_know() {
    let half = Size {
        units: 512,
        mebibytes: 1024,
    };
    let price = Price::estimated("eu-central-1");
    let told = |tasks: &[(u32, Option<Size>)], price: Option<&Price>| {
        Saving::of(tasks.iter().copied(), price).told(Goal::Stop)
    };
    // 8 tasks of 0.5 vCPU and 1 GiB, 14 hours: 8 * (0.02328 + 0.00511) * 14.
    assert_eq!(
        told(&[(8, Some(half))], price.as_ref()),
        "saves about $3.18 a night (estimate, Fargate list price 2025-01, eu-central-1)"
    );
    assert!(
        told(&[(8, Some(half)), (1, None)], price.as_ref())
            .ends_with("; 1 task has no known price")
    );
    assert_eq!(Price::estimated("xx-north-9"), None);
    assert!(told(&[(8, Some(half))], None).contains("not known"));
    assert_eq!(told(&[(0, None)], None), "nothing runs");
    let again = Saving::of([(8, Some(half))].into_iter(), price.as_ref()).told(Goal::Start);
    assert!(again.starts_with("left running it costs about $3.18 a night"));
}

fn environment() -> (Vec<crate::estate::service::Service>, Orders) {
    let mut services = ["api", "web"].map(crate::estate::fixture::service);
    services[0].desired = 0;
    let record = "v1 d=2 at=2026-11-20T18:02Z by=alice";
    services[0].tags = vec![(RESTORE_TAG.into(), record.into())];
    let orders = Orders {
        databases: vec!["db".into()],
        hours: Hours::read("mon-fri 07:00-19:00"),
        ..Orders::default()
    };
    (services.into(), orders)
}

fn sleep_of(
    services: &[crate::estate::service::Service],
    orders: &Orders,
    databases: Vec<Database>,
    now: &str,
) -> Sleep {
    let asleep = Asleep {
        databases,
        ..Asleep::default()
    };
    let settings = (orders, "eu-central-1");
    let now = now.parse().unwrap();
    Sleep::of(services.iter(), Some(&asleep), settings, now).unwrap()
}

#[test]
fn rds_is_told_a_day_ahead_and_when_it_did_it() {
    let (mut services, orders) = environment();
    let database = |state, restarts_at| Database {
        id: "db".into(),
        kind: DatabaseKind::Instance,
        state,
        unstoppable: None,
        restarts_at,
    };
    let restarts: Timestamp = "2026-11-27T18:05:00Z".parse().unwrap();
    let sleep = |databases, now| sleep_of(&services, &orders, databases, now);
    let stopped = || vec![database(DatabaseState::Stopped, Some(restarts))];
    let early = sleep(stopped(), "2026-11-26T18:00:00Z");
    assert_eq!((early.restarts.len(), early.down), (0, 1));
    let late = sleep(stopped(), "2026-11-26T18:05:00Z");
    assert_eq!(late.restarts, [("db".into(), restarts)]);
    let runs = || vec![database(DatabaseState::Available, None)];
    assert!(sleep(runs(), "2026-11-21T18:00:00Z").restarted.is_empty());
    assert!(
        sleep(runs(), "2026-11-27T18:30:00Z").restarted.is_empty(),
        "web runs"
    );
    services.pop();
    let sleep = |databases, now| sleep_of(&services, &orders, databases, now);
    let week = sleep(runs(), "2026-11-27T18:30:00Z");
    assert_eq!(week.restarted, ["db".into()]);
    let strange = vec![Database {
        id: "other".into(),
        ..database(DatabaseState::Stopped, Some(restarts))
    }];
    assert!(sleep(strange, "2026-11-27T18:00:00Z").restarts.is_empty());
}

#[test]
fn what_was_left_running_is_marked_outside_its_hours_only() {
    let (mut services, orders) = environment();
    let marked = |services: &[crate::estate::service::Service], now: &str| {
        overtime(services.iter(), &orders, now.parse().unwrap()).map(str::to_owned)
    };
    assert_eq!(marked(&services, "2026-11-20T12:00:00Z"), None);
    assert_eq!(
        marked(&services, "2026-11-20T21:00:00Z").as_deref(),
        Some("mon-fri 07:00-19:00")
    );
    services.remove(1);
    assert_eq!(marked(&services, "2026-11-20T21:00:00Z"), None, "stopped");
}
