//! A second person in the journal: asked for under a code, who came, and that a code is good once.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::entry::{EntryId, Record};
use super::{Journal, JournalError, file, reading};
use crate::estate::approval::{Approver, Code};
use crate::estate::change::Change;
use crate::estate::id::{AccountId, EnvironmentName, ServiceArn};
use crate::estate::identity::Identity;
use crate::estate::text::Text;
use crate::estate::{SignedDuration, Timestamp};
use crate::policy::Approved;

/// How long a code may be answered.
const OPEN_FOR: SignedDuration = SignedDuration::from_hours(1);

/// Somebody waits for a second person; the entry's id is the code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondAsked {
    /// The ARN of the caller who waits.
    pub caller: Text,
    /// The account.
    pub account: AccountId,
    /// The environment.
    pub environment: EnvironmentName,
    /// The verb.
    pub verb: Text,
    /// What it is about.
    pub target: ServiceArn,
}

/// Somebody is about to approve what another asked for; in the journal of whoever approves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// The ARN of the caller who approves.
    pub caller: Text,
    /// The account.
    pub account: AccountId,
    /// The environment.
    pub environment: EnvironmentName,
    /// The verb.
    pub verb: Text,
    /// What it is about.
    pub target: ServiceArn,
    /// The code: an entry of the other's journal.
    pub code: Text,
    /// Digest of exactly what is approved.
    pub subject: Text,
    /// Why, as typed.
    pub reason: Text,
}

/// The second person of a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seconded {
    /// Their ARN, as STS named it.
    pub caller: Text,
    /// The entry that asked for them.
    pub code: Text,
    /// Why, in their words.
    pub reason: Text,
    /// When they signed.
    pub at: Timestamp,
    /// Digest of exactly what they approved.
    pub subject: Text,
    /// SHA-256 of their token; the token itself is never kept.
    pub token: Text,
}

impl Seconded {
    pub(super) fn of(second: &Approver) -> Self {
        Self {
            caller: second.caller.clone(),
            code: second.code.id().into(),
            reason: second.reason.clone(),
            at: second.signed_at,
            subject: second.subject.clone(),
            token: second.token.clone(),
        }
    }
}

impl Journal {
    /// Writes that a second person is asked for; what comes back is the code to tell them. On
    /// the disk when it returns.
    ///
    /// # Errors
    /// When the journal takes no line: then nobody is asked.
    pub fn ask_for_second(
        &self,
        change: &Change,
        caller: &Identity,
        now: Timestamp,
    ) -> Result<Code, JournalError> {
        let target = change.target();
        let asked = SecondAsked {
            caller: caller.arn.clone(),
            account: target.account.clone(),
            environment: target.environment.clone(),
            verb: change.verb().into(),
            target: target.service.clone(),
        };
        let id = self.append(now, &Record::SecondAsked(Box::new(asked)))?;
        Ok(Code::of(target, id.as_str()))
    }

    /// Writes that `caller` is about to approve `change` under `code`: the digest of exactly
    /// that, and why. On the disk when it returns.
    ///
    /// # Errors
    /// When the journal takes no line: then nothing is approved.
    pub fn approve(
        &self,
        (change, caller): (&Change, &Identity),
        code: &Code,
        (subject, reason): (&Text, &Text),
        now: Timestamp,
    ) -> Result<EntryId, JournalError> {
        let target = change.target();
        let approval = Approval {
            caller: caller.arn.clone(),
            account: target.account.clone(),
            environment: target.environment.clone(),
            verb: change.verb().into(),
            target: target.service.clone(),
            code: code.id().into(),
            subject: subject.clone(),
            reason: reason.clone(),
        };
        self.append(now, &Record::Approval(Box::new(approval)))
    }

    /// Appends the intent of what was `approved`. Under the writer's lock it is made sure that a
    /// second person was asked for from here and that their word was not used before, so that
    /// two consoles cannot use it at once.
    pub(super) fn append_intent(
        &self,
        approved: &Approved,
        record: &Record,
    ) -> Result<EntryId, JournalError> {
        let check = |path: &Path| match approved.second() {
            Some(second) => is_open(path, approved, second),
            None => Ok(()),
        };
        file::append_if(self, approved.decided_at(), record, check)
    }
}

/// Whether the code of `second` was asked for about this change, and not used since.
fn is_open(path: &Path, approved: &Approved, second: &Approver) -> Result<(), JournalError> {
    let (change, id) = (approved.change(), second.code.id());
    let entries = reading::read_since(path, approved.decided_at() - OPEN_FOR)?;
    let asked = entries.iter().any(|entry| {
        matches!(&entry.record, Record::SecondAsked(asked)
            if entry.id.as_str() == id
                && asked.target == change.target().service
                && *asked.verb == *change.verb())
    });
    let used = entries.iter().any(|entry| {
        let intent = entry.record.intent();
        let used = intent.and_then(|intent| intent.second.as_ref());
        used.is_some_and(|used| *used.code == *id)
    });
    match (asked, used) {
        (_, true) => Err(JournalError::Second("that approval was used already")),
        (false, false) => Err(JournalError::Second(
            "nobody asked for that approval from here within the last hour",
        )),
        (true, false) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::Folder;
    use super::*;
    use crate::estate::approval::example::bob;
    use crate::policy::example::{Desk, caller, moved, now, redeploy};
    use crate::policy::{Decision, decide};

    /// What bob approved under `code`.
    fn approved(code: &Code) -> Approved {
        let mut desk: Desk = moved();
        let seen = desk.examination.clone().unwrap();
        let mut second = bob(&redeploy(), &seen, now());
        second.code = code.clone();
        second.subject =
            crate::estate::approval::digest(&redeploy(), seen.known_images(), code, &second.reason);
        desk.second = Some(second);
        match decide(&redeploy(), &desk.facts()) {
            Decision::Allow(approved) => approved,
            refused @ (Decision::Ask(_) | Decision::Deny(_)) => panic!("{refused:?}"),
        }
    }

    #[test]
    fn a_code_is_good_once_and_only_where_it_was_asked_for() {
        let folder = Folder::new();
        let journal = folder.journal();
        let elsewhere = Code::of(redeploy().target(), "0123456789ab");
        let refused = |code: &Code| {
            let error = journal.intend(&approved(code), &caller()).unwrap_err();
            error.to_string()
        };
        let before = "nobody asked for that approval from here within the last hour";
        assert_eq!(refused(&elsewhere), before);

        let minutes = SignedDuration::from_mins;
        let ask = |ago| journal.ask_for_second(&redeploy(), &caller(), now() - minutes(ago));
        assert_eq!(refused(&ask(61).unwrap()), before, "it is too long ago");
        let code = ask(1).unwrap();
        journal.intend(&approved(&code), &caller()).unwrap();
        assert_eq!(refused(&code), "that approval was used already");
        assert_eq!(
            journal.verify().unwrap(),
            3,
            "what was refused left no line"
        );

        let entries = journal.entries().unwrap().entries;
        let second = entries[2].record.intent().unwrap().second.as_ref().unwrap();
        assert_eq!(
            &*second.caller,
            "arn:aws:sts::123456789012:assumed-role/ops/bob"
        );
        assert_eq!(&*second.code, code.id());
    }
}
