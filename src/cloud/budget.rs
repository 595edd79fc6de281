//! Our share of AWS's throttles: a tenth of each, a fifth of log reads, because the account's other
//! tools live from the same buckets (aws.md 2.2).
//!
//! A tenth of what AWS grants in any ten seconds, not of every instant: a console asks in bursts
//! (everything at its start, a look every fifteen seconds) and rests in between. So a bucket of
//! ours fills a little slower than a tenth of AWS's and holds a little more. A board of a hundred
//! services starts without waiting, and no ten seconds ever see more than the tenth.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::estate::id::{AccountId, Region};

/// The part of a quota we allow ourselves (aws.md 2.2).
const SHARE: f64 = 0.1;
/// The same of log reads, which nothing else replaces: 1/s in eu-central-1 (aws.md 7.3).
const LOG_SHARE: f64 = 0.2;
/// Over how many seconds that part is counted.
const WINDOW: f64 = 10.0;
/// How much of our part fills steadily; the rest of what a window allows may go at once.
const STEADY: f64 = 0.75;

/// AWS's token buckets, as far as the console draws from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Bucket {
    /// `DescribeServices` and `ListServices`.
    Services,
    /// `ListTasks` and `DescribeTasks`.
    Tasks,
    /// `ListClusters`.
    Clusters,
    /// `DescribeTaskDefinition`.
    TaskDefinitions,
    /// `UpdateService` of one service a person acts on.
    ServiceChanges,
    /// Every call that stops or starts a whole environment, a deliberate bulk action: three
    /// in two seconds, of which half at most are an `UpdateService` (its service's tag is the
    /// other half), a sixth of AWS's five a second; so the other tools of the account keep four,
    /// and tasks are launched staggered, far below Fargate's twenty a second. A tenth would take
    /// an environment of forty services five minutes.
    EnvironmentChanges,
    /// `ListTagsForResource`.
    TagReads,
    /// Service deployments and revisions, read.
    Deployments,
    /// `DescribeServiceRevisions`.
    Revisions,
    /// Application Auto Scaling; AWS publishes no number.
    Scaling,
    /// `DescribeInstanceInformation`; AWS publishes no number.
    Nodes,
    /// Opening, resuming and ending sessions; AWS publishes no number.
    Sessions,
    /// ECR's `DescribeImages`; asked a few times for one change.
    Images,
    /// `GetMetricData`.
    Metrics,
    /// `DescribeAlarms`; ECS's own alarm rollback lives from the same quota.
    Alarms,
    /// `DescribeAlarmHistory`.
    AlarmHistory,
    /// `LookupEvents`: two a second for the whole account.
    Trail,
    /// Everything ELBv2 describes.
    LoadBalancers,
    /// `FilterLogEvents`.
    Logs,
    /// `CreateLogStream`, and `PutLogEvents`, of which AWS grants far more.
    LogWrites,
    /// `StartLiveTail`.
    LiveTails,
    /// RDS; AWS publishes no number.
    Databases,
    /// ElastiCache; AWS publishes no number.
    Caches,
    /// STS; AWS publishes no number.
    Callers,
}

/// AWS's limit: what a bucket holds and how fast it fills.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Quota {
    burst: f64,
    per_second: f64,
    share: f64,
}

impl Bucket {
    /// AWS's limit in `region` (aws.md 2.2). Where only a rate is published the burst is taken
    /// to be one second's worth; where nothing is, ECS's read limits stand in.
    fn quota(self, region: &str) -> Quota {
        let (burst, per_second) = match self {
            Self::Services
            | Self::Tasks
            | Self::Databases
            | Self::Caches
            | Self::Callers
            | Self::Nodes
            | Self::Images
            | Self::Scaling => (100.0, 20.0),
            Self::EnvironmentChanges => (10.0, 20.0),
            Self::Clusters
            | Self::TaskDefinitions
            | Self::TagReads
            | Self::Deployments
            | Self::Revisions => (50.0, 20.0),
            Self::ServiceChanges | Self::Sessions => (50.0, 5.0),
            Self::LogWrites => (50.0, 50.0),
            Self::LiveTails => (5.0, 5.0),
            Self::Metrics => (500.0, 500.0),
            Self::Alarms => (9.0, 9.0),
            Self::AlarmHistory => (20.0, 20.0),
            Self::Trail => (2.0, 2.0),
            Self::LoadBalancers => (40.0, 10.0),
            Self::Logs => {
                let rate = filter_log_events_quota(region);
                (rate, rate)
            }
        };
        let share = if self == Self::Logs { LOG_SHARE } else { SHARE };
        Quota {
            burst,
            per_second,
            share,
        }
    }
}

/// `FilterLogEvents` requests a second; not adjustable (aws.md 2.2).
fn filter_log_events_quota(region: &str) -> f64 {
    match region {
        "us-east-1" => 25.0,
        "eu-central-1" | "ap-northeast-3" | "ap-southeast-3" | "ca-west-1" | "il-central-1" => 5.0,
        _ => 10.0,
    }
}

/// One bucket of ours. Callers reserve their turn in the order they come; a turn given up is
/// lost, which errs on the slow side.
#[derive(Debug)]
struct Turns {
    /// Time one token takes to come back.
    interval: Duration,
    /// How far ahead of the steady rate a burst may run.
    lead: Duration,
    /// When the steady rate will have caught up with every turn given out.
    due: Mutex<Option<Instant>>,
}

impl Turns {
    fn new(quota: Quota) -> Self {
        let per_second = quota.per_second * quota.share * STEADY;
        let allowed = (quota.burst + quota.per_second * WINDOW) * quota.share;
        let burst = (allowed - per_second * WINDOW).floor().max(1.0);
        let interval = Duration::from_secs_f64(1.0 / per_second);
        Self {
            interval,
            lead: interval.mul_f64(burst - 1.0),
            due: Mutex::new(None),
        }
    }

