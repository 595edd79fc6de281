use super::*;
use crate::estate::alarm::AlarmState;
use crate::estate::aspect::Aspect;
use crate::estate::dossier::Dossier;
use crate::estate::fixture::{ago, alarm, environment, event, problem, rollout, service, stop};
use crate::estate::history::{AlarmChange, DeedEnding, ScalingActivity, TrailEvent};
use crate::estate::problem::Feed;
use crate::estate::service::Service;
use crate::estate::verdict::Judge;

/// `orders` with everything that tells of it: deployed twelve minutes ago, dying since six.
fn estate() -> Snapshot {
    let mut orders = service("orders");
    orders.running = 0;
    orders.task_definition =
        "arn:aws:ecs:eu-central-1:123456789012:task-definition/orders:58".into();
    let mut fresh = orders.deployments[0].clone();
    fresh.id = "ecs-svc/58".into();
    fresh.task_definition = orders.task_definition.clone();
    fresh.created_at = Some(ago(12 * 60));
    orders.deployments.insert(0, fresh);
    orders.events.insert(
        0,
        event(100, "(service orders) was unable to place a task because no container instance met all of its requirements."),
    );
    let mut place = environment(vec![orders, service("web")]);
    let arn = |name: &str| format!("arn:aws:ecs:eu-central-1:123456789012:service/prod/{name}");
    place.stops = [360, 300, 240]
        .map(|age| {
            stop(
                age,
                "EssentialContainerExited",
                1,
                "Essential container in task exited",
            )
        })
        .into();
    place.alarms = vec![alarm("orders-5xx-high")];
    let dossier = Dossier {
        rollouts: Aspect::of(
            ago(1),
            Ok(vec![
                rollout("orders:58", "IN_PROGRESS", 12 * 60, None),
                rollout("orders:57", "SUCCESSFUL", 7400, Some(7200)),
            ]),
        ),
        ..Dossier::default()
    };
    place
        .dossiers
        .insert(arn("orders").as_str().into(), dossier);
    place.history.alarms = Aspect::of(ago(1), Ok(vec![change(240, AlarmState::Alarm)]));
    place.history.scaling = Aspect::of(ago(1), Ok(vec![scaled(13 * 60)]));
    place.history.trail = Aspect::of(
        ago(1),
        Ok(vec![called(12 * 60 + 1, "orders"), called(900, "web")]),
    );
    Snapshot {
        environments: vec![place],
    }
}

fn change(age: i64, to: AlarmState) -> AlarmChange {
    AlarmChange {
        name: "orders-5xx-high".into(),
        at: ago(age),
        from: AlarmState::Ok,
        to,
        reason: Text::default(),
    }
}

fn scaled(age: i64) -> ScalingActivity {
    ScalingActivity {
        resource: "service/prod/orders".into(),
        at: ago(age),
        status: "Successful".into(),
        description: "Setting desired count to 4.".into(),
        cause: "monitor alarm TargetTracking-orders-high in state ALARM triggered policy cpu"
            .into(),
        not_scaled: Vec::new(),
    }
}

fn called(age: i64, name: &str) -> TrailEvent {
    TrailEvent {
        at: ago(age),
        call: "UpdateService".into(),
        by: "ci-deploy".into(),
        words: "taskDefinition orders:58".into(),
        service: Some(name.into()),
        cluster: Some("prod".into()),
        error: None,
    }
}

fn deed(age: i64) -> Deed {
    Deed {
        detail: Text::default(),
        at: ago(age),
        by: "ops/alice".into(),
        environment: "production".into(),
        service: "arn:aws:ecs:eu-central-1:123456789012:service/prod/web".into(),
        verb: "redeploy".into(),
        reason: "pool stuck".into(),
        ending: DeedEnding::Done,
    }
}

fn of(snapshot: &Snapshot, scope: Scope<'_>, deeds: &[Deed]) -> Timeline {
    let rows = Judge::default().look(snapshot, ago(0));
    let sources = Sources {
        snapshot,
        rows: &rows,
        deeds,
    };
    timeline(&sources, scope, ago(4 * 3600))
}

fn told(timeline: &Timeline) -> String {
    let lines: Vec<String> = timeline
        .moments
        .iter()
        .map(|one| {
            let age = ago(0).duration_since(one.at).as_secs();
            let mark = if one.trouble { "!" } else { " " };
            let name = one.service.as_ref().map_or("-", ServiceArn::name);
            format!(
                "{age:>5} {mark} {:<7} {name:<7} {}",
                one.kind,
                one.sentence()
            )
        })
        .collect();
    lines.join("\n")
}

