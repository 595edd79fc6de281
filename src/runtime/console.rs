//! The loop: wait for something to happen, take in everything that is waiting, draw once.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until, timeout};

use super::clock::Clock;
use super::engine::{Engine, Flow};
use super::input;
use super::keyboard::Keyboard;
use super::lent;
use super::sessions::Lendable;
use super::sign_in;
use super::signals::{Asked, Signals, stop_until_continued};
use super::terminal::{Screen, copy};
use crate::app::model::{Display, Habits, Size, Start};
use crate::app::msg::Tone;
use crate::app::theme::Looks;
use crate::app::{Model, Msg, TICK};
use crate::cloud::Cloud;
use crate::estate::log::{LogKeys, LogLinks};
use crate::journal::Journal;
use crate::passage::{Left, converse};
use crate::view;
use crate::view::theme::{Depth, Glyphs, Theme};

/// Shortest time between two frames.
const FRAME: Duration = Duration::from_millis(16);
/// Most messages taken in before a frame is drawn, so that a flood cannot hide the screen.
const FLOOD: usize = 512;
/// How long a change on its road may still take after the person wants to leave.
const LAST_WORDS: Duration = Duration::from_secs(25);

/// How long after a shell ended Ctrl-C was still meant for it.
const STORM: Duration = Duration::from_secs(1);

/// What the console is made of.
pub struct Console {
    /// How it starts.
    pub start: Start,
    /// In which colours.
    pub looks: Looks,
    /// The door to AWS.
    pub cloud: Arc<Cloud>,
    /// The record.
    pub journal: Journal,
    /// The time.
    pub clock: Clock,
    /// How sessions are recorded and bounded when nobody says.
    pub habits: Habits,
    /// Where lines are to be read that are not in `CloudWatch`.
    pub log_links: LogLinks,
    /// Under which keys lines say their level, time and message.
    pub log_keys: LogKeys,
}

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
    let mut model = Model::new(start);
    model.looks = console.looks;
    model.habits = console.habits;
    model.log_links = console.log_links;
    model.log_keys = console.log_keys;
    model.zone = jiff::tz::TimeZone::system();
    let engine = Engine::start(model, console.cloud, console.journal, console.clock);
    let mut desk = Desk {
        engine,
        theme,
        keyboard: Some(Keyboard::listen()?),
        resized: signal(SignalKind::window_change())?,
        ticks: ticks()?,
        drawn_at: None,
        storm: None,
    };
    let ended = desk.work(&mut screen, &mut signals).await;
    drop(screen);
    last_words(&mut desk.engine).await;
    ended
}

/// A change that is under way when the console ends is seen through to its record, and what is
/// open is ended.
async fn last_words(engine: &mut Engine) {
    match (engine.is_carrying(), engine.has_sessions()) {
        (true, _) => {
            say("firstline: a change is on its way; waiting for its outcome to be recorded …");
        }
        (false, true) => say("firstline: ending what is open …"),
        (false, false) => {}
    }
    if timeout(LAST_WORDS, engine.finish()).await.is_err() {
        say("firstline: no answer; the journal holds the intent without an outcome");
    }
    if let Some(words) = engine.share_the_rest().await {
        say(&format!("firstline: {words}"));
    }
}

/// What this terminal can show; crossterm reads `COLORTERM` and `TERM`.
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
    /// What reads the keys; nothing while somebody else does.
    keyboard: Option<Keyboard>,
    resized: Signal,
    ticks: Interval,
    drawn_at: Option<Instant>,
    /// Until when an interrupt is one of those that were meant for the shell that ended.
    storm: Option<Instant>,
}

