//! Services that want no task: stopped on purpose, going, gone, or nobody knows.

use super::*;

#[test]
fn services_that_are_going_or_gone() {
    says(
        &judged(|orders, _| {
            orders.status = ServiceStatus::Draining;
            (orders.desired, orders.running) = (0, 2);
        }),
        Health::Deleting,
        "service is DRAINING, 2 tasks left",
    );
    says(
        &judged(|orders, _| (orders.desired, orders.running) = (0, 1)),
        Health::Stopping,
        "draining 1 task",
    );
    says(
        &judged(|orders, _| (orders.desired, orders.running) = (0, 0)),
        Health::StoppedUnexplained,
        "desired 0, no restore record",
    );
    let record = "v1 d=3 min=2 max=10 s=000 at=2026-07-01T18:02Z by=alice";
    let stopped = |record: &str| {
        judged(|orders, _| {
            (orders.desired, orders.running) = (0, 0);
            orders.tags = vec![("firstline:restore".into(), record.into())];
        })
    };
    let verdict = stopped(record);
    says(
        &verdict,
        Health::Stopped,
        "stopped by alice (restore: 3 tasks, min 2 max 10)",
    );
    assert_eq!(verdict.since, Some("2026-07-01T18:02:00Z".parse().unwrap()));
    says(&stopped(""), Health::Stopped, "stopped on purpose");
}

/// `orders` wants nothing and has nothing, and `change` says what else is known.
fn at_rest(change: impl FnOnce(&Service, &mut EnvironmentSnapshot)) -> Verdict {
    judged(|orders, estate| {
        (orders.desired, orders.running) = (0, 0);
        change(orders, estate);
    })
}

fn done(verb: &str, detail: &str, age: i64) -> Deed {
    Deed {
        at: ago(age),
        by: "alice@ops".into(),
        environment: "production".into(),
        service: service("orders").arn,
        verb: verb.into(),
        reason: "stocktaking".into(),
        detail: detail.into(),
        ending: DeedEnding::Done,
    }
}

#[test]
fn the_journal_proves_that_a_stop_was_meant() {
    let stop = || done("scale", "from 4 to 0 tasks", 3600);
    let verdict = at_rest(|_, estate| estate.history.deeds = vec![stop()]);
    says(
        &verdict,
        Health::Stopped,
        "stopped by alice@ops from here: stocktaking",
    );
    assert_eq!(
        (verdict.since, verdict.source),
        (Some(ago(3600)), "journal")
    );
    let whole = at_rest(|_, estate| estate.history.deeds = vec![done("stop", "", 60)]);
    assert_eq!(whole.health, Health::Stopped);

    let after = |deed: Deed| at_rest(|_, estate| estate.history.deeds = vec![stop(), deed]);
    let back = after(done("scale", "from 0 to 4 tasks", 1800));
    assert_eq!(
        back.health,
        Health::StoppedUnexplained,
        "it was brought back"
    );
    let refused = Deed {
        ending: DeedEnding::Refused,
        ..done("start", "", 1800)
    };
    assert_eq!(
        after(refused).health,
        Health::Stopped,
        "nothing came of that"
    );
    let elsewhere = Deed {
        service: service("web").arn,
        ..stop()
    };
    let other = at_rest(|_, estate| estate.history.deeds = vec![elsewhere]);
    assert_eq!(other.health, Health::StoppedUnexplained);
}

#[test]
fn auto_scaling_kept_at_zero_proves_that_a_stop_was_meant() {
    let scaling = |max: u32, suspended: bool| Scaling {
        min: 0,
        max,
        in_suspended: suspended,
        out_suspended: suspended,
        schedule_suspended: false,
    };
    let known = |scaling: Option<Scaling>, age: i64| {
        at_rest(|orders, estate| {
            let dossier = estate.dossiers.entry(orders.arn.clone()).or_default();
            dossier.scaling = Aspect::of(ago(age), Ok(scaling));
        })
    };
    let none = known(Some(scaling(0, false)), 30);
    says(
        &none,
        Health::Stopped,
        "desired 0, auto scaling may run none (max 0)",
    );
    assert_eq!(none.source, "DescribeScalableTargets");
    says(
        &known(Some(scaling(6, true)), 30),
        Health::Stopped,
        "desired 0, scaling in and out is suspended",
    );
    for (scaling, age) in [
        (Some(scaling(6, false)), 30),
        (None, 30),
        (Some(scaling(0, false)), 1200),
    ] {
        let verdict = known(scaling, age);
        assert_eq!(verdict.health, Health::StoppedUnexplained, "{verdict:?}");
    }
}

#[test]
fn who_stopped_it_is_said_where_cloudtrail_tells() {
    let verdict = at_rest(|orders, estate| {
        let call = TrailEvent {
            at: ago(1200),
            call: "UpdateService".into(),
            by: "ci-deploy/run-42".into(),
            words: Text::default(),
            service: Some(orders.name.clone()),
            cluster: Some(orders.cluster.name().into()),
            error: None,
        };
        estate.history.trail = Aspect::of(ago(5), Ok(vec![call]));
    });
    says(
        &verdict,
        Health::StoppedUnexplained,
        "desired 0, no restore record, UpdateService by ci-deploy/run-42 20 min ago",
    );
    assert_eq!(verdict.since, Some(ago(1200)));
}

#[test]
fn what_ecs_cannot_tell_is_unknown_and_hides_no_outage() {
    let said =
        "(service orders) SERVICE_HEALTH_UNKNOWN: unable to describe the health of its tasks.";
    let cannot = |orders: &mut Service| orders.events.insert(0, event(60, said));
    let verdict = judged(|orders, _| cannot(orders));
    says(
        &verdict,
        Health::Unknown,
        "4/4 running, ECS cannot tell whether its tasks are healthy",
    );
    let down = judged(|orders, _| {
        cannot(orders);
        orders.running = 0;
    });
    assert_eq!(down.health, Health::Down);
    let again = judged(|orders, _| {
        cannot(orders);
        orders
            .events
            .insert(0, event(20, "(service orders) has reached a steady state."));
    });
    assert_eq!(again.health, Health::Healthy);
}

#[test]
fn a_protected_task_is_why_a_service_does_not_stop() {
    let verdict = judged(|orders, _| {
        (orders.desired, orders.running) = (0, 1);
        let held = "(service orders) was unable to scale in due to (reason 1 more protected tasks than desired).";
        orders.events.insert(0, event(60, held));
    });
    says(
        &verdict,
        Health::Stopping,
        "draining 1 task, tasks protect themselves from being stopped: it will not end by itself",
    );
}
