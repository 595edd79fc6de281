//! `GetMetricData`: as few calls as it takes, every value with its quality.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use aws_sdk_cloudwatch::types as aws;
use aws_smithy_types::DateTime;
use futures::future::join_all;

use crate::cloud::link::Link;
use crate::cloud::{convert, gate};
use crate::estate::problem::{Feed, Problem, ProblemKind};
use crate::estate::series::{Point, Quality};
use crate::estate::{SignedDuration, Timestamp};

/// `GetMetricData` takes five hundred queries (aws.md 2.1).
pub(super) const QUERIES: usize = 500;
/// Statistics of one metric that bill as one (aws.md 2.3).
const STATISTICS: usize = 5;
/// Every metric the board asks for has one-minute points.
pub(super) const PERIOD: SignedDuration = SignedDuration::from_mins(1);

/// One statistic of one metric.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Metric {
    pub(super) namespace: Cow<'static, str>,
    pub(super) name: Cow<'static, str>,
    pub(super) dimensions: Vec<(Cow<'static, str>, String)>,
    pub(super) statistic: Cow<'static, str>,
}

impl Metric {
    /// How long after a minute's end its value may still change (aws.md 2.5).
    fn lag(&self) -> SignedDuration {
        SignedDuration::from_secs(match &*self.namespace {
            "AWS/ECS" | "ECS/ContainerInsights" => 60,
            "AWS/ApplicationELB" => 120,
            _ => 180,
        })
    }

    /// The end of the newest whole minute that is worth asking for.
    pub(super) fn window_end(&self, now: Timestamp) -> Timestamp {
        let second = (now - self.lag()).as_second();
        Timestamp::from_second(second - second.rem_euclid(PERIOD.as_secs())).unwrap_or(now)
    }

    fn query(&self, id: String, period: SignedDuration) -> aws::MetricDataQuery {
        let dimensions = self
            .dimensions
            .iter()
            .map(|(name, value)| aws::Dimension::builder().name(&**name).value(value).build());
        let metric = aws::Metric::builder()
            .namespace(&*self.namespace)
            .metric_name(&*self.name)
            .set_dimensions(Some(dimensions.collect()))
            .build();
        let statistic = aws::MetricStat::builder()
            .metric(metric)
            .period(i32::try_from(period.as_secs()).unwrap_or(60))
            .stat(&*self.statistic)
            .build();
        aws::MetricDataQuery::builder()
            .id(id)
            .metric_stat(statistic)
            .build()
    }
}

/// What came of one query.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Values {
    pub(super) points: Vec<Point>,
    pub(super) quality: Quality,
}

impl Link {
    /// The values of `metrics` from `start` until `end`, in the same order; five hundred a call.
    pub(super) async fn metric_values(
        &self,
        metrics: &[Metric],
        period: SignedDuration,
        start: Timestamp,
        end: Timestamp,
    ) -> (Vec<Values>, Vec<Problem>) {
        let calls = metrics
            .chunks(QUERIES)
            .map(|batch| self.metric_batch(batch, period, start, end));
        let (mut values, mut problems) = (Vec::with_capacity(metrics.len()), Vec::new());
        for (batch, problem) in join_all(calls).await {
            values.extend(batch);
            problems.extend(problem);
        }
        (values, problems)
    }

    async fn metric_batch(
        &self,
        batch: &[Metric],
        period: SignedDuration,
        start: Timestamp,
        end: Timestamp,
    ) -> (Vec<Values>, Option<Problem>) {
        let queries: Vec<_> = batch
            .iter()
            .enumerate()
            .map(|(index, metric)| metric.query(format!("m{index}"), period))
            .collect();
        self.gate
            .meter
            .count_metrics(self.gate.now(), billed(batch));
        let ask = |token| {
            self.clients
                .cloudwatch
                .get_metric_data()
                .set_metric_data_queries(Some(queries.clone()))
                .start_time(DateTime::from_secs(start.as_second()))
                .end_time(DateTime::from_secs(end.as_second()))
                .scan_by(aws::ScanBy::TimestampAscending)
                .set_next_token(token)
                .send()
        };
        let answer = self
            .gate
            .pages(Feed::Metrics, &gate::METRIC_DATA, ask, |page| {
                page.next_token()
            })
            .await;
        let results = answer
            .pages
            .iter()
            .flat_map(|page| page.metric_data_results());
        let missing = match &answer.problem {
            // AWS has no result for a query: nothing was published.
            None => Quality::Complete,
            Some(problem) if matches!(problem.kind, ProblemKind::Denied { .. }) => {
                Quality::Forbidden
            }
            Some(_) => Quality::Failed,
        };
        (collect(results, batch.len(), missing), answer.problem)
    }
}

