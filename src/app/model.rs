//! Everything the console knows and shows.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::estate::SignedDuration;
use crate::estate::Timestamp;
use crate::estate::advice::{Advice, Contacts};
use crate::estate::alarm::{Alarm, AlarmState};
use crate::estate::board::{Headline, kpi_strip};
use crate::estate::catalogue::Catalogue;
use crate::estate::environment::{Environment, Tier};
use crate::estate::event::{Event, EventKind};
use crate::estate::history::Deed;
use crate::estate::id::{EnvironmentName, ServiceArn};
use crate::estate::kpi::Attention;
use crate::estate::log::{LogKeys, LogLinks};
use crate::estate::session::{IDLE_MINUTES, Records};
use crate::estate::shared::Sharing;
use crate::estate::staging::Orders;
use crate::estate::standing::Standing;
use crate::estate::text::Text;
use crate::estate::usage::Usage;
use crate::policy::{self, Arm, JournalState, Mode, Terms, longest};

use super::action::Action;
use super::chord::Chord;
use super::keymap::Keymap;
use super::logs::Logs;
use super::look::{Focus, Look};
use super::msg::Tone;
use super::screen::Overlay;
use super::screen::alarms::Bells;
use super::screen::board::{Board, Selected};
use super::screen::chart::Chart;
use super::screen::chronicle::Chronicle;
use super::screen::entering::Entering;
use super::screen::follow::Pursuits;
use super::screen::reader::Reader;
use super::screen::service::ServicePage;
use super::screen::staging::{Run, Wanted};
use super::screen::wish::Wished;
use super::theme::Looks;

/// The state of the console. `update` alone changes it; the view reads it.
#[derive(Debug)]
pub struct Model {
    /// The time of the last message that told it.
    pub now: Timestamp,
    /// The terminal's size.
    pub size: Size,
    /// What the console may do at all.
    pub mode: Mode,
    /// How the console should look.
    pub display: Display,
    /// In which colours.
    pub looks: Looks,
    /// What is known of the estate, and what follows from it.
    pub look: Look,
    /// What the console costs.
    pub usage: Usage,
    /// Show and read this environment only.
    pub only: Option<EnvironmentName>,
    /// The board, always underneath.
    pub board: Board,
    /// The opened service's page, over the board.
    pub service: Option<ServicePage>,
    /// The timeline of an environment, over the board.
    pub chronicle: Option<Chronicle>,
    /// The alarms, over board and page.
    pub bells: Option<Bells>,
    /// KPIs over time, over all of these.
    pub chart: Option<Chart>,
    /// What lies over them and takes the keys.
    pub overlay: Option<Overlay>,
    /// The log of the selected or opened service.
    pub logs: Logs,
    /// A log on the whole screen, over board and page.
    pub reader: Option<Box<Reader>>,
    /// How many bytes of log lines are held.
    pub(super) hold: usize,
    /// Where lines are to be read that are not in `CloudWatch`.
    pub log_links: LogLinks,
    /// Under which keys lines say their level, time and message, beside those that are guessed.
    pub log_keys: LogKeys,
    /// This machine's time zone, for those who ask for it; AWS and the charts speak UTC.
    pub zone: TimeZone,
    /// The one line at the bottom that tells of something that just happened.
    pub notice: Option<Notice>,
    /// Whether the journal takes a line; `None` when nobody tried.
    pub journal: Option<JournalState>,
    /// How the copy of it stands that the team shares; `None` where nothing is shared.
    pub sharing: Option<Box<Sharing>>,
    /// What the team decided.
    pub terms: Terms,
    /// What the settings say of services.
    pub services: Catalogue,
    /// Whether and until when the console may alter production.
    pub arm: Option<Arm>,
    /// What was done lately by the journal; `None` when nobody read it.
    pub recent: Option<Vec<Deed>>,
    /// The change on its road, if there is one: one at a time.
    pub carrying: Option<ServiceArn>,
    /// How sessions are recorded and bounded when nobody says.
    pub habits: Habits,
    /// What somebody wants to enter, while they pick and answer.
    pub entering: Option<Entering>,
    /// What is open: shells and forwarded ports, oldest first.
    pub sessions: Vec<Standing>,
    /// The changes that are followed to their end.
    pub pursuits: Pursuits,
    /// What was wished and is being looked at closely.
    pub(super) wished: Option<Wished>,
    /// Verbs AWS denied, with the IAM action that is missing.
    pub(super) denied: BTreeMap<(EnvironmentName, &'static str), Text>,
    /// The environment that is stopped or started, or was last.
    pub run: Option<Run>,
    /// The look that was asked for, to plan with.
    pub(super) surveying: Option<Wanted>,
    /// How environments are stopped and started.
    orders: Vec<(EnvironmentName, Orders)>,
    /// What every key does.
    pub keymap: Keymap,
    /// Keys of a sequence that is not complete yet.
    pub pending: Vec<Chord>,
    /// Whether the terminal window has the focus.
    pub focused: bool,
    /// What somebody looks at, in each environment.
    pub(super) attention: Vec<(EnvironmentName, Attention)>,
    /// When a key or the mouse was last touched.
    pub(super) touched_at: Timestamp,
    /// How long nobody has to be here until everything slows down.
    pub(super) idle_after: SignedDuration,
    pub(super) dirty: bool,
}

/// How sessions are recorded and bounded when nobody says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Habits {
    /// What is recorded.
    pub records: Records,
    /// After how many minutes without a byte AWS ends a session on a node.
    pub idle_minutes: u32,
    /// Whether AWS's own client carries shells.
    pub plugin: bool,
    /// Minutes until a session is ended, for each tier that has a number of its own.
    pub minutes: Vec<(Tier, u32)>,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            records: Records::default(),
            idle_minutes: IDLE_MINUTES,
            plugin: false,
            minutes: Vec::new(),
        }
    }
}

