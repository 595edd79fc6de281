#![expect(
    clippy::disallowed_methods,
    reason = "the journal is a file, and its tests damage it"
)]

use std::io::Write;
use std::os::unix::fs::PermissionsExt;

use super::example::Folder;
use super::*;
use crate::estate::history::DeedEnding;
use crate::policy::example as desk;

fn intend(journal: &Journal) -> EntryId {
    journal.intend(&desk::approved(), &desk::caller()).unwrap()
}

fn ended(intent: &EntryId) -> Outcome {
    Outcome {
        intent: intent.clone(),
        ending: Ending::Done,
        words: "".into(),
        request_id: Some("8f2c".into()),
        deployment: None,
        service_deployment: None,
        session_id: None,
        milliseconds: 80,
    }
}

fn text(journal: &Journal) -> String {
    std::fs::read_to_string(journal.path()).unwrap()
}

#[test]
fn an_intent_and_its_outcome_are_two_lines() {
    let folder = Folder::new();
    let journal = folder.journal();
    assert_eq!(journal.verify().unwrap(), 0, "no file is an empty journal");
    let intent = intend(&journal);
    assert_eq!(journal.unfinished().unwrap()[0].id, intent);
    journal.outcome(ended(&intent), desk::now()).unwrap();
    assert!(journal.unfinished().unwrap().is_empty());
    assert_eq!(journal.verify().unwrap(), 2);
    let entries = journal.entries().unwrap().entries;
    let Record::Intent(written) = &entries[0].record else {
        panic!("{entries:?}");
    };
    assert_eq!(
        (&*written.typed, &*written.reason),
        ("orders", "OPS-17 connections leak")
    );
    assert_eq!(&*written.belief.len().to_string(), "64");
    insta::assert_snapshot!(text(&journal));
}

#[test]
fn what_was_done_is_told_to_the_timeline() {
    use crate::estate::history::DeedEnding;
    let folder = Folder::new();
    let journal = folder.journal();
    let long_ago = Timestamp::UNIX_EPOCH;
    assert_eq!(
        journal.deeds(long_ago).unwrap(),
        [],
        "no file, nothing done"
    );
    let intent = intend(&journal);
    let told = journal.deeds(long_ago).unwrap();
    assert_eq!(told[0].ending, DeedEnding::Unclear, "a console died here");
    journal.outcome(ended(&intent), desk::now()).unwrap();
    let told = journal.deeds(long_ago).unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].ending, DeedEnding::Done);
    assert_eq!(
        (&*told[0].verb, &*told[0].reason),
        ("redeploy", "OPS-17 connections leak")
    );
    let later = desk::now() + crate::estate::SignedDuration::from_secs(1);
    assert_eq!(journal.deeds(later).unwrap(), []);
}

#[test]
fn nobody_else_may_read_it() {
    let folder = Folder::new();
    let journal = folder.journal();
    intend(&journal);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&journal.path()), 0o600);
    assert_eq!(mode(journal.path().parent().unwrap()), 0o700);
}

#[test]
fn a_torn_line_is_told_and_healed_without_losing_it() {
    let folder = Folder::new();
    let journal = folder.journal();
    intend(&journal);
    let whole = text(&journal);
    let torn = &whole[..whole.len() / 2];
    std::fs::write(journal.path(), format!("{whole}{torn}")).unwrap();
    let reading = journal.entries().unwrap();
    assert_eq!(
        (reading.entries.len(), reading.torn.as_deref()),
        (1, Some(torn))
    );
    intend(&journal);
    let reading = journal.entries().unwrap();
    assert_eq!(reading.torn, None);
    assert_eq!(
        reading.entries[1].record,
        Record::Healed { torn: torn.into() }
    );
    assert_eq!(journal.verify().unwrap(), 3);
}

/// Every place a writer can die in: the next console goes on, and nothing whole is lost.
#[test]
fn a_line_torn_anywhere_heals() {
    let folder = Folder::new();
    let journal = folder.journal();
    let first = intend(&journal);
    journal.outcome(ended(&first), desk::now()).unwrap();
    let whole = text(&journal);
    let first_end = whole.find('\n').unwrap();
    let ends = [first_end, first_end + 1, whole.len() - 1, whole.len()];
    for cut in (0..whole.len()).step_by(7).chain(ends) {
        std::fs::write(journal.path(), &whole[..cut]).unwrap();
        let next = intend(&journal);
        let intended = usize::from(cut >= first_end); // a missing line break loses nothing
        let ended = usize::from(cut >= whole.len() - 1);
        let torn = usize::from(
            ![0, first_end, first_end + 1, whole.len() - 1, whole.len()].contains(&cut),
        );
        assert_eq!(
            journal.verify().unwrap(),
            intended + ended + torn + 1,
            "cut at {cut}"
        );
        let unfinished = journal.unfinished().unwrap();
        assert_eq!(unfinished.len(), intended - ended + 1, "cut at {cut}");
        assert_eq!(unfinished.last().unwrap().id, next);
    }
}

#[test]
fn a_flipped_bit_is_found_in_its_line() {
    let folder = Folder::new();
    let journal = folder.journal();
    for _ in 0..5 {
        intend(&journal);
    }
    let whole = text(&journal).into_bytes();
    let length = whole.len() / 5;
    for line in 0..5 {
        let mut altered = whole.clone();
        altered[line * length + length / 2] ^= 1;
        std::fs::write(journal.path(), altered).unwrap();
        let error = journal.verify().unwrap_err().to_string();
        let place = format!("journal.jsonl, line {}: its seal is broken", line + 1);
        assert!(error.contains(&place), "{error}");
    }
}

