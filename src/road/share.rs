//! The journal's way to the group a team shares.
//!
//! Lines go in the order they were written. What AWS took is kept in the journal's cursor before the
//! next call; what it rejects for its time is sent again under the time it is now. Nothing is given up:
//! a line that was not taken waits.

use std::time::Duration;

use crate::cloud::SharedGroup;
use crate::estate::Timestamp;
use crate::estate::problem::{Feed, Problem, ProblemKind};
use crate::estate::shared::{LONGEST_LINE, Sent, Sharing, filed_at, fitting};
use crate::journal::{Journal, JournalError, Pending, Share};

/// The way of one journal to its group.
pub struct Sharer<'a> {
    /// The journal.
    pub journal: &'a Journal,
    /// The group.
    pub group: &'a SharedGroup,
    /// The time, from those who may read a clock.
    pub clock: &'a (dyn Fn() -> Timestamp + Send + Sync),
    /// Told how many lines are there after each call.
    pub told: &'a (dyn Fn(usize) + Send + Sync),
}

/// Why lines still wait.
#[derive(Debug, thiserror::Error)]
pub enum ShareError {
    /// The journal's own files.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// AWS.
    #[error("{}", .0.sentence)]
    Aws(Problem),
    /// Another console on this machine sends the same journal right now.
    #[error("another console on this machine is sending it")]
    Elsewhere,
    /// It took longer than it was given.
    #[error("AWS did not take it in {} s", .0.as_secs())]
    TooLong(Duration),
}

impl ShareError {
    /// The class of the failure, for how long to wait.
    pub fn kind(&self) -> &ProblemKind {
        match self {
            Self::Aws(problem) => &problem.kind,
            Self::Journal(_) | Self::Elsewhere | Self::TooLong(_) => &ProblemKind::Other,
        }
    }
}

impl Sharer<'_> {
    /// Sends everything that waits, and says how many lines that were. The journal is read and its
    /// cursor synced; run it on a task of its own.
    ///
    /// # Errors
    /// When something still waits. What was taken until then is kept.
    pub async fn send(&self) -> Result<usize, ShareError> {
        let mut share = self.journal.share(&self.group.key())?;
        let share = share.as_mut().ok_or(ShareError::Elsewhere)?;
        let mut sent = 0;
        loop {
            let lines = share.waiting()?;
            if lines.is_empty() {
                return Ok(sent);
            }
            let mut rest = lines.as_slice();
            while !rest.is_empty() {
                let (now, later) = rest.split_at(self.one_call(share, rest).await?);
                sent += now.len();
                rest = later;
                (self.told)(sent);
            }
        }
    }

    /// The same, within `patience`.
    ///
    /// # Errors
    /// When something still waits then.
    pub async fn send_within(&self, patience: Duration) -> Result<usize, ShareError> {
        match tokio::time::timeout(patience, self.send()).await {
            Ok(ended) => ended,
            Err(_) => Err(ShareError::TooLong(patience)),
        }
    }

    /// How it stands, with why the last try failed.
    ///
    /// # Errors
    /// When the journal's files cannot be read.
    pub fn standing(&self, problem: Option<&ShareError>) -> Result<Sharing, JournalError> {
        let sharing = self.journal.sharing(&self.group.key())?;
        Ok(Sharing {
            group: self.group.name().into(),
            problem: problem.map(|problem| problem.to_string().into()),
            ..sharing
        })
    }

    /// Sends as many of the first of `lines` as go into one call, and keeps that they are there.
    async fn one_call(
        &self,
        share: &mut Share<'_>,
        lines: &[Pending],
    ) -> Result<usize, ShareError> {
        let now = (self.clock)();
        let filed = |one: &Pending| filed_at(one.at, now);
        let long = lines.iter().take_while(|one| is_too_long(one)).count();
        if long > 0 {
            share.shared(&lines[..long], long as u64, now)?;
            return Ok(long);
        }
        let takeable = lines.iter().take_while(|one| !is_too_long(one));
        let count = fitting(takeable.map(|one| (filed(one), one.line.len())));
        let taken = &lines[..count];
        let mut events: Vec<Sent> = taken
            .iter()
            .map(|one| Sent {
                at: filed(one),
                line: one.line.clone(),
            })
            .collect();
        events.sort_by_key(|one| one.at);
        let rejected = self.put(share.stream(), &events).await?;
        if !rejected.is_empty() {
            self.again(share.stream(), &events, &rejected).await?;
        }
        share.shared(taken, 0, now)?;
        Ok(count)
    }

    /// Sends what was rejected for its time (the group's retention is short, or the clock was wrong
    /// when it was written) under the time it is now.
    async fn again(
        &self,
        stream: &str,
        events: &[Sent],
        rejected: &[usize],
    ) -> Result<(), ShareError> {
        let at = (self.clock)();
        let moved = rejected.iter().filter_map(|index| {
            let line = events.get(*index)?.line.clone();
            Some(Sent { at, line })
        });
        let moved: Vec<Sent> = moved.collect();
        let still = self.put(stream, &moved).await?;
        if still.is_empty() {
            return Ok(());
        }
        let sentence = "AWS takes no entry with this machine's time: set the clock";
        Err(ShareError::Aws(Problem {
            feed: Feed::Sink,
            operation: "PutLogEvents",
            kind: ProblemKind::ClockSkew,
            sentence: sentence.into(),
            at,
        }))
    }

    async fn put(&self, stream: &str, events: &[Sent]) -> Result<Vec<usize>, ShareError> {
        // The SDK's futures are large.
        let answer = Box::pin(self.group.put(stream, events)).await;
        answer.map_err(ShareError::Aws)
    }
}

fn is_too_long(line: &Pending) -> bool {
    line.line.len() > LONGEST_LINE
}
