//! Following what went down the road to its real end, and what the journal says is still on its
//! way.

use crate::cloud::Link;
use crate::estate::follow::{Followed, Pursuit};
use crate::estate::{SignedDuration, Timestamp};
use crate::journal::Journal;

/// Between two looks at a rollout (aws.md 4.4).
const LOOKS: SignedDuration = SignedDuration::from_secs(5);
/// Between two verdicts: what they stand on is no newer.
const VERDICTS: SignedDuration = SignedDuration::from_secs(15);

/// What following stands on.
pub struct Follower<'a> {
    /// Where the end goes.
    pub journal: &'a Journal,
    /// The time, from those who may read a clock.
    pub clock: &'a (dyn Fn() -> Timestamp + Send + Sync),
    /// Told about every look, so that a screen can show it.
    pub told: &'a (dyn Fn(&Pursuit) + Send + Sync),
}

impl Follower<'_> {
    /// Follows until the end, which goes into the journal, or for as long as `patience`: then it
    /// is still on its way. Only reads, so it may be dropped at any await and begun again by
    /// anybody.
    pub async fn follow(
        &self,
        mut followed: Followed,
        link: &Link,
        patience: Option<SignedDuration>,
    ) -> Pursuit {
        let until = patience.map(|patience| (self.clock)() + patience);
        let (begun, usual) = link.begun(&followed).await;
        followed.deployment = followed.deployment.or(begun);
        let mut pursuit = Pursuit::new(followed, usual);
        loop {
            let before = pursuit.latest.as_ref();
            let glimpse = link
                .glimpse(&pursuit.followed, before, pursuit.wants_verdict())
                .await;
            pursuit.see(glimpse);
            (self.told)(&pursuit);
            if pursuit.end.is_some() {
                // An end that cannot be recorded is seen again at the next start.
                let _ = self.journal.followed(&pursuit, (self.clock)());
                return pursuit;
            }
            if until.is_some_and(|until| (self.clock)() >= until) {
                return pursuit;
            }
            let pause = if pursuit.wants_verdict() {
                VERDICTS
            } else {
                LOOKS
            };
            link.rest(pause).await;
        }
    }
}
