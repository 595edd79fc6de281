//! The gate every call to AWS passes: it takes a token, counts, traces and names failures.

use std::collections::VecDeque;
use std::error::Error;
use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use futures::future::BoxFuture;

use super::budget::{Bucket, Budget, Budgets};
use super::connect::Clock;
use super::errors::{Asked, Failure};
use crate::estate::id::{AccountId, Region};
use crate::estate::permission::{Feature, Permission};
use crate::estate::problem::{Feed, Problem};
use crate::estate::sign_in::SignIn;
use crate::estate::text::Text;
use crate::estate::usage::{LIVE_TAIL_MINUTE, Prices, Usage};
use crate::estate::{SignedDuration, Timestamp};

/// What the SDK says to a call.
type Answer<O, E> = Result<O, SdkError<E, HttpResponse>>;

/// One operation of AWS's API.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Operation {
    /// Its name (`ListServices`).
    pub(super) name: &'static str,
    /// The IAM prefix of its action (`ecs`).
    pub(super) service: &'static str,
    /// The bucket it is counted against.
    pub(super) bucket: Bucket,
    /// What is gone without it.
    pub(super) serves: &'static [Feature],
}

impl Operation {
    /// What has to be permitted for it.
    pub(super) const fn permission(&self) -> Permission {
        Permission {
            service: self.service,
            operation: self.name,
            serves: self.serves,
        }
    }
}

macro_rules! operations {
    ($($constant:ident = $service:literal $name:literal from $bucket:ident for $($feature:ident)+;)*) => {$(
        #[doc = concat!("`", $name, "`.")]
        pub(super) const $constant: Operation = Operation {
            name: $name,
            service: $service,
            bucket: Bucket::$bucket,
            serves: &[$(Feature::$feature),+],
        };
    )*
        /// Every operation the console makes, and no other: nothing passes the gate without one.
        pub(super) const OPERATIONS: &[&Operation] = &[$(&$constant),*];
    };
}

