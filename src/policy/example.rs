//! A change with nothing against it, for the tests of every room that needs one.

use crate::estate::alarm::Alarm;
use crate::estate::approval::{self, Approver};
use crate::estate::catalogue::Catalogue;
use crate::estate::change::{Change, Target};
use crate::estate::closely::{self, Drift, Examination};
use crate::estate::doctor::{self, Patient};
use crate::estate::environment::{Environment, Tier};
use crate::estate::fixture;
use crate::estate::history::Deed;
use crate::estate::identity::Identity;
use crate::estate::kpi::Kpi;
use crate::estate::node::{self, Node};
use crate::estate::service::{
    Controller, Deployment, DeploymentStatus, Rolling, Rollout, Scheduling, Service, ServiceStatus,
    Strategy,
};
use crate::estate::session::{Place, Purpose, Session, node_target};
use crate::estate::snapshot::Sighting;
use crate::estate::task::Task;
use crate::estate::{SignedDuration, Timestamp};

use super::{Answer, Approved, Arm, Decision, Facts, JournalState, Mode, Standing, Terms, decide};
use crate::estate::calendar::CalendarState;

/// Everything a decision looks at, owned.
#[derive(Clone, Debug)]
pub(crate) struct Desk {
    pub(crate) now: Timestamp,
    pub(crate) mode: Mode,
    pub(crate) journal: Option<JournalState>,
    pub(crate) environment: Option<Environment>,
    pub(crate) caller: Option<Identity>,
    pub(crate) sighting: Option<Sighting>,
    pub(crate) stops: Vec<Task>,
    pub(crate) alarms: Vec<Alarm>,
    pub(crate) kpis: Vec<Kpi>,
    pub(crate) examination: Option<Examination>,
    pub(crate) patient: Option<Patient>,
    pub(crate) node: Option<Node>,
    pub(crate) answer: Option<Answer>,
    pub(crate) terms: Terms,
    pub(crate) services: Catalogue,
    pub(crate) arm: Option<Arm>,
    pub(crate) recent: Option<Vec<Deed>>,
    pub(crate) second: Option<Approver>,
    pub(crate) calendar: Option<CalendarState>,
}

impl Desk {
    /// `orders` in production, seen a second ago, with the answer given.
    pub(crate) fn ready() -> Self {
        let now = now();
        Self {
            now,
            mode: Mode::Observe,
            journal: Some(JournalState::Writable),
            environment: Some(Environment {
                name: "production".into(),
                tier: Tier::Production,
                account: Some("123456789012".into()),
                alias: Some("acme-prod".into()),
                region: "eu-central-1".into(),
                clusters: Some(vec!["main".into()]),
            }),
            caller: Some(caller()),
            sighting: Some(Sighting {
                service: orders(),
                seen_at: now - crate::estate::SignedDuration::from_secs(1),
            }),
            stops: vec![],
            alarms: vec![],
            kpis: vec![],
            examination: Some(closely::example::well(&orders(), now)),
            patient: Some(doctor::example::well(now)),
            node: Some(node::example::well(now)),
            answer: Some(Answer {
                typed: "orders".into(),
                reason: "OPS-17 connections leak".into(),
                acknowledged: vec![],
            }),
            terms: Terms::default(),
            services: Catalogue::default(),
            arm: Some(Arm::new("OPS-17", now, &Terms::default(), false)),
            recent: Some(vec![]),
            second: None,
            calendar: None,
        }
    }

    pub(crate) fn facts(&self) -> Facts<'_> {
        Facts {
            now: self.now,
            mode: self.mode,
            journal: self.journal.as_ref(),
            environment: self.environment.as_ref(),
            caller: self.caller.as_ref(),
            service: self.sighting.as_ref(),
            stops: &self.stops,
            alarms: &self.alarms,
            kpis: &self.kpis,
            examination: self.examination.as_ref(),
            patient: self.patient.as_ref(),
            node: self.node.as_ref(),
            answer: self.answer.as_ref(),
            unattended: None,
            standing: Standing {
                terms: &self.terms,
                services: &self.services,
                arm: self.arm.as_ref(),
                recent: self.recent.as_deref(),
            },
            code: None,
            second: self.second.as_ref(),
            calendar: self.calendar.as_ref(),
        }
    }

    pub(crate) fn service(&mut self) -> &mut Service {
        &mut self.sighting.as_mut().unwrap().service
    }
}

pub(crate) fn now() -> Timestamp {
    "2026-11-21T14:03:22Z".parse().unwrap()
}

