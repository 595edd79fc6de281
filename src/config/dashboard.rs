//! The metric widgets of a CloudWatch dashboard, as `[[kpi]]` of the settings. Pure: JSON in, text
//! out.
//!
//! A dashboard may say a metric short: `"."` is what stood at the same place of the metric before,
//! `"..."` is everything before it that is not repeated. What is found without settings is pinned
//! by its kind and not asked for twice; what is no metric (expressions, searches, text, logs) is
//! named in a comment.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::estate::alarm::watched_kpi;
use crate::estate::text::Text;

/// What is imported, and where it goes.
#[derive(Clone, Copy, Debug)]
pub struct Import<'a> {
    /// The dashboard's name.
    pub name: &'a str,
    /// The environment its metrics are of; `None` where the settings have only one.
    pub environment: Option<&'a str>,
    /// That environment's region: metrics of another are not its.
    pub region: &'a str,
}

/// One metric of a widget, written out.
#[derive(Clone, Debug, PartialEq)]
struct Metric {
    namespace: String,
    name: String,
    dimensions: Vec<(String, String)>,
    options: Map<String, Value>,
}

/// The settings for the dashboard whose body is `body`.
///
/// # Errors
/// When the body is no dashboard's.
pub fn import_dashboard(body: &str, import: Import<'_>) -> Result<String, String> {
    let body: Value = serde_json::from_str(body)
        .map_err(|error| format!("the dashboard {:?} cannot be read: {error}", import.name))?;
    let widgets = body.get("widgets").and_then(Value::as_array);
    let widgets = widgets.ok_or_else(|| format!("{:?} is no dashboard", import.name))?;
    let mut writer = Writer {
        import,
        labels: Vec::new(),
        text: format!("# From the CloudWatch dashboard {}.\n", quoted(import.name)),
    };
    for widget in widgets {
        writer.widget(widget);
    }
    Ok(writer.text)
}

struct Writer<'a> {
    import: Import<'a>,
    labels: Vec<String>,
    text: String,
}

impl Writer<'_> {
    fn widget(&mut self, widget: &Value) {
        let kind = widget.get("type").and_then(Value::as_str).unwrap_or("?");
        let none = Map::new();
        let properties = widget.get("properties").and_then(Value::as_object);
        let properties = properties.unwrap_or(&none);
        let title = properties
            .get("title")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if kind != "metric" {
            if kind != "text" {
                self.skip(&format!("the {kind} widget {}", quoted(title)));
            }
            return;
        }
        let lines = limits(properties);
        let empty = Vec::new();
        let metrics = properties.get("metrics").and_then(Value::as_array);
        let mut before: Vec<String> = Vec::new();
        for raw in metrics.unwrap_or(&empty) {
            match written_out(raw, &before) {
                Some(metric) => {
                    before = fields(&metric);
                    self.metric(&metric, properties, title, lines);
                }
                None => self.skip(&format!("an expression of the widget {}", quoted(title))),
            }
        }
    }

    fn metric(
        &mut self,
        metric: &Metric,
        widget: &Map<String, Value>,
        title: &str,
        lines: Option<(f64, f64)>,
    ) {
        let said = |key: &str| metric.options.get(key).or_else(|| widget.get(key));
        let told = format!("{} {}", metric.namespace, metric.name);
        let region = said("region").and_then(Value::as_str);
        if let Some(region) = region.filter(|region| *region != self.import.region) {
            return self.skip(&format!("{} of {}", quoted(&told), quoted(region)));
        }
        if said("accountId").is_some() {
            return self.skip(&format!("{} of another account", quoted(&told)));
        }
        let pairs = metric.dimensions.iter();
        let pairs: Vec<(Text, Text)> = pairs
            .map(|(name, value)| (name.as_str().into(), value.as_str().into()))
            .collect();
        self.begin();
        if let Some((kind, resource)) = watched_kpi(&metric.name, &pairs) {
            self.line("kind", &quoted(&kind.to_string()));
            self.line("resource", &quoted(&resource));
            self.line("pin", "true");
            return;
        }
        let statistic = said("stat").and_then(Value::as_str).unwrap_or("Average");
        let label = self.label(metric, title);
        self.line("label", &quoted(&label));
        self.line("namespace", &quoted(&metric.namespace));
        self.line("metric", &quoted(&metric.name));
        if !metric.dimensions.is_empty() {
            let pairs = metric.dimensions.iter();
            let pairs = pairs.map(|(name, value)| format!("{} = {}", quoted(name), quoted(value)));
            let pairs: Vec<String> = pairs.collect();
            self.line("dimensions", &format!("{{ {} }}", pairs.join(", ")));
        }
        if is_statistic(statistic) {
            self.line("statistic", &quoted(statistic));
        } else {
            let words = format!("# the statistic {} is not known here", quoted(statistic));
            self.say(&words);
        }
        self.line("unit", &quoted(unit(&metric.name, statistic)));
        if let Some((amber, red)) = lines {
            self.line("amber", &format!("{amber:?}"));
            self.line("red", &format!("{red:?}"));
        }
        self.line("pin", "true");
    }

    fn begin(&mut self) {
        self.text.push_str("\n[[kpi]]\n");
        if let Some(environment) = self.import.environment {
            self.line("environment", &quoted(environment));
        }
    }

    fn line(&mut self, key: &str, value: &str) {
        self.say(&format!("{key:<11} = {value}"));
    }

    fn skip(&mut self, what: &str) {
        self.say(&format!("\n# not taken over: {what}"));
    }

    fn say(&mut self, words: &str) {
        // Writing into a string cannot fail.
        let _ = writeln!(self.text, "{words}");
    }

    /// A label nobody else has: it is what tells KPIs apart.
    fn label(&mut self, metric: &Metric, title: &str) -> String {
        let own = metric.options.get("label").and_then(Value::as_str);
        let last = metric.dimensions.last().map(|(_, value)| value.as_str());
        let plain = match (title, last) {
            ("", Some(last)) => format!("{} {last}", metric.name),
            ("", None) => metric.name.clone(),
            (title, Some(last)) => format!("{title} {last}"),
            (title, None) => title.to_owned(),
        };
        // `${LAST}` and its kind are filled in by the console of AWS.
        let wanted = own.filter(|own| !own.contains("${") && !own.trim().is_empty());
        let wanted = wanted.map_or(plain, str::to_owned);
        let wanted = Text::clean(wanted.trim()).to_string();
        let mut label = wanted.clone();
        let mut number = 2;
        while self.labels.contains(&label) {
            label = format!("{wanted} ({number})");
            number += 1;
        }
        self.labels.push(label.clone());
        label
    }
}

