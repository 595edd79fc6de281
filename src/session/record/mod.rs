//! A recording of a terminal: asciicast, version 2, which every player of asciinema reads.
//!
//! ```
//! use std::time::Duration;
//! use firstline::session::record::{Header, Recorder};
//!
//! let header = Header { cols: 80, rows: 24, began: 1_700_000_000, title: "web in shop".into(), input: false };
//! let mut recorder = Recorder::new(Vec::new(), &header, &["hunter2".to_owned()])?;
//! recorder.output(Duration::from_millis(250), b"PASSWORD=x hunter2 ok\r\n")?;
//! recorder.resize(Duration::from_secs(1), 120, 40)?;
//! let file = String::from_utf8(recorder.finish(Duration::from_secs(2))?).unwrap();
//! assert!(file.ends_with("[0.250000,\"o\",\"PASSWORD=[masked] [masked] ok\\r\\n\"]\n[1.000000,\"r\",\"120x40\"]\n"));
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! The writer is handed in: the file, readable by its owner alone, is somebody else's. A word is
//! written when it is over, so that a secret cut into pieces is still seen whole.

mod mask;
mod text;

use std::io::{self, Write};
use std::time::Duration;

use mask::Mask;
use text::Decoder;

/// What stands at the top of a recording about its masks.
const HONESTY: &str = "best effort: known secrets, AWS access keys, tokens, and values of names like \
                       PASSWORD are masked; other secrets that were shown are in here";

/// The first line of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Characters wide, at the beginning.
    pub cols: u16,
    /// Characters high, at the beginning.
    pub rows: u16,
    /// When it began, in seconds since 1970.
    pub began: u64,
    /// What is recorded.
    pub title: String,
    /// Whether what is typed is recorded too: passwords are typed.
    pub input: bool,
}

/// One direction of the terminal: letters, then masks.
struct Lane {
    decoder: Decoder,
    mask: Mask,
}

impl Lane {
    fn new(secrets: &[String]) -> Self {
        Self {
            decoder: Decoder::default(),
            mask: Mask::new(secrets),
        }
    }

    fn feed(&mut self, bytes: &[u8]) -> String {
        let text = self.decoder.feed(bytes);
        self.mask.feed(&text)
    }

    fn rest(&mut self) -> String {
        let text = self.decoder.rest();
        let mut ready = self.mask.feed(&text);
        ready.push_str(&self.mask.rest());
        ready
    }
}

/// Writes a recording. It keeps no more than a word of each direction.
pub struct Recorder<W: Write> {
    writer: W,
    output: Lane,
    input: Option<Lane>,
}

impl<W: Write> Recorder<W> {
    /// Begins with the header. `secrets` are masked wherever they are shown in one piece without
    /// spaces; those shorter than four letters are not, or every recording would be full of holes.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn new(mut writer: W, header: &Header, secrets: &[String]) -> io::Result<Self> {
        let line = serde_json::json!({
            "version": 2,
            "width": header.cols,
            "height": header.rows,
            "timestamp": header.began,
            "title": header.title,
            "env": { "TERM": "xterm-256color" },
            "firstline": { "masked": HONESTY, "input": header.input },
        });
        writeln!(writer, "{line}")?;
        Ok(Self {
            writer,
            output: Lane::new(secrets),
            input: header.input.then(|| Lane::new(secrets)),
        })
    }

    /// Bytes that were shown at `at`, counted from the beginning.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn output(&mut self, at: Duration, bytes: &[u8]) -> io::Result<()> {
        let text = self.output.feed(bytes);
        self.event(at, 'o', &text)
    }

    /// Bytes that were typed; forgotten unless the header says they are recorded.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn input(&mut self, at: Duration, bytes: &[u8]) -> io::Result<()> {
        let Some(lane) = &mut self.input else {
            return Ok(());
        };
        let text = lane.feed(bytes);
        self.event(at, 'i', &text)
    }

    /// The terminal has another size.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn resize(&mut self, at: Duration, cols: u16, rows: u16) -> io::Result<()> {
        self.event(at, 'r', &format!("{cols}x{rows}"))
    }

    /// Writes what was kept back, and gives the writer back.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn finish(mut self, at: Duration) -> io::Result<W> {
        let text = self.output.rest();
        self.event(at, 'o', &text)?;
        if let Some(lane) = &mut self.input {
            let text = lane.rest();
            self.event(at, 'i', &text)?;
        }
        self.writer.flush()?;
        Ok(self.writer)
    }

    fn event(&mut self, at: Duration, code: char, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        let (seconds, micros) = (at.as_secs(), at.subsec_micros());
        let text = serde_json::Value::from(text);
        let line = format!("[{seconds}.{micros:06},\"{code}\",{text}]\n");
        self.writer.write_all(line.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEADER: Header = Header {
        cols: 80,
        rows: 24,
        began: 1_700_000_000,
        title: String::new(),
        input: false,
    };

    /// What a player would show of these pieces.
    fn played(pieces: &[&[u8]], header: &Header, typed: bool) -> String {
        let mut recorder = Recorder::new(Vec::new(), header, &["hunter2".to_owned()]).unwrap();
        for piece in pieces {
            let at = Duration::from_millis(1);
            let done = if typed {
                recorder.input(at, piece)
            } else {
                recorder.output(at, piece)
            };
            done.unwrap();
        }
        let file = String::from_utf8(recorder.finish(Duration::ZERO).unwrap()).unwrap();
        let events = file.lines().skip(1);
        let texts = events.map(|line| {
            let event: (f64, char, String) = serde_json::from_str(line).unwrap();
            event.2
        });
        texts.collect()
    }

    #[test]
    fn the_header_is_honest() {
        let recorder = Recorder::new(Vec::new(), &HEADER, &[]).unwrap();
        let file = String::from_utf8(recorder.finish(Duration::ZERO).unwrap()).unwrap();
        let header: serde_json::Value = serde_json::from_str(file.trim()).unwrap();
        assert_eq!(
            (&header["version"], &header["width"]),
            (&2.into(), &80.into())
        );
        assert!(
            header["firstline"]["masked"]
                .as_str()
                .unwrap()
                .contains("best effort")
        );
    }

    #[test]
    fn what_is_typed_is_recorded_only_when_asked_for() {
        assert_eq!(played(&[b"ls\r"], &HEADER, true), "");
        let header = Header {
            input: true,
            ..HEADER
        };
        assert_eq!(played(&[b"ls\r"], &header, true), "ls\r");
    }

    #[test]
    fn letters_and_secrets_cut_in_two_are_whole_again() {
        let pieces: [&[u8]; 4] = [b"\xe2\x82", b"\xac hun", b"ter2 \xff", b" end"];
        assert_eq!(played(&pieces, &HEADER, false), "€ [masked] \u{fffd} end");
    }

    proptest! {
        #[test]
        fn cuts_change_nothing_and_no_secret_comes_through(
            words in prop::collection::vec("[ -~]{0,12}|hunter2|AKIAIOSFODNN7EXAMPLE|é\r\n", 0..12),
            cut in 1usize..9,
        ) {
            let text = words.concat();
            let whole = played(&[text.as_bytes()], &HEADER, false);
            let pieces: Vec<&[u8]> = text.as_bytes().chunks(cut).collect();
            prop_assert_eq!(&played(&pieces, &HEADER, false), &whole);
            prop_assert!(!whole.contains("hunter2"), "{}", whole);
            prop_assert!(!whole.contains("IOSFODNN7EXAMPLE"), "{}", whole);
        }
    }
}
