//! KPIs over time, stacked on one axis, so that cause and effect stand one below the other.

use crate::app::action::Action;
use crate::app::meant;
use crate::app::model::Model;
use crate::app::screen::board::Pane;
use crate::estate::board::{kpi_strip, kpis_of};
use crate::estate::chart::{Charted, Span, Then};
use crate::estate::id::{EnvironmentName, KpiId, ServiceArn};
use crate::estate::kpi::{Level, level};
use crate::estate::part::Read;
use crate::estate::{SignedDuration, Timestamp};

/// The page's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// Where the KPIs are measured.
    pub environment: EnvironmentName,
    /// The service it is about; without one it is the environment.
    pub of: Option<ServiceArn>,
    /// The charts from top to bottom. They keep their places: nothing jumps while it is read.
    pub stack: Vec<KpiId>,
    /// The one in focus.
    pub at: usize,
    /// Whether only that one is shown.
    pub alone: bool,
    /// How far back.
    pub span: Span,
    /// What it is compared with.
    pub then: Then,
    /// The moment that is read out; `None` is the newest.
    pub cursor: Option<Timestamp>,
}

/// No more charts than somebody would step through.
const MOST: usize = 24;
/// Columns of the labels left of a chart, and of the air right of it.
const BESIDE: u16 = 11;
/// How often a chart is asked for whose newest minutes the board reads anyway, or which does not
/// change any more.
const SELDOM: SignedDuration = SignedDuration::from_mins(15);

impl Chart {
    /// What is asked for it beyond what the board keeps, and how often.
    pub(in crate::app) fn reads(&self, model: &Model) -> Vec<(Read, SignedDuration)> {
        let place = model.look.snapshot.environment(&self.environment);
        let known = place.map(|place| &place.kpis);
        let kept = |id: &KpiId| {
            let kpi = known.and_then(|kpis| kpis.iter().find(|kpi| kpi.id == *id));
            kpi.map_or(SignedDuration::ZERO, |kpi| kpi.kind.kept())
        };
        let longer = |id: &&KpiId| kept(id) < self.span.length();
        let beyond = self.stack.iter().filter(longer).cloned().collect();
        let all = self.stack.iter().cloned().collect();
        let read = |kpis, then| {
            Read::Curves(Charted {
                kpis,
                span: self.span,
                then,
            })
        };
        let often = match self.span {
            Span::HalfDay | Span::Day if !model.is_idle() => self.span.period(Then::Now),
            Span::Hour | Span::ThreeHours | Span::HalfDay | Span::Day | Span::Week => SELDOM,
        };
        let mut reads = vec![(read(beyond, Then::Now), often)];
        if self.then != Then::Now {
            reads.push((read(all, self.then), SELDOM));
        }
        reads.retain(|(read, _)| !matches!(read, Read::Curves(asked) if asked.kpis.is_empty()));
        reads
    }

    /// The window it shows.
    pub fn window(&self, now: Timestamp) -> (Timestamp, Timestamp) {
        self.span.window(now)
    }
}

/// Columns a chart has on a screen of so many; one is the smallest step of its cursor.
pub const fn plot_columns(columns: u16) -> u16 {
    columns.saturating_sub(BESIDE)
}

/// Opens the charts: of the opened service, otherwise of the environment in focus.
pub(in crate::app) fn open(model: &mut Model) {
    if let Some(page) = &model.service {
        let (environment, service) = (page.environment.clone(), page.arn.clone());
        return open_on(model, environment, Some(service), None);
    }
    let first = headline_meant(model);
    let chronicle = model.chronicle.as_ref().map(|one| one.environment.clone());
    let of_first = first.as_ref().map(|(environment, _)| environment.clone());
    let environment = chronicle
        .clone()
        .or(of_first)
        .or_else(|| meant::environment_meant(model));
    let first = first.filter(|_| chronicle.is_none()).map(|(_, kpi)| kpi);
    if let Some(environment) = environment {
        open_on(model, environment, None, first);
    }
}

/// The headline the board shows first: the one in sight of its pane, and as long as nobody chose
/// a service the one that is worst.
fn headline_meant(model: &Model) -> Option<(EnvironmentName, KpiId)> {
    let place = match model.board.pane {
        Pane::Kpis => model.board.kpi_top,
        Pane::Services | Pane::Events | Pane::Logs if !model.board.chosen => 0,
        Pane::Services | Pane::Events | Pane::Logs => return None,
    };
    let headlines = model.headlines();
    let one = headlines.get(place)?;
    Some((one.environment.clone(), one.kpi.id.clone()))
}