fn orders() -> ServiceArn {
    "arn:aws:ecs:eu-central-1:123456789012:service/prod/orders".into()
}

#[test]
fn everything_is_told_once_and_in_order() {
    let snapshot = estate();
    let all = of(
        &snapshot,
        Scope::Environment(&"production".into()),
        &[deed(901)],
    );
    insta::assert_snapshot!(told(&all));
    let one = of(&snapshot, Scope::Service(&orders()), &[deed(901)]);
    insta::assert_snapshot!(told(&one));
    assert!(one.moments.is_sorted_by(|a, b| a.at >= b.at));
}

#[test]
fn what_changed_before_it_broke_is_the_deployment() {
    let one = of(&estate(), Scope::Service(&orders()), &[]);
    let incident = one.incident.as_ref().unwrap();
    assert_eq!(incident.since, ago(360), "the first stop, not the verdict");
    let changes: Vec<String> = one.changes_before().map(Moment::sentence).collect();
    assert_eq!(
        changes,
        [
            "orders:58 started by ci-deploy",
            "Setting desired count to 4 (alarm TargetTracking-orders-high)"
        ]
    );
    assert_eq!(
        one.last_change().unwrap().words.as_str(),
        "orders:58 started"
    );
}

#[test]
fn a_healthy_service_has_no_incident_and_old_signs_are_not_its_start() {
    let fine = Snapshot {
        environments: vec![environment(vec![service("web")])],
    };
    let calm = of(&fine, Scope::Estate, &[]);
    assert_eq!(
        (calm.incident.is_none(), calm.changes_before().count()),
        (true, 0)
    );
    let mut snapshot = estate();
    let reason = "Essential container in task exited";
    let old = stop(2000, "EssentialContainerExited", 1, reason);
    snapshot.environments[0].stops.push(old);
    let one = of(&snapshot, Scope::Service(&orders()), &[]);
    assert_eq!(one.incident.unwrap().since, ago(360));
}

#[test]
fn a_flapping_alarm_is_one_line() {
    let mut snapshot = estate();
    let flaps: Vec<AlarmChange> = (0..6)
        .map(|flap| {
            let to = if flap % 2 == 0 {
                AlarmState::Alarm
            } else {
                AlarmState::Ok
            };
            change(240 + flap * 240, to)
        })
        .collect();
    snapshot.environments[0].history.alarms = Aspect::of(ago(1), Ok(flaps));
    let one = of(&snapshot, Scope::Service(&orders()), &[]);
    let alarms: Vec<&Moment> = one
        .moments
        .iter()
        .filter(|one| one.kind == EventKind::Alarm)
        .collect();
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    assert_eq!(
        alarms[0].words.as_str(),
        "orders-5xx-high flapping: 6 transitions, now ALARM (41 > 10)"
    );
    assert_eq!(
        (alarms[0].at, alarms[0].first_at),
        (ago(240), ago(240 + 5 * 240))
    );
}

#[test]
fn three_transitions_are_three_lines() {
    let mut snapshot = estate();
    let flaps: Vec<AlarmChange> = [240, 480, 720]
        .map(|age| {
            change(
                age,
                if age == 480 {
                    AlarmState::Ok
                } else {
                    AlarmState::Alarm
                },
            )
        })
        .into();
    snapshot.environments[0].history.alarms = Aspect::of(ago(1), Ok(flaps));
    let one = of(&snapshot, Scope::Service(&orders()), &[]);
    let alarms = one
        .moments
        .iter()
        .filter(|one| one.kind == EventKind::Alarm);
    assert_eq!(alarms.count(), 3);
}

#[test]
fn what_could_not_be_read_is_said() {
    let mut snapshot = estate();
    let denied = problem(Feed::Services);
    snapshot.environments[0].history.trail = Aspect::of(ago(1), Err(denied));
    let one = of(&snapshot, Scope::Service(&orders()), &[]);
    assert_eq!(one.missing.len(), 1);
    assert!(one.missing[0].starts_with("who called AWS: "));
}

#[test]
fn another_clusters_service_of_the_same_name_is_another() {
    let call = TrailEvent {
        cluster: Some("batch".into()),
        ..called(1, "orders")
    };
    let ours: Service = service("orders");
    assert!(!call.is_of(&ours) && called(1, "orders").is_of(&ours));
    let unnamed = TrailEvent {
        cluster: None,
        ..call
    };
    assert!(!unnamed.is_of(&ours));
}