/// Puts results, which may come in pieces over several pages, back into the queries' order.
fn collect<'a>(
    results: impl Iterator<Item = &'a aws::MetricDataResult>,
    queries: usize,
    missing: Quality,
) -> Vec<Values> {
    let mut points: Vec<Vec<Point>> = vec![Vec::new(); queries];
    let mut qualities: Vec<Option<Quality>> = vec![None; queries];
    for result in results {
        let index = result
            .id()
            .and_then(|id| id.strip_prefix('m')?.parse::<usize>().ok());
        let Some(index) = index.filter(|&index| index < queries) else {
            continue;
        };
        let told = result.timestamps().iter().zip(result.values());
        points[index].reserve_exact(told.len());
        points[index].extend(told.filter_map(|(time, &value)| {
            let time = convert::time(time).filter(|_| value.is_finite())?;
            Some(Point::new(time, value))
        }));
        qualities[index] = Some(quality(result.status_code()));
    }
    let answers = points.into_iter().zip(qualities);
    answers
        .map(|(points, quality)| Values {
            points: in_order(points),
            quality: quality.unwrap_or(missing),
        })
        .collect()
}

/// Oldest first, one for each time: what was told last.
fn in_order(mut points: Vec<Point>) -> Vec<Point> {
    if !points.is_sorted_by(|one, next| one.at() < next.at()) {
        points.reverse();
        points.sort_by_key(|point| point.at());
        points.dedup_by_key(|point| point.at());
    }
    points
}

fn quality(raw: Option<&aws::StatusCode>) -> Quality {
    match raw.map_or("Complete", aws::StatusCode::as_str) {
        "Complete" => Quality::Complete,
        "PartialData" => Quality::Partial,
        "Forbidden" => Quality::Forbidden,
        _ => Quality::Failed,
    }
}

/// What AWS bills for a call: up to five statistics of a metric are one (aws.md 2.3).
fn billed(batch: &[Metric]) -> u32 {
    let mut statistics: HashMap<_, HashSet<&str>> = HashMap::new();
    for metric in batch {
        let whole = (&metric.namespace, &metric.name, &metric.dimensions);
        statistics
            .entry(whole)
            .or_default()
            .insert(&metric.statistic);
    }
    let billed: usize = statistics
        .values()
        .map(|asked| asked.len().div_ceil(STATISTICS))
        .sum();
    u32::try_from(billed).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metric(namespace: &'static str, statistic: &'static str) -> Metric {
        Metric {
            namespace: namespace.into(),
            name: "X".into(),
            dimensions: vec![("D".into(), "1".to_owned())],
            statistic: statistic.into(),
        }
    }

    #[test]
    fn a_window_ends_where_values_no_longer_change() {
        let now: Timestamp = "2026-01-01T12:05:59Z".parse().unwrap();
        let end = |namespace| metric(namespace, "Sum").window_end(now).to_string();
        assert_eq!(end("AWS/ECS"), "2026-01-01T12:04:00Z");
        assert_eq!(end("AWS/ApplicationELB"), "2026-01-01T12:03:00Z");
        assert_eq!(end("AWS/RDS"), "2026-01-01T12:02:00Z");
        assert_eq!(end("AWS/ElastiCache"), "2026-01-01T12:02:00Z");
    }

    #[test]
    fn statistics_of_one_metric_bill_as_one() {
        let ours = [
            metric("A", "p99"),
            metric("A", "Average"),
            metric("B", "Sum"),
        ];
        assert_eq!(billed(&ours), 2);
        let many = ["p1", "p2", "p3", "p4", "p5", "p6"].map(|statistic| metric("A", statistic));
        assert_eq!(billed(&many), 2);
    }

    #[test]
    fn pieces_are_put_together_and_nothing_missing_is_zero() {
        let result = |id: &str, status: &str, points: &[(i64, f64)]| {
            let mut result = aws::MetricDataResult::builder()
                .id(id)
                .status_code(status.into());
            for &(at, value) in points {
                result = result.timestamps(DateTime::from_secs(at)).values(value);
            }
            result.build()
        };
        let results = [
            result("m1", "PartialData", &[(120, 2.0)]),
            result("m1", "Complete", &[(60, 1.0), (180, f64::NAN)]),
            result("m2", "Forbidden", &[]),
            result("m9", "Complete", &[(60, 9.0)]),
            result("m3", "Novel", &[]),
        ];
        let values = collect(results.iter(), 4, Quality::Failed);
        let qualities: Vec<_> = values.iter().map(|one| one.quality).collect();
        assert_eq!(
            qualities,
            [
                Quality::Failed,
                Quality::Complete,
                Quality::Forbidden,
                Quality::Failed
            ]
        );
        let points: Vec<_> = values[1]
            .points
            .iter()
            .map(|point| (point.at().as_second(), point.value))
            .collect();
        assert_eq!(points, [(60, 1.0), (120, 2.0)]);
        assert!(values[0].points.is_empty());
    }
}
