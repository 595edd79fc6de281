//! The current deployments as bars, the last ones as history, and how long is left.

use serde::Serialize;

use super::Of;
use crate::estate::deployment::{Breaker, Forecast, Image, forecast};
use crate::estate::service::{
    Controller, Deployment, DeploymentStatus, Rollout, Stability, TaskSet,
};
use crate::estate::text::Text;
use crate::estate::timeline;
use crate::estate::verdict::{stage_words, strategy_word};
use crate::estate::{SignedDuration, Timestamp};

/// One of the deployments a service has now.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rolling {
    /// AWS's id of it (`ecs-svc/…`).
    pub id: Text,
    /// `new`, `old`, or AWS's word.
    pub place: Text,
    /// The revision it brings.
    pub label: Text,
    /// Its images: name with tag, and the digest ECS pinned.
    pub images: Vec<Image>,
    /// Tasks of it in RUNNING.
    pub running: u32,
    /// Tasks wanted of it.
    pub desired: u32,
    /// Tasks of it on their way.
    pub pending: u32,
    /// Consecutive failures.
    pub failed: u32,
    /// `in progress`, `completed`, `failed`; empty where AWS does not tell.
    pub rollout: Text,
    /// The stage it is in, when it goes by stages (`canary: baking, 4 min left`).
    pub stage: Text,
    /// Why, in AWS's words.
    pub reason: Text,
    /// Its circuit breaker, when AWS tells of one.
    pub breaker: Option<Breaker>,
    /// When it began.
    pub began: Option<Timestamp>,
    /// Who began it, when that is known.
    pub by: Option<Text>,
    /// How long it will take, while it moves.
    pub forecast: Option<Forecast>,
}

/// One service deployment of the past, or of now.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Past {
    /// The revision it brought.
    pub label: Text,
    /// The status as people say it.
    pub status: Text,
    /// Whether it did not bring what it was to bring.
    pub trouble: bool,
    /// Whether it is over.
    pub over: bool,
    /// Why, in AWS's words.
    pub reason: Text,
    /// When it began.
    pub began: Option<Timestamp>,
    /// How long it took, in seconds.
    pub took_seconds: Option<i64>,
    /// Who asked for it, when that is known.
    pub by: Option<Text>,
    /// Tag of its first image.
    pub tag: Text,
}

/// A call and the deployment it began are no further apart.
const SAME: SignedDuration = SignedDuration::from_secs(90);