operations! {
    ASSUME_ROLE = "sts" "AssumeRole" from Callers for Role;
    CALLER = "sts" "GetCallerIdentity" from Callers for Board;
    LIST_CLUSTERS = "ecs" "ListClusters" from Clusters for Board;
    LIST_SERVICES = "ecs" "ListServices" from Services for Board Staging;
    DESCRIBE_SERVICES = "ecs" "DescribeServices" from Services for Board Verbs Staging;
    UPDATE_SERVICE = "ecs" "UpdateService" from ServiceChanges for Verbs;
    STOP_TASK = "ecs" "StopTask" from ServiceChanges for Verbs;
    STOP_DEPLOYMENT = "ecs" "StopServiceDeployment" from ServiceChanges for Verbs;
    DESCRIBE_CLUSTERS = "ecs" "DescribeClusters" from Clusters for Kpis Shells Staging;
    LIST_TAGS = "ecs" "ListTagsForResource" from TagReads for Staging;
    TAG = "ecs" "TagResource" from EnvironmentChanges for Staging;
    UNTAG = "ecs" "UntagResource" from EnvironmentChanges for Staging;
    SET_DESIRED = "ecs" "UpdateService" from EnvironmentChanges for Staging;
    DESCRIBE_IMAGES = "ecr" "DescribeImages" from Images for Preflight;
    LIST_DEPLOYMENTS = "ecs" "ListServiceDeployments" from Deployments for Page Verbs Staging;
    DESCRIBE_DEPLOYMENTS = "ecs" "DescribeServiceDeployments" from Deployments for Page Verbs Staging;
    DESCRIBE_REVISIONS = "ecs" "DescribeServiceRevisions" from Revisions for Page Preflight;
    SCALABLE_TARGETS = "application-autoscaling" "DescribeScalableTargets" from Scaling for Page Preflight Staging;
    SCHEDULED_ACTIONS = "application-autoscaling" "DescribeScheduledActions" from Scaling for Staging;
    SCALING_ACTIVITIES = "application-autoscaling" "DescribeScalingActivities" from Scaling for Page Staging;
    REGISTER_TARGET = "application-autoscaling" "RegisterScalableTarget" from EnvironmentChanges for Staging;
    STOP_DATABASE = "rds" "StopDBInstance" from EnvironmentChanges for Staging;
    START_DATABASE = "rds" "StartDBInstance" from EnvironmentChanges for Staging;
    STOP_DATABASE_CLUSTER = "rds" "StopDBCluster" from EnvironmentChanges for Staging;
    START_DATABASE_CLUSTER = "rds" "StartDBCluster" from EnvironmentChanges for Staging;
    LIST_TASKS = "ecs" "ListTasks" from Tasks for Board Verbs Shells Staging;
    DESCRIBE_TASKS = "ecs" "DescribeTasks" from Tasks for Board Verbs Shells Staging;
    TASK_PROTECTION = "ecs" "GetTaskProtection" from Tasks for Preflight Staging;
    DESCRIBE_TASK_DEFINITION = "ecs" "DescribeTaskDefinition" from TaskDefinitions for Board Preflight Shells Staging;
    CONTAINER_INSTANCES = "ecs" "DescribeContainerInstances" from Tasks for Shells;
    EXECUTE_COMMAND = "ecs" "ExecuteCommand" from Sessions for Shells;
    NODES = "ssm" "DescribeInstanceInformation" from Nodes for Nodes;
    START_SESSION = "ssm" "StartSession" from Sessions for Shells Nodes;
    DATA_KEY = "kms" "GenerateDataKey" from Sessions for Shells Nodes;
    RESUME_SESSION = "ssm" "ResumeSession" from Sessions for Shells Nodes;
    TERMINATE_SESSION = "ssm" "TerminateSession" from Sessions for Shells Nodes;
    ALARM_HISTORY = "cloudwatch" "DescribeAlarmHistory" from AlarmHistory for Timeline;
    DESCRIBE_ALARMS = "cloudwatch" "DescribeAlarms" from Alarms for Alarms Preflight Staging;
    MUTE_RULES = "cloudwatch" "ListAlarmMuteRules" from Alarms for Alarms;
    MUTE_RULE = "cloudwatch" "GetAlarmMuteRule" from Alarms for Alarms Staging;
    MUTE = "cloudwatch" "PutAlarmMuteRule" from EnvironmentChanges for Staging;
    UNMUTE = "cloudwatch" "DeleteAlarmMuteRule" from EnvironmentChanges for Staging;
    DASHBOARD = "cloudwatch" "GetDashboard" from Alarms for Kpis;
    METRIC_DATA = "cloudwatch" "GetMetricData" from Metrics for Kpis;
    TRAIL = "cloudtrail" "LookupEvents" from Trail for Timeline;
    TARGET_GROUPS = "elasticloadbalancing" "DescribeTargetGroups" from LoadBalancers for Kpis;
    TARGET_HEALTH = "elasticloadbalancing" "DescribeTargetHealth" from LoadBalancers for Page Staging;
    DATABASES = "rds" "DescribeDBInstances" from Databases for Kpis Staging;
    DATABASE_CLUSTERS = "rds" "DescribeDBClusters" from Databases for Kpis Staging;
    DATABASE_PARAMETERS = "rds" "DescribeDBParameters" from Databases for Kpis;
    CACHES = "elasticache" "DescribeCacheClusters" from Caches for Kpis;
    CALENDAR = "ssm" "GetCalendarState" from Sessions for Preflight;
    LOG_EVENTS = "logs" "FilterLogEvents" from Logs for Logs;
    GET_LOG_EVENTS = "logs" "GetLogEvents" from Logs for Page;
    SAVED_QUERIES = "logs" "DescribeQueryDefinitions" from Logs for Logs;
    SHARED_EVENTS = "logs" "FilterLogEvents" from Logs for Sharing;
    PUT_EVENTS = "logs" "PutLogEvents" from LogWrites for Sharing;
    CREATE_STREAM = "logs" "CreateLogStream" from LogWrites for Sharing;
    LIVE_TAIL = "logs" "StartLiveTail" from LiveTails for Logs;
}

