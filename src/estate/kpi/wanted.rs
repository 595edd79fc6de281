//! What the settings say of KPIs.

use super::{KpiKind, Thresholds, Unit};
use crate::estate::catalogue::Catalogue;
use crate::estate::text::Text;

/// What the settings say of the KPIs of one environment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    /// Metrics to show beside those that are found.
    pub metrics: Vec<WantedMetric>,
    /// Changes to those that are found; the first that fits holds.
    pub rules: Vec<Rule>,
    /// Which services use which database, and how many connections a task of each may open.
    pub services: Catalogue,
}

/// Any CloudWatch metric.
#[derive(Clone, Debug, PartialEq)]
pub struct WantedMetric {
    /// What it is called; also its identity.
    pub label: Text,
    /// `AWS/SQS`.
    pub namespace: String,
    /// `ApproximateNumberOfMessagesVisible`.
    pub metric: String,
    /// Names and values, all of those it was published with.
    pub dimensions: Vec<(String, String)>,
    /// `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount` or a percentile such as `p99`.
    pub statistic: String,
    /// What it counts.
    pub unit: Unit,
    /// When to worry, if ever.
    pub thresholds: Option<Thresholds>,
    /// The name of the service it belongs to.
    pub service: Option<Text>,
    /// Always in sight, and asked every minute.
    pub pin: bool,
}

impl WantedMetric {
    /// What it is measured of: the value of its last dimension, otherwise its namespace.
    pub fn resource(&self) -> Text {
        let named = self.dimensions.last().map(|(_, value)| value);
        Text::clean(named.unwrap_or(&self.namespace))
    }
}

/// A change to KPIs that are found.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Which kind.
    pub kind: KpiKind,
    /// Of which resource; a `*` at its end stands for anything, `None` for all.
    pub resource: Option<Text>,
    /// Amber from here, in the unit of the kind's own threshold.
    pub amber: Option<f64>,
    /// Red from here.
    pub red: Option<f64>,
    /// How many points must agree.
    pub points: Option<u8>,
    /// Out of how many.
    pub of: Option<u8>,
    /// What 100 % is, where AWS does not say it exactly.
    pub ceiling: Option<f64>,
    /// Always in sight, and asked every minute.
    pub pin: bool,
    /// Not shown and not asked for.
    pub hide: bool,
}

impl Wanted {
    /// Adds what is wanted everywhere; what is said of one environment goes before it.
    pub fn extend(&mut self, everywhere: &Self) {
        self.metrics.extend(everywhere.metrics.iter().cloned());
        self.rules.extend(everywhere.rules.iter().cloned());
    }

    /// The rule for one KPI.
    pub fn rule(&self, kind: KpiKind, resource: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.fits(kind, resource))
    }
}

impl Rule {
    fn fits(&self, kind: KpiKind, resource: &str) -> bool {
        let named = self.resource.as_deref().is_none_or(|pattern| {
            pattern
                .strip_suffix('*')
                .map_or(pattern == resource, |start| resource.starts_with(start))
        });
        self.kind == kind && named
    }

    /// The thresholds after this rule. Where the kind has none of its own, both must be set.
    pub fn thresholds(&self, own: Option<Thresholds>) -> Option<Thresholds> {
        let amber = self.amber.or(own.map(|own| own.amber))?;
        let red = self.red.or(own.map(|own| own.red))?;
        let points = self.points.or(own.map(|own| own.points)).unwrap_or(5);
        let of = self.of.or(own.map(|own| own.of)).unwrap_or(points);
        Some(Thresholds {
            amber,
            red,
            share: own.is_some_and(|own| own.share),
            points,
            of: of.max(points),
        })
    }
}
