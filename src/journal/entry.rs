//! What a line of the journal says.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::estate::Timestamp;
use crate::estate::change::Belief;
use crate::estate::follow::Aim;
use crate::estate::id::{
    AccountId, DeploymentId, EnvironmentName, Region, ServiceArn, ServiceDeploymentArn, TaskArn,
};
use crate::estate::identity::Identity;
use crate::estate::session::{Place, Purpose, Session};
use crate::estate::text::Text;
use crate::policy::Approved;

use super::second::{Approval, SecondAsked, Seconded};
use super::{JournalError, Who, chain};

/// What names an entry: twelve hexadecimal digits, unique because they come from the seal of
/// the line before. Short enough to ride in the user agent's app name (aws.md 8.3).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryId(Text);

impl EntryId {
    /// An id that was handed out before.
    pub(super) const fn new(digits: Text) -> Self {
        Self(digits)
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name.
    pub id: EntryId,
    /// When.
    pub at: Timestamp,
    /// Who wrote it.
    #[serde(flatten)]
    pub who: Who,
    /// What it records.
    #[serde(flatten)]
    pub record: Record,
    /// The seal of the line before it; sixty-four zeros in the first.
    pub previous: Text,
}

/// What an entry records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Record {
    /// A change is about to be asked for.
    Intent(Box<Intent>),
    /// How it ended.
    Outcome(Outcome),
    /// A session that had been opened is over.
    SessionEnd(SessionEnd),
    /// Policy refused what a person asked for; AWS was never asked.
    Refused(Box<Refused>),
    /// A second person is asked for.
    SecondAsked(Box<SecondAsked>),
    /// Somebody is about to approve what another asked for.
    Approval(Box<Approval>),
    /// Somebody armed the console, or broke the glass.
    Armed(Armed),
    /// Somebody took the arm away.
    Disarmed,
    /// A change that was followed came to its end.
    Followed(FollowEnd),
    /// A writer died in the middle of a line; this is what it had written.
    Healed {
        /// The torn line.
        torn: Text,
    },
}

impl Record {
    /// The change it says was about to be asked for.
    pub fn intent(&self) -> Option<&Intent> {
        if let Self::Intent(intent) = self {
            Some(intent)
        } else {
            None
        }
    }

    /// The end it tells.
    pub fn outcome(&self) -> Option<&Outcome> {
        if let Self::Outcome(outcome) = self {
            Some(outcome)
        } else {
            None
        }
    }
}

/// What policy refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The account.
    pub account: AccountId,
    /// The environment.
    pub environment: EnvironmentName,
    /// The verb.
    pub verb: Text,
    /// What it was about.
    pub target: ServiceArn,
    /// The rule that decided.
    pub rule: Text,
    /// Its sentence.
    pub sentence: Text,
}

/// A console that may alter production for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Armed {
    /// Why, as typed.
    pub reason: Text,
    /// Until when.
    pub until: Timestamp,
    /// Whether the glass was broken.
    pub glass: bool,
    /// The callers' ARNs, one for each environment that had said who asks.
    pub callers: Vec<Text>,
}

/// A change about to be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// The caller's ARN as AWS knows it.
    pub caller: Text,
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: Region,
    /// The environment.
    pub environment: EnvironmentName,
    /// The verb (`redeploy`).
    pub verb: Text,
    /// What it is about.
    pub target: ServiceArn,
    /// SHA-256 of what was believed about the target, in hexadecimal digits.
    pub belief: Text,
    /// What was typed to confirm.
    pub typed: Text,
    /// Why, as typed.
    pub reason: Text,
    /// Why the console was armed, where that was said apart from the reason.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub armed: Text,
    /// Whether the glass was broken for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub glass: bool,
    /// The second person, where one was needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<Seconded>,
    /// The step of a whole environment this is, in words; a saved record stands in it whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Text>,
    /// What AWS has to show before it counts as done, where it is followed.
    #[serde(default, skip_serializing_if = "Aim::is_unsaid")]
    pub aim: Aim,
    /// For a session: where exactly, and what for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Entered>,
}

/// Where a session leads, and what for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entered {
    /// The task; a node is the entry's own target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskArn>,
    /// The container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<Text>,
    /// The command AWS gets, or `HOST:PORT` of a forwarded port. What looks like a secret in a
    /// command is masked; `CloudTrail` keeps it as it was.
    pub what: Text,
    /// Minutes until the console ends it.
    pub minutes: u32,
}

