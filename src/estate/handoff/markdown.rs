//! The report as people read and paste it. Everything that came from outside is a table cell, a
//! list item or a code span, and cannot become anything else.

use std::fmt::{Display, Write as _};

use crate::estate::Timestamp;
use crate::estate::timeline::Moment;

use super::{Act, Handoff};

/// Moments told; the rest is in the JSON form.
const MOMENTS: usize = 40;

/// `14:03:22`, UTC.
pub(super) fn clock(at: Timestamp) -> impl Display {
    at.strftime("%H:%M:%S")
}

/// Plain words inside Markdown.
fn plain(words: &str) -> String {
    let mut safe = String::with_capacity(words.len());
    for one in words.chars() {
        if matches!(
            one,
            '|' | '\\' | '`' | '*' | '_' | '<' | '>' | '[' | ']' | '#'
        ) {
            safe.push('\\');
        }
        safe.push(one);
    }
    safe
}

/// A code span; nothing in it can end it.
fn code(words: &str) -> String {
    format!("`{}`", words.replace('`', "'").replace('|', "\\|"))
}

pub(super) fn written(report: &Handoff) -> String {
    let mut out = String::new();
    let (from, to) = (clock(report.since), clock(report.taken_at));
    let day = report.taken_at.strftime("%Y-%m-%d");
    // Writing into a string cannot fail.
    let _ = writeln!(
        out,
        "# Handoff: {}\n\n{day}, {from} to {to} UTC\n",
        plain(&report.about)
    );
    if !report.note.is_empty() {
        let _ = writeln!(out, "> {}\n", plain(&report.note));
    }
    verdicts(&mut out, report);
    let before = report.changed_before.iter();
    if let Some(incident) = &report.incident {
        let (at, words) = (clock(incident.since), plain(&incident.words));
        let name = plain(incident.service.name());
        let _ = writeln!(out, "Trouble since **{at}**: {name}: {words}\n");
    }
    section(
        &mut out,
        "Changed in the half hour before",
        before.map(moment),
    );
    questions(&mut out, report);
    section(&mut out, "Actions taken", report.actions.iter().map(act));
    section(&mut out, "Refused", report.refused.iter().map(act));
    section(
        &mut out,
        "Alarms",
        report.alarms.iter().map(|one| {
            let since = one.since.map(|at| format!(" since {}", clock(at)));
            let (name, cause) = (plain(&one.name), plain(&one.cause));
            format!("**{name}**{}: {cause}", since.unwrap_or_default())
        }),
    );
    numbers(&mut out, report);
    section(
        &mut out,
        "Errors in the log",
        report.patterns.iter().map(|one| {
            let (first, last) = (clock(one.first_at), clock(one.last_at));
            let (count, name) = (one.count, plain(&one.service));
            format!("{count} × {name}, {first} to {last}: {}", code(&one.sample))
        }),
    );
    section(
        &mut out,
        "Timeline",
        report.timeline.iter().take(MOMENTS).map(moment),
    );
    if report.timeline.len() > MOMENTS {
        let more = report.timeline.len() - MOMENTS;
        let _ = writeln!(out, "… and {more} before\n");
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn verdicts(out: &mut String, report: &Handoff) {
    for one in &report.services {
        let since = one.since.map(|at| format!(" since {}", clock(at)));
        let (name, place) = (plain(&one.name), plain(one.environment.as_str()));
        let stale = if one.stale { " (old data)" } else { "" };
        let _ = writeln!(
            out,
            "- **{name}** ({place}): **{}**{}{stale}, {}/{} tasks: {}",
            one.verdict.word(),
            since.unwrap_or_default(),
            one.running,
            one.desired,
            plain(&one.evidence)
        );
    }
    if report.healthy > 0 {
        let _ = writeln!(out, "- {} more healthy", report.healthy);
    }
    out.push('\n');
}

fn section(out: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_none() {
        return;
    }
    let _ = writeln!(out, "## {title}\n");
    for line in lines {
        let _ = writeln!(out, "- {line}");
    }
    out.push('\n');
}

fn questions(out: &mut String, report: &Handoff) {
    section(
        out,
        "Open questions",
        report.questions.iter().map(|one| plain(one)),
    );
}

fn numbers(out: &mut String, report: &Handoff) {
    if report.kpis.is_empty() {
        return;
    }
    out.push_str("## Numbers\n\n| what | of | now | | last 30 |\n|---|---|---:|---|---|\n");
    for one in &report.kpis {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            one.name,
            plain(&one.resource),
            plain(&one.value),
            one.level,
            code(&one.chart)
        );
    }
    out.push('\n');
}

fn moment(moment: &Moment) -> String {
    let service = moment
        .service
        .as_ref()
        .map(|arn| format!("{} ", plain(arn.name())));
    let times = if moment.times > 1 {
        format!(" ({} times since {})", moment.times, clock(moment.first_at))
    } else {
        String::new()
    };
    let by = moment.by.as_ref().map(|by| format!(", by {}", plain(by)));
    format!(
        "{} {} {}{}{times}{}",
        clock(moment.at),
        moment.kind,
        service.unwrap_or_default(),
        plain(&moment.words),
        by.unwrap_or_default()
    )
}

fn act(act: &Act) -> String {
    let place = act
        .environment
        .as_ref()
        .map(|one| format!(" in {}", plain(one.as_str())));
    let reason = if act.reason.is_empty() {
        String::new()
    } else {
        format!(", because “{}”", plain(&act.reason))
    };
    format!(
        "{} {}{} by {}{reason}: {} (journal {})",
        clock(act.at),
        plain(&act.what),
        place.unwrap_or_default(),
        plain(&act.by),
        plain(&act.ended),
        act.entry
    )
}
