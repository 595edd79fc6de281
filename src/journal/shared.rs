//! What was found in the group a team shares. A line may be there twice (a console died before it knew
//! that AWS had taken it) and in any order; so each counts once, and a journal's order is that of its
//! seals and not of the times AWS filed its lines under.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;

use super::chain;
use super::entry::Entry;
use crate::estate::Timestamp;
use crate::estate::shared::Found;
use crate::estate::text::Text;

/// What a team did, out of all its journals.
#[derive(Debug, Default)]
pub struct SharedReading {
    /// Every entry once, in the order they were written.
    pub entries: Vec<Entry>,
    /// Journals it comes from.
    pub streams: usize,
    /// Lines that are no entries: altered, of a newer version, or somebody else's.
    pub unreadable: usize,
}

/// Puts the journals of a team together.
pub fn shared(lines: &[Found]) -> SharedReading {
    let mut reading = SharedReading::default();
    let mut seen = HashSet::new();
    let mut streams = HashSet::new();
    for found in lines {
        streams.insert(&found.stream);
        if !seen.insert(found.line.as_str()) {
            continue;
        }
        match serde_json::from_str(&found.line) {
            Ok(entry) => reading.entries.push(entry),
            Err(_) => reading.unreadable += 1,
        }
    }
    reading.entries.sort_by_key(|entry| entry.at);
    reading.streams = streams.len();
    reading
}

/// One journal as it was found, checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chain {
    /// Its stream.
    pub stream: Text,
    /// Lines whose seal is good, each once.
    pub good: usize,
    /// Lines that were there again.
    pub twice: usize,
    /// Whether it is there from its first line on; older ones go with the group's retention.
    pub from_the_start: bool,
    /// The first line that is bad.
    pub broken: Option<BadLine>,
}

/// A line that is not what was once written, or does not stand where it should.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BadLine {
    /// The time AWS filed it under.
    pub at: Timestamp,
    /// Its entry's id, or how it begins where that cannot be read.
    pub line: Text,
    /// What is wrong with it.
    pub what: &'static str,
}

/// Checks every seal of every journal in a group, and that none of their lines is missing between
/// others.
pub fn verify_shared(lines: &[Found]) -> Vec<Chain> {
    let mut streams: BTreeMap<&Text, Vec<&Found>> = BTreeMap::new();
    for found in lines {
        streams.entry(&found.stream).or_default().push(found);
    }
    let mut chains: Vec<Chain> = streams
        .into_iter()
        .map(|(stream, lines)| checked(stream, &lines))
        .collect();
    chains.sort_by(|one, other| one.stream.cmp(&other.stream));
    chains
}

const ALTERED: &str = "its seal is broken: it was altered";
const NOBODYS: &str = "this is no entry";
const MISSING: &str = "a line before it is missing, or was altered";
const FORKED: &str = "another line follows the same line";

fn checked(stream: &Text, lines: &[&Found]) -> Chain {
    let mut seen = HashSet::new();
    let mut once: Vec<&Found> = lines.to_vec();
    once.retain(|found| seen.insert(found.line.as_str()));
    let seals: HashMap<String, usize> = once
        .iter()
        .enumerate()
        .map(|(index, found)| (chain::check(found.line.as_bytes()).0, index))
        .collect();
    let (mut bad, mut heads) = (Vec::new(), Vec::new());
    let mut followed = HashSet::new();
    for (index, found) in once.iter().enumerate() {
        let line = found.line.as_bytes();
        let tie = chain::tie(line);
        match (chain::check(line).1, &tie) {
            (false, _) => bad.push((index, ALTERED)),
            (true, None) => bad.push((index, NOBODYS)),
            (true, Some(tie)) if !seals.contains_key(&**tie) => {
                heads.push((index, **tie == *chain::GENESIS));
            }
            (true, Some(tie)) if !followed.insert(tie.to_string()) => bad.push((index, FORKED)),
            (true, Some(_)) => {}
        }
    }
    // What was written first may be gone with the retention; a second beginning is a gap.
    heads
        .sort_by_key(|(index, genesis)| (!genesis, once.get(*index).map(|found| found.at), *index));
    let from_the_start = heads.first().is_some_and(|(_, genesis)| *genesis);
    bad.extend(heads.iter().skip(1).map(|(index, _)| (*index, MISSING)));
    let first = bad
        .iter()
        .filter_map(|(index, what)| Some((*once.get(*index)?, *index, *what)))
        .min_by_key(|(found, index, what)| (found.at, *what != ALTERED, *index));
    Chain {
        stream: stream.clone(),
        good: once.len() - bad.len(),
        twice: lines.len() - once.len(),
        from_the_start,
        broken: first.map(|(found, _, what)| BadLine {
            at: found.at,
            line: named(&found.line),
            what,
        }),
    }
}

