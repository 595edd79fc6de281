//! The console without a terminal, over a simulated AWS, in time that only a test moves.

use firstline::estate::usage::Prices;
use firstline::estate::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use firstline::app::keymap::Keymap;
use firstline::app::model::{Display, Size, Start};
use firstline::app::{Model, Msg, TICK};
use firstline::cloud::{Cloud, Connection, Options};
use firstline::estate::id::EnvironmentName;
use firstline::estate::staging::Orders;
use firstline::journal::Journal;
use firstline::policy::{Arm, Mode, Role, Terms};
use firstline::runtime::{Clock, Engine, Flow};
use firstline::sim::scenario::Scenario;
use firstline::sim::{Call, Sim, connector};
use firstline::view;
use firstline::view::theme::{Depth, Glyphs, Theme};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until};

use crate::opened::{Folder, PRODUCTION, Read, clock, production, staging};
use crate::permitted::Watch;
use firstline::estate::permission::Duty;

/// Shortest time between two frames, as in the console.
const FRAME: Duration = Duration::from_millis(16);

/// What to open.
pub(super) struct Opening {
    scenario: Scenario,
    connections: Vec<Connection>,
    mode: Mode,
    faults: String,
    cache: Option<PathBuf>,
    world: Option<(Sim, Read)>,
    record: Option<Journal>,
    /// The log group the journal is shared in, of production's account.
    shared: Option<&'static str>,
    orders: Vec<(EnvironmentName, Orders)>,
    armed: bool,
    terms: Terms,
}

/// An open console.
pub(super) struct Desk {
    pub(super) sim: Sim,
    pub(super) time: Read,
    pub(super) journal: Journal,
    engine: Box<Engine>,
    ticks: Interval,
    frames: usize,
    drawn_at: Option<Instant>,
    _folder: Folder,
    /// Who sits here.
    watch: Watch,
    /// How many calls AWS had heard before, from another console.
    heard: usize,
}

impl Drop for Desk {
    fn drop(&mut self) {
        let calls = self.sim.calls();
        // The log of calls forgets the oldest.
        self.watch
            .assert_kept(calls.get(self.heard..).unwrap_or(&calls));
    }
}

impl Opening {
    /// The demo's estate with what happens in `scenario`.
    pub(super) fn of(scenario: &str) -> Self {
        let scenario = Scenario::named(scenario).unwrap();
        Self::over(scenario, vec![production(), staging()])
    }

    /// Any estate.
    pub(super) fn over(scenario: Scenario, connections: Vec<Connection>) -> Self {
        Self {
            scenario,
            connections,
            mode: Mode::Observe,
            orders: Vec::new(),
            faults: String::new(),
            cache: None,
            world: None,
            armed: true,
            terms: Terms::default(),
            record: None,
            shared: None,
        }
    }

    /// What the settings say about stopping and starting staging.
    pub(super) fn orders(mut self, orders: Orders) -> Self {
        self.orders = vec![("staging".into(), orders)];
        self
    }

    /// The journal goes to this group of production's account, too.
    pub(super) fn sharing(mut self, group: &'static str) -> Self {
        self.shared = Some(group);
        self
    }

    /// The console observes, as it does when a person starts it.
    pub(super) fn observing(mut self) -> Self {
        self.armed = false;
        self
    }

    /// What the team decided.
    pub(super) fn terms(mut self, terms: Terms) -> Self {
        self.terms = terms;
        self
    }

    pub(super) fn read_only(mut self) -> Self {
        self.mode = Mode::ReadOnly;
        self.armed = false;
        self
    }

    /// Faults in force from the start.
    pub(super) fn faults(mut self, faults: &str) -> Self {
        faults.clone_into(&mut self.faults);
        self
    }

    /// The same AWS, at the same time, that another console looks at or looked at.
    pub(super) fn on(mut self, world: &(Sim, Read)) -> Self {
        self.world = Some(world.clone());
        self
    }

    /// The journal of the console before.
    pub(super) fn record(mut self, folder: &Folder) -> Self {
        self.record = Some(folder.journal());
        self
    }

    /// Where the inventory of the last run is.
    pub(super) fn cache(mut self, folder: &Folder) -> Self {
        self.cache = Some(folder.path().to_owned());
        self
    }

    /// Whoever only looks is an observer; whoever may act an operator, or what the settings say.
    fn watch(&self) -> Watch {
        let mut roles = self.terms.callers.iter().map(|one| one.role);
        let duty = match self.mode {
            Mode::ReadOnly => Duty::Observer,
            Mode::Observe if roles.any(|role| role == Role::Developer) => Duty::Developer,
            Mode::Observe => Duty::Operator,
        };
        let connections = self.connections.iter();
        let watch = Watch::of(duty);
        let watch = match self.shared {
            Some(_) => watch.sharing(PRODUCTION),
            None => watch,
        };
        connections.fold(watch, |watch, one| {
            let key = one.credentials.as_ref().map(|fixed| &*fixed.access_key_id);
            // A key may name a person behind the account.
            let account = key.and_then(|key| key.split(':').next());
            watch.over(
                account.unwrap_or_default(),
                &one.environment,
                one.role.is_some(),
            )
        })
    }

