//! The scales of a chart: where its top is, and what its axes say. Pure.

use jiff::tz::TimeZone;

use crate::estate::chart::Span;
use crate::estate::kpi::{Kpi, Unit, in_unit};
use crate::estate::{SignedDuration, Timestamp};

/// A curve does not touch the top.
const HEADROOM: f64 = 1.02;

const GIB: f64 = 1_073_741_824.0;

/// The value at the top of a chart whose highest value is `highest`: the ceiling where there is
/// one, all of 100 %, otherwise a round number above the values, with the thresholds in sight when
/// they are near.
pub(super) fn top(kpi: &Kpi, highest: f64) -> f64 {
    let mut reach = highest;
    if let Some(ceiling) = kpi.ceiling {
        reach = reach.max(ceiling.value);
    } else if kpi.unit == Unit::Percent && reach <= 100.0 {
        return 100.0;
    } else if let Some(thresholds) = kpi.thresholds.filter(|one| !one.share) {
        for line in [thresholds.amber, thresholds.red] {
            if line.is_finite() && line <= highest * 3.0 {
                reach = reach.max(line * 1.05);
            }
        }
    }
    if kpi.ceiling.is_some_and(|ceiling| reach <= ceiling.value) {
        return reach;
    }
    let unit = match kpi.unit {
        Unit::Bytes => GIB,
        Unit::PerMinute if reach >= 6.0 => 60.0,
        Unit::Count | Unit::PerMinute | Unit::Seconds | Unit::Percent => 1.0,
    };
    let whole = matches!(kpi.unit, Unit::Count | Unit::PerMinute) && unit < 2.0;
    let round = round_up(reach * HEADROOM / unit) * unit;
    if whole { round.max(4.0) } else { round }
}

/// The next of 1, 2, 2.5, 5, 10, … at or above `value`.
fn round_up(value: f64) -> f64 {
    if !value.is_finite() || value <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(value.log10().floor());
    let steps = [1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];
    let round = steps.iter().map(|step| step * power);
    round
        .into_iter()
        .find(|round| *round >= value * 0.999_999)
        .unwrap_or(value)
}

/// What the axis says at `share` of `top`.
pub(super) fn label(kpi: &Kpi, top: f64, share: f64) -> String {
    if share <= 0.0 {
        return "0".to_owned();
    }
    in_unit(kpi.unit, top * share)
}

/// How far apart the times of the axis are: at least `width` columns of `columns`.
fn stride(span: Span, columns: u16, width: u16) -> SignedDuration {
    let steps = [5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1_440, 2_880];
    let fits = |minutes: &i64| {
        let share = SignedDuration::from_mins(*minutes).as_secs_f64() / span.length().as_secs_f64();
        share * f64::from(columns) >= f64::from(width)
    };
    let minutes = steps.into_iter().find(fits).unwrap_or(2_880);
    SignedDuration::from_mins(minutes)
}

/// The times between the two that are round in `zone` (by its offset at the first), with what stands
/// below them: times of the day, and days where a week is shown.
pub(super) fn ticks(
    span: Span,
    (from, until): (Timestamp, Timestamp),
    columns: u16,
    zone: &TimeZone,
) -> Vec<(Timestamp, String)> {
    let stride = stride(span, columns, 9).as_secs();
    let ahead = i64::from(zone.to_offset(from).seconds());
    let past = (from.as_second() + ahead).rem_euclid(stride);
    let first = from.as_second() + (stride - past) % stride;
    let mut found = Vec::new();
    let mut second = first;
    while second < until.as_second() {
        if let Ok(at) = Timestamp::from_second(second) {
            let format = if span == Span::Week { "%a %d" } else { "%H:%M" };
            let there = at.to_zoned(zone.clone());
            found.push((at, there.strftime(format).to_string()));
        }
        second += stride;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::fixture::{ago, kpi, thresholds};
    use crate::estate::kpi::{Ceiling, KpiKind};

    #[test]
    #[expect(clippy::float_cmp, reason = "whole numbers and quarters are exact")]
    fn the_top_is_the_ceiling_or_a_round_number_in_the_unit_of_its_labels() {
        let of = |unit, highest| top(&kpi(KpiKind::Custom, unit, &[]), highest);
        assert_eq!(of(Unit::Percent, 12.0), 100.0);
        assert_eq!(of(Unit::Percent, 130.0), 150.0);
        assert_eq!(of(Unit::Count, 37.0), 40.0);
        assert_eq!(of(Unit::Count, 0.0), 4.0);
        assert_eq!(of(Unit::PerMinute, 130.0), 150.0, "2.5/s");
        assert_eq!(of(Unit::Seconds, 0.21), 0.25);
        assert_eq!(of(Unit::Bytes, 2.2 * GIB), 2.5 * GIB);
        let mut connections = kpi(KpiKind::DatabaseConnections, Unit::Count, &[]);
        connections.ceiling = Some(Ceiling {
            value: 415.0,
            exact: false,
        });
        assert_eq!(top(&connections, 30.0), 415.0);
        assert_eq!(top(&connections, 430.0), 500.0);
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "whole numbers and quarters are exact")]
    fn a_threshold_is_in_sight_when_it_is_near() {
        let mut latency = kpi(KpiKind::LatencyP99, Unit::Seconds, &[]);
        latency.thresholds = thresholds(0.4, 0.8, false);
        assert!((top(&latency, 0.1) - 0.15).abs() < 1e-9);
        assert_eq!(top(&latency, 0.2), 0.5);
        assert_eq!(top(&latency, 0.3), 1.0);
        latency.thresholds = thresholds(0.4, f64::INFINITY, false);
        assert_eq!(top(&latency, 0.3), 0.5);
    }

    #[test]
    fn times_are_round_and_do_not_touch() {
        let said = |span: Span, columns| {
            let window = (ago(0) - span.length(), ago(0));
            let ticks = ticks(span, window, columns, &TimeZone::UTC);
            let words: Vec<String> = ticks.into_iter().map(|(_, words)| words).collect();
            words.join(" ")
        };
        assert_eq!(said(Span::Hour, 69), "13:00 13:10 13:20 13:30 13:40 13:50");
        assert_eq!(
            said(Span::ThreeHours, 69),
            "11:00 11:30 12:00 12:30 13:00 13:30"
        );
        assert_eq!(said(Span::Day, 69), "16:00 20:00 00:00 04:00 08:00 12:00");
        assert_eq!(
            said(Span::Week, 69),
            "Sat 14 Sun 15 Mon 16 Tue 17 Wed 18 Thu 19 Fri 20"
        );
        let calcutta = TimeZone::fixed(jiff::tz::Offset::from_seconds(19_800).unwrap());
        let window = (ago(0) - Span::Day.length(), ago(0));
        let ticks = ticks(Span::Day, window, 69, &calcutta);
        let words: Vec<String> = ticks.into_iter().map(|(_, words)| words).collect();
        assert_eq!(words.join(" "), "20:00 00:00 04:00 08:00 12:00 16:00");
    }
}