/// What woke the loop.
enum Woken {
    Input(Option<io::Result<crossterm::event::Event>>),
    Background(Option<Msg>),
    Signal(Asked),
    Resized,
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
                Woken::Resized => {
                    let (columns, rows) = screen.size()?;
                    self.engine.handle(Msg::Resize(Size { columns, rows }))
                }
                Woken::Background(Some(msg)) => self.engine.handle(msg),
                Woken::Signal(Asked::Suspend) => Flow::Suspend,
                Woken::Tick => self.engine.tick(),
                Woken::Frame => Flow::Go,
            };
            if let Some(text) = self.engine.take_copied() {
                copy(&text)?;
            }
            match self.drain(flow) {
                Flow::Go => self.draw_if_due(screen)?,
                Flow::Quit => return Ok(()),
                Flow::Suspend => {
                    screen.give_back()?;
                    stop_until_continued()?;
                    screen.take_again()?;
                    self.resumed(screen)?;
                }
                Flow::Enter(number) => {
                    if self.enter(number, screen, signals).await? == Flow::Quit {
                        return Ok(());
                    }
                }
                Flow::Lend(commands) => {
                    if self.sign_in(&commands, screen, signals).await? == Flow::Quit {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Steps aside for an open shell, and is back as it was. Meanwhile everything goes on: what
    /// comes home is taken in, and nothing is drawn.
    async fn enter(
        &mut self,
        number: u32,
        screen: &mut Screen,
        signals: &mut Signals,
    ) -> io::Result<Flow> {
        // What is said before the shell shows comes from the list.
        self.engine.tick();
        let Some(lendable) = self.engine.shell(number) else {
            self.engine
                .handle(Msg::Notice(Tone::Info, "it is over".into()));
            return Ok(Flow::Go);
        };
        // Waits until its thread is gone: the keys are the shell's from here on.
        self.keyboard = None;
        screen.give_back()?;
        lent::announce(self.engine.model(), number);
        let left = match lendable {
            Lendable::Shell(kept) => self.beside(std::pin::pin!(converse(&kept))).await,
            Lendable::Program(loan) => self.beside(std::pin::pin!(loan.run())).await,
        };
        self.take_back(screen, signals)?;
        match left {
            Ok(Left::Over(_)) => {
                self.storm = Some(now() + STORM);
                Ok(Flow::Go)
            }
            Ok(Left::Away { typed }) => Ok(self.typed(&typed)),
            Ok(Left::Told) => Ok(Flow::Quit),
            Err(error) => {
                let words = format!("the terminal could not be lent: {error}");
                self.engine.handle(Msg::Notice(Tone::Bad, words.into()));
                Ok(Flow::Go)
            }
        }
    }

    /// Steps aside for what brings credentials, reads them anew, and goes on with what it had.
    async fn sign_in(
        &mut self,
        commands: &[Vec<String>],
        screen: &mut Screen,
        signals: &mut Signals,
    ) -> io::Result<Flow> {
        self.keyboard = None;
        screen.give_back()?;
        let ended = self.beside(std::pin::pin!(sign_in::run(commands))).await;
        self.take_back(screen, signals)?;
        self.storm = Some(now() + STORM);
        match ended {
            sign_in::Ended::Told => return Ok(Flow::Quit),
            sign_in::Ended::Badly(words) => {
                self.engine
                    .handle(Msg::Notice(Tone::Bad, words.as_str().into()));
            }
            sign_in::Ended::Well => {}
        }
        self.engine.renew();
        Ok(Flow::Go)
    }

    /// The terminal is ours again, and signals are no longer somebody else's.
    fn take_back(&mut self, screen: &mut Screen, signals: &mut Signals) -> io::Result<()> {
        *signals = Signals::listen()?;
        screen.take_again()?;
        self.keyboard = Some(Keyboard::listen()?);
        self.resumed(screen)
    }

    /// Takes in what comes home until `lent` is done.
    async fn beside<T>(&mut self, mut lent: impl Future<Output = T> + Unpin) -> T {
        loop {
            tokio::select! {
                biased;
                done = &mut lent => return done,
                Some(msg) = self.engine.next() => { self.engine.handle(msg); }
                _ = self.ticks.tick() => { self.engine.tick(); }
            }
        }
    }

    /// Keys that were typed right behind the one that left the shell.
    fn typed(&mut self, bytes: &[u8]) -> Flow {
        for chord in input::plain(bytes) {
            let flow = self.engine.input(Msg::Key(chord));
            if flow != Flow::Go {
                return flow;
            }
        }
        Flow::Go
    }

    async fn wake(&mut self, signals: &mut Signals) -> Woken {
        let frame = self.frame_at();
        tokio::select! {
            biased;
            asked = signals.next() => Woken::Signal(asked),
            event = next(&mut self.keyboard) => Woken::Input(event),
            _ = self.resized.recv() => Woken::Resized,
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
        if self.is_of_a_storm(&event) {
            return Flow::Go;
        }
        match input::message(event, self.engine.model()) {
            Some(msg) => self.engine.input(msg),
            None => Flow::Go,
        }
    }

    /// Whether it is an interrupt that was meant for the shell that just ended: here it would leave
    /// the console. A storm lasts as long as the next one follows.
    fn is_of_a_storm(&mut self, event: &crossterm::event::Event) -> bool {
        let interrupt = input::is_interrupt(event);
        let raging = interrupt && self.storm.is_some_and(|until| now() < until);
        self.storm = raging
            .then(|| now() + STORM)
            .or(self.storm.filter(|_| !interrupt));
        raging
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

/// The next event; never, while somebody else reads the keys.
async fn next(keyboard: &mut Option<Keyboard>) -> Option<io::Result<crossterm::event::Event>> {
    match keyboard {
        Some(keyboard) => keyboard.next().await,
        None => std::future::pending().await,
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
