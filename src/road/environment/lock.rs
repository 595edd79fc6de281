//! Taking, renewing and giving back the lock of an environment.

use super::{AGAIN, Halt, Run, TRIES};
use crate::cloud::{ApplyError, Look};
use crate::estate::id::ClusterArn;
use crate::estate::staging::{Lock, Step};

impl Run<'_> {
    /// Look, write, pause, look again: whose name stands there then has it. Everybody's look and
    /// write lie within [`Lock::WINDOW`], which is shorter than the pause, so of two that looked
    /// at a free lock only the last to write still finds itself.
    pub(super) async fn take_lock(&self) -> Result<(), Halt> {
        let cluster = self.plan.lock_cluster();
        for _ in 0..TRIES {
            let seen = self.caller().await?;
            let began = self.now();
            self.no_other(cluster).await?;
            let lock = self.lock().renewed(self.now());
            let step = Step::Lock {
                cluster: cluster.clone(),
                lock: lock.clone(),
            };
            if let Err(error) = self.ask(&step, &seen).await? {
                if matches!(error, ApplyError::Moved(_)) {
                    continue;
                }
                return Err(Halt::Lock(error.to_string()));
            }
            let slow = self.now().duration_since(began) > Lock::WINDOW;
            self.link.rest(Lock::PAUSE).await;
            let mine = self.no_other(cluster).await?;
            if mine && !slow {
                self.keep(lock);
                return Ok(());
            }
        }
        Err(Halt::Lock("AWS was too slow to be sure of it".to_owned()))
    }

    fn keep(&self, lock: Lock) {
        let mut kept = self
            .lock
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *kept = lock;
    }

    pub(super) async fn caller(&self) -> Result<Look, Halt> {
        let look = self.link.look_at_caller().await;
        look.map_err(|problem| Halt::Lock(problem.sentence.to_string()))
    }

    /// Whether the lock is ours; an error when it is somebody else's and has not run out.
    async fn no_other(&self, cluster: &ClusterArn) -> Result<bool, Halt> {
        let read = self.link.environment_lock(cluster).await;
        let found = read.map_err(|problem| Halt::Lock(problem.sentence.to_string()))?;
        match found {
            None => Ok(false),
            Some(Ok(lock)) if lock.is_same_run(&self.lock()) => Ok(true),
            Some(Ok(lock)) if lock.is_stale(self.now()) => Ok(false),
            Some(Ok(lock)) => Err(Halt::Held(lock.told())),
            Some(Err(error)) => Err(Halt::Held(error.to_string())),
        }
    }

    /// Renews the lock when it is time, and finds out when somebody else has it.
    pub(super) async fn renew_lock(&self) -> Result<(), Halt> {
        let left = self.lock().until.duration_since(self.now());
        if Lock::HOLDS - left < Lock::RENEWED {
            return Ok(());
        }
        let cluster = self.plan.lock_cluster();
        for _ in 0..TRIES {
            let seen = self.caller().await?;
            if !self.no_other(cluster).await? {
                return Err(Halt::Lock("it ran out and is gone".to_owned()));
            }
            let lock = self.lock().renewed(self.now());
            let step = Step::Lock {
                cluster: cluster.clone(),
                lock: lock.clone(),
            };
            match self.ask(&step, &seen).await? {
                Ok(()) => {
                    self.keep(lock);
                    return Ok(());
                }
                Err(_) => self.link.rest(AGAIN).await,
            }
        }
        Err(Halt::Lock("AWS did not take it".to_owned()))
    }

    pub(super) async fn give_lock_back(&self) -> Result<(), Halt> {
        let cluster = self.plan.lock_cluster();
        for _ in 0..TRIES {
            let seen = self.caller().await?;
            if !self.no_other(cluster).await? {
                return Ok(());
            }
            let step = Step::Unlock {
                cluster: cluster.clone(),
            };
            if self.ask(&step, &seen).await?.is_ok() {
                return Ok(());
            }
            self.link.rest(AGAIN).await;
        }
        Ok(())
    }
}