/// The gate of one link.
pub(super) struct Gate {
    /// The region calls go to unless they say otherwise.
    pub(super) region: Region,
    /// The profile, for commands that are typed elsewhere.
    pub(super) profile: Option<Text>,
    /// How the credentials come back, for sentences that say what to do.
    pub(super) sign_in: RwLock<SignIn>,
    /// What time it is.
    pub(super) clock: Clock,
    /// Shared by every link.
    pub(super) meter: Arc<Meter>,
    /// Shared by the links of one account.
    pub(super) budget: RwLock<Arc<Budget>>,
}

impl Gate {
    /// The time now.
    pub(super) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Draws from the account's buckets from here on, now that AWS has named the account.
    pub(super) fn belongs_to(&self, account: &AccountId, budgets: &Budgets) {
        let mut budget = self.budget.write().unwrap_or_else(PoisonError::into_inner);
        *budget = budgets.join(account, &budget);
    }

    /// Makes one call for `feed`.
    ///
    /// The SDK's futures are large; like everything that carries one, this keeps it in a box.
    pub(super) fn call<'a, O, E>(
        &'a self,
        feed: Feed,
        operation: &'static Operation,
        call: impl Future<Output = Answer<O, E>> + Send + 'a,
    ) -> BoxFuture<'a, Result<O, Problem>>
    where
        O: Send + 'a,
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        let attempt = self.attempt(operation, &self.region, call);
        Box::pin(async move {
            let answer = attempt.await;
            answer.map_err(|error| self.problem(feed, operation, &Failure::of(&error)))
        })
    }

    /// Follows an operation through its pages, empty ones included, and keeps those before a
    /// failure.
    pub(super) async fn pages<O, E, Asking>(
        &self,
        feed: Feed,
        operation: &'static Operation,
        ask: impl Fn(Option<String>) -> Asking,
        next: impl Fn(&O) -> Option<&str>,
    ) -> Pages<O>
    where
        O: Send,
        Asking: Future<Output = Answer<O, E>> + Send,
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        let mut pages = Vec::new();
        let mut token: Option<String> = None;
        loop {
            match self.call(feed, operation, ask(token.clone())).await {
                Err(problem) => {
                    let problem = Some(problem);
                    return Pages { pages, problem };
                }
                Ok(page) => {
                    let more = next(&page).filter(|more| !more.is_empty());
                    // The same token twice is a service going round in circles.
                    let more = more.filter(|&more| token.as_deref() != Some(more));
                    token = more.map(str::to_owned);
                    pages.push(page);
                }
            }
            if token.is_none() {
                let problem = None;
                return Pages { pages, problem };
            }
        }
    }

    /// Makes one call in a region of its own and leaves the failure as it came.
    pub(super) fn attempt<'a, O, E>(
        &'a self,
        operation: &'static Operation,
        region: &'a Region,
        call: impl Future<Output = Answer<O, E>> + Send + 'a,
    ) -> BoxFuture<'a, Answer<O, E>>
    where
        O: Send + 'a,
        E: Send + 'a,
    {
        let made = self.make(operation, call);
        Box::pin(async move {
            self.turn(operation, region).await;
            made.await
        })
    }

    /// Waits until one more call is within our share.
    pub(super) async fn turn(&self, operation: &'static Operation, region: &Region) {
        let budget = {
            let budget = self.budget.read().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(&budget)
        };
        budget.take(operation.bucket, region).await;
    }

    /// Makes a call whose turn has come.
    pub(super) fn make<'a, O, E>(
        &'a self,
        operation: &'static Operation,
        call: impl Future<Output = Answer<O, E>> + Send + 'a,
    ) -> BoxFuture<'a, Answer<O, E>>
    where
        O: Send + 'a,
        E: Send + 'a,
    {
        Box::pin(async move {
            let began = self.now();
            self.meter.count_call(began);
            let answer = call.await;
            let took = self.now().duration_since(began);
            tracing::debug!(
                operation = operation.name,
                milliseconds = i64::try_from(took.as_millis()).unwrap_or(i64::MAX),
                ok = answer.is_ok(),
                "called AWS"
            );
            answer
        })
    }

    /// From here on sentences say that the credentials come back like this.
    pub(super) fn keep_sign_in(&self, way: SignIn) {
        *self.sign_in.write().unwrap_or_else(PoisonError::into_inner) = way;
    }

    /// Puts a failure into words.
    pub(super) fn problem(
        &self,
        feed: Feed,
        operation: &'static Operation,
        failure: &Failure,
    ) -> Problem {
        let sign_in = self.sign_in.read().unwrap_or_else(PoisonError::into_inner);
        let asked = Asked {
            feed,
            operation,
            sign_in: &sign_in,
            at: self.now(),
        };
        tracing::debug!(operation = operation.name, ?failure, "AWS did not give it");
        failure.explain(&asked)
    }
}

