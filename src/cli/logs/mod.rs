//! `firstline logs`: lines of services, environments and log groups on standard output.

mod targets;

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::exit::Exit;
use super::open::Opened;
use super::print;
use crate::app::command::{Logs, moment};
use crate::cloud::{Span, Tail};
use crate::estate::id::ServiceArn;
use crate::estate::log::filter::Filter;
use crate::estate::log::pattern::Patterns;
use crate::estate::log::{
    Fields, Key, LiveState, LiveTail, LogKeys, LogLevel, LogLine, TailNews, TailState,
};
use crate::estate::usage::LIVE_TAIL_MINUTE;
use crate::estate::{SignedDuration, Timestamp};

/// Prints what is asked for.
pub(super) async fn run(opened: &Opened, asked: &Logs) -> anyhow::Result<Exit> {
    let now = (opened.clock)();
    let span = span(asked, now)?;
    let mut filter = Filter::parse(asked.filter.as_deref().unwrap_or_default())?;
    if let Some(level) = &asked.level {
        filter.stack(Filter::parse(&format!("level>={level}"))?);
    }
    let (tails, own) = match targets::tails(opened, &asked.targets, span).await {
        Ok(found) => found,
        Err(words) => {
            print::problem(&words);
            return Ok(Exit::Unknown);
        }
    };
    // The switch stays where it is for as long as the tails run.
    let (_switch, wanted) = watch::channel(asked.live_tail);
    let live = |tail: Tail| tail.with_live_tail(wanted.clone());
    let tails: Vec<Tail> = tails.into_iter().map(live).collect();
    if asked.live_tail {
        print::aside(&format!(
            "firstline: Live Tail, about ${:.2} an hour for each log group after 1,800 free \
             minutes a month",
            LIVE_TAIL_MINUTE * 60.0
        ))?;
    }
    let mut printer = Printer {
        asked,
        keys: &opened.settings.logs.keys,
        clock: &*opened.clock,
        live: BTreeMap::new(),
        filter,
        own,
        several: tails.len() > 1,
        printed: 0,
        held: Vec::new(),
        gaps: Vec::new(),
        unread: false,
        gone: false,
    };
    let ended = tokio::select! {
        ended = printer.read(tails) => ended,
        _ = tokio::signal::ctrl_c() => Ok(()),
    };
    ended.context("standard output takes no more")?;
    printer.finish(now, span)
}

fn span(asked: &Logs, now: Timestamp) -> anyhow::Result<Span> {
    let since = if let Some(from) = &asked.from {
        at(from, now)?
    } else {
        let back = asked.since.parse::<SignedDuration>();
        let told = || format!("--since {:?} is no duration; write 15m or 2h", asked.since);
        now - back.with_context(told)?
    };
    let until = match &asked.to {
        Some(to) => Some(at(to, now)?),
        None => (!asked.follow).then_some(now),
    };
    if until.is_some_and(|until| until <= since) {
        bail!("the end is not after the beginning");
    }
    Ok(Span {
        since: Some(since),
        until,
    })
}

fn at(written: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    moment(written, now, &TimeZone::UTC).with_context(|| {
        format!("{written:?} is no time; write 14:03, 14:03:22 or 2026-11-21T14:03:22Z")
    })
}

/// What was read, on its way out.
struct Printer<'a> {
    asked: &'a Logs,
    /// Under which keys lines say what.
    keys: &'a LogKeys,
    clock: &'a (dyn Fn() -> Timestamp + Send + Sync),
    /// What each Live Tail does.
    live: BTreeMap<ServiceArn, LiveTail>,
    filter: Filter,
    /// What of a log group's lines a saved query wants.
    own: BTreeMap<ServiceArn, Filter>,
    several: bool,
    printed: u64,
    /// Lines of a span with an end, to be printed in order of time.
    held: Vec<LogLine>,
    gaps: Vec<(Timestamp, Timestamp)>,
    unread: bool,
    /// Nobody reads what is printed any more.
    gone: bool,
}

