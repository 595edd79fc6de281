//! What is known of an opened service, for the pictures of its page.

use super::estate::{PRODUCTION, ago, part, service_arn, task};
use crate::app::Model;
use crate::estate::alarm::AlarmState;
use crate::estate::aspect::Aspect;
use crate::estate::deployment::{Breaker, Image, ServiceDeployment};
use crate::estate::dossier::{
    ContainerDefinition, LastWords, Leaf, Scaling, Target, TargetGroup, TaskDefinition,
};
use crate::estate::history::{AlarmChange, Memory, ScalingActivity, TrailEvent};
use crate::estate::id::TaskArn;
use crate::estate::part::News;
use crate::estate::text::Text;
use crate::policy::JournalState;

/// Everything about `orders` or `search`, as AWS would tell it: the revision, and how many
/// minutes ago it came.
pub(super) fn tell(model: &mut Model, name: &str, (revision, minutes): (u32, i64)) {
    model.journal = Some(JournalState::Writable);
    let own = format!("{name}-5xx-high");
    for alarm in &mut model.look.snapshot.environments[0].alarms {
        if *alarm.name == *own {
            alarm.dimensions = vec![
                ("ClusterName".into(), "prod".into()),
                ("ServiceName".into(), name.into()),
            ];
        }
    }
    let service = service_arn(name);
    let tasks = (0..4)
        .map(|number| task(name, revision - number / 2, number))
        .collect();
    let tasks = News::Tasks {
        service: service.clone(),
        tasks,
    };
    model.look.snapshot.absorb(part(PRODUCTION, tasks));
    let moving = name == "search" || name == "orders";
    let leaves = [
        Leaf::Rollouts(read(rollouts(name, revision, moving.then_some(minutes)))),
        Leaf::Definitions(read(vec![
            definition(name, revision, minutes),
            definition(name, revision - 1, 60 * 24),
        ])),
        Leaf::Scaling(read(Some(Scaling {
            min: 2,
            max: 4,
            in_suspended: true,
            out_suspended: false,
            schedule_suspended: false,
        }))),
        Leaf::Activities(read(vec![activity(name)])),
        Leaf::Targets(read(vec![targets(name)])),
    ];
    for leaf in leaves {
        let service = service.clone();
        model
            .look
            .snapshot
            .absorb(part(PRODUCTION, News::Leaf { service, leaf }));
    }
    for memory in history(name, revision, minutes) {
        model
            .look
            .snapshot
            .absorb(part(PRODUCTION, News::Memory(memory)));
    }
}

/// The last lines of `task`.
pub(super) fn last_words(model: &mut Model, name: &str, task: &TaskArn) {
    let lines = [
        (52, "INFO  loading the price snapshot, 812 MB"),
        (41, "WARN  heap 489 of 512 MB, collecting"),
        (39, "ERROR java.lang.OutOfMemoryError: Java heap space"),
    ];
    let lines = lines.map(|(seconds, words)| (ago(6, seconds), Text::from(words)));
    let words = LastWords {
        task: task.clone(),
        lines: read(lines.into()),
    };
    let leaf = Leaf::LastWords(words);
    let service = service_arn(name);
    model
        .look
        .snapshot
        .absorb(part(PRODUCTION, News::Leaf { service, leaf }));
}

fn read<T>(news: T) -> Aspect<T> {
    Aspect::of(ago(0, 2), Ok(news))
}

