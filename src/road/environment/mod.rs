//! The road of a whole environment: lock, then service by service, then give the lock back.
//!
//! Nothing is remembered but what AWS shows, so a run may be dropped at any await and begun
//! again by anybody. Every step goes as a single change does: intent on the disk, call, outcome.

mod alarms;
mod databases;
mod lock;

use std::collections::BTreeMap;

use crate::cloud::{ApplyError, Link, Look};
use crate::estate::id::{ClusterArn, ServiceArn};
use crate::estate::identity::Identity;
use crate::estate::problem::ProblemKind;
use crate::estate::staging::{
    Event, Goal, Lock, Next, Phase, Plan, PlannedService, Progress, Sight, State, Step, Subject,
    next_for_service,
};
use crate::estate::text::Text;
use crate::estate::words;
use crate::estate::{SignedDuration, Timestamp};
use crate::journal::{Ending, EntryId, Journal, JournalError, Outcome};
use crate::policy::Approved;

/// How long between two looks at tasks that come or go.
const LOOKS: SignedDuration = SignedDuration::from_secs(5);
/// How long tasks may take to go: deregistration (300 s), stop timeout (30 s) and a minute
/// (aws.md 5.2).
const DRAINING: SignedDuration = SignedDuration::from_secs(390);
/// How long a tier may take to become healthy.
const STARTING: SignedDuration = SignedDuration::from_mins(10);
/// How often a step is tried that something came between.
const TRIES: u32 = 5;
/// The pause before such a try.
const AGAIN: SignedDuration = SignedDuration::from_secs(2);

/// What the road of an environment stands on.
pub struct EnvironmentRoad<'a> {
    /// Where intents and outcomes go.
    pub journal: &'a Journal,
    /// Who AWS says is asking.
    pub caller: &'a Identity,
    /// Who it is, for records and the lock: `alice@jump-1`.
    pub by: &'a str,
    /// The time, from those who may read a clock.
    pub clock: &'a (dyn Fn() -> Timestamp + Send + Sync),
    /// Told about every step, so that a screen can show it.
    pub told: &'a (dyn Fn(Event) + Send + Sync),
}

/// Why a run ended as a whole, before its services were through.
#[derive(Debug, thiserror::Error)]
pub enum Halt {
    /// The journal takes no line, so AWS is not asked.
    #[error("the journal took no line: {0}")]
    Journal(#[from] JournalError),
    /// Somebody else is at it.
    #[error("{0}")]
    Held(String),
    /// The lock could not be taken or kept.
    #[error("the lock could not be kept: {0}")]
    Lock(String),
    /// What was approved is no environment.
    #[error("no environment was approved")]
    NoPlan,
}

/// One run.
struct Run<'a> {
    road: &'a EnvironmentRoad<'a>,
    approved: &'a Approved,
    plan: &'a Plan,
    link: &'a Link,
    lock: std::sync::Mutex<Lock>,
}

/// Where driving a service ended.
enum Driven {
    Waits,
    Over(State),
}

impl EnvironmentRoad<'_> {
    /// Brings the environment of an approved plan to its goal, as far as AWS lets it, and tells
    /// how each service ended. Siblings of a failed service go on.
    ///
    /// # Errors
    /// When it ended as a whole; what was done until then is recorded and on record.
    pub async fn carry(&self, approved: &Approved, link: &Link) -> Result<Progress, Halt> {
        let plan = approved.change().plan().ok_or(Halt::NoPlan)?;
        let began = (self.clock)();
        let id = self.journal.intend(approved, self.caller)?;
        let run = Run {
            road: self,
            approved,
            plan,
            link,
            lock: Lock::new(plan.goal, id.as_str(), self.by, began).into(),
        };
        let mut progress = Progress::new(plan, began);
        let ended = run.through(&mut progress).await;
        let (ending, words) = match &ended {
            Ok(()) if progress.is_good() => (Ending::Done, String::new()),
            Ok(()) => (Ending::Failed, "not every service is there".to_owned()),
            Err(halt) => (Ending::Refused, halt.to_string()),
        };
        self.record(&id, (ending, &words), began)?;
        ended.map(|()| progress)
    }

    fn record(
        &self,
        intent: &EntryId,
        (ending, words): (Ending, &str),
        began: Timestamp,
    ) -> Result<(), JournalError> {
        let now = (self.clock)();
        let took = now.duration_since(began).as_millis();
        let outcome = Outcome {
            intent: intent.clone(),
            ending,
            words: words.into(),
            request_id: None,
            deployment: None,
            service_deployment: None,
            session_id: None,
            milliseconds: i64::try_from(took).unwrap_or(i64::MAX),
        };
        self.journal.outcome(outcome, now).map(drop)
    }
}