impl Printer<'_> {
    /// Reads every tail to its end, if it has one.
    async fn read(&mut self, tails: Vec<Tail>) -> std::io::Result<()> {
        let next = |mut tail: Tail| async move {
            let news = tail.next().await;
            (tail, news)
        };
        let mut running: FuturesUnordered<_> = tails.into_iter().map(next).collect();
        let mut said: Option<TailState> = None;
        while let Some((tail, news)) = running.next().await {
            let ends = news.done || self.is_in_vain(&news);
            if said.as_ref() != Some(&news.state) {
                tell(&news);
                said = Some(news.state.clone());
            }
            self.gaps.extend(news.gap);
            self.hear(&news);
            for line in news.lines {
                let own = self.own.get(&line.service);
                if self.filter.passes(&line) && own.is_none_or(|own| own.passes(&line)) {
                    self.take(line)?;
                }
            }
            if self.gone {
                return Ok(());
            }
            if !ends {
                running.push(next(tail));
            }
        }
        Ok(())
    }

    /// Says what a Live Tail says of itself, once.
    fn hear(&mut self, news: &TailNews) {
        let live = news.live.clone();
        let before = self.live.insert(news.service.clone(), live);
        if before.is_some_and(|before| before.state == news.live.state) {
            return;
        }
        let name = news.service.name();
        match &news.live.state {
            LiveState::Off | LiveState::Opening | LiveState::Open { sampled: false } => {}
            LiveState::Open { sampled: true } => print::problem(&format!(
                "{name}: Live Tail says only a sample; polling brings the rest"
            )),
            LiveState::Refused { why } | LiveState::Ended { why } => {
                print::problem(&format!("{name}: {why}; polling"));
            }
        }
    }

    /// Whether waiting longer brings nothing: the log is elsewhere, or a look with an end failed.
    fn is_in_vain(&mut self, news: &TailNews) -> bool {
        let failed = !matches!(
            news.state,
            TailState::Live
                | TailState::Starting
                | TailState::CatchingUp { .. }
                | TailState::Throttled
        );
        let vain = failed && !self.asked.follow;
        self.unread |= vain;
        vain
    }

    fn take(&mut self, line: LogLine) -> std::io::Result<()> {
        if self.asked.follow {
            return self.print(&line);
        }
        self.held.push(line);
        Ok(())
    }

    fn print(&mut self, line: &LogLine) -> std::io::Result<()> {
        let words = self.words(line);
        self.gone |= !print::is_heard(&words)?;
        self.printed += u64::from(!self.gone);
        Ok(())
    }

    fn words(&self, line: &LogLine) -> String {
        if self.asked.raw {
            return line.message.to_string();
        }
        if self.asked.json {
            return as_json(line).to_string();
        }
        let task = line.stream.rsplit('/').next().unwrap_or_default();
        let task: String = task.chars().take(5).collect();
        let level = match line.level {
            LogLevel::None => "     ",
            LogLevel::Debug => "DEBUG",
            LogLevel::Info => "INFO ",
            LogLevel::Warn => "WARN ",
            LogLevel::Error => "ERROR",
        };
        let late = if line.late { "⟲ " } else { "" };
        let service = if self.several {
            format!("{} ", line.service.name())
        } else {
            String::new()
        };
        let at = format!("{:.3}", line.at);
        let message = &line.message;
        format!("{at} {service}{task} {level} {late}{message}")
    }

    fn finish(mut self, now: Timestamp, span: Span) -> anyhow::Result<Exit> {
        let mut lines = std::mem::take(&mut self.held);
        lines.sort_by(|a, b| (a.at, a.ingested_at, &a.id).cmp(&(b.at, b.ingested_at, &b.id)));
        if self.asked.patterns {
            patterns(&lines, self.keys, now, span)?;
        } else {
            for line in &lines {
                self.print(line)?;
            }
        }
        for (from, to) in &self.gaps {
            print::problem(&format!(
                "gap: nothing could be read from {from:.0} to {to:.0}"
            ));
        }
        if self.asked.follow {
            let gaps = match self.gaps.len() {
                0 => "no gap".to_owned(),
                some => format!("{some} gaps"),
            };
            let now = (self.clock)();
            let dollars: f64 = self.live.values().map(|live| live.dollars(now)).sum();
            let cost = if self.asked.live_tail {
                format!(", Live Tail ${dollars:.2}")
            } else {
                String::new()
            };
            print::aside(&format!("firstline: {} lines, {gaps}{cost}", self.printed))?;
        }
        Ok(if self.unread || !self.gaps.is_empty() {
            Exit::Unknown
        } else {
            Exit::Good
        })
    }
}

