//! What is typed.

use std::io::{self, PipeReader, PipeWriter};
use std::thread;

use rustix::event::{PollFd, PollFlags, poll};
use tokio::sync::mpsc;

/// Bytes read at once; a pasted page is some of these.
const AT_ONCE: usize = 4096;

/// What is typed, from now until dropped. A key typed after that is left for the next reader:
/// the thread waits for the terminal and for its own end at once, and reads only what is there.
pub(super) struct Keys {
    typed: mpsc::Receiver<Vec<u8>>,
    /// Closed, it wakes the thread.
    _end: PipeWriter,
}

impl Keys {
    pub(super) fn listen() -> io::Result<Self> {
        let (wake, end) = io::pipe()?;
        let (tell, typed) = mpsc::channel(16);
        thread::Builder::new()
            .name("keys".to_owned())
            .spawn(move || listen(&wake, &tell))?;
        Ok(Self { typed, _end: end })
    }

    /// The next keys; `None` once the terminal is gone.
    pub(super) async fn next(&mut self) -> Option<Vec<u8>> {
        self.typed.recv().await
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
