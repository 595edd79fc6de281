//! How an alarm judges, and whom it tells.

use crate::estate::SignedDuration;
use crate::estate::text::Text;
use crate::estate::words;

/// How an alarm judges, and whom it tells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlarmRule {
    /// What it is for, as whoever made it wrote down.
    pub about: Text,
    /// What kind of alarm it is.
    pub kind: AlarmKind,
    /// The metrics it reads: one, or several with metric math.
    pub metrics: Vec<Text>,
    /// `Average`, `p99`; empty when several metrics have their own.
    pub statistic: Text,
    /// `>`, `≥`, `<`, `≤`, or AWS's own word for an anomaly band.
    pub sign: Text,
    /// So many of the newest points must be bad …
    pub points: u32,
    /// … out of so many.
    pub of: u32,
    /// How long a point is.
    pub period: SignedDuration,
    /// What a missing point counts as.
    pub missing: Missing,
    /// Why CloudWatch could not judge as it should, in its own word; empty when it could.
    pub evaluation: Text,
    /// Whether it acts at all (`ActionsEnabled`).
    pub enabled: bool,
    /// Whom or what it calls in ALARM: the last parts of the ARNs.
    pub actions: Vec<Text>,
    /// The alarm that keeps a composite one quiet, where one may.
    pub suppressor: Option<Suppressor>,
}

/// What kind of alarm it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AlarmKind {
    /// On metrics.
    #[default]
    Metric,
    /// On other alarms: their names with the state that is asked of each.
    Composite(Vec<Child>),
    /// On what a query over logs found.
    Log,
}

/// An alarm a composite one looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    /// Its name.
    pub name: Text,
    /// The state asked for (`ALARM`), with `NOT ` before it where it is the opposite.
    pub asked: Text,
}

/// An alarm that keeps another one quiet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppressor {
    /// Its name.
    pub alarm: Text,
    /// AWS's word for why actions are held back right now; empty when they are not.
    pub holds: Text,
}

/// What a missing point counts as (`TreatMissingData`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Missing {
    /// As missing, which is what AWS does unless told otherwise.
    #[default]
    Missing,
    /// As nothing: the state stays.
    Ignore,
    /// As bad.
    Breaching,
    /// As good.
    NotBreaching,
    /// As something this version does not know.
    Unknown(Text),
}

impl Missing {
    /// Reads AWS's word.
    pub fn of(word: &str) -> Self {
        match word {
            "" | "missing" => Self::Missing,
            "ignore" => Self::Ignore,
            "breaching" => Self::Breaching,
            "notBreaching" => Self::NotBreaching,
            other => Self::Unknown(other.into()),
        }
    }

    /// What it comes to, in words.
    pub fn words(&self) -> String {
        match self {
            Self::Missing => "counts as missing: without any, nobody knows".to_owned(),
            Self::Ignore => "is ignored: the state stays as it was".to_owned(),
            Self::Breaching => "counts as bad".to_owned(),
            Self::NotBreaching => "counts as good".to_owned(),
            Self::Unknown(word) => format!("is treated as {word}"),
        }
    }
}

impl AlarmRule {
    /// `Average of CPUUtilization > 80 in 3 of 5 points of 1 min`.
    pub fn words(&self, threshold: Option<f64>) -> String {
        let metrics: Vec<&str> = self.metrics.iter().map(Text::as_str).collect();
        let mut told = match (&self.kind, self.statistic.is_empty(), metrics.is_empty()) {
            (AlarmKind::Log, _, _) => "a query over logs".to_owned(),
            (AlarmKind::Composite(_), _, _) => "other alarms".to_owned(),
            (AlarmKind::Metric, _, true) => "a metric".to_owned(),
            (AlarmKind::Metric, false, false) => {
                format!("{} of {}", self.statistic, metrics.join(", "))
            }
            (AlarmKind::Metric, true, false) => format!("metric math over {}", metrics.join(", ")),
        };
        if let Some(threshold) = threshold {
            told = format!("{told} {} {}", self.sign, words::number(threshold));
        }
        if self.of > 0 {
            let period = words::duration(self.period);
            told = format!(
                "{told} in {} of {} points of {period}",
                self.points, self.of
            );
        }
        told
    }
}

/// The alarms a composite one's rule names, in the order they stand there.
pub fn children(rule: &str) -> Vec<Child> {
    const STATES: [&str; 3] = ["INSUFFICIENT_DATA(", "ALARM(", "OK("];
    let mut found: Vec<Child> = Vec::new();
    let mut rest = rule;
    loop {
        let places = STATES
            .iter()
            .filter_map(|state| Some((rest.find(state)?, *state)));
        let Some((place, state)) = places.min_by_key(|(place, _)| *place) else {
            return found;
        };
        let (before, after) = (&rest[..place], &rest[place + state.len()..]);
        let Some((inside, left)) = after.split_once(')') else {
            return found;
        };
        let name = inside.trim().trim_matches(['"', '\'']);
        let name = name.rsplit(":alarm:").next().unwrap_or(name);
        let denied = before.trim_end().trim_end_matches('(').trim_end();
        let not = if denied.ends_with("NOT") { "NOT " } else { "" };
        found.push(Child {
            name: name.into(),
            asked: format!("{not}{}", state.trim_end_matches('(')).into(),
        });
        rest = left;
    }
}
