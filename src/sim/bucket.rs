//! AWS's token buckets: what an account may call in one region before it is throttled.
//!
//! Numbers: the ECS API reference (request throttling), `CloudWatch` and `CloudWatch` Logs quotas,
//! the Elastic Load Balancing user guide. Services that publish no numbers have no bucket.

use std::collections::HashMap;

use jiff::Timestamp;

use super::wire::Service;
use super::world::Poller;

/// One bucket of one account and region, shared by everybody who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// The service it belongs to.
    pub service: Service,
    /// What it is called in a sentence.
    pub name: &'static str,
    /// The operations that draw from it.
    pub operations: &'static [&'static str],
    /// Calls it holds when full. Where AWS publishes none, one second's worth.
    pub burst: u32,
    /// Calls a second it is refilled with.
    pub per_second: u32,
    /// Regions with another refill than `per_second`; there it is the burst too.
    pub regions: &'static [(&'static str, u32)],
}

/// Refill of `FilterLogEvents` where it is not ten.
const FILTER_LOG_EVENTS: &[(&str, u32)] = &[
    ("us-east-1", 25),
    ("eu-central-1", 5),
    ("ap-northeast-3", 5),
    ("ap-southeast-3", 5),
    ("ca-west-1", 5),
    ("il-central-1", 5),
];

/// Refill of `GetLogEvents` where it is not twenty-five.
const GET_LOG_EVENTS: &[(&str, u32)] = &[
    ("us-west-2", 10),
    ("eu-west-1", 10),
    ("eu-central-1", 10),
    ("eu-west-3", 30),
];

const fn bucket(
    service: Service,
    name: &'static str,
    operations: &'static [&'static str],
    burst: u32,
    per_second: u32,
) -> Bucket {
    Bucket {
        service,
        name,
        operations,
        burst,
        per_second,
        regions: &[],
    }
}

/// Every bucket that is published.
pub const BUCKETS: &[Bucket] = &[
    bucket(
        Service::Ecs,
        "service read",
        &["DescribeServices", "ListServices"],
        100,
        20,
    ),
    bucket(
        Service::Ecs,
        "cluster resource read",
        &["DescribeTasks", "GetTaskProtection", "ListTasks"],
        100,
        20,
    ),
    bucket(
        Service::Ecs,
        "cluster read",
        &["DescribeClusters", "ListClusters"],
        50,
        20,
    ),
    bucket(
        Service::Ecs,
        "task definition read",
        &["DescribeTaskDefinition"],
        50,
        20,
    ),
    bucket(Service::Ecs, "tag read", &["ListTagsForResource"], 50, 20),
    bucket(
        Service::Ecs,
        "service deployment read",
        &[
            "DescribeServiceDeployments",
            "DescribeServiceRevisions",
            "ListServiceDeployments",
        ],
        50,
        20,
    ),
    bucket(
        Service::Ecs,
        "service revision read",
        &["DescribeServiceRevisions"],
        50,
        20,
    ),
    bucket(Service::CloudTrail, "LookupEvents", &["LookupEvents"], 2, 2),
    bucket(
        Service::Ecs,
        "service modify",
        &["UpdateService", "StopServiceDeployment"],
        50,
        5,
    ),
    bucket(
        Service::Ecs,
        "cluster resource modify",
        &["StopTask"],
        100,
        40,
    ),
    bucket(
        Service::Ecs,
        "tag modify",
        &["TagResource", "UntagResource"],
        20,
        10,
    ),
    bucket(
        Service::CloudWatch,
        "GetMetricData",
        &["GetMetricData"],
        500,
        500,
    ),
    bucket(
        Service::CloudWatch,
        "DescribeAlarms",
        &["DescribeAlarms"],
        9,
        9,
    ),
    bucket(
        Service::CloudWatch,
        "DescribeAlarmHistory",
        &["DescribeAlarmHistory"],
        20,
        20,
    ),
    bucket(Service::CloudWatch, "ListMetrics", &["ListMetrics"], 25, 25),
    bucket(
        Service::ElasticLoadBalancing,
        "describe",
        &[
            "DescribeListeners",
            "DescribeLoadBalancers",
            "DescribeTargetGroups",
            "DescribeTargetHealth",
        ],
        40,
        10,
    ),
    Bucket {
        regions: FILTER_LOG_EVENTS,
        ..bucket(
            Service::Logs,
            "FilterLogEvents",
            &["FilterLogEvents"],
            10,
            10,
        )
    },
    Bucket {
        regions: GET_LOG_EVENTS,
        ..bucket(Service::Logs, "GetLogEvents", &["GetLogEvents"], 25, 25)
    },
    bucket(Service::Logs, "StartLiveTail", &["StartLiveTail"], 5, 5),
    bucket(
        Service::Logs,
        "CreateLogStream",
        &["CreateLogStream"],
        50,
        50,
    ),
    bucket(
        Service::Logs,
        "PutLogEvents",
        &["PutLogEvents"],
        5_000,
        5_000,
    ),
    bucket(
        Service::Logs,
        "DescribeLogGroups",
        &["DescribeLogGroups"],
        10,
        10,
    ),
    bucket(
        Service::Logs,
        "DescribeLogStreams",
        &["DescribeLogStreams"],
        25,
        25,
    ),
];

/// The bucket a call of `operation` draws from; `None` where AWS publishes none.
pub fn bucket_of(service: Service, operation: &str) -> Option<&'static Bucket> {
    BUCKETS
        .iter()
        .find(|bucket| bucket.service == service && bucket.operations.contains(&operation))
}