    /// Gives out the next turn: how long to wait for it from `now`.
    fn reserve(&self, now: Instant) -> Duration {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let start = due.map_or(now, |due| due.max(now));
        *due = Some(start + self.interval);
        start.duration_since(now).saturating_sub(self.lead)
    }

    async fn take(&self) {
        #[expect(
            clippy::disallowed_methods,
            reason = "the budget waits in tokio's time, which tests may pause; no value of it leaves this room"
        )]
        let wait = self.reserve(Instant::now());
        if !wait.is_zero() {
            pause(wait).await;
        }
    }
}

/// The one place of this room that waits.
pub(super) async fn pause(wait: Duration) {
    #[expect(
        clippy::disallowed_methods,
        reason = "waiting for a token, or for a tail's next look, is the budget's work"
    )]
    tokio::time::sleep(wait).await;
}

/// The buckets of one account, by region.
#[derive(Debug, Default)]
pub(super) struct Budget {
    buckets: Mutex<HashMap<(Bucket, Region), Arc<Turns>>>,
}

impl Budget {
    /// Waits until one more call to `bucket` in `region` is within our share.
    pub(super) async fn take(&self, bucket: Bucket, region: &Region) {
        let turns = {
            let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
            buckets
                .entry((bucket, region.clone()))
                .or_insert_with(|| Arc::new(Turns::new(bucket.quota(region.as_str()))))
                .clone()
        };
        turns.take().await;
    }
}

/// Every account's budget. Until AWS has said in which account a link is, the link's
/// credentials stand for the account.
#[derive(Debug, Default)]
pub(super) struct Budgets {
    accounts: Mutex<HashMap<AccountId, Arc<Budget>>>,
}

impl Budgets {
    /// The budget of `account`; the first to ask for it brings `own` in.
    pub(super) fn join(&self, account: &AccountId, own: &Arc<Budget>) -> Arc<Budget> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts
            .entry(account.clone())
            .or_insert_with(|| Arc::clone(own))
            .clone()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[expect(clippy::disallowed_methods, reason = "the tests' paused time")]
    fn now() -> Instant {
        Instant::now()
    }

    /// How long each of `calls` calls made at once has to wait, in milliseconds.
    fn waits(bucket: Bucket, region: &str, calls: usize) -> Vec<u128> {
        let turns = Turns::new(bucket.quota(region));
        let start = now();
        (0..calls)
            .map(|_| turns.reserve(start).as_millis())
            .collect()
    }

    #[test]
    fn a_burst_goes_at_once_and_then_the_steady_rate() {
        let of = waits(Bucket::Services, "eu-central-1", 18);
        assert_eq!(of[..15], [0; 15]);
        assert_eq!(of[15..], [666, 1_333, 2_000]);
        assert_eq!(
            waits(Bucket::ServiceChanges, "x", 8)[5..],
            [0, 2_666, 5_333]
        );
    }

    #[test]
    fn a_rested_bucket_is_full_again_but_not_fuller() {
        let turns = Turns::new(Bucket::LoadBalancers.quota("x"));
        let start = now();
        for _ in 0..6 {
            assert_eq!(turns.reserve(start), Duration::ZERO);
        }
        let later = start + Duration::from_hours(1);
        let waits: Vec<u64> = (0..8).map(|_| turns.reserve(later).as_secs()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 0, 1, 2]);
    }

    #[test]
    fn log_reads_follow_the_regions_own_quota() {
        // A fifth, of which three quarters steadily: 17 at once, then 3.75 a second.
        assert_eq!(waits(Bucket::Logs, "us-east-1", 19)[16..], [0, 266, 533]);
        assert_eq!(
            waits(Bucket::Logs, "eu-central-1", 5)[2..],
            [0, 1_333, 2_666]
        );
        assert_eq!(waits(Bucket::Logs, "eu-west-1", 9)[6..], [0, 666, 1_333]);
    }

    #[test]
    fn accounts_share_and_strangers_do_not() {
        let budgets = Budgets::default();
        let (one, two) = (Arc::new(Budget::default()), Arc::new(Budget::default()));
        let first = budgets.join(&"1".into(), &one);
        assert!(Arc::ptr_eq(&first, &budgets.join(&"1".into(), &two)));
        assert!(!Arc::ptr_eq(&first, &budgets.join(&"2".into(), &two)));
    }

    proptest! {
        /// Whatever the arrivals, no ten seconds see more than a tenth of what AWS grants in them.
        #[test]
        fn never_more_than_our_share(gaps in prop::collection::vec(0u64..2_000, 1..200)) {
            for bucket in [Bucket::Alarms, Bucket::Services, Bucket::Logs] {
                let quota = bucket.quota("eu-west-1");
                let allowed = (quota.burst + quota.per_second * WINDOW) * quota.share;
                let allowed = allowed.max(1.0) + 1e-6;
                let turns = Turns::new(quota);
                let mut now = now();
                let mut granted = Vec::new();
                for gap in &gaps {
                    now += Duration::from_millis(*gap);
                    granted.push(now + turns.reserve(now));
                }
                for (index, first) in granted.iter().enumerate() {
                    let window = granted[index..]
                        .iter()
                        .take_while(|one| (**one - *first).as_secs_f64() < WINDOW);
                    let spent = f64::from(u32::try_from(window.count()).unwrap());
                    prop_assert!(spent <= allowed, "{bucket:?}: {spent} of {allowed}");
                }
            }
        }
    }
}
