//! The loop: wait for something to happen, take in everything that is waiting, draw once.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::EventStream;
use futures::StreamExt;
use futures::future::BoxFuture;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until, timeout};

use super::clock::Clock;
use super::engine::{Engine, Flow};
use super::input;
use super::signals::{Asked, Signals, stop_until_continued};
use super::terminal::Screen;
use crate::app::command::Shell;
use crate::app::model::{Display, Size, Start};
use crate::app::{Model, Msg, TICK};
use crate::cloud::Cloud;
use crate::journal::Journal;
use crate::view;
use crate::view::theme::{Depth, Glyphs, Theme};

/// Shortest time between two frames.
const FRAME: Duration = Duration::from_millis(16);
/// Most messages taken in before a frame is drawn, so that a flood cannot hide the screen.
const FLOOD: usize = 512;
/// How long a change on its road may still take after the person wants to leave.
const LAST_WORDS: Duration = Duration::from_secs(25);

/// What the console is made of.
pub struct Console {
    /// How it starts.
    pub start: Start,
    /// The door to AWS.
    pub cloud: Arc<Cloud>,
    /// The record.
    pub journal: Journal,
    /// The time.
    pub clock: Clock,
    /// Opens a shell in the terminal it is lent.
    pub lend: Lend,
}

/// Opens a shell in the terminal it is lent; done when the terminal is free again. Handed in by
/// `main`: the other face opens it, with the same guards.
pub type Lend = Box<dyn Fn(Box<Shell>) -> BoxFuture<'static, ()> + Send + Sync>;

/// Runs the console until the person or a signal ends it, and gives the terminal back.
///
/// # Errors
/// When the terminal cannot be taken, read or drawn on.
pub async fn run(console: Console) -> io::Result<()> {
    let mut signals = Signals::listen()?;
    let mut screen = Screen::take(console.start.display.mouse)?;
    let (columns, rows) = screen.size()?;
    let start = Start {
        size: Size { columns, rows },
        ..console.start
    };
    let theme = theme(start.display);
    let engine = Engine::start(
        Model::new(start),
        console.cloud,
        console.journal,
        console.clock,
    );
    let mut desk = Desk {
        engine,
        theme,
        events: EventStream::new(),
        ticks: ticks()?,
        drawn_at: None,
        lend: console.lend,
    };
    let ended = desk.work(&mut screen, &mut signals).await;
    drop(screen);
    last_words(&mut desk.engine).await;
    ended
}

/// A change that is under way when the console ends is seen through to its record.
async fn last_words(engine: &mut Engine) {
    if !engine.is_carrying() {
        return;
    }
    say("firstline: a change is on its way; waiting for its outcome to be recorded …");
    if timeout(LAST_WORDS, engine.finish()).await.is_err() {
        say("firstline: no answer; the journal holds the intent without an outcome");
    }
}

/// The looks this terminal can show; crossterm reads `COLORTERM` and `TERM`.
fn theme(display: Display) -> Theme {
    let depth = match crossterm::style::available_color_count() {
        _ if !display.color => Depth::Monochrome,
        u16::MAX => Depth::True,
        256.. => Depth::Indexed,
        _ => Depth::Sixteen,
    };
    Theme::new(
        depth,
        if display.ascii {
            Glyphs::Ascii
        } else {
            Glyphs::Unicode
        },
    )
}

/// Speaks to the person once the terminal is theirs again. Nobody may be listening.
fn say(words: &str) {
    use io::Write;
    let _ = writeln!(io::stderr(), "{words}");
}

fn ticks() -> io::Result<Interval> {
    let length = Duration::try_from(TICK).map_err(io::Error::other)?;
    let mut ticks = interval(length);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    Ok(ticks)
}

/// Everything the loop holds.
struct Desk {
    engine: Engine,
    theme: Theme,
    events: EventStream,
    ticks: Interval,
    drawn_at: Option<Instant>,
    lend: Lend,
}

/// What woke the loop.
enum Woken {
    Input(Option<io::Result<crossterm::event::Event>>),
    Background(Option<Msg>),
    Signal(Asked),
    Tick,
    Frame,
}