/// Alice of the operators, in the account of [`orders`].
pub(crate) fn caller() -> Identity {
    Identity {
        account: "123456789012".into(),
        arn: "arn:aws:sts::123456789012:assumed-role/ops/alice".into(),
        expires_at: None,
    }
}

/// A quiet service of four tasks.
pub(crate) fn orders() -> Service {
    Service {
        arn: "arn:aws:ecs:eu-central-1:123456789012:service/main/orders".into(),
        name: "orders".into(),
        cluster: "arn:aws:ecs:eu-central-1:123456789012:cluster/main".into(),
        status: ServiceStatus::Active,
        scheduling: Scheduling::Replica,
        controller: Controller::Ecs,
        express: false,
        desired: 4,
        running: 4,
        pending: 0,
        task_definition: revision("58"),
        deployments: vec![deployment("58", Rollout::Completed)],
        events: vec![],
        target_groups: vec![],
        rolling: Rolling {
            minimum_healthy_percent: Some(100),
            maximum_percent: Some(200),
            circuit_breaker: true,
            rollback: true,
            alarms: vec![],
        },
        grace_seconds: 0,
        task_sets: Vec::new(),
        strategy: Strategy::Rolling,
        progress: None,
        twins: Vec::new(),
        classic_balancer: false,
        on_instances: false,
        exec_enabled: false,
        created_at: None,
        tags: vec![],
    }
}

fn revision(number: &str) -> crate::estate::id::TaskDefinitionArn {
    let arn = format!("arn:aws:ecs:eu-central-1:123456789012:task-definition/orders:{number}");
    arn.as_str().into()
}

/// The primary deployment of revision `number`.
pub(crate) fn deployment(number: &str, rollout: Rollout) -> Deployment {
    Deployment {
        id: format!("ecs-svc/{number}").as_str().into(),
        status: DeploymentStatus::Primary,
        task_definition: revision(number),
        desired: 4,
        running: 4,
        pending: 0,
        failed: 0,
        rollout,
        reason: "".into(),
        created_at: None,
        updated_at: None,
    }
}

/// The redeploy of [`orders`].
pub(crate) fn redeploy() -> Change {
    Change::Redeploy(Target::of(&orders(), &"production".into()).unwrap())
}

/// A session in a task of [`orders`].
pub(crate) fn session(purpose: Purpose) -> Session {
    let patient = doctor::example::well(now());
    Session {
        target: Target::of(&orders(), &"production".into()).unwrap(),
        place: Place::Container {
            task: patient.task,
            container: patient.container,
            runtime_id: patient.runtime_id,
        },
        purpose,
        minutes: 30,
    }
}

/// A session on the node [`node::example::well`].
pub(crate) fn node_session(purpose: Purpose) -> Session {
    let node = node::example::well(now());
    let environment = Desk::ready().environment.unwrap();
    Session {
        target: node_target(&environment, &caller(), &node.id).unwrap(),
        place: Place::Node {
            id: node.id,
            name: node.name,
        },
        purpose,
        minutes: 30,
    }
}

/// The desk of [`redeploy`] after somebody pushed another image under its tag; everything is
/// acknowledged, and bob has approved it.
pub(crate) fn moved() -> Desk {
    let mut desk = Desk::ready();
    let seen = desk.examination.as_mut().unwrap();
    seen.images.as_mut().unwrap()[0].drift = Drift::Moved {
        to: "sha256:5e".into(),
        pushed_at: None,
    };
    desk.answer.as_mut().unwrap().acknowledged = super::preflight::every_check();
    desk.second = Some(approval::example::bob(&redeploy(), seen, now()));
    desk
}

/// That redeploy, approved.
pub(crate) fn approved() -> Approved {
    let decision = decide(&redeploy(), &Desk::ready().facts());
    let Decision::Allow(approved) = decision else {
        panic!("the example must be allowed: {decision:?}");
    };
    approved
}

/// A task of `orders` that never ran.
pub(super) fn stopped(reason: &str, minutes_ago: i64) -> Task {
    Task {
        arn: "arn:aws:ecs:eu-central-1:123456789012:task/main/3f9c".into(),
        cluster: "arn:aws:ecs:eu-central-1:123456789012:cluster/main".into(),
        task_definition: revision("58"),
        stopped_at: Some(now() - SignedDuration::from_mins(minutes_ago)),
        containers: vec![],
        ..fixture::stop(0, "TaskFailedToStart", 0, reason)
    }
}