impl Of<'_> {
    pub(super) fn deployments(&self) -> Vec<Rolling> {
        // What ECS tells of another controller's deployments is of the time before (aws.md 1.1).
        if matches!(
            self.service.controller,
            Controller::CodeDeploy | Controller::External
        ) {
            let sets = self.service.task_sets.iter();
            return sets.map(|one| self.set(one)).collect();
        }
        let all = self.service.deployments.iter();
        all.map(|one| self.rolling(one)).collect()
    }

    /// A task set of another controller's, as the deployment it is.
    fn set(&self, one: &TaskSet) -> Rolling {
        let primary = self.service.primary_set();
        let newer = primary.is_some_and(|primary| one.created_at > primary.created_at);
        Rolling {
            id: Text::default(),
            place: match &one.status {
                DeploymentStatus::Primary => "live".into(),
                DeploymentStatus::Active if newer => "next".into(),
                DeploymentStatus::Active => "old".into(),
                DeploymentStatus::Inactive => "gone".into(),
                DeploymentStatus::Unknown(word) => word.clone(),
            },
            label: one.task_definition.label().into(),
            images: Vec::new(),
            running: one.running,
            desired: one.desired,
            pending: one.pending,
            failed: 0,
            rollout: match &one.stability {
                Stability::Steady => "completed".into(),
                Stability::Stabilizing => "in progress".into(),
                Stability::Unknown(word) => word.clone(),
            },
            stage: Text::default(),
            reason: Text::default(),
            breaker: None,
            began: one.created_at,
            by: one
                .created_at
                .and_then(|at| self.by(at, &one.task_definition)),
            forecast: None,
        }
    }

    /// Whether somebody has to answer before it goes on: nobody knows how long that takes.
    fn is_held(&self) -> bool {
        let progress = self.service.progress.as_ref();
        progress.is_some_and(|one| one.waiting.is_some())
    }

    fn stage(&self) -> Option<Text> {
        let progress = self.service.progress.as_ref()?;
        let name = strategy_word(&self.service.strategy)?;
        let words = stage_words(progress, self.now);
        Some(format!("{name}: {words}").into())
    }

    fn rolling(&self, one: &Deployment) -> Rolling {
        let rollout = self.dossier.rollout_of(&one.task_definition);
        let moving = one.rollout == Rollout::InProgress && one.status == DeploymentStatus::Primary;
        let past = self.dossier.rollouts.all();
        Rolling {
            id: one.id.as_str().into(),
            place: match &one.status {
                DeploymentStatus::Primary => "new".into(),
                DeploymentStatus::Active => "old".into(),
                DeploymentStatus::Inactive => "gone".into(),
                DeploymentStatus::Unknown(word) => word.clone(),
            },
            label: one.task_definition.label().into(),
            images: rollout.map(|one| one.images.clone()).unwrap_or_default(),
            running: one.running,
            desired: one.desired,
            pending: one.pending,
            failed: one.failed,
            rollout: match &one.rollout {
                Rollout::InProgress => "in progress".into(),
                Rollout::Completed => "completed".into(),
                Rollout::Failed => "failed".into(),
                Rollout::Absent => Text::default(),
                Rollout::Unknown(word) => word.clone(),
            },
            stage: self.stage().filter(|_| moving).unwrap_or_default(),
            reason: one.reason.clone(),
            breaker: rollout.and_then(|one| one.breaker.clone()),
            began: one.created_at,
            by: one
                .created_at
                .and_then(|at| self.by(at, &one.task_definition)),
            forecast: one
                .created_at
                .filter(|_| moving && !self.is_held())
                .and_then(|began| forecast(past, began, self.now)),
        }
    }

    pub(super) fn history(&self) -> Vec<Past> {
        let all = self.dossier.rollouts.all().iter();
        all.map(|one| {
            let image = one.images.first();
            let definition = one.task_definition.as_ref();
            Past {
                label: one.label().into(),
                status: one.state.word().into(),
                trouble: one.state.is_trouble(),
                over: one.state.is_over(),
                reason: one.reason.clone().unwrap_or_default(),
                began: one.created_at,
                took_seconds: one.took().map(|took| took.as_secs()),
                by: one
                    .created_at
                    .zip(definition)
                    .and_then(|(at, definition)| self.by(at, definition)),
                tag: image.map(|one| tag(&one.name)).unwrap_or_default().into(),
            }
        })
        .collect()
    }

    /// Who began a deployment: by the trail, when a call of that minute is on it; otherwise
    /// whoever registered the revision, if that was not long before.
    fn by(&self, at: Timestamp, definition: &crate::estate::id::TaskDefinitionArn) -> Option<Text> {
        let calls = self.place.history.trail.all().iter();
        let mut calls = calls.filter(|call| {
            call.error.is_none() && &*call.call == "UpdateService" && call.is_of(self.service)
        });
        let near = |then: Timestamp| then.duration_since(at).abs() <= SAME;
        if let Some(call) = calls.find(|call| near(call.at)) {
            return Some(call.by.clone());
        }
        let registered = self.dossier.definition(definition)?;
        let soon = registered
            .registered_at
            .is_some_and(|then| at.duration_since(then).abs() <= timeline::BEFORE);
        let by = &registered.registered_by;
        (soon && !by.is_empty()).then(|| by.clone())
    }
}

/// The tag of an image; its whole name when it has none.
pub(super) fn tag(image: &str) -> &str {
    let name = image.rsplit('/').next().unwrap_or(image);
    name.split_once(':').map_or(name, |(_, tag)| tag)
}