/// Namespace, name, dimensions in a row.
fn fields(metric: &Metric) -> Vec<String> {
    let pairs = metric.dimensions.iter();
    let pairs = pairs.flat_map(|(name, value)| [name.clone(), value.clone()]);
    [metric.namespace.clone(), metric.name.clone()]
        .into_iter()
        .chain(pairs)
        .collect()
}

/// A metric with everything it leaves out; `None` when it is an expression, or no metric at all.
fn written_out(raw: &Value, before: &[String]) -> Option<Metric> {
    let parts = raw.as_array()?;
    let options = parts.iter().find_map(Value::as_object);
    let options = options.cloned().unwrap_or_default();
    if options.contains_key("expression") {
        return None;
    }
    let words: Vec<&str> = parts.iter().filter_map(Value::as_str).collect();
    let mut full: Vec<String> = Vec::new();
    for (place, word) in words.iter().enumerate() {
        match *word {
            "..." => {
                let rest = words.len() - place - 1;
                let upto = before.len().checked_sub(rest)?;
                full.extend(before.get(full.len()..upto)?.iter().cloned());
            }
            "." => full.push(before.get(full.len())?.clone()),
            other => full.push(other.to_owned()),
        }
    }
    let mut full = full.into_iter();
    let (namespace, name) = (full.next()?, full.next()?);
    let rest: Vec<String> = full.collect();
    let pairs = rest.chunks_exact(2);
    pairs.remainder().is_empty().then(|| Metric {
        namespace,
        name,
        dimensions: pairs
            .map(|pair| (pair[0].clone(), pair[1].clone()))
            .collect(),
        options,
    })
}

/// The horizontal lines of a widget as amber and red: two of them, or one for both. Where what is
/// below counts, red is the lower one.
fn limits(widget: &Map<String, Value>) -> Option<(f64, f64)> {
    let lines = widget.get("annotations")?.get("horizontal")?.as_array()?;
    let mut values: Vec<f64> = lines
        .iter()
        .filter_map(|line| line.get("value")?.as_f64())
        .filter(|value| value.is_finite())
        .collect();
    values.sort_by(f64::total_cmp);
    let below = lines.iter().any(|line| {
        let fill = line.get("fill").and_then(Value::as_str);
        fill == Some("below")
    });
    let (low, high) = (*values.first()?, *values.last()?);
    Some(if below { (high, low) } else { (low, high) })
}

