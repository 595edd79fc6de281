//! Entries as people read them: what was asked and how it ended, on one line.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::estate::Timestamp;
use crate::estate::handoff::Act;
use crate::estate::id::{EnvironmentName, ServiceArn};
use crate::estate::identity;
use crate::estate::text::Text;

use super::entry::{Ending, Entry, EntryId, FollowEnd, Intent, Outcome, Record, SessionEnd};

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
        self.by(cut(&self.by), 12)
    }

    /// The same with the machine it was done from, where several people's are told.
    pub fn line_of_team(&self) -> String {
        self.by(&self.by, 24)
    }

    fn by(&self, by: &str, width: usize) -> String {
        let place = self.environment.as_ref().map(ToString::to_string);
        let reason = if self.reason.is_empty() {
            String::new()
        } else {
            format!(" “{}”", self.reason)
        };
        let at = self.at.strftime("%m-%d %H:%M:%SZ");
        let (what, place, ended) = (&self.what, place.unwrap_or_default(), &self.ended);
        format!(
            "{at}  {by:<width$} {place:<12} {what}{reason}: {ended} ({})",
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
    let ends = Ends::of(entries);
    entries
        .iter()
        .filter_map(|entry| match entry.record.intent() {
            Some(intent) => Some(asked(entry, intent, &ends)),
            None => alone(entry),
        })
        .collect()
}

/// What ended which intent.
#[derive(Default)]
struct Ends<'a> {
    outcomes: BTreeMap<&'a EntryId, &'a Outcome>,
    sessions: BTreeMap<&'a EntryId, &'a SessionEnd>,
    followed: BTreeMap<&'a EntryId, &'a FollowEnd>,
}

impl<'a> Ends<'a> {
    fn of(entries: &'a [Entry]) -> Self {
        let mut ends = Self::default();
        for entry in entries {
            match &entry.record {
                Record::Outcome(outcome) => {
                    ends.outcomes.insert(&outcome.intent, outcome);
                }
                Record::SessionEnd(end) => {
                    ends.sessions.insert(&end.intent, end);
                }
                Record::Followed(end) => {
                    ends.followed.insert(&end.intent, end);
                }
                Record::Intent(_)
                | Record::Refused(_)
                | Record::SecondAsked(_)
                | Record::Approval(_)
                | Record::Armed(_)
                | Record::Disarmed
                | Record::Healed { .. } => {}
            }
        }
        ends
    }

    /// How the intent `id` ended, and how that sounds.
    fn words(&self, id: &EntryId) -> (Text, Tone) {
        let Some(outcome) = self.outcomes.get(id) else {
            let words = "no outcome: a console died, or it is still on its way";
            return (words.into(), Tone::Bad);
        };
        let seconds = outcome.milliseconds / 1000;
        let session = self.sessions.get(id).map(|end| end.milliseconds / 1000);
        let words = match (outcome.ending, session) {
            (Ending::Done, Some(open)) => format!("done, open for {open} s"),
            (Ending::Done, None) => format!("done in {seconds} s"),
            (Ending::Refused, _) => format!("not asked of AWS: {}", outcome.words),
            (Ending::Failed, _) => format!("AWS refused: {}", outcome.words),
            (Ending::Unclear, _) => format!("nobody knows: {}", outcome.words),
        };
        if let Some(end) = self.followed.get(id) {
            let tone = if &*end.end == "healthy" {
                Tone::Good
            } else {
                Tone::Bad
            };
            let seconds = end.milliseconds / 1000;
            let words = format!("{words}; followed for {seconds} s: {}", end.words);
            return (words.into(), tone);
        }
        let tone = match outcome.ending {
            Ending::Done => Tone::Good,
            Ending::Refused | Ending::Failed | Ending::Unclear => Tone::Bad,
        };
        (words.into(), tone)
    }
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
fn asked(entry: &Entry, intent: &Intent, ends: &Ends<'_>) -> Told {
    let (ended, tone) = ends.words(&entry.id);
    let outcome = ends.outcomes.get(&entry.id);
    let step = intent.step.as_ref().map(|step| format!(", {step}"));
    let glass = if intent.glass { ", glass broken" } else { "" };
    let (verb, name) = (&intent.verb, intent.target.name());
    let second = intent.second.as_ref().map(|second| {
        let (who, why) = (identity::short(&second.caller), &second.reason);
        format!(", approved by {who} “{why}”")
    });
    let (step, second) = (step.unwrap_or_default(), second.unwrap_or_default());
    let what = format!("{verb} {name}{step}{glass}{second}");
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
        Record::SecondAsked(asked) => Told {
            environment: Some(asked.environment.clone()),
            service: Some(asked.target.clone()),
            what: format!("{} {}", asked.verb, asked.target.name()).into(),
            ended: "asked for a second person under this code".into(),
            tone: Tone::Quiet,
            ..plain
        },
        Record::Approval(approval) => Told {
            environment: Some(approval.environment.clone()),
            service: Some(approval.target.clone()),
            what: format!("approved {} {}", approval.verb, approval.target.name()).into(),
            reason: approval.reason.clone(),
            ended: format!("code {}", approval.code).into(),
            tone: Tone::Quiet,
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
        Record::Intent(_) | Record::Outcome(_) | Record::SessionEnd(_) | Record::Followed(_) => {
            return None;
        }
    })
}
