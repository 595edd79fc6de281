//! The terminal guard: whatever happens, the person gets a usable terminal back.

use std::io::{self, Stdout, Write, stdout};
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use crossterm::cursor::Show;
use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste,
    EnableFocusChange, EnableMouseCapture,
};
use crossterm::terminal::{
    Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

/// Whether the terminal is ours at the moment. Process-wide because a panic hook and a signal
/// know nothing else.
static OURS: AtomicBool = AtomicBool::new(false);

/// The exit code Rust itself uses after a panic.
const PANICKED: i32 = 101;

/// The screen, ours until dropped.
pub(super) struct Screen {
    terminal: Terminal<CrosstermBackend<Stdout>>,
    mouse: bool,
}

impl Screen {
    /// Takes the terminal: raw mode, alternate screen, bracketed paste, focus reports and, if
    /// wanted, the mouse. A panic from here on gives it back before it speaks.
    pub(super) fn take(mouse: bool) -> io::Result<Self> {
        restore_before_panic_speaks();
        enter(mouse)?;
        let terminal = Terminal::new(CrosstermBackend::new(stdout()))?;
        Ok(Self { terminal, mouse })
    }

    /// Gives the terminal back, for a while.
    #[expect(
        clippy::unused_self,
        reason = "only who holds the screen may give it back"
    )]
    pub(super) fn give_back(&self) -> io::Result<()> {
        restore()
    }

    /// Takes it again; the next draw paints everything.
    pub(super) fn take_again(&mut self) -> io::Result<()> {
        enter(self.mouse)?;
        execute!(stdout(), Clear(ClearType::All))?;
        // A new one knows nothing of what the screen showed before. (`Terminal::clear` would ask
        // the terminal where its cursor is, and the answer would go to the task that reads keys.)
        self.terminal = Terminal::new(CrosstermBackend::new(stdout()))?;
        Ok(())
    }

    /// Draws one frame.
    pub(super) fn draw(&mut self, picture: impl FnOnce(&mut ratatui::Frame)) -> io::Result<()> {
        self.terminal.draw(picture).map(|_| ())
    }

    /// Columns and rows.
    pub(super) fn size(&self) -> io::Result<(u16, u16)> {
        self.terminal.size().map(|size| (size.width, size.height))
    }
}

/// Gives a text to the terminal's clipboard, where it takes one (OSC 52). The text travels
/// as base64: whatever it says, the terminal obeys none of it.
pub(super) fn copy(text: &str) -> io::Result<()> {
    let encoded = BASE64_STANDARD.encode(text);
    let mut out = stdout();
    write!(out, "\x1b]52;c;{encoded}\x07")?;
    out.flush()
}

impl Drop for Screen {
    fn drop(&mut self) {
        if let Err(error) = restore() {
            tracing::warn!(%error, "the terminal could not be given back");
        }
    }
}

fn enter(mouse: bool) -> io::Result<()> {
    OURS.store(true, Ordering::SeqCst);
    enable_raw_mode()?;
    let mut out = stdout();
    queue!(
        out,
        EnterAlternateScreen,
        EnableBracketedPaste,
        EnableFocusChange
    )?;
    if mouse {
        queue!(out, EnableMouseCapture)?;
    }
    out.flush()
}

/// Gives the terminal back if it is ours; doing it twice does nothing.
fn restore() -> io::Result<()> {
    if !OURS.swap(false, Ordering::SeqCst) {
        return Ok(());
    }
    let shown = execute!(
        stdout(),
        DisableMouseCapture,
        DisableFocusChange,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        Show
    );
    disable_raw_mode().and(shown)
}

fn restore_before_panic_speaks() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let speak = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let on_screen = OURS.load(Ordering::SeqCst);
            // Nothing better can be done with an error here than to let the panic be told.
            let _ = restore();
            speak(panic);
            if on_screen {
                // A background task's panic would otherwise leave a loop that draws on a
                // terminal it no longer owns.
                std::process::exit(PANICKED);
            }
        }));
    });
}