impl Habits {
    /// Minutes a session in `tier` is open: never more than policy allows.
    pub fn minutes(&self, tier: Tier) -> u32 {
        let mut own = self.minutes.iter();
        let own = own.find_map(|(other, minutes)| (*other == tier).then_some(*minutes));
        own.unwrap_or_else(|| longest(tier))
    }
}

/// A terminal's size in cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Cells across.
    pub columns: u16,
    /// Cells down.
    pub rows: u16,
}

/// How the console should look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches of the settings"
)]
pub struct Display {
    /// Draw with ASCII characters only.
    pub ascii: bool,
    /// Use colours.
    pub color: bool,
    /// Listen to the mouse.
    pub mouse: bool,
    /// Print times of day instead of ages.
    pub clock_times: bool,
    /// Tell times of day in this machine's zone in place of UTC.
    pub local: bool,
}

impl Default for Display {
    fn default() -> Self {
        Self {
            ascii: false,
            color: true,
            mouse: true,
            clock_times: false,
            local: false,
        }
    }
}

/// How far back a timeline goes.
pub(super) const BACK: SignedDuration = SignedDuration::from_hours(12);

/// What the console starts with.
#[derive(Debug)]
pub struct Start {
    /// The time.
    pub now: Timestamp,
    /// The terminal's size.
    pub size: Size,
    /// What the console may do at all.
    pub mode: Mode,
    /// How the console should look.
    pub display: Display,
    /// The estate, in the settings' order.
    pub environments: Vec<Environment>,
    /// Show and read this environment only.
    pub only: Option<EnvironmentName>,
    /// What every key does.
    pub keymap: Keymap,
    /// How environments are stopped and started; one that is not named has nothing set.
    pub orders: Vec<(EnvironmentName, Orders)>,
    /// Whom to call and what to read, by service and symptom.
    pub contacts: Contacts,
    /// How many bytes of log lines are held.
    pub hold: usize,
    /// How long nobody has to touch a key until everything is asked for more slowly.
    pub idle_after: SignedDuration,
    /// What the team decided.
    pub terms: Terms,
    /// What the settings say of services.
    pub services: Catalogue,
}

/// Something that just happened, in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How it sounds.
    pub tone: Tone,
    /// What happened.
    pub words: Text,
    /// When.
    pub since: Timestamp,
}

impl Notice {
    /// How long it stays: bad news longer.
    pub(super) const fn lasts(&self) -> SignedDuration {
        match self.tone {
            Tone::Info | Tone::Good => SignedDuration::from_secs(10),
            Tone::Bad => SignedDuration::from_secs(30),
        }
    }
}

/// What AWS speaks.
static UTC: TimeZone = TimeZone::UTC;

impl Model {
    /// The zone times of day are told in: this machine's for those who ask for it, else UTC.
    pub const fn told_in(&self) -> &TimeZone {
        if self.display.local { &self.zone } else { &UTC }
    }

    /// The console before anything was read.
    pub fn new(start: Start) -> Self {
        Self {
            now: start.now,
            size: start.size,
            mode: start.mode,
            display: start.display,
            looks: Looks::default(),
            look: Look::unread(start.environments, start.contacts, start.now),
            usage: Usage::default(),
            log_links: LogLinks::default(),
            log_keys: LogKeys::default(),
            zone: TimeZone::UTC,
            only: start.only,
            board: Board::new(start.now),
            service: None,
            chronicle: None,
            bells: None,
            chart: None,
            overlay: None,
            logs: Logs::holding(start.hold),
            reader: None,
            hold: start.hold,
            notice: None,
            journal: None,
            sharing: None,
            terms: start.terms,
            services: start.services,
            arm: None,
            recent: None,
            carrying: None,
            habits: Habits::default(),
            entering: None,
            sessions: Vec::new(),
            pursuits: Pursuits::default(),
            wished: None,
            denied: BTreeMap::new(),
            run: None,
            surveying: None,
            orders: start.orders,
            keymap: start.keymap,
            pending: Vec::new(),
            focused: true,
            attention: Vec::new(),
            touched_at: start.now,
            idle_after: start.idle_after,
            dirty: true,
        }
    }

