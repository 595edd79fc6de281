//! KPIs the settings add, change, pin or hide, and what metrics may cost.

use std::ops::Range;

use strum::IntoEnumIterator;

use crate::estate::kpi::{KpiKind, Rule, Thresholds, Unit, Wanted, WantedMetric};
use crate::estate::text::Text;
use crate::estate::usage::Prices;

use super::complaint::Complaint;
use super::section::Section;

/// One `[[kpi]]`, and the environment it is for; `None` is every one.
pub(super) struct Written {
    pub(super) environment: Option<(Text, Range<usize>)>,
    entry: Entry,
}

enum Entry {
    Metric(WantedMetric),
    Rule(Rule),
}

impl Written {
    /// Adds it to what is wanted of one environment.
    pub(super) fn add_to(&self, wanted: &mut Wanted) {
        match &self.entry {
            Entry::Metric(metric) => wanted.metrics.push(metric.clone()),
            Entry::Rule(rule) => wanted.rules.push(rule.clone()),
        }
    }
}

/// Reads one `[[kpi]]`: with `kind` it is a change to KPIs that are found, with `metric` one that
/// is added.
pub(super) fn read(section: &mut Section<'_, '_>, begin: &Range<usize>) -> Option<Written> {
    let environment = section.text("environment");
    if section.describes() {
        // One key decides between the two; whoever describes wants to know both.
        rule(section);
        metric(section, begin);
        return None;
    }
    let entry = if section.lacks("kind") && section.lacks("metric") {
        let what = "a KPI needs `kind` or `metric`";
        let advice = "`kind` changes one that is found, `metric` adds one";
        section.complain(Complaint::new(begin.clone(), what, advice));
        section.say_no_more();
        None
    } else if section.lacks("metric") {
        rule(section).map(Entry::Rule)
    } else {
        metric(section, begin).map(Entry::Metric)
    };
    Some(Written {
        environment: environment.map(|(name, span)| (name.into(), span)),
        entry: entry?,
    })
}

fn rule(section: &mut Section<'_, '_>) -> Option<Rule> {
    let kinds = KpiKind::iter().filter(|kind| *kind != KpiKind::Custom);
    let kinds: Vec<(&'static str, KpiKind)> = kinds.map(|kind| (kind.into(), kind)).collect();
    let kind = section.word("kind", &kinds);
    let resource = section.text("resource");
    let (amber, red) = (section.number("amber"), section.number("red"));
    let (points, of) = (section.count("points", 1, 60), section.count("of", 1, 60));
    let ceiling = section.number("ceiling");
    let (pin, hide) = (section.flag("pin"), section.flag("hide"));
    Some(Rule {
        kind: kind?,
        resource: resource.map(|(text, _)| text.into()),
        amber: amber.map(|(number, _)| number),
        red: red.map(|(number, _)| number),
        points,
        of,
        ceiling: ceiling.map(|(number, _)| number),
        pin: pin.unwrap_or(false),
        hide: hide.unwrap_or(false),
    })
}

/// What a metric may count.
const UNITS: [(&str, Unit); 5] = [
    ("count", Unit::Count),
    ("per-minute", Unit::PerMinute),
    ("seconds", Unit::Seconds),
    ("percent", Unit::Percent),
    ("bytes", Unit::Bytes),
];

fn metric(section: &mut Section<'_, '_>, begin: &Range<usize>) -> Option<WantedMetric> {
    for needed in ["label", "namespace", "metric"] {
        if section.lacks(needed) {
            let what = format!("a metric needs `{needed}`");
            let advice = format!("add `{needed} = \"…\"`");
            section.complain(Complaint::new(begin.clone(), what, advice));
        }
    }
    let label = section.text("label");
    let namespace = section.text("namespace");
    let metric = section.text("metric");
    let dimensions = section.pairs("dimensions");
    let statistic = statistic(section);
    let unit = section.word("unit", &UNITS).unwrap_or(Unit::Count);
    let thresholds = thresholds(section, begin);
    let service = section.text("service");
    let pin = section.flag("pin").unwrap_or(false);
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    Some(WantedMetric {
        label: label?.0.into(),
        namespace: namespace?.0.to_owned(),
        metric: metric?.0.to_owned(),
        dimensions: dimensions.into_iter().map(owned).collect(),
        statistic,
        unit,
        thresholds,
        service: service.map(|(name, _)| name.into()),
        pin,
    })
}

/// What `GetMetricData` takes as a statistic: the five plain ones and percentiles.
fn statistic(section: &mut Section<'_, '_>) -> String {
    let Some((text, span)) = section.text("statistic") else {
        return "Average".to_owned();
    };
    let plain = ["Average", "Sum", "Minimum", "Maximum", "SampleCount"];
    let percentile = text.strip_prefix('p').and_then(|rest| rest.parse().ok());
    let fits = percentile.is_some_and(|share: f64| (0.0..=100.0).contains(&share));
    if !plain.contains(&text) && !fits {
        let what = format!("`statistic` cannot be {text:?}");
        let advice = "one of Average, Sum, Minimum, Maximum, SampleCount, or p0 to p100";
        section.complain(Complaint::new(span, what, advice));
    }
    text.to_owned()
}

fn thresholds(section: &mut Section<'_, '_>, begin: &Range<usize>) -> Option<Thresholds> {
    let (amber, red) = (section.number("amber"), section.number("red"));
    let points = section.count("points", 1, 60).unwrap_or(5);
    let of = section.count("of", 1, 60).unwrap_or(points);
    if amber.is_some() != red.is_some() {
        let what = "`amber` and `red` go together";
        let advice = "name both, or neither; where less is worse, red is the lower one";
        section.complain(Complaint::new(begin.clone(), what, advice));
    }
    Some(Thresholds {
        amber: amber?.0,
        red: red?.0,
        share: false,
        points,
        of: of.max(points),
    })
}

/// Reads `[metrics]`.
pub(super) fn prices(section: &mut Section<'_, '_>) -> Prices {
    let usual = Prices::default();
    let per_thousand = section.number("dollars_per_thousand");
    let ceiling = section.number("dollars_per_hour");
    Prices {
        per_thousand: per_thousand.map_or(usual.per_thousand, |(dollars, _)| dollars),
        ceiling: ceiling.map(|(dollars, _)| dollars),
    }
}
