//! Following a change on a command line: a bar on a terminal, JSON lines where they are asked
//! for, and otherwise a line whenever something changed.

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

use serde_json::json;

use crate::cloud::Link;
use crate::estate::SignedDuration;
use crate::estate::follow::{End, Followed, Pursuit};
use crate::estate::words::duration;
use crate::road::Follower;

use super::exit::Exit;
use super::open::Opened;
use super::print;

/// Cells of the bar.
const CELLS: usize = 24;

/// Where progress goes.
pub(super) struct Bar {
    json: bool,
    terminal: bool,
    said: Mutex<String>,
}

impl Bar {
    pub(super) fn new(json: bool) -> Self {
        Self {
            json,
            terminal: io::stderr().is_terminal() && !json && !super::manner::is_quiet(),
            said: Mutex::default(),
        }
    }

    /// Says how far it is; the same thing twice only on a terminal, where it is one line.
    pub(super) fn say(&self, percent: usize, words: &str) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if *said == words {
            return;
        }
        words.clone_into(&mut said);
        // Nobody to tell is no reason to stop.
        let _ = if self.json {
            let line = json!({ "event": "progress", "percent": percent, "words": words });
            print::line(&line.to_string())
        } else if self.terminal {
            let full = CELLS * percent.min(100) / 100;
            let (full, empty) = ("#".repeat(full), "-".repeat(CELLS - full));
            let mut err = io::stderr().lock();
            write!(err, "\r\x1b[K[{full}{empty}] {percent:>3} %  {words}")
                .and_then(|()| err.flush())
        } else {
            print::aside(words)
        };
    }

    /// Leaves the bar's line.
    pub(super) fn end(&self) {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if self.terminal && !said.is_empty() {
            let _ = print::aside("");
        }
    }
}

/// Follows to the end, or for as long as `patience`.
pub(super) async fn to_the_end(
    opened: &Opened,
    link: &Link,
    followed: Followed,
    (patience, bar): (SignedDuration, &Bar),
) -> anyhow::Result<Exit> {
    let service = followed.service.clone();
    let told = |pursuit: &Pursuit| {
        if pursuit.end.is_none() {
            let words = pursuit.words((opened.clock)());
            bar.say(usize::try_from(pursuit.percent()).unwrap_or(0), &words);
        }
    };
    let chase = Follower {
        journal: &opened.journal,
        clock: &*opened.clock,
        told: &told,
    };
    let pursuit = Box::pin(chase.follow(followed, link, Some(patience))).await;
    bar.end();
    let (exit, words) = match &pursuit.end {
        Some(End::Healthy) => (Exit::Good, "done and healthy".to_owned()),
        Some(end @ End::Unhealthy(_)) => (Exit::NotHealthy, end.words()),
        Some(end @ End::Failed(_)) => (Exit::Failed, end.words()),
        None => {
            let now = pursuit.words((opened.clock)());
            let words = format!("still running after {}: {now}", duration(patience));
            (Exit::TimedOut, words)
        }
    };
    let trouble = pursuit.trouble();
    if bar.json {
        let end = json!({
            "event": "end",
            "service": service.name(),
            "exit": exit.code(),
            "words": words,
            "trouble": trouble,
        });
        print::line(&end.to_string())?;
        return Ok(exit);
    }
    if exit == Exit::Good {
        print::line(&format!("{}: {words}", service.name()))?;
        return Ok(exit);
    }
    for one in trouble {
        print::problem(&one);
    }
    print::problem(&format!("{}: {words}", service.name()));
    Ok(exit)
}