    /// Whether the picture has changed since it was last taken, and forgets it.
    pub fn take_dirty(&mut self) -> bool {
        std::mem::take(&mut self.dirty)
    }

    /// Whether the picture has changed since [`Model::take_dirty`].
    pub const fn changed(&self) -> bool {
        self.dirty
    }

    /// The service that an action is about: the opened one, otherwise the selected one.
    pub fn subject(&self) -> Option<&ServiceArn> {
        if let Some(Overlay::Follow) = &self.overlay {
            return self.pursuits.worst();
        }
        if let Some(page) = &self.service {
            return Some(&page.arn);
        }
        match &self.board.selected {
            Some(Selected::Service(arn)) => Some(arn),
            Some(Selected::Healthy) | None => None,
        }
    }

    /// What is looked at closely.
    pub(super) fn focus(&self) -> Option<Focus> {
        if let Some(chart) = &self.chart {
            return Some(match &chart.of {
                Some(arn) => Focus::Service(arn.clone()),
                None => Focus::Environment(chart.environment.clone()),
            });
        }
        if let Some(page) = &self.service {
            return Some(Focus::Service(page.arn.clone()));
        }
        let chronicle = self.chronicle.as_ref()?;
        Some(Focus::Environment(chronicle.environment.clone()))
    }

    /// How far back it is worth telling what happened.
    pub(super) fn back(&self) -> SignedDuration {
        let shown = self.chart.as_ref().map(|chart| chart.span.length());
        shown.map_or(BACK, |shown| shown.max(BACK))
    }

    /// What to do about a service, the most telling first.
    pub fn advice(&self, arn: &ServiceArn) -> Vec<Advice> {
        self.look.advice(arn, self.now)
    }

    /// What the settings say about stopping and starting an environment.
    pub fn orders(&self, environment: &EnvironmentName) -> Orders {
        let mut known = self.orders.iter();
        let found = known.find(|(name, _)| name == environment);
        found.map(|(_, orders)| orders.clone()).unwrap_or_default()
    }

    /// What the console brings to a decision.
    pub fn standing(&self) -> policy::Standing<'_> {
        policy::Standing {
            terms: &self.terms,
            services: &self.services,
            arm: self.arm.as_ref(),
            recent: self.recent.as_deref(),
        }
    }

    /// Whether an environment is shown.
    pub fn shows(&self, environment: &EnvironmentName) -> bool {
        self.only.as_ref().is_none_or(|only| only == environment)
    }

    /// The alarms in ALARM in the environments shown, newest first; without those that only
    /// steer auto scaling.
    pub fn firing(&self) -> Vec<&Alarm> {
        let shown = self.look.snapshot.environments.iter();
        let mut firing: Vec<&Alarm> = shown
            .filter(|one| self.shows(&one.environment.name))
            .flat_map(|one| &one.alarms)
            .filter(|alarm| alarm.state == AlarmState::Alarm && !alarm.steers_scaling())
            .collect();
        firing.sort_by(|a, b| b.since.cmp(&a.since).then_with(|| a.name.cmp(&b.name)));
        firing
    }

    /// What happened in the environments shown, newest first; what still fires is not told
    /// again.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        let firing = self.firing();
        let repeats = move |event: &Event| {
            event.kind == EventKind::Alarm
                && firing.iter().any(|alarm| {
                    alarm.since == Some(event.at) && event.words.starts_with(alarm.name.as_str())
                })
        };
        let feed = self.look.feed.iter();
        feed.filter(move |event| self.shows(&event.environment) && !repeats(event))
    }

    /// The headline numbers of the environments shown.
    pub fn headlines(&self) -> Vec<Headline<'_>> {
        kpi_strip(&self.look.snapshot, self.only.as_ref(), self.now)
    }

    /// Whether `action` does anything here and now; the hint bar, the help and the palette show
    /// what this allows.
    pub fn offers(&self, action: Action) -> bool {
        super::guide::offers(self, action)
    }

    /// Lays the board out anew after the filter, the environment or the folding changed.
    pub(super) fn arrange(&mut self) {
        let at = self.board.selected_index(&self.look.rows);
        self.arrange_from(at);
    }

    /// Lays the board out anew after the rows changed; the selection was at line `at` of the old
    /// ones.
    pub(super) fn arrange_from(&mut self, at: Option<usize>) {
        self.board
            .arrange(&self.look.rows, at, self.only.as_ref(), self.now);
        self.dirty = true;
    }

    /// Says something at the bottom of the screen.
    pub(super) fn say(&mut self, tone: Tone, words: impl Into<Text>) {
        self.notice = Some(Notice {
            tone,
            words: words.into(),
            since: self.now,
        });
        self.dirty = true;
    }

    /// Remembers that the picture changed, if it did.
    pub(super) fn touch(&mut self, changed: bool) {
        self.dirty |= changed;
    }
}
