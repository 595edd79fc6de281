//! Databases: last to stop, first to start.

use super::{Halt, Run, passes};
use crate::cloud::ApplyError;
use crate::estate::SignedDuration;
use crate::estate::staging::{
    Database, Doing, Event, Goal, Next, Orders, Phase, PlannedDatabase, Progress, State,
    next_for_database,
};

/// How long between two looks at databases: they take minutes.
const DATABASE_LOOKS: SignedDuration = SignedDuration::from_secs(20);
/// How long a database may take.
const DATABASE: SignedDuration = SignedDuration::from_mins(30);

impl Run<'_> {
    /// Brings the plan's databases to the goal; whether all of them are there.
    pub(super) async fn databases(&self, progress: &mut Progress) -> Result<bool, Halt> {
        let work = |one: &&PlannedDatabase| one.doing == Doing::Work;
        let planned: Vec<_> = self.plan.databases.iter().filter(work).collect();
        if planned.is_empty() {
            return Ok(true);
        }
        self.tell(progress, Event::Phase(Phase::Databases));
        let mut open: Vec<_> = planned.iter().map(|one| one.database.id.clone()).collect();
        let mut good = true;
        let until = self.now() + DATABASE;
        while !open.is_empty() {
            self.renew_lock().await?;
            let orders = Orders {
                databases: open.clone(),
                ..Orders::default()
            };
            for database in self.link.environment_databases(&orders).await.0 {
                let state = self.database(&database).await?;
                if state.is_over() {
                    open.retain(|id| *id != database.id);
                    good &= state == State::Done;
                }
                self.tell(progress, Event::Other(database.id, state));
            }
            if self.now() > until {
                for id in open.drain(..) {
                    good = false;
                    let words = "not there in half an hour".into();
                    self.tell(progress, Event::Other(id, State::Failed { words }));
                }
            }
            if !open.is_empty() {
                self.link.rest(DATABASE_LOOKS).await;
            }
        }
        Ok(good)
    }

    async fn database(&self, seen: &Database) -> Result<State, Halt> {
        let step = match next_for_database(self.plan.goal, seen) {
            Next::Done => return Ok(State::Done),
            Next::Wait => return Ok(self.waiting()),
            Next::Refuse(words) => {
                return Ok(State::Failed {
                    words: words.into(),
                });
            }
            Next::Do(step) => step,
        };
        let seen = self.caller().await?;
        Ok(match self.ask(&step, &seen).await? {
            Ok(()) => State::Asking { step },
            Err(ApplyError::Refused(problem)) if !passes(&problem.kind) => State::Failed {
                words: problem.sentence,
            },
            Err(_) => self.waiting(),
        })
    }

    fn waiting(&self) -> State {
        let (desired, words) = match self.plan.goal {
            Goal::Stop => (0, "stopping; RDS takes minutes"),
            Goal::Start => (1, "starting; RDS takes minutes"),
        };
        State::Settling {
            running: 1 - desired,
            desired,
            unready: Some(words.into()),
        }
    }
}
