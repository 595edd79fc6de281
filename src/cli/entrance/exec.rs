//! `firstline exec TARGET -- COMMAND`: output, and the command's own exit status.

use std::io::{self, IsTerminal as _, Write as _};

use tokio::signal::unix::{SignalKind, signal};

use crate::app::command::Exec;
use crate::cli::exit::Exit;
use crate::cli::open::Opened;
use crate::cli::print;
use crate::estate::session::{Purpose, command_telling_its_status, exit_status};
use crate::road::Parting;
use crate::session::channel::{Channel, Ended, Event};

use super::enter::enter;
use super::inside;
use super::pick::pick;

/// The longest the words that tell an exit status can be.
const STATUS: usize = "\u{1e}exit 255\u{1e}".len();

/// Runs the command and ends as it ended. Every ending of our own has one number that tells it
/// from the command's.
pub(in crate::cli) async fn run(opened: &Opened, args: &Exec) -> anyhow::Result<Exit> {
    let exit = Box::pin(command(opened, args)).await?;
    let told = matches!(exit, Exit::Command(_));
    Ok(if told { exit } else { Exit::NotRun })
}

async fn command(opened: &Opened, args: &Exec) -> anyhow::Result<Exit> {
    let mut picked = match pick(opened, &args.entrance).await {
        Ok(picked) => picked,
        Err(sentence) => {
            print::problem(&sentence);
            return Ok(Exit::Unknown);
        }
    };
    if let Some(choice) = &picked.choice {
        print::problem(choice);
    }
    let command = command_telling_its_status(&args.command);
    let purpose = Purpose::Command(command.as_str().into());
    let entered = match Box::pin(enter(opened, &mut picked, &args.entrance, purpose)).await? {
        Ok(entered) => entered,
        Err(exit) => return Ok(exit),
    };
    let visit = inside::visit(opened, &picked, entered);
    let (mut channel, visit) = match inside::open(opened, visit).await {
        Ok(inside) => inside,
        Err(error) => {
            print::problem(&error.to_string());
            return Ok(Exit::Failed);
        }
    };
    let carried = tokio::time::timeout(visit.time_box(), carry(&mut channel));
    let (words, by_aws, exit) = match carried.await {
        Err(_) => ("the time box ended".to_owned(), false, Exit::Failed),
        Ok(Err(error)) => (error.to_string(), false, Exit::Failed),
        Ok(Ok((ended, status))) => {
            let over = matches!(ended, Some(Ended::Remote { .. }));
            let words = match (status, &ended) {
                (Some(status), _) => format!("exit {status}"),
                (None, Some(ended)) => ended.to_string(),
                (None, None) => "told to end".to_owned(),
            };
            let exit = status.map_or(Exit::Failed, Exit::Command);
            if status.is_none() {
                print::problem(&format!("the command's end is not known: {words}"));
            }
            (words, over, exit)
        }
    };
    let parting = Parting {
        words,
        by_aws,
        recording: None,
    };
    drop(channel);
    inside::end(opened, visit, &parting).await;
    Ok(exit)
}

/// Prints what the command prints; how it ended and its status.
pub(super) async fn carry(channel: &mut Channel) -> io::Result<(Option<Ended>, Option<u8>)> {
    let mut output = Output::new(io::stdout().is_terminal());
    // Listened to all the time: one that comes while something is printed must not be lost.
    let mut interrupt = signal(SignalKind::interrupt())?;
    loop {
        let event = tokio::select! {
            event = channel.next() => event,
            _ = interrupt.recv() => return Ok((None, None)),
        };
        match event {
            Some(Event::Output(bytes)) => {
                let shown = output.take(&bytes);
                print(&shown)?;
            }
            Some(Event::ErrorOutput(bytes)) => io::stderr().write_all(&bytes)?,
            Some(Event::Message(words)) => print::problem(&words),
            Some(Event::Lost { why }) => {
                print::problem(&format!("the connection is lost ({why}); resuming"));
            }
            Some(Event::Closed(ended)) => {
                let (rest, status) = output.end();
                print(&rest)?;
                return Ok((Some(ended), status));
            }
            Some(_) => {}
            None => return Ok((None, output.end().1)),
        }
    }
}

fn print(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

/// Output on its way: the end is kept back until it is known whether it tells the status, and a
/// file gets plain line breaks where the remote terminal made two characters of each.
struct Output {
    terminal: bool,
    held: Vec<u8>,
}

impl Output {
    const fn new(terminal: bool) -> Self {
        Self {
            terminal,
            held: Vec::new(),
        }
    }

    /// What may be shown now that `bytes` came.
    fn take(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.held.extend(bytes);
        let last = self.held.len().saturating_sub(STATUS);
        let candidate = self.held.get(last..).unwrap_or_default();
        let keep = candidate.iter().position(|&byte| byte == 0x1e);
        let shown = keep.map_or(self.held.len(), |at| last + at);
        let shown = match self.held.get(..shown) {
            // A line break may be cut in two as well.
            Some([.., b'\r']) if !self.terminal => shown - 1,
            _ => shown,
        };
        let rest = self.held.split_off(shown);
        let shown = std::mem::replace(&mut self.held, rest);
        self.plain(shown)
    }

    /// The rest and the status it tells.
    fn end(&mut self) -> (Vec<u8>, Option<u8>) {
        let held = std::mem::take(&mut self.held);
        let (rest, status) = exit_status(&held);
        (self.plain(rest.to_vec()), status)
    }

    fn plain(&self, bytes: Vec<u8>) -> Vec<u8> {
        if self.terminal {
            return bytes;
        }
        let mut plain = Vec::with_capacity(bytes.len());
        let mut bytes = bytes.into_iter().peekable();
        while let Some(byte) = bytes.next() {
            if byte != b'\r' || bytes.peek() != Some(&b'\n') {
                plain.push(byte);
            }
        }
        plain
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(whole: &[u8], cut: usize, terminal: bool) -> (Vec<u8>, Option<u8>) {
        let mut output = Output::new(terminal);
        let mut all = Vec::new();
        for part in whole.chunks(cut) {
            all.extend(output.take(part));
        }
        let (rest, status) = output.end();
        all.extend(rest);
        (all, status)
    }

    proptest! {
        #[test]
        fn the_status_is_found_and_nothing_else_is_lost(
            text in "[a-z\n\u{1e}]{0,60}",
            status in any::<u8>(),
            cut in 1_usize..40,
        ) {
            let whole = format!("{}\u{1e}exit {status}\u{1e}", text.replace('\n', "\r\n"));
            let (all, told) = shown(whole.as_bytes(), cut, false);
            prop_assert_eq!(String::from_utf8(all).unwrap(), text);
            prop_assert_eq!(told, Some(status));
        }
    }

    #[test]
    fn output_without_a_status_is_shown_whole() {
        let (all, told) = shown(b"cut \x1eexit", 3, true);
        assert_eq!((all.as_slice(), told), (&b"cut \x1eexit"[..], None));
    }
}