impl Run<'_> {
    fn now(&self) -> Timestamp {
        (self.road.clock)()
    }

    fn tell(&self, progress: &mut Progress, event: Event) {
        progress.absorb(&event);
        (self.road.told)(event);
    }

    fn lock(&self) -> Lock {
        let lock = self.lock.lock();
        lock.unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    async fn through(&self, progress: &mut Progress) -> Result<(), Halt> {
        self.tell(progress, Event::Phase(Phase::Locking));
        self.take_lock().await?;
        let worked = self.work(progress).await;
        self.tell(progress, Event::Phase(Phase::Unlocking));
        let unlocked = self.give_lock_back().await;
        worked?;
        // A lock that could not be given back runs out by itself.
        if let Err(Halt::Journal(error)) = unlocked {
            return Err(error.into());
        }
        self.tell(progress, Event::Phase(Phase::Over));
        Ok(())
    }

    async fn work(&self, progress: &mut Progress) -> Result<(), Halt> {
        if self.plan.goal == Goal::Stop {
            self.alarms(progress).await?;
        }
        if self.plan.goal == Goal::Start && !self.databases(progress).await? {
            let words = "not begun: a database it may need did not come up";
            for one in self.plan.tiers().into_iter().flatten() {
                let state = State::Failed {
                    words: words.into(),
                };
                self.tell(progress, Event::Service(one.service.clone(), state));
            }
            return Ok(());
        }
        let tiers = self.plan.tiers();
        let count = tiers.len();
        for (index, tier) in tiers.into_iter().enumerate() {
            self.tell(progress, Event::Phase(Phase::Tier(index + 1, count)));
            self.tier(&tier, progress).await?;
        }
        match self.plan.goal {
            Goal::Stop => drop(self.databases(progress).await?),
            Goal::Start => self.alarms(progress).await?,
        }
        Ok(())
    }

    // ── One step ────────────────────────────────────────────────────────────────────────────

    /// Intent on the disk, call, outcome on the disk.
    async fn ask(&self, step: &Step, look: &Look) -> Result<Result<(), ApplyError>, Halt> {
        let target = match step.subject() {
            Subject::Service(arn) => arn.clone(),
            Subject::Environment | Subject::Database(_) => self.plan.target.service.clone(),
        };
        let began = self.now();
        let about = (&target, step.words());
        let id = self
            .road
            .journal
            .intend_step(self.approved, self.road.caller, about, began)?;
        let by = (self.road.by, id.as_str());
        let answer = self.link.step(self.approved, step, look, by).await;
        let ending = match &answer {
            Ok(()) => Ending::Done,
            Err(ApplyError::Moved(_) | ApplyError::Unchecked(_)) => Ending::Refused,
            Err(ApplyError::Refused(_) | ApplyError::Halted(_)) => Ending::Failed,
            Err(ApplyError::Unclear(_)) => Ending::Unclear,
        };
        let words = answer.as_ref().err().map(ToString::to_string);
        let words = words.unwrap_or_default();
        self.road.record(&id, (ending, &words), began)?;
        Ok(answer)
    }

    // ── Services ────────────────────────────────────────────────────────────────────────────

    async fn tier(&self, tier: &[&PlannedService], progress: &mut Progress) -> Result<(), Halt> {
        let mut waiting = Vec::new();
        for planned in tier {
            match self.drive((planned, false), progress).await? {
                Driven::Waits => waiting.push(*planned),
                Driven::Over(state) => {
                    self.tell(progress, Event::Service(planned.service.clone(), state));
                }
            }
        }
        let patience = match self.plan.goal {
            Goal::Stop => DRAINING,
            Goal::Start => STARTING,
        };
        let until = self.now() + patience;
        while !waiting.is_empty() {
            if self.now() > until {
                for planned in waiting.drain(..) {
                    let words = self.late(planned).await;
                    let state = State::Failed { words };
                    self.tell(progress, Event::Service(planned.service.clone(), state));
                }
                break;
            }
            self.link.rest(LOOKS).await;
            self.renew_lock().await?;
            waiting = self.settle(waiting, progress).await?;
        }
        Ok(())
    }

    /// Why a service is not where it should be though its time is over.
    async fn late(&self, planned: &PlannedService) -> Text {
        if self.plan.goal == Goal::Start {
            return "not healthy in ten minutes; its record is kept: start again".into();
        }
        let (cluster, service) = (&planned.cluster, &planned.service);
        let protected = self.link.protected_tasks(cluster, service).await;
        let protected = protected.unwrap_or_default();
        let Some(until) = protected.last() else {
            return "tasks still drain; none is wanted, they go by themselves".into();
        };
        let count = words::counted(protected.len(), "task");
        let until = match until {
            Some(until) => format!(" until {}", until.strftime("%Y-%m-%d %H:%M UTC")),
            None => String::new(),
        };
        format!("{count} protected from being stopped{until}; none is wanted, they go then").into()
    }

    /// One look at all that come or go; those that came to rest are driven on.
    async fn settle<'p>(
        &self,
        waiting: Vec<&'p PlannedService>,
        progress: &mut Progress,
    ) -> Result<Vec<&'p PlannedService>, Halt> {
        let mut by_cluster: BTreeMap<&ClusterArn, Vec<ServiceArn>> = BTreeMap::new();
        for one in &waiting {
            let arns = by_cluster.entry(&one.cluster).or_default();
            arns.push(one.service.clone());
        }
        let mut seen = Vec::new();
        for (cluster, arns) in by_cluster {
            // What cannot be read now is read at the next look.
            seen.extend(self.link.describe_environment(cluster, &arns).await.0);
        }
        let mut still = Vec::new();
        for planned in waiting {
            let sight = seen.iter().find(|one| one.service.arn == planned.service);
            let Some(sight) = sight else {
                still.push(planned);
                continue;
            };
            let state = self.settling(planned, sight).await;
            let waits = !sight.steady()
                || matches!(
                    state,
                    State::Settling {
                        unready: Some(_),
                        ..
                    }
                );
            self.tell(progress, Event::Service(planned.service.clone(), state));
            if waits {
                still.push(planned);
                continue;
            }
            match self.drive((planned, true), progress).await? {
                Driven::Waits => still.push(planned),
                Driven::Over(state) => {
                    self.tell(progress, Event::Service(planned.service.clone(), state));
                }
            }
        }
        Ok(still)
    }

    /// How far the tasks of a service are. On the way up running is not enough: the next tier
    /// may need what these tasks serve. Who may not read their health goes by what runs.
    async fn settling(&self, planned: &PlannedService, sight: &Sight) -> State {
        let mut unready = None;
        if self.plan.goal == Goal::Start && sight.steady() {
            unready = match self.link.unready(planned, sight).await {
                Ok(unready) => unready,
                Err(problem) if passes(&problem.kind) => Some(problem.sentence),
                Err(_) => None,
            };
        }
        State::Settling {
            running: sight.service.running,
            desired: sight.service.desired,
            unready,
        }
    }

    /// Step by step until AWS has to work, it is there, or it cannot go on. What is to be up and
    /// was not yet `seen` healthy waits for that first.
    async fn drive(
        &self,
        (planned, seen): (&PlannedService, bool),
        progress: &mut Progress,
    ) -> Result<Driven, Halt> {
        let failed = |words: &str| {
            Driven::Over(State::Failed {
                words: words.into(),
            })
        };
        let mut tries = 0;
        loop {
            self.renew_lock().await?;
            let look = match self.link.look_at(&planned.cluster, &planned.service).await {
                Ok(look) => look,
                Err(problem) if tries < TRIES && passes(&problem.kind) => {
                    tries += 1;
                    self.link.rest(AGAIN).await;
                    continue;
                }
                Err(problem) => return Ok(failed(&problem.sentence)),
            };
            let Some(sight) = look.sight() else {
                return Ok(failed("it was not seen"));
            };
            let at = (self.road.by, self.now());
            let step = match next_for_service(self.plan, planned, sight, at) {
                Next::Do(step) => step,
                Next::Done if seen || self.plan.goal == Goal::Stop => {
                    return Ok(Driven::Over(State::Done));
                }
                Next::Wait | Next::Done => return Ok(Driven::Waits),
                Next::Refuse(words) => return Ok(failed(&words)),
            };
            let wakes = matches!(step, Step::Scale { .. } | Step::Forget { .. });
            if self.plan.goal == Goal::Start && wakes && !seen {
                return Ok(Driven::Waits);
            }
            let state = State::Asking { step: step.clone() };
            self.tell(progress, Event::Service(planned.service.clone(), state));
            match self.ask(&step, &look).await? {
                Ok(()) => tries = 0,
                Err(error) if tries >= TRIES => return Ok(failed(&error.to_string())),
                Err(ApplyError::Refused(problem)) if !passes(&problem.kind) => {
                    return Ok(failed(&problem.sentence));
                }
                // The next look shows whether it happened.
                Err(_) => {
                    tries += 1;
                    self.link.rest(AGAIN).await;
                }
            }
        }
    }
}

/// Trouble that may be gone in a moment.
fn passes(kind: &ProblemKind) -> bool {
    matches!(
        kind,
        ProblemKind::Throttled | ProblemKind::Unreachable | ProblemKind::Unreadable
    )
}
