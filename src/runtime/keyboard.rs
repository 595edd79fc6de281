//! The terminal's events, read on a thread that can be ended for certain.
//!
//! Crossterm's own stream reads on a thread nobody can wait for: dropped, it may still take the
//! next key, which by then is meant for a shell. Here crossterm only parses, and only when there
//! is something to read.

use std::io::{self, IsTerminal as _, PipeReader, PipeWriter};
use std::os::fd::{AsFd, OwnedFd};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossterm::event::{Event, poll as parsed, read};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// How long to leave the terminal alone when it has bytes crossterm does not want to read yet: it
/// waits for more to come after a thousand at once.
const UNREAD: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 20_000_000,
};

/// What comes from the terminal, from now until dropped.
pub(super) struct Keyboard {
    events: UnboundedReceiver<io::Result<Event>>,
    /// Closed, it wakes the thread.
    end: Option<PipeWriter>,
    thread: Option<JoinHandle<()>>,
}

impl Keyboard {
    /// Begins to read.
    ///
    /// # Errors
    /// When there is no terminal, or no thread to read it on.
    pub(super) fn listen() -> io::Result<Self> {
        let terminal = terminal()?;
        let (wake, end) = io::pipe()?;
        let (tell, events) = unbounded_channel();
        let thread = thread::Builder::new()
            .name("keyboard".to_owned())
            .spawn(move || listen(&terminal, &wake, &tell))?;
        Ok(Self {
            events,
            end: Some(end),
            thread: Some(thread),
        })
    }

    /// The next event; `None` once the terminal is gone.
    pub(super) async fn next(&mut self) -> Option<io::Result<Event>> {
        self.events.recv().await
    }
}

impl Drop for Keyboard {
    /// Waits for the thread: whoever reads next gets every key from here on.
    fn drop(&mut self) {
        self.end = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so.
            let _ = thread.join();
        }
    }
}

/// The terminal crossterm reads: standard input, or where that is none, the controlling one.
fn terminal() -> io::Result<OwnedFd> {
    let input = io::stdin();
    if input.is_terminal() {
        return input.as_fd().try_clone_to_owned();
    }
    #[expect(clippy::disallowed_methods, reason = "the terminal is the runtime's")]
    let terminal = std::fs::File::open("/dev/tty")?;
    Ok(terminal.into())
}

fn listen(terminal: &OwnedFd, wake: &PipeReader, tell: &UnboundedSender<io::Result<Event>>) {
    loop {
        let mut waiting = [
            PollFd::new(terminal, PollFlags::IN),
            PollFd::new(wake, PollFlags::IN),
        ];
        match poll(&mut waiting, None) {
            Err(rustix::io::Errno::INTR) => continue,
            Err(error) => return end(tell, error.into()),
            Ok(_) => {}
        }
        let [keys, ended] = waiting.map(|one| one.revents());
        if !ended.is_empty() {
            return;
        }
        if !keys.contains(PollFlags::IN) || keys.contains(PollFlags::HUP) {
            return end(tell, io::ErrorKind::UnexpectedEof.into());
        }
        match take(tell) {
            Ok(true) => {}
            Ok(false) => {
                let mut waiting = [PollFd::new(wake, PollFlags::IN)];
                // However this ends, the terminal is looked at again.
                let _ = poll(&mut waiting, Some(&UNREAD));
            }
            Err(error) => return end(tell, error),
        }
    }
}

/// Hands over every event there is; whether there was one.
fn take(tell: &UnboundedSender<io::Result<Event>>) -> io::Result<bool> {
    let mut any = false;
    while parsed(Duration::ZERO)? {
        any = true;
        // Nobody listens any more only while the terminal is being lent.
        let _ = tell.send(Ok(read()?));
    }
    Ok(any)
}

fn end(tell: &UnboundedSender<io::Result<Event>>, error: io::Error) {
    let _ = tell.send(Err(error));
}
