//! Entries as people read them: what was asked and how it ended, on one line.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::estate::Timestamp;
use crate::estate::handoff::Act;
use crate::estate::id::{EnvironmentName, ServiceArn};
use crate::estate::text::Text;

use super::entry::{Ending, Entry, EntryId, Intent, Outcome, Record};

impl From<Told> for Act {
    fn from(told: Told) -> Self {
        Self {
            entry: told.id.as_str().into(),
            at: told.at,
            by: told.by,
            environment: told.environment,
            service: told.service.map(|arn| arn.as_str().into()),
            what: told.what,
            reason: told.reason,
            ended: told.ended,
            refused: told.refused,
            open: told.open,
        }
    }
}

/// How a line sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    /// Neither.
    Plain,
    /// It was done.
    Good,
    /// It was not, or nobody knows.
    Bad,
    /// Beside the point.
    Quiet,
}

/// One thing that was done or refused, with its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// The entry it began with.
    pub id: EntryId,
    /// When it began.
    pub at: Timestamp,
    /// The login name and machine.
    pub by: Text,
    /// Where, if it was about an environment.
    pub environment: Option<EnvironmentName>,
    /// The service, if it was about one.
    pub service: Option<ServiceArn>,
    /// What was asked, in a few words.
    pub what: Text,
    /// Why, as typed.
    pub reason: Text,
    /// How it ended, in a few words.
    pub ended: Text,
    /// Whether policy refused it.
    pub refused: bool,
    /// Whether nobody knows how it ended.
    pub open: bool,
    /// How it sounds.
    pub tone: Tone,
}

impl Told {
    /// The whole of it on one line.
    pub fn line(&self) -> String {
        let place = self.environment.as_ref().map(ToString::to_string);
        let reason = if self.reason.is_empty() {
            String::new()
        } else {
            format!(" “{}”", self.reason)
        };
        let at = self.at.strftime("%m-%d %H:%M:%SZ");
        let (what, by, place) = (&self.what, &self.by, place.unwrap_or_default());
        format!(
            "{at}  {:<12} {:<12} {what}{reason}: {} ({})",
            cut(by),
            place,
            self.ended,
            self.id
        )
    }
}

/// The name before the machine's.
fn cut(by: &str) -> &str {
    by.split('@').next().unwrap_or(by)
}

/// Every entry that began something, oldest first, each with how it ended.
pub fn told(entries: &[Entry]) -> Vec<Told> {
    let outcomes: BTreeMap<&EntryId, &Outcome> = entries
        .iter()
        .filter_map(|entry| {
            let Record::Outcome(outcome) = &entry.record else {
                return None;
            };
            Some((&outcome.intent, outcome))
        })
        .collect();
    let ends: BTreeMap<&EntryId, i64> = entries
        .iter()
        .filter_map(|entry| {
            let Record::SessionEnd(end) = &entry.record else {
                return None;
            };
            Some((&end.intent, end.milliseconds))
        })
        .collect();
    entries
        .iter()
        .filter_map(|entry| match &entry.record {
            Record::Intent(intent) => {
                let open = ends.get(&entry.id).copied();
                Some(asked(entry, intent, outcomes.get(&entry.id).copied(), open))
            }
            Record::Outcome(_)
            | Record::SessionEnd(_)
            | Record::Refused(_)
            | Record::Armed(_)
            | Record::Disarmed
            | Record::Healed { .. } => alone(entry),
        })
        .collect()
}

/// An entry nobody has told anything about yet.
fn plain(entry: &Entry) -> Told {
    Told {
        id: entry.id.clone(),
        at: entry.at,
        by: format!("{}@{}", entry.who.user, entry.who.host).into(),
        environment: None,
        service: None,
        what: Text::default(),
        reason: Text::default(),
        ended: Text::default(),
        refused: false,
        open: false,
        tone: Tone::Plain,
    }
}

/// A change that was asked for, with its end.
fn asked(entry: &Entry, intent: &Intent, outcome: Option<&Outcome>, open: Option<i64>) -> Told {
    let (ended, tone) = ending(outcome, open);
    let step = intent.step.as_ref().map(|step| format!(", {step}"));
    let glass = if intent.glass { ", glass broken" } else { "" };
    let (verb, name) = (&intent.verb, intent.target.name());
    let what = format!("{verb} {name}{}{glass}", step.unwrap_or_default());
    Told {
        environment: Some(intent.environment.clone()),
        service: Some(intent.target.clone()),
        what: what.into(),
        reason: intent.reason.clone(),
        ended,
        open: outcome.is_none_or(|one| one.ending == Ending::Unclear),
        tone,
        ..plain(entry)
    }
}

/// What stands alone; `None` for what ends something else.
fn alone(entry: &Entry) -> Option<Told> {
    let plain = plain(entry);
    Some(match &entry.record {
        Record::Refused(refused) => Told {
            environment: Some(refused.environment.clone()),
            service: Some(refused.target.clone()),
            what: format!("{} {}", refused.verb, refused.target.name()).into(),
            ended: format!("refused ({}): {}", refused.rule, refused.sentence).into(),
            refused: true,
            tone: Tone::Bad,
            ..plain
        },
        Record::Armed(armed) => Told {
            what: if armed.glass {
                "broke the glass".into()
            } else {
                "armed the console".into()
            },
            reason: armed.reason.clone(),
            ended: format!("until {}", armed.until.strftime("%H:%M:%SZ")).into(),
            tone: if armed.glass { Tone::Bad } else { Tone::Quiet },
            ..plain
        },
        Record::Disarmed => Told {
            what: "disarmed the console".into(),
            ended: "observing".into(),
            tone: Tone::Quiet,
            ..plain
        },
        Record::Healed { torn } => Told {
            what: "healed a torn line".into(),
            ended: torn.clone(),
            tone: Tone::Bad,
            ..plain
        },
        Record::Intent(_) | Record::Outcome(_) | Record::SessionEnd(_) => return None,
    })
}

fn ending(outcome: Option<&Outcome>, open: Option<i64>) -> (Text, Tone) {
    let Some(outcome) = outcome else {
        let words = "no outcome: a console died, or it is still on its way";
        return (words.into(), Tone::Bad);
    };
    let seconds = outcome.milliseconds / 1000;
    let words = match (outcome.ending, open) {
        (Ending::Done, Some(open)) => format!("done, open for {} s", open / 1000),
        (Ending::Done, None) => format!("done in {seconds} s"),
        (Ending::Refused, _) => format!("not asked of AWS: {}", outcome.words),
        (Ending::Failed, _) => format!("AWS refused: {}", outcome.words),
        (Ending::Unclear, _) => format!("nobody knows: {}", outcome.words),
    };
    let tone = match outcome.ending {
        Ending::Done => Tone::Good,
        Ending::Refused | Ending::Failed | Ending::Unclear => Tone::Bad,
    };
    (words.into(), tone)
}
