//! A real pseudo-terminal with a program in it, and a screen to read.
//!
//! Nothing sleeps: every wait blocks until the program says something, and is bounded.

use std::fs;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{Command, Pty};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{LocalModes, tcgetattr};
use tokio::signal::unix::{Signal as Signals, SignalKind, signal};
use vt100::{Callbacks, MouseProtocolMode, Parser, Screen};

/// The built binary.
pub(super) const FIRSTLINE: &str = env!("CARGO_BIN_EXE_firstline");

/// Held while a terminal is opened and its program started: the one side must not leak into the
/// program of another test, or closing the terminal would not close it.
static OPENING: Mutex<()> = Mutex::new(());

/// How long anything may take: far more than it needs, on a busy machine.
const BOUND: Duration = Duration::from_mins(1);

/// How long a terminal is open at most, however often its test waits: a screen whose clock ticks
/// would keep a test that waits for any change waiting for ever.
const LIFE: Duration = Duration::from_mins(4);

/// Whether the program asked to be told of the window's focus: a mode the parser knows nothing of.
#[derive(Default)]
struct FocusReports(bool);

impl Callbacks for FocusReports {
    fn unhandled_csi(
        &mut self,
        _: &mut Screen,
        mark: Option<u8>,
        _: Option<u8>,
        parameters: &[&[u16]],
        letter: char,
    ) {
        if mark == Some(b'?') && parameters.contains(&[1004].as_slice()) {
            self.0 = letter == 'h';
        }
    }
}

/// A job in the background of a shell inherits Ctrl-C and Ctrl-\\ as ignored, one under `nohup` the
/// closed window, and hands that on to every program it starts, which then cannot be interrupted. A
/// signal somebody listens to is handed on as if nobody had touched it, so these tests listen where
/// it was ignored.
fn hear_interrupts() {
    static ONCE: OnceLock<Vec<Signals>> = OnceLock::new();
    ONCE.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let _inside = runtime.enter();
        let ignored = [
            SignalKind::interrupt(),
            SignalKind::quit(),
            SignalKind::hangup(),
        ]
        .into_iter();
        ignored
            .filter(|kind| is_ignored(kind.as_raw_value()))
            .map(|kind| signal(kind).expect("a listener"))
            .collect()
    });
}

/// Whether this process ignores the signal: bit N-1 of what the kernel tells.
fn is_ignored(number: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & (1 << (number - 1)) != 0)
}

/// A program in a terminal of its own. Dropped, the program is ended.
pub(super) struct Terminal {
    /// `None` once the terminal is closed.
    pty: Option<Pty>,
    /// When it is closed whatever happens.
    dies: Instant,
    parser: Parser<FocusReports>,
    program: Pid,
    /// Told by the thread that waits for the program.
    ended: Receiver<ExitStatus>,
    status: Option<ExitStatus>,
}

impl Terminal {
    /// The built `firstline`, alone in the world.
    pub(super) fn firstline(test: &str, arguments: &[&str], columns: u16, rows: u16) -> Self {
        Self::run(alone(FIRSTLINE, test).args(arguments), columns, rows)
    }

    pub(super) fn run(command: Command, columns: u16, rows: u16) -> Self {
        let opening = OPENING.lock();
        hear_interrupts();
        let (pty, program_side) = pty_process::blocking::open().expect("a pseudo-terminal");
        pty.resize(Size::new(rows, columns))
            .expect("a new terminal takes a size");
        let mut child = command.spawn(program_side).expect("the program starts");
        drop(opening);
        let program = Pid::from_child(&child);
        let (tell, ended) = sync_channel(1);
        thread::spawn(move || {
            let _ = tell.send(child.wait().expect("our own child"));
        });
        let focus = FocusReports::default();
        let parser = Parser::new_with_callbacks(cells(rows), cells(columns), 0, focus);
        Self {
            pty: Some(pty),
            dies: Instant::now() + LIFE,
            parser,
            program,
            ended,
            status: None,
        }
    }

    pub(super) fn screen(&self) -> &Screen {
        self.parser.screen()
    }

    /// Keys as a terminal sends them: `\r` is Enter, `\x1b` Escape, `\x1a` Ctrl-Z.
    pub(super) fn press(&mut self, keys: &str) {
        let pty = self.pty.as_mut().expect("the terminal is open");
        pty.write_all(keys.as_bytes())
            .expect("the program reads its keys");
    }

    /// Reads until `text` stands on the screen.
    pub(super) fn wait_for(&mut self, text: &str) {
        self.wait_until(&format!("`{text}` on the screen"), |screen| {
            screen.contents().contains(text)
        });
    }