/// What `GetMetricData` takes and the settings know.
fn is_statistic(name: &str) -> bool {
    let percentile = name.strip_prefix('p').and_then(|rest| rest.parse().ok());
    ["Average", "Sum", "Minimum", "Maximum", "SampleCount"].contains(&name)
        || percentile.is_some_and(|share: f64| (0.0..=100.0).contains(&share))
}

/// What a metric of that name counts; AWS does not say so in a dashboard.
fn unit(name: &str, statistic: &str) -> &'static str {
    let has = |part: &str| name.contains(part);
    if has("Utilization") || has("Percent") || has('%'.to_string().as_str()) {
        "percent"
    } else if has("Bytes") || name.ends_with("Size") {
        "bytes"
    } else if matches!(statistic, "Sum" | "SampleCount") {
        "per-minute"
    } else {
        "count"
    }
}

/// A TOML string, in one line whatever it holds.
fn quoted(text: &str) -> String {
    toml::Value::String(Text::clean(text).to_string()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::schema::Document;
    use crate::estate::kpi::{KpiKind, Unit, Wanted};

    const BODY: &str = r##"{"widgets": [
        {"type": "text", "properties": {"markdown": "# Shop"}},
        {"type": "metric", "properties": {"title": "Jobs", "region": "eu-central-1", "stat": "Maximum",
            "metrics": [
                ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "jobs", {"label": "waiting"}],
                ["...", "mails"],
                [".", "NumberOfMessagesSent", ".", "jobs", {"stat": "Sum"}],
                [{"expression": "m1/m2", "label": "share"}]
            ],
            "annotations": {"horizontal": [{"value": 500}, {"value": 100, "label": "many"}]}}},
        {"type": "metric", "properties": {"title": "Database", "metrics": [
            ["AWS/RDS", "DatabaseConnections", "DBInstanceIdentifier", "orders-db"],
            ["AWS/RDS", "ReadLatency", "DBInstanceIdentifier", "orders-db", {"stat": "p99.9", "region": "eu-central-1"}],
            ["AWS/RDS", "WriteLatency", {"region": "us-east-1"}],
            ["AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", "app/public-alb/50dc", "TargetGroup", "targetgroup/prod-web/73e2", {"stat": "p99"}]
        ]}},
        {"type": "log", "properties": {"title": "Errors \u001b[31m\"now\""}}
    ]}"##;

    fn import(body: &str) -> Result<String, String> {
        import_dashboard(
            body,
            Import {
                name: "shop",
                environment: None,
                region: "eu-central-1",
            },
        )
    }

    #[test]
    fn widgets_become_settings_the_settings_take() {
        let text = import(BODY).unwrap();
        insta::assert_snapshot!("dashboard", text);
        let read = Document::parse(&text, std::path::Path::new("imported.toml")).unwrap();
        let wanted: Wanted = read.everywhere;
        let metrics: Vec<_> = wanted
            .metrics
            .iter()
            .map(|one| {
                (
                    &*one.label,
                    one.statistic.as_str(),
                    one.unit,
                    one.dimensions.len(),
                )
            })
            .collect();
        assert_eq!(
            metrics,
            [
                ("waiting", "Maximum", Unit::Count, 1),
                ("Jobs mails", "Maximum", Unit::Count, 1),
                ("Jobs jobs", "Sum", Unit::PerMinute, 1),
                ("Database orders-db", "p99.9", Unit::Count, 1),
            ]
        );
        let limits = wanted.metrics[0].thresholds.unwrap();
        assert_eq!((limits.amber, limits.red), (100.0, 500.0));
        let rules: Vec<_> = wanted.rules.iter().map(|one| (one.kind, one.pin)).collect();
        assert_eq!(
            rules,
            [
                (KpiKind::DatabaseConnections, true),
                (KpiKind::LatencyP99, true)
            ]
        );
        assert!(text.contains("# not taken over"), "{text}");
        assert!(!text.contains('\u{1b}'), "hostile titles are cleaned");
    }

    #[test]
    fn what_is_no_dashboard_is_refused_and_odd_metrics_are_left_out() {
        assert!(import("{").is_err());
        assert!(import("[]").is_err());
        let odd = r#"{"widgets": [{"type": "metric", "properties": {"metrics": [
            ["..."], [".", "."], ["A"], ["A", "B", "C"], 7, null, ["A", "B", {"label": "${LAST}"}]]}}, 7]}"#;
        let text = import(odd).unwrap();
        assert_eq!(text.matches("[[kpi]]").count(), 1, "{text}");
        assert!(text.contains("label       = \"B\""), "{text}");
    }
}
