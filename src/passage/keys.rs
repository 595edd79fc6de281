//! What is typed.

use std::io::{self, PipeReader, PipeWriter};
use std::thread::{self, JoinHandle};

use rustix::event::{PollFd, PollFlags, poll};
use tokio::sync::mpsc;

/// Bytes read at once; a pasted page is some of these.
const AT_ONCE: usize = 4096;

/// What is typed, from now until dropped. A key typed after that is left for the next reader:
/// the thread waits for the terminal and for its own end at once, reads only what is there, and
/// is gone when the drop is over.
pub(super) struct Keys {
    typed: mpsc::Receiver<Vec<u8>>,
    /// Closed, it wakes the thread.
    end: Option<PipeWriter>,
    thread: Option<JoinHandle<()>>,
}

impl Keys {
    pub(super) fn listen() -> io::Result<Self> {
        let (wake, end) = io::pipe()?;
        let (tell, typed) = mpsc::channel(16);
        let thread = thread::Builder::new()
            .name("keys".to_owned())
            .spawn(move || listen(&wake, &tell))?;
        Ok(Self {
            typed,
            end: Some(end),
            thread: Some(thread),
        })
    }

    /// Reads no more; gives what was read and nobody took.
    pub(super) async fn rest(mut self) -> Vec<u8> {
        self.end = None;
        let mut rest = Vec::new();
        // The thread closes the channel when it ends, which is now.
        while let Some(bytes) = self.typed.recv().await {
            rest.extend(bytes);
        }
        rest
    }

    /// The next keys; `None` once the terminal is gone.
    pub(super) async fn next(&mut self) -> Option<Vec<u8>> {
        self.typed.recv().await
    }
}

impl Drop for Keys {
    /// Waits for the thread. Between looking and reading it would else take a key that is meant
    /// for whoever reads next, and then wait for another one to take.
    fn drop(&mut self) {
        self.typed.close();
        self.end = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so.
            let _ = thread.join();
        }
    }
}

fn listen(wake: &PipeReader, tell: &mpsc::Sender<Vec<u8>>) {
    let input = io::stdin();
    let mut bytes = [0; AT_ONCE];
    loop {
        let mut waiting = [
            PollFd::new(&input, PollFlags::IN),
            PollFd::new(wake, PollFlags::IN),
        ];
        match poll(&mut waiting, None) {
            Err(rustix::io::Errno::INTR) => continue,
            Err(_) => return,
            Ok(_) => {}
        }
        let [keys, end] = waiting.map(|one| one.revents());
        if !end.is_empty() {
            return;
        }
        if keys.is_empty() {
            continue;
        }
        match rustix::io::read(&input, &mut bytes) {
            Ok(length) if length > 0 => {
                let typed = bytes.get(..length).unwrap_or_default().to_vec();
                if tell.blocking_send(typed).is_err() {
                    return;
                }
            }
            Err(rustix::io::Errno::INTR) => {}
            Ok(_) | Err(_) => return,
        }
    }
}
