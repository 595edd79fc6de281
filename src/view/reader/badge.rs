//! What a log can honestly say about itself, and why it shows no line.

use super::super::canvas::clock;
use super::super::theme::Tone;
use crate::app::Model;
use crate::app::screen::reader::Reader;
use crate::estate::log::{LiveState, TailState};

/// What the tails together can honestly say; the worst of them speaks.
pub(super) fn badge(model: &Model, reader: &Reader) -> (String, Tone) {
    if let Some(search) = &reader.search {
        return match (&search.trouble, search.reading.is_empty()) {
            (Some(_), _) => ("search failed".to_owned(), Tone::Degraded),
            (None, true) => ("searched".to_owned(), Tone::Ok),
            (None, false) => ("searching AWS …".to_owned(), Tone::Moving),
        };
    }
    if reader.at.is_some() {
        return (format!("paused, {} newer", reader.newer), Tone::Moving);
    }
    if let Some((from, to)) = reader.gaps.last() {
        return (
            format!("gap {}–{}", clock(model, *from), clock(model, *to)),
            Tone::Degraded,
        );
    }
    let worst = reader.states.iter().max_by_key(|(_, state)| rank(state));
    let Some((service, state)) = worst else {
        return ("asking …".to_owned(), Tone::Moving);
    };
    if *state == TailState::Live && reader.lines.is_empty() && has_no_stream(model, reader) {
        return ("no stream yet".to_owned(), Tone::Moving);
    }
    let of = if reader.services.len() > 1 && state.words().is_some() {
        format!("{}: ", service.name())
    } else {
        String::new()
    };
    let (words, tone) = match state {
        TailState::Starting => ("asking …".to_owned(), Tone::Moving),
        TailState::Live if hides_all(reader) => ("filter hides all".to_owned(), Tone::Moving),
        TailState::Live => ("live".to_owned(), Tone::Ok),
        TailState::CatchingUp { seconds } => {
            (format!("catching up, {seconds} s behind"), Tone::Moving)
        }
        TailState::Throttled => ("throttled, slower".to_owned(), Tone::Degraded),
        TailState::GroupMissing => ("group missing".to_owned(), Tone::Degraded),
        TailState::Denied { .. } => ("denied".to_owned(), Tone::Degraded),
        TailState::Elsewhere { driver } => (format!("in {driver}"), Tone::Unknown),
        TailState::NoLogs => ("no logs".to_owned(), Tone::Unknown),
        TailState::Failed { .. } => ("failed".to_owned(), Tone::Degraded),
    };
    (format!("{of}{words}"), tone)
}

const fn rank(state: &TailState) -> u8 {
    match state {
        TailState::Live => 0,
        TailState::CatchingUp { .. } => 1,
        TailState::Starting => 2,
        TailState::Elsewhere { .. } | TailState::NoLogs => 3,
        TailState::Throttled => 4,
        TailState::GroupMissing | TailState::Denied { .. } | TailState::Failed { .. } => 5,
    }
}

fn hides_all(reader: &Reader) -> bool {
    !reader.lines.is_empty() && reader.count() == 0 && !reader.is_searching()
}

/// Whether none of the services has a task that could have said anything.
fn has_no_stream(model: &Model, reader: &Reader) -> bool {
    let mut services = reader.services.iter();
    services.all(|(_, arn)| model.look.row(arn).is_some_and(|row| row.running == 0))
}

/// What the Live Tails do and have cost; the one that has trouble speaks.
pub(super) fn live_tail(model: &Model, reader: &Reader) -> Option<(String, Tone)> {
    let dollars: f64 = reader
        .live_tails
        .values()
        .map(|one| one.dollars(model.now))
        .sum();
    let cost = format!("${dollars:.2}");
    let states = reader.live_tails.values().map(|one| &one.state);
    let worst = states.max_by_key(|state| match state {
        LiveState::Off => 0,
        LiveState::Open { sampled: false } => 1,
        LiveState::Opening => 2,
        LiveState::Open { sampled: true } => 3,
        LiveState::Refused { .. } => 4,
        LiveState::Ended { .. } => 5,
    })?;
    let (words, tone) = match worst {
        LiveState::Off if dollars > 0.0 => ("Live Tail off".to_owned(), Tone::Muted),
        LiveState::Off => return None,
        LiveState::Opening => ("Live Tail opens …".to_owned(), Tone::Moving),
        LiveState::Open { sampled: false } => ("Live Tail".to_owned(), Tone::Ok),
        LiveState::Open { sampled: true } => (
            "Live Tail sampled, polling completes it".to_owned(),
            Tone::Moving,
        ),
        LiveState::Refused { why } | LiveState::Ended { why } => {
            (format!("{why}; polling"), Tone::Degraded)
        }
    };
    Some((format!("{words} {cost}"), tone))
}

/// Why there is no line.
pub(super) fn silence(model: &Model, reader: &Reader) -> String {
    if let Some(search) = &reader.search {
        let nothing = || {
            if reader.lines.is_empty() {
                "nothing was found in that time".to_owned()
            } else {
                let count = reader.lines.len();
                format!("the filter hides all {count} lines that AWS found")
            }
        };
        return match (&search.trouble, search.reading.is_empty()) {
            (Some(words), _) => words.clone(),
            (None, false) => "searching AWS …".to_owned(),
            (None, true) => nothing(),
        };
    }
    let worst = reader.states.values().max_by_key(|state| rank(state));
    if let Some(TailState::Elsewhere { driver }) = worst {
        return elsewhere(model, reader, driver);
    }
    if let Some(words) = worst.and_then(TailState::words) {
        return words;
    }
    if !reader.lines.is_empty() {
        let searching = if reader.is_searching() { " so far" } else { "" };
        let count = reader.lines.len();
        return format!("the filter hides all {count} lines{searching}; A searches AWS for older");
    }
    match worst {
        Some(TailState::Live) if has_no_stream(model, reader) => {
            "no stream yet: none of its tasks runs".to_owned()
        }
        Some(TailState::Live) => "no line in the last minutes".to_owned(),
        Some(TailState::CatchingUp { .. }) => "reading on …".to_owned(),
        _ => "asking for the log …".to_owned(),
    }
}

/// Where the lines of a driver are that is not CloudWatch's.
fn elsewhere(model: &Model, reader: &Reader, driver: &str) -> String {
    let words = format!("its lines go to {driver}, not to CloudWatch");
    let service = reader.services.first().map(|(_, arn)| arn.name());
    match service.and_then(|service| model.log_links.link(driver, service)) {
        Some(link) => format!("{words}: {link}"),
        None => words,
    }
}