impl Desk {
    async fn work(&mut self, screen: &mut Screen, signals: &mut Signals) -> io::Result<()> {
        loop {
            let flow = match self.wake(signals).await {
                // A terminal that went away ends the console like a hang-up.
                Woken::Input(None | Some(Err(_)))
                | Woken::Background(None)
                | Woken::Signal(Asked::End) => Flow::Quit,
                Woken::Input(Some(Ok(event))) => self.input(event),
                Woken::Background(Some(msg)) => self.engine.handle(msg),
                Woken::Signal(Asked::Suspend) => Flow::Suspend,
                Woken::Tick => self.engine.tick(),
                Woken::Frame => Flow::Go,
            };
            match self.drain(flow) {
                Flow::Go => self.draw_if_due(screen)?,
                Flow::Quit => return Ok(()),
                Flow::Suspend => {
                    screen.give_back()?;
                    stop_until_continued()?;
                    screen.take_again()?;
                    self.resumed(screen)?;
                }
                Flow::Lend(shell) => {
                    // What reads the keys must be gone, or it would take some of the shell's.
                    self.events = EventStream::new();
                    screen.give_back()?;
                    (self.lend)(shell).await;
                    // Signals were the shell's.
                    *signals = Signals::listen()?;
                    screen.take_again()?;
                    self.resumed(screen)?;
                }
            }
        }
    }

    async fn wake(&mut self, signals: &mut Signals) -> Woken {
        let frame = self.frame_at();
        tokio::select! {
            biased;
            asked = signals.next() => Woken::Signal(asked),
            event = self.events.next() => Woken::Input(event),
            () = sleep_until(frame.unwrap_or_else(far)), if frame.is_some() => Woken::Frame,
            msg = self.engine.next() => Woken::Background(msg),
            _ = self.ticks.tick() => Woken::Tick,
        }
    }

    /// Takes in what is waiting, unless the loop has something more urgent to do.
    fn drain(&mut self, mut flow: Flow) -> Flow {
        for _ in 0..FLOOD {
            if flow != Flow::Go {
                break;
            }
            let Some(msg) = self.engine.waiting() else {
                break;
            };
            flow = self.engine.handle(msg);
        }
        flow
    }

    fn input(&mut self, event: crossterm::event::Event) -> Flow {
        match input::message(event, self.engine.model()) {
            Some(msg) => self.engine.input(msg),
            None => Flow::Go,
        }
    }

    fn resumed(&mut self, screen: &Screen) -> io::Result<()> {
        let (columns, rows) = screen.size()?;
        self.engine.handle(Msg::Resize(Size { columns, rows }));
        self.engine.input(Msg::Resumed);
        Ok(())
    }

    /// When the next frame may be drawn, if one is wanted.
    fn frame_at(&self) -> Option<Instant> {
        let wanted = self.engine.model().changed();
        wanted.then(|| self.drawn_at.map_or_else(now, |drawn| drawn + FRAME))
    }

    fn draw_if_due(&mut self, screen: &mut Screen) -> io::Result<()> {
        if self.frame_at().is_none_or(|due| due > now()) || !self.engine.take_dirty() {
            return Ok(());
        }
        self.drawn_at = Some(now());
        screen.draw(|frame| view::draw(self.engine.model(), &self.theme, frame))?;
        #[cfg(debug_assertions)]
        panic_if_asked();
        Ok(())
    }
}

/// `FIRSTLINE_PANIC` in a debug build: how a test sees that a panic gives the terminal back.
#[cfg(debug_assertions)]
fn panic_if_asked() {
    assert!(
        std::env::var_os("FIRSTLINE_PANIC").is_none(),
        "FIRSTLINE_PANIC asked for this panic"
    );
}

#[expect(clippy::disallowed_methods, reason = "the runtime paces the frames")]
fn now() -> Instant {
    Instant::now()
}

/// A moment no frame waits for.
fn far() -> Instant {
    now() + Duration::from_hours(1)
}