/// Opens the charts with the focus on `first`.
pub(in crate::app) fn open_on(
    model: &mut Model,
    environment: EnvironmentName,
    of: Option<ServiceArn>,
    first: Option<KpiId>,
) {
    let mut stack = stack(model, &environment, of.as_ref());
    if let Some(first) = &first
        && !stack.contains(first)
    {
        stack.insert(0, first.clone());
    }
    stack.truncate(MOST);
    let at = first.and_then(|first| stack.iter().position(|id| *id == first));
    model.chart = Some(Chart {
        environment,
        of,
        stack,
        at: at.unwrap_or(0),
        alone: false,
        span: Span::default(),
        then: Then::default(),
        cursor: None,
    });
    model.attend();
}

/// What there is to see: of a service its own numbers and those of what it shares with others, of
/// an environment its headlines and whatever else is not well. What is worst stands first.
fn stack(model: &Model, environment: &EnvironmentName, of: Option<&ServiceArn>) -> Vec<KpiId> {
    let snapshot = &model.look.snapshot;
    let shared = kpi_strip(snapshot, Some(environment), model.now).into_iter();
    // What is loud and no headline stands behind the headlines that are as loud.
    let mut found: Vec<(Level, KpiId)> = match of {
        Some(service) => {
            let own = kpis_of(snapshot, service, model.now).into_iter();
            let others = shared.filter(|one| one.kpi.services.is_empty());
            own.chain(others)
                .map(|one| (one.level, one.kpi.id.clone()))
                .collect()
        }
        None => shared.map(|one| (one.level, one.kpi.id.clone())).collect(),
    };
    if of.is_none()
        && let Some(place) = snapshot.environment(environment)
    {
        let loud = place.kpis.iter().map(|kpi| (level(kpi, model.now), kpi));
        let loud = loud.filter(|(level, _)| *level >= Level::Amber);
        for (level, kpi) in loud {
            if !found.iter().any(|(_, id)| *id == kpi.id) {
                found.push((level, kpi.id.clone()));
            }
        }
    }
    found.sort_by_key(|(level, _)| std::cmp::Reverse((*level).max(Level::Fine)));
    found.into_iter().map(|(_, id)| id).collect()
}

/// Whether `action`, one of the charts' own, does anything now.
pub(in crate::app) fn offers(model: &Model, action: Action) -> bool {
    use Action as A;
    let Some(chart) = &model.chart else {
        return false;
    };
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the others are offered wherever charts are"
    )]
    match action {
        A::Longer => chart.span.longer().is_some(),
        A::Shorter => chart.span.shorter().is_some(),
        A::Later => chart.cursor.is_some(),
        A::DropChart => chart.stack.len() > 1,
        A::OneChart => !chart.stack.is_empty(),
        _ => true,
    }
}

/// Does `action` if it is the charts'. Says whether it was.
pub(in crate::app) fn act(model: &mut Model, action: Action) -> bool {
    use Action as A;
    let (now, columns) = (model.now, plot_columns(model.size.columns));
    let Some(chart) = &mut model.chart else {
        return false;
    };
    let (from, until) = chart.window(now);
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other actions are not the charts'"
    )]
    match action {
        A::Back if model.overlay.is_some() => return false,
        A::Back if chart.alone => chart.alone = false,
        A::Back => {
            model.chart = None;
            model.attend();
        }
        A::OneChart => chart.alone = !chart.alone,
        A::Longer => set_span(chart, chart.span.longer()),
        A::Shorter => set_span(chart, chart.span.shorter()),
        A::Compare => chart.then = chart.then.next(),
        A::Earlier | A::Later => {
            let step = step(chart.span, columns);
            let at = chart.cursor.unwrap_or(until);
            let moved = if action == A::Earlier {
                (at - step).max(from)
            } else {
                at + step
            };
            chart.cursor = (moved < until).then_some(moved);
        }
        A::Top if model.overlay.is_none() => chart.cursor = Some(from),
        A::Bottom if model.overlay.is_none() => chart.cursor = None,
        A::DropChart => {
            chart.stack.remove(chart.at.min(chart.stack.len() - 1));
            chart.at = chart.at.min(chart.stack.len() - 1);
            model.attend();
        }
        _ => return false,
    }
    true
}

/// What the cursor moves: a column, but never less than a value is long.
fn step(span: Span, columns: u16) -> SignedDuration {
    let period = span.period(Then::Now);
    let column = span.length().as_secs() / i64::from(columns.max(1));
    let periods = (column + period.as_secs() - 1) / period.as_secs();
    period * i32::try_from(periods.max(1)).unwrap_or(1)
}

fn set_span(chart: &mut Chart, span: Option<Span>) {
    chart.span = span.unwrap_or(chart.span);
    chart.cursor = None;
}
