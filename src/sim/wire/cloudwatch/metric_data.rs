//! `GetMetricData`: up to 500 metrics a call, paged by datapoints.

use std::collections::HashSet;

use jiff::Timestamp;

use super::alarms::ascending;
use super::{INVALID, dimensions};
use crate::sim::wire::paging::{position, token_at};
use crate::sim::wire::value::{Value, record};
use crate::sim::wire::{Context, Input, Refusal};
use crate::sim::world::Statistic;
use crate::sim::world::query::MetricQuery;

/// The most queries in one call.
const MOST_QUERIES: usize = 500;

/// The most datapoints in one answer, and the default.
const MOST_DATAPOINTS: usize = 100_800;

/// One `MetricDataQueries` member.
struct Query<'request> {
    id: &'request str,
    label: &'request str,
    namespace: &'request str,
    name: &'request str,
    dimensions: Vec<(&'request str, &'request str)>,
    statistic: Statistic,
    period: u32,
}

pub(super) fn data(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let queries = queries(input)?;
    let (from, to) = (time(input, "StartTime")?, time(input, "EndTime")?);
    if from >= to {
        return Err(invalid(
            "The parameter StartTime must be less than the parameter EndTime.",
        ));
    }
    let ascending = ascending(input)?;
    let window = Window::read(input)?;
    let series: Vec<(Query<'_>, Vec<(Timestamp, f64)>)> = queries
        .into_iter()
        .map(|query| {
            let asked = MetricQuery {
                namespace: query.namespace,
                name: query.name,
                dimensions: &query.dimensions,
                statistic: query.statistic,
                from,
                to,
                period: query.period,
            };
            let points = context.world.metric_points(context.account_id, &asked);
            let mut points: Vec<_> = points
                .into_iter()
                .map(|sample| (sample.at, sample.value))
                .collect();
            if !ascending {
                points.reverse();
            }
            (query, points)
        })
        .collect();
    let (results, next) = window.cut(&series);
    Ok(record! { "MetricDataResults": results, "NextToken": next, "Messages": Vec::new() })
}

fn queries(input: Input<'_>) -> Result<Vec<Query<'_>>, Refusal> {
    let members = input.list("MetricDataQueries")?;
    if members.is_empty() {
        let message = "The parameter MetricDataQueries is required.";
        return Err(Refusal::sender(
            "MissingRequiredParameterException",
            message,
        ));
    }
    if members.len() > MOST_QUERIES {
        return Err(Refusal::validation(format!(
            "The collection MetricDataQueries must not have a size greater than {MOST_QUERIES}."
        )));
    }
    let mut ids = HashSet::new();
    let mut queries = Vec::with_capacity(members.len());
    for member in members {
        let query = query(member)?;
        if !ids.insert(query.id) {
            return Err(invalid(format!(
                "The values for parameter id {} are not unique.",
                query.id
            )));
        }
        if member.0.member("ReturnData").is_none() || member.flag("ReturnData")? {
            queries.push(query);
        }
    }
    Ok(queries)
}

fn query(member: Input<'_>) -> Result<Query<'_>, Refusal> {
    let id = member.required_text("Id", INVALID)?;
    if !id.starts_with(|letter: char| letter.is_ascii_lowercase()) {
        return Err(invalid(format!(
            "The value {id} for parameter Id must match ^[a-z].*"
        )));
    }
    let stat = member
        .record("MetricStat")?
        .ok_or_else(|| invalid("The simulator knows MetricStat queries, not expressions."))?;
    let metric = stat
        .record("Metric")?
        .ok_or_else(|| invalid("MetricStat needs a Metric."))?;
    let name = metric.required_text("MetricName", INVALID)?;
    let dimensions = dimensions(metric)?
        .into_iter()
        .map(|(name, value)| Some((name, value?)))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| invalid("A dimension of a metric needs a Value."))?;
    let period = stat
        .integer("Period")?
        .and_then(|period| u32::try_from(period).ok())
        .filter(|period| *period > 0 && (*period % 60 == 0 || [1, 5, 10, 20, 30].contains(period)))
        .ok_or_else(|| invalid("Period must be 1, 5, 10, 20, 30 or a multiple of 60."))?;
    Ok(Query {
        id,
        label: member.text("Label")?.unwrap_or(name),
        namespace: metric.required_text("Namespace", INVALID)?,
        name,
        dimensions,
        statistic: statistic(stat.required_text("Stat", INVALID)?)?,
        period,
    })
}

/// A statistic; the world keeps four percentiles and answers others with the nearest.
fn statistic(name: &str) -> Result<Statistic, Refusal> {
    if let Ok(statistic) = name.parse() {
        return Ok(statistic);
    }
    let percentile = name
        .strip_prefix('p')
        .and_then(|percent| percent.parse::<f64>().ok());
    match percentile.filter(|percent| (0.0..=100.0).contains(percent)) {
        Some(percent) if percent < 70.0 => Ok(Statistic::P50),
        Some(percent) if percent < 92.5 => Ok(Statistic::P90),
        Some(percent) if percent < 97.0 => Ok(Statistic::P95),
        Some(_) => Ok(Statistic::P99),
        None => Err(invalid(format!(
            "The value {name} for parameter Stat is not supported."
        ))),
    }
}

fn time(input: Input<'_>, name: &str) -> Result<Timestamp, Refusal> {
    input.time(name)?.ok_or_else(|| {
        let message = format!("The parameter {name} is required.");
        Refusal::sender("MissingRequiredParameterException", message)
    })
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::sender(INVALID, message)
}

/// The datapoints of one page, counted through all series in order.
struct Window {
    start: usize,
    end: usize,
}

impl Window {
    fn read(input: Input<'_>) -> Result<Self, Refusal> {
        let start = position(input.text("NextToken")?, "InvalidNextToken")?;
        let size = input.integer("MaxDatapoints")?.unwrap_or(i64::MAX);
        let size = usize::try_from(size).unwrap_or(0).min(MOST_DATAPOINTS);
        if size == 0 {
            return Err(invalid("MaxDatapoints must be at least 1."));
        }
        Ok(Self {
            start,
            end: start.saturating_add(size),
        })
    }

    /// The results of this page, and the token of the next.
    fn cut(&self, series: &[(Query<'_>, Vec<(Timestamp, f64)>)]) -> (Vec<Value>, Option<String>) {
        let total: usize = series.iter().map(|(_, points)| points.len()).sum();
        let is_last = self.end >= total;
        let mut offset = 0;
        let mut results = Vec::new();
        for (query, points) in series {
            let (first, last) = (offset, offset + points.len());
            offset = last;
            let begins_here = self.start <= first && (first < self.end || is_last);
            let (from, to) = (self.start.clamp(first, last), self.end.clamp(first, last));
            if from == to && !(points.is_empty() && begins_here) {
                continue;
            }
            let status = if to < last { "PartialData" } else { "Complete" };
            results.push(result(query, &points[from - first..to - first], status));
        }
        (results, (!is_last).then(|| token_at(self.end)))
    }
}

fn result(query: &Query<'_>, points: &[(Timestamp, f64)], status: &str) -> Value {
    record! {
        "Id": query.id,
        "Label": query.label,
        "Timestamps": Value::list(points.iter().map(|(at, _)| *at)),
        "Values": Value::list(points.iter().map(|(_, value)| *value)),
        "StatusCode": status,
    }
}