/// The entry's id, or how the line begins.
fn named(line: &str) -> Text {
    match serde_json::from_str::<Entry>(line) {
        Ok(entry) => entry.id.as_str().into(),
        Err(_) => Text::clean(&line.chars().take(60).collect::<String>()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::Folder;
    use super::super::{Journal, told};
    use super::*;
    use crate::estate::SignedDuration;
    use crate::estate::shared::filed_at;
    use crate::policy::example::now;
    use crate::policy::{Arm, Terms};

    /// The lines of a journal as a group holds them.
    fn found(journal: &Journal) -> Vec<Found> {
        let mut share = journal.share("group").unwrap().unwrap();
        let lines = share.waiting().unwrap();
        let stream: Text = share.stream().into();
        lines
            .iter()
            .map(|one| Found {
                stream: stream.clone(),
                at: filed_at(one.at, now()),
                line: one.line.clone(),
            })
            .collect()
    }

    fn journal(folder: &Folder) -> Journal {
        let journal = folder.journal();
        for minute in 0..5 {
            let at = now() + SignedDuration::from_mins(minute);
            let arm = Arm::new(&format!("INC-{minute}"), at, &Terms::default(), false);
            journal.armed(&arm, Vec::new()).unwrap();
        }
        journal
    }

    fn broken(lines: &[Found]) -> (usize, Option<&'static str>) {
        let chains = verify_shared(lines);
        assert_eq!(chains.len(), 1);
        (
            chains[0].good,
            chains[0].broken.as_ref().map(|one| one.what),
        )
    }

    #[test]
    fn each_line_counts_once_in_whatever_order_it_came() {
        let folder = Folder::new();
        let mut lines = found(&journal(&folder));
        assert_eq!(broken(&lines), (5, None));
        lines.push(lines[1].clone());
        lines.reverse();
        assert_eq!(broken(&lines), (5, None));
        let chain = &verify_shared(&lines)[0];
        assert_eq!((chain.twice, chain.from_the_start), (1, true));
        let reading = shared(&lines);
        let reasons: Vec<_> = told(&reading.entries)
            .iter()
            .map(|one| one.reason.to_string())
            .collect();
        assert_eq!(reasons, ["INC-0", "INC-1", "INC-2", "INC-3", "INC-4"]);
        assert_eq!((reading.streams, reading.unreadable), (1, 0));
    }

    #[test]
    fn an_altered_a_missing_and_a_forged_line_are_found() {
        let folder = Folder::new();
        let lines = found(&journal(&folder));
        let mut altered = lines.clone();
        altered[2].line = altered[2].line.replace("INC-2", "INC-7");
        let chain = &verify_shared(&altered)[0];
        let bad = chain.broken.as_ref().unwrap();
        assert_eq!((bad.what, bad.at), (ALTERED, lines[2].at), "{bad:?}");

        let mut missing = lines.clone();
        missing.remove(2);
        let chain = &verify_shared(&missing)[0];
        assert_eq!(chain.broken.as_ref().unwrap().what, MISSING);
        assert_eq!(chain.broken.as_ref().unwrap().at, lines[3].at);

        let mut forged = lines.clone();
        let body = lines[4].line.replace("INC-4", "INC-9");
        let body = format!("{}}}", body.split(",\"seal\"").next().unwrap());
        forged.push(Found {
            line: chain::seal(&body),
            ..lines[4].clone()
        });
        assert_eq!(broken(&forged), (5, Some(FORKED)));

        let mut other = lines.clone();
        other[0].line = "hello".to_owned();
        assert!(verify_shared(&other)[0].broken.is_some());
    }

    #[test]
    fn what_went_with_the_retention_is_no_fault() {
        let folder = Folder::new();
        let lines = found(&journal(&folder));
        assert_eq!(broken(&lines[2..]), (3, None));
        assert!(!verify_shared(&lines[2..])[0].from_the_start);
    }
}