impl Entered {
    fn of(session: &Session) -> Self {
        let what = match &session.purpose {
            Purpose::Shell | Purpose::Command(_) => session.command().unwrap_or_default().into(),
            Purpose::Forward { host, port } => {
                let host = host.as_deref().unwrap_or("localhost");
                format!("{host}:{port}").into()
            }
        };
        let (task, container) = match &session.place {
            Place::Container {
                task, container, ..
            } => (Some(task.clone()), Some(container.clone())),
            Place::Node { .. } => (None, None),
        };
        Self {
            task,
            container,
            what,
            minutes: session.minutes,
        }
    }
}

impl Intent {
    pub(super) fn of(approved: &Approved, caller: &Identity) -> Self {
        let change = approved.change();
        let target = change.target();
        Self {
            caller: caller.arn.clone(),
            account: target.account.clone(),
            region: target.region.clone(),
            environment: target.environment.clone(),
            verb: change.verb().into(),
            target: target.service.clone(),
            belief: digest(&target.belief),
            typed: approved.typed().into(),
            reason: approved.reason().into(),
            session: change.session().map(Entered::of),
            second: approved.second().map(Seconded::of),
            step: change.detail().map(Into::into),
            aim: change.aim(),
            armed: approved
                .armed()
                .map(|(why, _)| why)
                .unwrap_or_default()
                .into(),
            glass: approved.armed().is_some_and(|(_, glass)| glass),
        }
    }

    /// One step of `approved` about `target`.
    pub(super) fn of_step(
        approved: &Approved,
        caller: &Identity,
        (target, words): (&ServiceArn, String),
    ) -> Self {
        Self {
            target: target.clone(),
            step: Some(words.into()),
            aim: Aim::Unsaid,
            ..Self::of(approved, caller)
        }
    }
}

fn digest(belief: &Belief) -> Text {
    let mut hash = Sha256::new();
    hash.update(belief.task_definition.as_str());
    hash.update(format!("\n{}", belief.desired));
    for deployment in &belief.deployments {
        hash.update(format!("\n{deployment}"));
    }
    chain::hexadecimal(&hash.finalize()).into()
}

fn is_nothing(text: &Text) -> bool {
    text.as_str().is_empty()
}

/// How a change ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The intent this ends.
    pub intent: EntryId,
    /// Done, refused, failed or unclear.
    pub ending: Ending,
    /// One sentence, empty when it is done.
    pub words: Text,
    /// AWS's id of the request, where one was answered.
    pub request_id: Option<Text>,
    /// The deployment it began, where AWS named it.
    pub deployment: Option<DeploymentId>,
    /// The service deployment to follow, where AWS named it.
    pub service_deployment: Option<ServiceDeploymentArn>,
    /// The session it opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<Text>,
    /// From intent to outcome, in milliseconds.
    pub milliseconds: i64,
}

/// How a change that AWS took ended in the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowEnd {
    /// The intent that began it.
    pub intent: EntryId,
    /// `healthy`, `unhealthy` or `failed`.
    pub end: Text,
    /// The same in a sentence.
    pub words: Text,
    /// From intent to end, in milliseconds.
    pub milliseconds: i64,
}

/// How a session ended. An opened session without this was lost sight of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionEnd {
    /// The intent that opened it.
    pub intent: EntryId,
    /// AWS's id of it.
    pub session_id: Text,
    /// Why it ended, in a few words.
    pub words: Text,
    /// How long it was open, in milliseconds.
    pub milliseconds: i64,
    /// Whether AWS was told to end it, or had ended it itself.
    pub terminated: bool,
    /// Whether AWS records it, in the doctor's words.
    pub aws: Text,
    /// The console's own recording, where it made one.
    pub recording: Option<Text>,
}

/// How a change ended, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Ending {
    /// AWS took it.
    Done,
    /// AWS was never asked: something had moved, or the second look failed.
    Refused,
    /// AWS said no, and nothing changed.
    Failed,
    /// Nobody knows whether AWS did it: the answer was lost.
    Unclear,
}

impl Entry {
    pub(super) fn new(
        at: Timestamp,
        who: &Who,
        previous: &str,
        record: &Record,
    ) -> Result<Self, JournalError> {
        let seed = format!("{previous}{at}{}", serde_json::to_string(record)?);
        let digest = chain::hexadecimal(&Sha256::digest(seed));
        Ok(Self {
            id: EntryId(digest.get(..12).unwrap_or(&digest).into()),
            at,
            who: who.clone(),
            record: record.clone(),
            previous: previous.into(),
        })
    }
}
