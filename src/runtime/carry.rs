//! Approved changes on their road, each on a task of its own.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::clock::Clock;
use super::work::Post;
use crate::app::Msg;
use crate::app::msg::{RoadNews, RoadStage};
use crate::cloud::{ApplyError, Link};
use crate::estate::change::Change;
use crate::estate::follow::{Followed, Pursuit};
use crate::estate::identity::Identity;
use crate::estate::problem::ProblemKind;
use crate::estate::staging::{Event, Goal, Progress, ProgressRow, State};
use crate::estate::text::Text;
use crate::estate::words;
use crate::journal::Journal;
use crate::policy::Approved;
use crate::road::{Carried, EnvironmentRoad, Follower, Halt, Road, Stage, Wheel};

/// The changes on their road. They outlive the screen: see [`Carriers::finish`].
#[derive(Default)]
pub(super) struct Carriers {
    tasks: JoinSet<()>,
    /// They only read: dropped with the console, and taken up again by the next.
    followers: JoinSet<()>,
}

/// What following needs.
#[derive(Clone)]
pub(super) struct Following {
    pub(super) journal: Journal,
    pub(super) clock: Clock,
    pub(super) post: Post,
}

impl Following {
    async fn run(self, link: Arc<Link>, followed: Followed) {
        let told = |pursuit: &Pursuit| {
            // Nobody listens any more only while the console ends.
            let _ = self.post.send(Msg::Pursuit(Box::new(pursuit.clone())));
        };
        let chase = Follower {
            journal: &self.journal,
            clock: &|| self.clock.now(),
            told: &told,
        };
        chase.follow(followed, &link, None).await;
    }
}

/// One approved change and what it needs on the way.
pub(super) struct Carrier {
    pub(super) approved: Approved,
    pub(super) caller: Option<Identity>,
    pub(super) link: Option<Arc<Link>>,
    pub(super) journal: Journal,
    pub(super) clock: Clock,
    pub(super) post: Post,
    pub(super) wheel: Arc<Wheel>,
}

impl Carriers {
    /// Follows what the journal says is still on its way, from before this console started.
    pub(super) fn take_up(&mut self, follow: Following, link: Arc<Link>, followed: Followed) {
        self.followers.spawn(follow.run(link, followed));
    }

    pub(super) fn start(&mut self, carrier: Carrier) {
        while self.tasks.try_join_next().is_some() {}
        while self.followers.try_join_next().is_some() {}
        self.tasks.spawn(carrier.run());
    }

    pub(super) fn any(&self) -> bool {
        !self.tasks.is_empty()
    }

    /// Waits until every change has ended and is recorded.
    pub(super) async fn finish(&mut self) {
        while self.tasks.join_next().await.is_some() {}
    }
}

impl Carrier {
    async fn run(self) {
        let service = self.approved.change().target().service.clone();
        let tell = |stage: RoadStage| {
            // Nobody listens any more only while the console ends; the journal still does.
            let _ = self.post.send(Msg::Road(RoadNews {
                service: service.clone(),
                stage,
            }));
        };
        let (Some(caller), Some(link)) = (&self.caller, &self.link) else {
            let words = "AWS has not said who is asking, so nothing was done".into();
            return tell(RoadStage::Refused { words });
        };
        if let Some(plan) = self.approved.change().plan() {
            let environment = plan.target.environment.clone();
            let told = |event: Event| {
                let _ = self.post.send(Msg::Staging(environment.clone(), event));
            };
            let road = EnvironmentRoad {
                journal: &self.journal,
                caller,
                by: &caller.short(),
                clock: &|| self.clock.now(),
                told: &told,
            };
            return tell(brought(road.carry(&self.approved, link).await));
        }
        let told = |stage: Stage| match stage {
            Stage::Intended(_) => tell(RoadStage::Journalled),
            Stage::Recycled { done, of, words } => tell(RoadStage::Recycled { done, of, words }),
            Stage::Answered(_) | Stage::Recorded => {}
        };
        let road = Road {
            journal: &self.journal,
            caller,
            clock: &|| self.clock.now(),
            told: &told,
        };
        let change = self.approved.change();
        let carried = if matches!(change, Change::Recycle { .. }) {
            road.recycle(&self.approved, link, &self.wheel).await
        } else {
            road.carry(&self.approved, link).await
        };
        let followed = road.followed(change, &carried);
        tell(ended(carried));
        if let Some(followed) = followed {
            // A task of its own: the road has ended, and following may be dropped at any time.
            let _ = self.post.send(Msg::Followed(followed));
        }
    }
}

/// How the end of a whole environment's road is told.
fn brought(ended: Result<Progress, Halt>) -> RoadStage {
    let progress = match ended {
        Ok(progress) => progress,
        Err(halt) => {
            return RoadStage::Failed {
                words: halt.to_string().into(),
                denied: None,
            };
        }
    };
    let failed = |row: &&ProgressRow| matches!(row.state, State::Failed { .. });
    let failed = progress.rows.iter().filter(failed).count();
    let done = |row: &&ProgressRow| row.service.is_some() && row.state == State::Done;
    let done = words::counted(progress.rows.iter().filter(done).count(), "service");
    let verb = match progress.goal {
        Goal::Stop => "stopped",
        Goal::Start => "started",
    };
    if progress.is_good() {
        let words = format!("{done} {verb}, each seen there").into();
        let journal = Text::default();
        return RoadStage::Done { journal, words };
    }
    RoadStage::Failed {
        words: format!("{done} {verb}, {failed} not: running it again goes on").into(),
        denied: None,
    }
}

/// How the road's end is told.
pub(super) fn ended(carried: Carried) -> RoadStage {
    let (intent, answer, unrecorded) = match carried {
        Carried::NotAsked(error) => {
            let words = format!("nothing was done: the journal took no line: {error}");
            return RoadStage::Refused {
                words: words.into(),
            };
        }
        Carried::Asked {
            intent,
            answer,
            unrecorded,
        } => (intent, answer, unrecorded),
    };
    let unrecorded = unrecorded
        .map(|error| format!(". The outcome of {intent} could NOT be recorded: {error}"))
        .unwrap_or_default();
    match answer {
        Ok(_) => RoadStage::Done {
            journal: intent.as_str().into(),
            words: format!("AWS took it; F shows how it goes{unrecorded}").into(),
        },
        Err(error @ (ApplyError::Moved(_) | ApplyError::Unchecked(_))) => RoadStage::Refused {
            words: format!("{error}{unrecorded}").into(),
        },
        Err(error @ (ApplyError::Refused(_) | ApplyError::Unclear(_) | ApplyError::Halted(_))) => {
            RoadStage::Failed {
                denied: missing(&error),
                words: format!("{error}. Journal entry {intent}{unrecorded}").into(),
            }
        }
    }
}

/// The IAM action that is missing, where AWS named one.
fn missing(error: &ApplyError) -> Option<Text> {
    if let ApplyError::Refused(problem) = error
        && let ProblemKind::Denied { action } = &problem.kind
    {
        return Some(action.clone());
    }
    None
}
