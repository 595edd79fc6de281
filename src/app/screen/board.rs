//! The board: every service, worst first; KPIs, events and the selected service's log.

use strum::IntoEnumIterator as _;

use crate::estate::Timestamp;
use crate::estate::board::Row;
use crate::estate::id::{EnvironmentName, ServiceArn};
use crate::estate::verdict::Health;

use super::super::input::Input;
use super::super::sought::Sought;

/// The panes of the board, in the order Tab visits them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, strum::EnumIter)]
pub enum Pane {
    /// The services.
    #[default]
    Services,
    /// The KPI strip.
    Kpis,
    /// Alarms and events.
    Events,
    /// The log of the selected service.
    Logs,
}

/// What is selected in the services pane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selected {
    /// A service, by its ARN, wherever its row moves.
    Service(ServiceArn),
    /// The line that stands for the healthy services.
    Healthy,
}

/// One line of the services pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The row at this place of [`Look::rows`](super::super::look::Look).
    Row(usize),
    /// So many healthy services, folded into one line.
    Healthy(usize),
}

/// The board's state.
#[derive(Clone, Debug)]
pub struct Board {
    /// The lines of the services pane, top to bottom.
    pub entries: Vec<Entry>,
    /// What is selected; `None` while there is nothing.
    pub selected: Option<Selected>,
    /// Since when that is selected.
    pub selected_at: Timestamp,
    /// Whether a person chose it. Until somebody did, the first line is selected.
    pub chosen: bool,
    /// The pane that takes the movement keys.
    pub pane: Pane,
    /// What narrows the services.
    pub filter: Input,
    /// Whether healthy services have a line each even while others are sick.
    pub show_healthy: bool,
    /// First KPI shown.
    pub kpi_top: usize,
    /// First event shown.
    pub event_top: usize,
}

impl Board {
    /// An empty board.
    pub fn new(now: Timestamp) -> Self {
        Self {
            entries: Vec::new(),
            selected: None,
            selected_at: now,
            chosen: false,
            pane: Pane::default(),
            filter: Input::default(),
            show_healthy: false,
            kpi_top: 0,
            event_top: 0,
        }
    }

    /// The place of the selected line among the entries.
    pub fn selected_index(&self, rows: &[Row]) -> Option<usize> {
        let selected = self.selected.as_ref()?;
        self.entries
            .iter()
            .position(|entry| same(*entry, selected, rows))
    }

    /// Lays the lines out anew, because the rows, the filter or the environment changed. The
    /// selection stays on its service while that has a line; when it has none any more, the
    /// neighbour that took its place is selected, or the first that passes the filter.
    pub(in crate::app) fn arrange(
        &mut self,
        rows: &[Row],
        was_at: Option<usize>,
        only: Option<&EnvironmentName>,
        now: Timestamp,
    ) {
        self.chosen |= !self.filter.is_empty();
        if !self.chosen {
            return self.start(rows, only, now);
        }
        self.entries = self.lines(rows, only);
        if self.selected_index(rows).is_some() {
            return;
        }
        let last = self.entries.len().saturating_sub(1);
        // Whoever narrows the list means what it has worst, not what slid under the cursor.
        let filtered = !self.filter.text().trim().is_empty();
        let at = if filtered { 0 } else { was_at.unwrap_or(0) };
        self.choose(at.min(last), rows, now);
    }

    /// Whether healthy services are folded into a line.
    pub fn folds(&self) -> bool {
        matches!(self.entries.last(), Some(Entry::Healthy(_)))
    }

    /// Lays the lines out while nobody has chosen any: the first is selected, whichever it is
    /// now.
    fn start(&mut self, rows: &[Row], only: Option<&EnvironmentName>, now: Timestamp) {
        let (before, since) = (self.selected.take(), self.selected_at);
        self.entries = self.lines(rows, only);
        self.choose(0, rows, now);
        if self.selected == before {
            self.selected_at = since;
        }
    }

    fn lines(&self, rows: &[Row], only: Option<&EnvironmentName>) -> Vec<Entry> {
        let here = rows
            .iter()
            .enumerate()
            .filter(|(_, row)| only.is_none_or(|only| *only == row.environment));
        let filter = self.filter.text();
        if !filter.trim().is_empty() {
            let mut sought = Sought::exact(&filter);
            return here
                .filter(|(_, row)| sought.matches(&words(row)))
                .map(|(place, _)| Entry::Row(place))
                .collect();
        }
        let (sick, healthy): (Vec<_>, Vec<_>) = here.partition(|(_, row)| !is_healthy(row));
        let fold = !self.show_healthy && !sick.is_empty() && healthy.len() > 1;
        // A service that recovers under the cursor keeps its line.
        let kept = |row: &Row| !fold || self.holds(row);
        let folded = healthy.iter().filter(|(_, row)| !kept(row)).count();
        let shown = healthy.into_iter().filter(|(_, row)| kept(row));
        let mut entries: Vec<Entry> = sick
            .into_iter()
            .chain(shown)
            .map(|(place, _)| Entry::Row(place))
            .collect();
        entries.extend((folded > 0).then_some(Entry::Healthy(folded)));
        entries
    }

    fn holds(&self, row: &Row) -> bool {
        matches!(&self.selected, Some(Selected::Service(arn)) if *arn == row.arn)
    }

    /// Selects the line at `index`. Says whether that is another one.
    pub(in crate::app) fn choose(&mut self, index: usize, rows: &[Row], now: Timestamp) -> bool {
        let selected = self.entries.get(index).and_then(|entry| match entry {
            Entry::Row(place) => rows
                .get(*place)
                .map(|row| Selected::Service(row.arn.clone())),
            Entry::Healthy(_) => Some(Selected::Healthy),
        });
        self.select(selected, now)
    }

    /// Selects `selected`. Says whether that is another one.
    pub(in crate::app) fn select(&mut self, selected: Option<Selected>, now: Timestamp) -> bool {
        if self.selected == selected {
            return false;
        }
        self.selected = selected;
        self.selected_at = now;
        true
    }

    /// Moves the focus by `steps` panes, round and round.
    pub(in crate::app) fn turn(&mut self, steps: isize) {
        let panes: Vec<Pane> = Pane::iter().collect();
        let at = panes.iter().position(|pane| *pane == self.pane);
        let count = isize::try_from(panes.len()).unwrap_or(1);
        let next = at
            .and_then(|at| isize::try_from(at).ok())
            .map_or(0, |at| (at + steps).rem_euclid(count));
        self.pane = panes[next.unsigned_abs()];
    }
}

fn same(entry: Entry, selected: &Selected, rows: &[Row]) -> bool {
    match (entry, selected) {
        (Entry::Row(place), Selected::Service(arn)) => {
            rows.get(place).is_some_and(|row| row.arn == *arn)
        }
        (Entry::Healthy(_), Selected::Healthy) => true,
        (Entry::Row(_), Selected::Healthy) | (Entry::Healthy(_), Selected::Service(_)) => false,
    }
}

/// Whether a row may be folded away: it works, or somebody stopped it and its count is on record.
pub const fn is_healthy(row: &Row) -> bool {
    matches!(
        row.verdict.health,
        Health::Healthy | Health::HealthyUnverified | Health::Stopped
    )
}

/// What a filter can find a row by.
fn words(row: &Row) -> String {
    format!(
        "{} {} {} {}",
        row.name,
        row.cluster.name(),
        row.verdict.health.word(),
        row.environment
    )
}