    pub(super) async fn open(self) -> Desk {
        let watch = self.watch();
        let (sim, read) = self.world.unwrap_or_else(|| {
            let read = clock();
            (Sim::new(&self.scenario, 7, Arc::clone(&read)), read)
        });
        let heard = sim.calls().len();
        sim.set_faults(self.faults.parse().unwrap());
        let options = Options {
            prices: Prices::default(),
            endpoint_url: None,
            region: None,
            http: Some(connector::http_client(sim.clone())),
            cache_dir: self.cache,
            clock: Arc::clone(&read),
            masks: firstline::estate::log::Masks::default(),
            log_keys: firstline::estate::log::LogKeys::default(),
        };
        let cloud = Box::pin(connected(self.connections, options, self.shared));
        let cloud = Arc::new(cloud.await);
        let environments = cloud.links().iter().map(|one| one.environment().clone());
        let mut model = Model::new(Start {
            now: read(),
            size: Size {
                columns: 120,
                rows: 40,
            },
            mode: self.mode,
            display: Display::default(),
            environments: environments.collect(),
            only: None,
            keymap: Keymap::load(&[]).unwrap(),
            orders: self.orders,
            contacts: firstline::estate::advice::Contacts::default(),
            hold: firstline::estate::log::held::HOLD,
            idle_after: SignedDuration::from_mins(15),
            terms: self.terms.clone(),
            services: firstline::estate::catalogue::Catalogue::default(),
        });
        model.arm = self.armed.then(|| armed_for_long(read()));
        let folder = Folder::new();
        let journal = self.record.unwrap_or_else(|| folder.journal());
        Desk {
            engine: Box::new(Engine::start(
                model,
                cloud,
                journal.clone(),
                Clock::of(Arc::clone(&read)),
            )),
            sim,
            time: read,
            journal,
            ticks: ticks(),
            frames: 0,
            drawn_at: None,
            _folder: folder,
            watch,
            heard,
        }
    }
}

/// The clock's strokes; those that were missed are not made up for.
fn ticks() -> Interval {
    let mut ticks = interval(Duration::try_from(TICK).unwrap());
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    ticks
}

/// The door to AWS, with the group of production's account the journal is shared in.
async fn connected(connections: Vec<Connection>, options: Options, shared: Option<&str>) -> Cloud {
    let cloud = Cloud::connect(connections, options.clone()).await.unwrap();
    match shared {
        None => cloud,
        Some(group) => {
            let sharing = cloud.sharing(group.to_owned(), production(), &options);
            sharing.await.unwrap()
        }
    }
}

/// An arm that outlasts what a test does.
fn armed_for_long(now: Timestamp) -> Arm {
    let long = Terms {
        arming: SignedDuration::from_hours(12),
        ..Terms::default()
    };
    Arm::new("the test", now, &long, false)
}

impl Desk {
    pub(super) fn model(&self) -> &Model {
        self.engine.model()
    }

    /// How many frames a terminal would have been asked to draw.
    pub(super) fn frames(&self) -> usize {
        self.frames
    }

    /// The AWS it looks at and the time it does so, for a console after it.
    pub(super) fn world(&self) -> (Sim, Read) {
        (self.sim.clone(), Arc::clone(&self.time))
    }

    /// Presses keys as people write them: `"g s enter"`. No time passes.
    pub(super) fn press(&mut self, keys: &str) -> Flow {
        let mut flow = Flow::Go;
        for key in keys.split_whitespace() {
            flow = self.engine.input(Msg::Key(key.parse().unwrap()));
        }
        flow
    }

    /// Types `text`, letter by letter.
    pub(super) fn write(&mut self, text: &str) {
        for letter in text.chars() {
            let key = firstline::app::chord::Chord::char(letter);
            self.engine.input(Msg::Key(key));
        }
    }

    /// Pastes `text`.
    pub(super) fn paste(&mut self, text: &str) {
        self.engine.input(Msg::Paste(text.to_owned()));
    }

    /// Lets seconds pass.
    pub(super) async fn wait(&mut self, seconds: u64) {
        let never = |_: &Self| false;
        self.until(Duration::from_secs(seconds), never).await;
    }

    /// Lets time pass until `arrived` or for `limit`; says how long that took if it arrived.
    pub(super) async fn until(
        &mut self,
        limit: Duration,
        arrived: impl Fn(&Self) -> bool,
    ) -> Option<Duration> {
        let began = Instant::now();
        loop {
            if arrived(self) {
                return Some(began.elapsed());
            }
            tokio::select! {
                biased;
                Some(msg) = self.engine.next() => { self.engine.handle(msg); }
                _ = self.ticks.tick() => { self.engine.tick(); }
                () = sleep_until(began + limit) => return None,
            }
            while let Some(msg) = self.engine.waiting() {
                self.engine.handle(msg);
            }
            self.count_frame();
        }
    }

    fn count_frame(&mut self) {
        let due = self.drawn_at.is_none_or(|at| at.elapsed() >= FRAME);
        if due && self.engine.take_dirty() {
            self.drawn_at = Some(Instant::now());
            self.frames += 1;
        }
    }

    /// What a terminal of this size shows.
    pub(super) fn screen(&mut self, columns: u16, rows: u16) -> String {
        let buffer = self.picture(columns, rows);
        let lines = buffer.content().chunks(usize::from(columns));
        let lines = lines.map(|line| {
            let text: String = line.iter().map(Cell::symbol).collect();
            text.trim_end().to_owned()
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn picture(&mut self, columns: u16, rows: u16) -> Buffer {
        self.engine.handle(Msg::Resize(Size { columns, rows }));
        let theme = Theme::new(Depth::True, Glyphs::Unicode);
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        terminal
            .draw(|frame| view::draw(self.engine.model(), &theme, frame))
            .unwrap();
        terminal.backend().buffer().clone()
    }
}

/// How many calls each operation got.
pub(super) fn tally(calls: &[Call]) -> BTreeMap<&str, usize> {
    let mut tally = BTreeMap::new();
    for call in calls {
        *tally.entry(call.operation.as_str()).or_default() += 1;
    }
    tally
}
