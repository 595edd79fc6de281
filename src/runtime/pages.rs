//! The journal, and that of the team, as pages of text.

use crate::app::screen::page::{Line, Page, Shows, Voice};
use crate::estate::Timestamp;
use crate::estate::problem::Problem;
use crate::estate::shared::{Found, Sharing, entries};
use crate::estate::words::counted;
use crate::journal::{self, Journal, Tone, told};

/// The newest entry first, with what is wrong with the journal on top, and how far the team has it.
pub(super) fn journal(journal: &Journal, sharing: Option<&Sharing>, now: Timestamp) -> Page {
    let mut lines = Vec::new();
    match journal.verify() {
        Ok(good) => {
            let words = format!("{good} lines, every seal is good");
            lines.push(Line::new(words, Voice::Good));
        }
        Err(error) => lines.push(Line::new(error.to_string(), Voice::Bad)),
    }
    let path = journal.path().display().to_string();
    lines.push(Line::new(path, Voice::Quiet));
    lines.extend(sharing.into_iter().flat_map(|sharing| shared(sharing, now)));
    lines.push(Line::new("", Voice::Plain));
    match journal.entries() {
        Ok(reading) => {
            if let Some(torn) = &reading.torn {
                let words = format!("torn, healed by the next line: {torn}");
                lines.push(Line::new(words, Voice::Warn));
            }
            if reading.entries.is_empty() {
                let words = "nothing was done or refused from here yet";
                lines.push(Line::new(words, Voice::Plain));
            }
            let told = told(&reading.entries).into_iter().rev();
            lines.extend(told.map(|one| Line::new(one.line(), voice(one.tone))));
        }
        Err(error) => lines.push(Line::new(error.to_string(), Voice::Bad)),
    }
    Page {
        title: "the journal, newest first".to_owned(),
        lines,
        top: 0,
        shows: Shows::Journal,
    }
}

/// How the shared copy stands: what is there, what waits, why, and until when.
fn shared(sharing: &Sharing, now: Timestamp) -> Vec<Line> {
    let group = &sharing.group;
    let at = |at: Timestamp| at.strftime("%m-%d %H:%M:%SZ");
    let last = sharing
        .shared_at
        .map_or_else(String::new, |last| format!(", the last at {}", at(last)));
    let entries = entries(sharing.shared);
    let there = format!("shared in {group}: {entries}{last}");
    let team = Line::new(
        "the same keys again, or :journal show --shared, show what the team did",
        Voice::Quiet,
    );
    let Some(lag) = sharing.lag(now) else {
        return vec![Line::new(there, Voice::Good), team];
    };
    let voice = if sharing.lags(now) {
        Voice::Warn
    } else {
        Voice::Quiet
    };
    let mut lines = vec![Line::new(format!("{there}; {lag}"), voice)];
    if let Some(problem) = &sharing.problem {
        let next = sharing
            .next_try
            .map_or_else(String::new, |next| format!("; tried again at {}", at(next)));
        lines.push(Line::new(format!("{problem}{next}"), Voice::Bad));
    }
    lines.push(team);
    lines
}

const fn voice(tone: Tone) -> Voice {
    match tone {
        Tone::Plain => Voice::Plain,
        Tone::Good => Voice::Good,
        Tone::Bad => Voice::Bad,
        Tone::Quiet => Voice::Quiet,
    }
}

/// What the team did, the newest entry first, with what could not be read on top.
pub(super) fn shared_by_team(
    group: &str,
    (found, problem): (Vec<Found>, Option<Problem>),
    since: Timestamp,
) -> Page {
    let mut reading = journal::shared(&found);
    reading.entries.retain(|entry| entry.at >= since);
    let mut lines = Vec::new();
    if let Some(problem) = problem {
        lines.push(Line::new(problem.sentence, Voice::Bad));
    }
    if reading.unreadable > 0 {
        let words = format!("{} lines cannot be read", reading.unreadable);
        lines.push(Line::new(words, Voice::Warn));
    }
    let words = format!(
        "{} in {group}, since {}",
        counted(reading.streams, "journal"),
        since.strftime("%m-%d %H:%M:%SZ")
    );
    lines.push(Line::new(words, Voice::Quiet));
    lines.push(Line::new("", Voice::Plain));
    let told = told(&reading.entries).into_iter().rev();
    lines.extend(told.map(|one| Line::new(one.line_of_team(), voice(one.tone))));
    Page {
        title: "the team's journal, newest first".to_owned(),
        lines,
        top: 0,
        shows: Shows::Team,
    }
}
