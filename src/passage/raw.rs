//! The terminal's mode and size.

use std::io::{self, IsTerminal as _};

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};

/// The terminal in raw mode; dropped, it is as it was before.
pub(super) struct Raw {
    before: Termios,
}

impl Raw {
    /// Takes the terminal of standard input.
    pub(super) fn take() -> io::Result<Self> {
        let input = io::stdin();
        let before = tcgetattr(&input)?;
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(&input, OptionalActions::Now, &raw)?;
        Ok(Self { before })
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // With the terminal gone there is nothing to give back.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
    }
}

/// Switches off what the other end may have switched on and, cut off, could not switch off again:
/// bracketed paste, mouse and focus reports, application keys, a hidden cursor, colours.
const TIDY: &str = "\x1b[?2004l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1004l\x1b[?1006l\x1b[?1l\x1b>\x1b[?25h\x1b[0m";
const ALTERNATE: &[u8] = b"\x1b[?1049h";
const NORMAL: &[u8] = b"\x1b[?1049l";

/// Watches output for the alternate screen, which alone must not be left when it is not shown.
#[derive(Default)]
pub(super) struct Traces {
    alternate: bool,
    /// The end of the last output: a sequence may be cut in two.
    tail: Vec<u8>,
}

impl Traces {
    pub(super) fn watch(&mut self, output: &[u8]) {
        self.tail.extend(output);
        let last = |sequence: &[u8]| {
            let mut windows = self.tail.windows(sequence.len());
            windows.rposition(|window| window == sequence)
        };
        match (last(ALTERNATE), last(NORMAL)) {
            (None, None) => {}
            (on, off) => self.alternate = on > off,
        }
        let keep = self.tail.len().saturating_sub(ALTERNATE.len() - 1);
        self.tail.drain(..keep);
    }

    /// What makes the terminal usable again.
    pub(super) fn tidy(&self) -> String {
        let leave = if self.alternate { "\x1b[?1049l" } else { "" };
        format!("{leave}{TIDY}")
    }
}

/// Whether a person sits at both ends of this process.
pub fn is_terminal() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Columns and rows of the terminal; `None` without one.
pub fn size() -> Option<(u16, u16)> {
    let size = tcgetwinsize(io::stdout()).ok()?;
    (size.ws_col > 0 && size.ws_row > 0).then_some((size.ws_col, size.ws_row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alternate_screen_is_left_only_when_it_is_shown() {
        let mut traces = Traces::default();
        assert!(!traces.tidy().contains("1049"));
        for byte in b"ls\x1b[?1049hvim" {
            traces.watch(&[*byte]);
        }
        assert!(traces.tidy().starts_with("\x1b[?1049l"));
        traces.watch(b"\x1b[?1049l\x1b[?1049h");
        assert!(traces.tidy().starts_with("\x1b[?1049l"));
        traces.watch(b"\x1b[?1049l$ ");
        assert!(!traces.tidy().contains("1049"));
    }
}