/// The pages that came, and what ended them early.
pub(super) struct Pages<O> {
    pub(super) pages: Vec<O>,
    pub(super) problem: Option<Problem>,
}

/// Counts what the console costs.
#[derive(Debug, Default)]
pub(super) struct Meter {
    counts: Mutex<Counts>,
    /// Live Tail sessions that are open.
    pub(super) live_tails: AtomicU32,
}

#[derive(Debug, Default)]
struct Counts {
    calls: u64,
    first: Option<Timestamp>,
    recent: VecDeque<Timestamp>,
    metrics: VecDeque<(Timestamp, u32)>,
}

impl Meter {
    fn count_call(&self, at: Timestamp) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.calls += 1;
        counts.first = counts.first.or(Some(at));
        counts.recent.push_back(at);
        let horizon = at - SignedDuration::from_mins(1);
        while counts.recent.front().is_some_and(|&call| call < horizon) {
            counts.recent.pop_front();
        }
    }

    /// Counts metrics requested from `GetMetricData`; several statistics of one metric are one
    /// (aws.md 2.3).
    pub(super) fn count_metrics(&self, at: Timestamp, metrics: u32) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.metrics.push_back((at, metrics));
        let horizon = at - SignedDuration::from_hours(1);
        while counts.metrics.front().is_some_and(|&(at, _)| at < horizon) {
            counts.metrics.pop_front();
        }
    }

    /// Metrics requested in the hour before `now`.
    pub(super) fn metrics_since(&self, now: Timestamp) -> u32 {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let hour = now - SignedDuration::from_hours(1);
        let recent = counts.metrics.iter().filter(|&&(at, _)| at > hour);
        recent.map(|&(_, metrics)| metrics).sum()
    }

    /// The usage as of `now`. The first minutes are extrapolated over at least five, the slow
    /// KPIs' own interval, so that the first ask of everything does not look like a habit.
    pub(super) fn usage(&self, now: Timestamp, prices: &Prices) -> Usage {
        let metrics = self.metrics_since(now);
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = now - SignedDuration::from_mins(1);
        let recent = counts.recent.iter().filter(|&&call| call > minute).count();
        let age = counts
            .first
            .map_or(0, |first| now.as_second() - first.as_second());
        let per_hour = i64::from(metrics) * 3600 / age.clamp(300, 3600);
        let live_tails = self.live_tails.load(Ordering::Relaxed);
        let streaming = f64::from(live_tails) * LIVE_TAIL_MINUTE * 60.0;
        let asking = prices.dollars(u32::try_from(per_hour).unwrap_or(u32::MAX));
        Usage {
            calls_per_minute: u32::try_from(recent).unwrap_or(u32::MAX),
            calls: counts.calls,
            metrics,
            metrics_per_hour: u32::try_from(per_hour).unwrap_or(u32::MAX),
            dollars_per_hour: asking + streaming,
            live_tails,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn usage_counts_the_last_minute_and_extrapolates_metrics() {
        let meter = Meter::default();
        for second in [0, 30, 61, 62] {
            meter.count_call(at(second));
        }
        meter.count_metrics(at(0), 50);
        let usage = meter.usage(at(70), &Prices::default());
        assert_eq!((usage.calls, usage.calls_per_minute), (4, 3));
        assert_eq!(usage.metrics_per_hour, 600);
        meter.count_metrics(at(1_800), 100);
        assert_eq!(
            meter.usage(at(3_599), &Prices::default()).metrics_per_hour,
            150
        );
        assert_eq!(
            meter.usage(at(4_000), &Prices::default()).metrics_per_hour,
            100
        );
    }
}