impl Bucket {
    /// Calls it holds when full, and calls a second it is refilled with, in `region`.
    pub fn rate_in(&self, region: &str) -> (u32, u32) {
        self.regions
            .iter()
            .find(|(name, _)| *name == region)
            .map_or((self.burst, self.per_second), |(_, rate)| (*rate, *rate))
    }
}

/// Where and when a bucket is drawn from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draw<'sim> {
    /// The account, twelve digits.
    pub(crate) account: &'sim str,
    /// The region.
    pub(crate) region: &'sim str,
    /// Everybody else who calls this account.
    pub(crate) pollers: &'sim [Poller],
    /// When.
    pub(crate) at: Timestamp,
}

/// The level of every bucket that was ever drawn from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Levels(HashMap<(String, Service, &'static str), Level>);

#[derive(Clone, Copy, Debug)]
struct Level {
    tokens: f64,
    at: Timestamp,
}

impl Levels {
    /// Takes one token of the bucket of `operation`; false when it is empty.
    ///
    /// Others drain the bucket all the while. When they alone want more than it is refilled
    /// with, everybody gets through in proportion, as `dice` will have it.
    pub(crate) fn take(
        &mut self,
        (service, operation): (Service, &str),
        draw: Draw<'_>,
        dice: &mut fastrand::Rng,
    ) -> bool {
        let Some(bucket) = bucket_of(service, operation) else {
            return true;
        };
        let (burst, refill) = bucket.rate_in(draw.region);
        let (burst, refill) = (f64::from(burst), f64::from(refill));
        let others: f64 = draw
            .pollers
            .iter()
            .filter(|poller| bucket.operations.contains(&poller.operation.as_str()))
            .filter(|poller| {
                poller.from <= draw.at && poller.until.is_none_or(|until| draw.at < until)
            })
            .map(|poller| poller.rate)
            .sum();
        let level = self
            .0
            .entry((draw.account.to_owned(), service, bucket.name))
            .or_insert(Level {
                tokens: burst,
                at: draw.at,
            });
        let elapsed = draw.at.duration_since(level.at).as_secs_f64().max(0.0);
        level.tokens = (level.tokens + (refill - others) * elapsed).clamp(0.0, burst);
        level.at = level.at.max(draw.at);
        if level.tokens >= 1.0 {
            level.tokens -= 1.0;
            return true;
        }
        others > refill && dice.f64() < refill / others
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: (Service, &str) = (Service::Ecs, "DescribeServices");

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + milliseconds).unwrap()
    }

    fn taken(levels: &mut Levels, call: (Service, &str), draw: Draw<'_>, tries: usize) -> usize {
        let mut dice = fastrand::Rng::with_seed(1);
        (0..tries)
            .filter(|_| levels.take(call, draw, &mut dice))
            .count()
    }

    fn draw(account: &str, at: Timestamp) -> Draw<'_> {
        Draw {
            account,
            region: "eu-central-1",
            pollers: &[],
            at,
        }
    }

    #[test]
    fn the_burst_is_spent_and_refilled_at_the_sustained_rate() {
        let mut levels = Levels::default();
        assert_eq!(taken(&mut levels, READ, draw("1", at(0)), 150), 100);
        assert_eq!(taken(&mut levels, READ, draw("1", at(500)), 150), 10);
        assert_eq!(taken(&mut levels, READ, draw("1", at(60_500)), 150), 100);
    }

    #[test]
    fn operations_of_a_bucket_share_it_and_accounts_do_not() {
        let mut levels = Levels::default();
        assert_eq!(taken(&mut levels, READ, draw("1", at(0)), 100), 100);
        assert_eq!(
            taken(
                &mut levels,
                (Service::Ecs, "ListServices"),
                draw("1", at(0)),
                9
            ),
            0
        );
        assert_eq!(taken(&mut levels, READ, draw("2", at(0)), 9), 9);
        assert_eq!(
            taken(
                &mut levels,
                (Service::Ecs, "ListTasks"),
                draw("1", at(0)),
                9
            ),
            9
        );
    }

    #[test]
    fn logs_are_slow_in_frankfurt() {
        let filter = (Service::Logs, "FilterLogEvents");
        assert_eq!(
            taken(&mut Levels::default(), filter, draw("1", at(0)), 50),
            5
        );
        let virginia = Draw {
            region: "us-east-1",
            ..draw("1", at(0))
        };
        assert_eq!(taken(&mut Levels::default(), filter, virginia, 50), 25);
    }

    #[test]
    fn a_greedy_poller_leaves_a_share() {
        let pollers = [Poller {
            operation: "ListServices".to_owned(),
            rate: 40.0,
            from: at(0),
            until: Some(at(120_000)),
        }];
        let mut levels = Levels::default();
        let busy = |at| Draw {
            pollers: &pollers,
            ..draw("1", at)
        };
        assert_eq!(taken(&mut levels, READ, busy(at(0)), 1), 1);
        let through = taken(&mut levels, READ, busy(at(60_000)), 1000);
        assert!(
            (450..550).contains(&through),
            "half gets through: {through}"
        );
        assert_eq!(
            taken(&mut levels, READ, busy(at(180_000)), 150),
            100,
            "it went home"
        );
    }

    #[test]
    fn what_publishes_no_number_is_not_throttled() {
        assert_eq!(bucket_of(Service::Rds, "DescribeDBInstances"), None);
    }
}