fn rollouts(name: &str, revision: u32, moving: Option<i64>) -> Vec<ServiceDeployment> {
    let one = |older: u32, status: &str, began: i64, took: Option<i64>| ServiceDeployment {
        created_at: Some(ago(began, 17)),
        finished_at: took
            .map(|took| ago(began, 17) + crate::estate::SignedDuration::from_secs(took)),
        task_definition: Some(
            super::estate::definition(name, revision - older)
                .as_str()
                .into(),
        ),
        images: vec![Image {
            container: name.into(),
            name: format!(
                "123456789012.dkr.ecr.eu-central-1.amazonaws.com/{name}:2.{}.0",
                revision - older
            )
            .into(),
            digest: Some("sha256:8f2c51d09a7be3c46b1f".into()),
        }],
        breaker: Some(Breaker {
            status: if took.is_none() {
                "MONITORING"
            } else {
                "MONITORING_COMPLETE"
            }
            .into(),
            failures: u32::from(took.is_none()) * 2,
            threshold: 3,
        }),
        ..ServiceDeployment::known_as(
            format!("arn:aws:ecs:eu-central-1:123456789012:service-deployment/prod/{name}/{older}")
                .as_str()
                .into(),
            status.into(),
        )
    };
    let mut all = vec![match moving {
        Some(minutes) => one(0, "IN_PROGRESS", minutes, None),
        None => one(0, "SUCCESSFUL", 90, Some(214)),
    }];
    all.extend([
        one(1, "SUCCESSFUL", 1_500, Some(243)),
        one(2, "ROLLBACK_SUCCESSFUL", 2_900, Some(380)),
        one(3, "SUCCESSFUL", 4_400, Some(221)),
        one(4, "SUCCESSFUL", 5_900, Some(236)),
    ]);
    all[2].reason = Some(
        "Service deployment rolled back because the circuit breaker threshold was exceeded.".into(),
    );
    all
}

fn definition(name: &str, revision: u32, minutes: i64) -> TaskDefinition {
    TaskDefinition {
        arn: super::estate::definition(name, revision).as_str().into(),
        cpu: "256".into(),
        memory: if revision == 58 { "512" } else { "1024" }.into(),
        task_role: format!("{name}-task").into(),
        execution_role: "ecs-execution".into(),
        registered_by: "deploy@ci".into(),
        registered_at: Some(ago(minutes, 25)),
        containers: vec![ContainerDefinition {
            name: name.into(),
            image: format!("{name}:2.{revision}.0").into(),
            essential: true,
            environment: [
                ("LOG_LEVEL".into(), 1),
                ("SNAPSHOT_MB".into(), u64::from(revision)),
            ]
            .into(),
            secrets: [("DATABASE_URL".into(), "orders-db".into())].into(),
            ..ContainerDefinition::default()
        }],
    }
}

fn activity(name: &str) -> ScalingActivity {
    ScalingActivity {
        resource: format!("service/prod/{name}").into(),
        at: ago(14, 0),
        status: "NotScaled".into(),
        description: "Attempting to scale due to alarm".into(),
        cause: format!("monitor alarm TargetTracking-{name} in state ALARM").into(),
        not_scaled: vec!["already at its maximum (4)".into()],
    }
}

fn targets(name: &str) -> TargetGroup {
    let zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"];
    let target = |number: u32| {
        let sick = number % 3 == 1;
        Target {
            id: format!("10.0.{number}.7").into(),
            port: Some(8080),
            zone: Some(zones[number as usize % 3].into()),
            state: if sick { "unhealthy" } else { "healthy" }.into(),
            reason: if sick { "Target.Timeout" } else { "" }.into(),
            description: if sick { "Request timed out" } else { "" }.into(),
        }
    };
    TargetGroup {
        arn: format!("arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/prod-{name}/7")
            .as_str()
            .into(),
        targets: (0..4).map(target).collect(),
    }
}

fn history(name: &str, revision: u32, minutes: i64) -> [Memory; 3] {
    let call = TrailEvent {
        at: ago(minutes, 19),
        call: "UpdateService".into(),
        by: "deploy@ci".into(),
        words: format!("{name}:{revision}").into(),
        service: Some(name.into()),
        cluster: Some("prod".into()),
        error: None,
    };
    let raised = TrailEvent {
        at: ago(minutes + 9, 0),
        call: "RegisterScalableTarget".into(),
        by: "bob@ops".into(),
        words: "max 4".into(),
        ..call.clone()
    };
    let rang = AlarmChange {
        name: format!("{name}-5xx-high").into(),
        at: ago(4, 31),
        from: AlarmState::Ok,
        to: AlarmState::Alarm,
        reason: Text::default(),
    };
    [
        Memory::Alarms(read(vec![rang])),
        Memory::Scaling(read(Vec::new())),
        Memory::Trail(read(vec![call, raised])),
    ]
}
