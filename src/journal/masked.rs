//! What people typed, without its secrets. A reason may hold a token by mistake; a journal is read by
//! many and kept for years, and a line cannot be altered once it is sealed. So secrets are masked
//! before the line is, by the rules for log lines.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::Journal;
use super::entry::Record;
use crate::estate::log::Masks;
use crate::estate::text::Text;

/// What is masked where the settings say nothing.
static BUILT_IN: LazyLock<Masks> = LazyLock::new(Masks::default);

impl Journal {
    /// The record as it is written: reasons and commands without what looks like a secret.
    pub(super) fn masked<'a>(&self, record: &'a Record) -> Cow<'a, Record> {
        let masks = self.masks.as_ref().unwrap_or_else(|| &BUILT_IN);
        let mut masked = record.clone();
        for typed in typed(&mut masked) {
            if let Cow::Owned(clean) = masks.apply(typed) {
                *typed = clean.into();
            }
        }
        if masked == *record {
            return Cow::Borrowed(record);
        }
        Cow::Owned(masked)
    }
}

/// Everything in a record that a person typed freely.
fn typed(record: &mut Record) -> Vec<&mut Text> {
    match record {
        Record::Intent(intent) => {
            let session = intent.session.as_mut().map(|one| &mut one.what);
            let second = intent.second.as_mut().map(|one| &mut one.reason);
            let more = session.into_iter().chain(second);
            [&mut intent.reason, &mut intent.armed]
                .into_iter()
                .chain(more)
                .collect()
        }
        Record::Approval(approval) => vec![&mut approval.reason],
        Record::Armed(armed) => vec![&mut armed.reason],
        Record::Outcome(_)
        | Record::SessionEnd(_)
        | Record::Refused(_)
        | Record::SecondAsked(_)
        | Record::Disarmed
        | Record::Followed(_)
        | Record::Healed { .. } => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::Folder;
    use super::super::told;
    use super::*;
    use crate::policy::example::now;
    use crate::policy::{Arm, Terms};

    #[test]
    fn a_secret_in_a_reason_is_never_written() {
        let folder = Folder::new();
        let own = Masks::with(&["hunter[0-9]".to_owned()]).unwrap();
        let journal = folder.journal();
        let arm = |words: &str| Arm::new(words, now(), &Terms::default(), false);
        let typed = "INC-42 password=correct-horse AKIAABCDEFGHIJKLMNOP hunter2";
        journal.armed(&arm(typed), Vec::new()).unwrap();
        let journal = journal.masking(own);
        journal.armed(&arm(typed), Vec::new()).unwrap();
        let entries = journal.entries().unwrap().entries;
        let reasons = told(&entries).into_iter().map(|one| one.reason.to_string());
        let reasons: Vec<String> = reasons.collect();
        assert_eq!(
            reasons,
            [
                "INC-42 password=[masked] [masked] hunter2",
                "INC-42 password=[masked] [masked] [masked]"
            ]
        );
        assert_eq!(
            journal.verify().unwrap(),
            2,
            "the seal is over what is written"
        );
    }
}