#[test]
fn a_removed_line_is_found() {
    let folder = Folder::new();
    let journal = folder.journal();
    for _ in 0..3 {
        intend(&journal);
    }
    let text = text(&journal);
    let lines: Vec<&str> = text.lines().collect();
    std::fs::write(journal.path(), format!("{}\n{}\n", lines[0], lines[2])).unwrap();
    let error = journal.verify().unwrap_err().to_string();
    assert!(error.contains("line 2: it does not follow"), "{error}");
}

#[test]
fn a_line_of_a_newer_version_hides_nothing() {
    let folder = Folder::new();
    let journal = folder.journal();
    let first = intend(&journal);
    let previous = chain::check(text(&journal).trim_end().as_bytes()).0;
    let newer = chain::seal(&format!(r#"{{"kind":"prophecy","previous":"{previous}"}}"#));
    let mut file = file::open_to_append(&journal.path()).unwrap();
    writeln!(file, "{newer}").unwrap();
    intend(&journal);
    let reading = journal.entries().unwrap();
    assert_eq!((reading.entries.len(), reading.unreadable), (2, vec![2]));
    assert_eq!(journal.unfinished().unwrap()[0].id, first);
    assert_eq!(journal.verify().unwrap(), 3);
}

/// Files are put aside when they are large; the chain runs over all of them.
#[test]
fn the_chain_runs_over_files_put_aside() {
    let folder = Folder::new();
    let mut journal = folder.journal();
    journal.largest = 1_000;
    let ids: Vec<EntryId> = (0..8).map(|_| intend(&journal)).collect();
    let aside = file::put_aside_in(&journal.folder).unwrap();
    assert!(aside.len() >= 3, "{aside:?}");
    assert_eq!(journal.verify().unwrap(), 8);
    let read = journal.entries().unwrap().entries;
    assert_eq!(
        read.iter().map(|one| one.id.clone()).collect::<Vec<_>>(),
        ids
    );
    let first = std::fs::read(&aside[0]).unwrap();
    let mut altered = first.clone();
    altered[40] ^= 1;
    std::fs::write(&aside[0], altered).unwrap();
    let error = journal.verify().unwrap_err().to_string();
    assert!(
        error.contains("journal-000001.jsonl, line 1: its seal"),
        "{error}"
    );
    std::fs::write(&aside[0], first).unwrap();
    std::fs::remove_file(&aside[1]).unwrap();
    let error = journal.verify().unwrap_err().to_string();
    assert!(
        error.contains("it does not follow"),
        "a whole file is gone: {error}"
    );
}

#[test]
fn deeds_are_what_was_done_lately_and_not_what_was_refused() {
    let folder = Folder::new();
    let journal = folder.journal();
    let now = desk::now();
    let terms = crate::policy::Terms::default();
    let (done, refused) = (intend(&journal), intend(&journal));
    journal.outcome(ended(&done), now).unwrap();
    let nothing = Outcome {
        ending: Ending::Failed,
        ..ended(&refused)
    };
    journal.outcome(nothing, now).unwrap();
    let open = intend(&journal);
    let deeds = journal.deeds(terms.looks_back_to(now)).unwrap();
    let endings: Vec<DeedEnding> = deeds.iter().map(|one| one.ending.clone()).collect();
    let expected = [DeedEnding::Done, DeedEnding::Failed, DeedEnding::Unclear];
    assert_eq!(endings, expected, "{open} is unclear");
    let later = now + crate::estate::SignedDuration::from_mins(16);
    assert!(
        journal
            .deeds(terms.looks_back_to(later))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn what_was_done_and_refused_is_told_in_a_line_each() {
    let folder = Folder::new();
    let journal = folder.journal();
    let terms = crate::policy::Terms::default();
    let arm = crate::policy::Arm::new("OPS-17", desk::now(), &terms, true);
    journal.armed(&arm, vec![desk::caller().arn]).unwrap();
    let done = intend(&journal);
    journal.outcome(ended(&done), desk::now()).unwrap();
    let reason = crate::policy::Reason {
        rule: "frozen",
        sentence: "frozen: year's end".into(),
        alternative: "wait",
    };
    journal
        .refused(&desk::redeploy(), &reason, desk::now())
        .unwrap();
    journal.disarmed(desk::now()).unwrap();
    intend(&journal);
    let lines: Vec<String> = told(&journal.entries().unwrap().entries)
        .iter()
        .map(|one| one.line().split(" (").next().unwrap_or_default().to_owned())
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
    assert_eq!(journal.verify().unwrap(), 6);
}

#[test]
fn two_consoles_write_one_chain() {
    let folder = Folder::new();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let journal = folder.journal();
                for _ in 0..25 {
                    let intent = intend(&journal);
                    journal.outcome(ended(&intent), desk::now()).unwrap();
                }
            });
        }
    });
    let journal = folder.journal();
    assert_eq!(journal.verify().unwrap(), 100);
    assert!(journal.unfinished().unwrap().is_empty());
    let ids: std::collections::BTreeSet<EntryId> = journal
        .entries()
        .unwrap()
        .entries
        .into_iter()
        .map(|entry| entry.id)
        .collect();
    assert_eq!(ids.len(), 100);
}

/// A file where the folder should be stops even root, whom permissions do not.
#[test]
fn a_journal_that_cannot_be_written_says_so() {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.path()).unwrap();
    let journal = folder.journal();
    assert_eq!(journal.state(), JournalState::Writable);
    std::fs::remove_dir_all(folder.path().join("journal")).unwrap();
    std::fs::write(folder.path().join("journal"), "in the way").unwrap();
    let JournalState::Unwritable(why) = journal.state() else {
        panic!("a file is no folder");
    };
    assert!(why.starts_with("cannot create "), "{why}");
    let refused = journal.intend(&desk::approved(), &desk::caller());
    assert!(matches!(refused, Err(JournalError::File { .. })));
}