    /// Reads until the screen is as asked; `what` says it in words.
    pub(super) fn wait_until(&mut self, what: &str, holds: impl Fn(&Screen) -> bool) {
        let deadline = self.deadline();
        while !holds(self.screen()) {
            let more = self.read_some(deadline);
            assert!(
                more || holds(self.screen()),
                "no {what}; the screen is\n{}",
                self.picture()
            );
        }
    }

    /// Until when the next thing has to have come.
    fn deadline(&self) -> Instant {
        (Instant::now() + BOUND).min(self.dies)
    }

    pub(super) fn resize(&mut self, columns: u16, rows: u16) {
        let pty = self.pty.as_ref().expect("the terminal is open");
        pty.resize(Size::new(rows, columns))
            .expect("a terminal takes any size");
        self.parser.set_size(cells(rows), cells(columns));
    }

    pub(super) fn pid(&self) -> Pid {
        self.program
    }

    pub(super) fn signal(&self, signal: Signal) {
        kill_process(self.program, signal).expect("the program runs");
    }

    /// The window is closed: the program's terminal is gone.
    pub(super) fn close(&mut self) {
        self.pty = None;
    }

    /// Waits until the program has ended, and reads the last it said.
    pub(super) fn end(&mut self) -> ExitStatus {
        let deadline = self.deadline();
        while self.read_some(deadline) {}
        let left = deadline.saturating_duration_since(Instant::now());
        let Ok(status) = self.ended.recv_timeout(left) else {
            panic!(
                "the program did not end within {BOUND:?}; the screen is\n{}",
                self.picture()
            );
        };
        self.status = Some(status);
        status
    }

    /// What the program switched on in the terminal and did not switch off. Empty: a shell's prompt
    /// would look and work as before.
    pub(super) fn left_behind(&self) -> Vec<&'static str> {
        let screen = self.screen();
        let line = self
            .pty
            .as_ref()
            .map(|pty| tcgetattr(pty).expect("a terminal").local_modes);
        let cooked = LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG;
        [
            (screen.alternate_screen(), "alternate screen"),
            (screen.hide_cursor(), "hidden cursor"),
            (screen.bracketed_paste(), "bracketed paste"),
            (
                screen.mouse_protocol_mode() != MouseProtocolMode::None,
                "mouse reports",
            ),
            (self.parser.callbacks().0, "focus reports"),
            (line.is_some_and(|line| !line.contains(cooked)), "raw mode"),
        ]
        .into_iter()
        .filter_map(|(on, name)| on.then_some(name))
        .collect()
    }

    /// A shell's prompt would look and work as before.
    pub(super) fn assert_given_back(&self) {
        let left = self.left_behind();
        assert!(left.is_empty(), "left behind: {left:?}");
    }

    fn picture(&self) -> String {
        self.screen().contents()
    }

    /// Waits for the program to say something and takes it in. `false`: it never will, because its
    /// side of the terminal is closed or the time is up.
    fn read_some(&mut self, deadline: Instant) -> bool {
        let Some(pty) = self.pty.as_mut() else {
            return false;
        };
        let left = deadline.saturating_duration_since(Instant::now());
        let left = Timespec::try_from(left).expect("a bound of seconds");
        let readable = poll(&mut [PollFd::new(pty, PollFlags::IN)], Some(&left));
        if readable.expect("an open terminal can be waited for") == 0 {
            return false;
        }
        let mut bytes = [0; 4096];
        // The last program on the other side is gone: an error on Linux, nothing to read elsewhere.
        let length = pty.read(&mut bytes).unwrap_or(0);
        self.parser.process(&bytes[..length]);
        length > 0
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if self.status.is_none() && self.ended.try_recv().is_err() {
            let _ = kill_process(self.program, Signal::KILL);
            let _ = self.ended.recv();
        }
    }
}

/// The folder of a test's own.
pub(super) fn home(test: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("terminal")
        .join(test)
}

/// A program with nothing of the person's own around it: no settings, no AWS, and folders named after
/// the test.
pub(super) fn alone(program: &str, test: &str) -> Command {
    let _ = fs::remove_dir_all(home(test));
    again(program, test)
}

/// The same with what the one before left in these folders.
pub(super) fn again(program: &str, test: &str) -> Command {
    let home = home(test);
    fs::create_dir_all(&home).expect("a folder of the test's own");
    let path = std::env::var_os("PATH").unwrap_or_default();
    Command::new(program)
        .env_clear()
        .env("PATH", path)
        .env("TERM", "xterm-256color")
        .env("LANG", "C.UTF-8")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("XDG_CACHE_HOME", home.join("cache"))
        .env("XDG_STATE_HOME", home.join("state"))
        .env("XDG_DATA_HOME", home.join("data"))
        .env("HOME", home)
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).expect("a terminal has cells")
}