/// One line a pattern. Recent is the last tenth of the span.
fn patterns(lines: &[LogLine], keys: &LogKeys, now: Timestamp, span: Span) -> anyhow::Result<()> {
    let end = span.until.unwrap_or(now);
    let length = end.duration_since(span.since.unwrap_or(end));
    let recent = end - length / 10;
    let keyed = lines.iter().zip(0..).map(|(line, number)| {
        let at = line.at.as_millisecond();
        let said = keys.spoken(line.service.name(), &line.message);
        (Key { at, number }, line.level, said)
    });
    let patterns = Patterns::of(keyed, recent);
    for pattern in patterns.ranked(None) {
        let first = pattern.first.time();
        let rising = if pattern.is_new_since(recent) {
            "new   "
        } else if patterns.rises(pattern) {
            "rising"
        } else {
            "      "
        };
        print::line(&format!(
            "{:>7}  {rising}  {first:.0}  {}",
            pattern.count,
            pattern.template()
        ))?;
    }
    if patterns.untold() > 0 {
        print::aside(&format!("{} lines of other patterns", patterns.untold()))?;
    }
    Ok(())
}

fn tell(news: &TailNews) {
    let name = news.service.name();
    if let Some(words) = news.state.words() {
        print::problem(&format!("{name}: {words}"));
    }
}

fn as_json(line: &LogLine) -> Value {
    let fields = match Fields::of(&line.message) {
        Fields::Json(fields) => Value::Object(fields),
        Fields::Logfmt(pairs) => pairs
            .into_iter()
            .map(|(key, value)| (key, Value::String(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Fields::None => Value::Null,
    };
    json!({
        "at": format!("{:.3}", line.at),
        "ingested_at": line.ingested_at.map(|at| format!("{at:.3}")),
        "service": line.service.name(),
        "stream": line.stream,
        "level": line.level,
        "late": line.late,
        "message": line.message,
        "fields": fields,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_durations_as_people_write_them() {
        let now: Timestamp = "2026-11-21T14:03:22Z".parse().unwrap();
        let at = |written: &str| at(written, now).map(|at| at.to_string()).ok();
        assert_eq!(at("13:00").as_deref(), Some("2026-11-21T13:00:00Z"));
        assert_eq!(at("13:00:07").as_deref(), Some("2026-11-21T13:00:07Z"));
        assert_eq!(
            at("2026-11-20T01:00:00+01:00").as_deref(),
            Some("2026-11-20T00:00:00Z")
        );
        assert_eq!(at("23:50").as_deref(), Some("2026-11-20T23:50:00Z"));
        assert_eq!(at("noon"), None);
        let asked = |since: &str, to: Option<&str>| Logs {
            since: since.to_owned(),
            to: to.map(str::to_owned),
            ..Logs::default()
        };
        let half = span(&asked("30m", None), now).unwrap();
        assert_eq!(
            (half.since, half.until),
            (Some(now - SignedDuration::from_mins(30)), Some(now))
        );
        assert!(span(&asked("soon", None), now).is_err());
        assert!(span(&asked("5m", Some("13:00")), now).is_err());
    }
}
