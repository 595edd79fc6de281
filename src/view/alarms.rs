//! The alarms, and everything there is to say of the selected one.

use ratatui::layout::{Constraint, Layout, Rect};

use super::canvas::{Canvas, line};
use super::layout::Strips;
use super::theme::{Tone, level_mark};
use super::widget::sheet::{Line, Sheet};
use super::widget::window;
use crate::app::screen::alarms::{at, shown, watched};
use crate::estate::alarm::{Alarm, AlarmState};
use crate::estate::board::headline_of;
use crate::estate::id::ServiceArn;
use crate::estate::snapshot::EnvironmentSnapshot;
use crate::estate::text::Text;

/// Columns of what stands left of each sentence.
const LABEL: u16 = 14;
/// Changes of state told of one alarm.
const CHANGES: usize = 8;

/// Draws the page.
pub(super) fn draw(canvas: &mut Canvas<'_>, strips: &Strips) {
    let model = canvas.model;
    let all = shown(model);
    let firing = |alarm: &Alarm| alarm.state == AlarmState::Alarm;
    let count = all.iter().filter(|(_, alarm)| firing(alarm)).count();
    let mut pen = canvas.pen(strips.headline);
    pen.gap(1).put("alarms", Tone::Strong).gap(2);
    if count > 0 {
        pen.put(&format!("✖ {count} in ALARM"), Tone::Down);
    } else {
        pen.put("none in ALARM", Tone::Muted);
    }
    pen.rest(&format!("  of {}", all.len()), Tone::Muted);
    let [list, _, detail] = Layout::vertical([
        Constraint::Fill(2),
        Constraint::Length(1),
        Constraint::Fill(3),
    ])
    .areas(strips.body);
    if all.is_empty() {
        let words = "no alarm was read yet, or there is none";
        canvas.pen(list).gap(3).rest(words, Tone::Muted);
        return;
    }
    let chosen = at(model);
    let window = window::around(chosen, all.len(), usize::from(list.height));
    for (down, index) in window.enumerate() {
        let (place, alarm) = all[index];
        draw_row(canvas, line(list, down), place, alarm);
        if index == chosen {
            let row = line(list, down);
            canvas.theme.select(canvas.buffer, row);
            canvas.pen(row).put("▌", Tone::Accent);
        }
    }
    if let Some((place, alarm)) = all.get(chosen) {
        tell(canvas, place, alarm).draw(canvas, detail, 0);
    }
}

/// The mark and tone of a state. Without data it is neither red nor green: grey.
const fn looks(state: &AlarmState) -> (&'static str, Tone) {
    match state {
        AlarmState::Alarm => ("✖", Tone::Down),
        AlarmState::InsufficientData => ("?", Tone::Muted),
        AlarmState::Unknown(_) => ("?", Tone::Unknown),
        AlarmState::Ok => (" ", Tone::Muted),
    }
}

fn draw_row(canvas: &mut Canvas<'_>, area: Rect, place: &EnvironmentSnapshot, alarm: &Alarm) {
    let (mark, tone) = looks(&alarm.state);
    let wide = area.width >= 100;
    let (name, of) = if wide { (32, 22) } else { (26, 12) };
    let loud = if alarm.state == AlarmState::Alarm {
        Tone::Strong
    } else {
        Tone::Muted
    };
    let state = match alarm.state {
        AlarmState::InsufficientData => "no data",
        AlarmState::Alarm | AlarmState::Ok | AlarmState::Unknown(_) => alarm.state.word(),
    };
    let since = alarm.since.map(|at| canvas.when(at)).unwrap_or_default();
    let services = watched(place, alarm);
    let names: Vec<&str> = services.iter().map(ServiceArn::name).collect();
    let (whose, whose_tone) = if names.is_empty() {
        (place.environment.name.to_string(), Tone::Muted)
    } else {
        (names.join(", "), Tone::Text)
    };
    let flapping = alarm.flapping(place.history.alarms.all(), canvas.model.now);
    let silence = alarm.silence(place.history.mutes.all());
    let mut pen = canvas.pen(area);
    pen.gap(1)
        .put(mark, tone)
        .gap(1)
        .cell(&alarm.name, name - 1, loud)
        .gap(1)
        .cell(state, 7, tone)
        .right(&since, 9, Tone::Muted)
        .gap(2)
        .cell(&whose, of, whose_tone)
        .gap(1);
    if let Some(flapping) = flapping {
        pen.text(&flapping, Tone::Degraded).gap(2);
    }
    if let Some(first) = silence.first() {
        let short = first.split(':').next().unwrap_or(first);
        pen.text(short, Tone::Degraded).gap(2);
    }
    if alarm.state == AlarmState::Alarm {
        pen.rest(&alarm.cause(), Tone::Text);
    }
}

/// Everything there is to say of one alarm.
#[expect(
    clippy::too_many_lines,
    reason = "one line of the page after the other"
)]
fn tell(canvas: &Canvas<'_>, place: &EnvironmentSnapshot, alarm: &Alarm) -> Sheet {
    let mut sheet = Sheet::default();
    let (_, tone) = looks(&alarm.state);
    let since = alarm.since.map(|at| canvas.when(at));
    let since = since.map_or_else(String::new, |since| {
        let word = if since.contains(':') { "since" } else { "for" };
        format!(" {word} {since}")
    });
    sheet.add(
        Line::at(1)
            .put(alarm.name.as_str(), Tone::Strong)
            .gap(2)
            .put(format!("{}{since}", alarm.state.word()), tone)
            .gap(2)
            .rest(alarm.rule.about.as_str(), Tone::Text),
    );
    let mut say = |label: &str, words: String, tone: Tone| {
        sheet.add(
            Line::at(1)
                .cell(label, LABEL, Tone::Muted)
                .rest(words, tone),
        );
    };
    say("why", why(alarm), Tone::Text);
    if let Some(ignorance) = alarm.ignorance() {
        say("no verdict", ignorance, Tone::Unknown);
    }
    let history = &place.history;
    for (index, one) in alarm.silence(history.mutes.all()).into_iter().enumerate() {
        say(if index == 0 { "silent" } else { "" }, one, Tone::Degraded);
    }
    if let Some(problem) = &history.mutes.problem {
        let words = format!("mute rules: {}", problem.sentence);
        say("not known", words, Tone::Unknown);
    }
    let resource: Vec<&str> = alarm.dimensions.iter().map(|(_, value)| &**value).collect();
    let mut watches = alarm.rule.words(alarm.threshold);
    if !resource.is_empty() {
        watches = format!("{watches}, of {}", resource.join(" "));
    }
    say("watches", watches, Tone::Text);
    for kpi in alarm.kpis(place) {
        let one = headline_of(place, kpi, canvas.model.now);
        let name = kpi.label.as_deref().unwrap_or(kpi.kind.words());
        let trend = one
            .trend
            .map(|trend| format!("  {trend}"))
            .unwrap_or_default();
        let mark = level_mark(one.level);
        let words = format!("{mark} {name} {}  {}{trend}", kpi.resource, one.words);
        say("", words.trim_start().to_owned(), Tone::of_level(one.level));
    }
    let services = watched(place, alarm);
    let names: Vec<&str> = services.iter().map(ServiceArn::name).collect();
    let whose = if names.is_empty() {
        format!("{}: it watches no service alone", place.environment.name)
    } else {
        format!("{}, {}", names.join(", "), place.environment.name)
    };
    say("belongs to", whose, Tone::Text);
    branches(canvas, place, alarm, &mut sheet);
    let mut say = |label: &str, words: String, tone: Tone| {
        sheet.add(
            Line::at(1)
                .cell(label, LABEL, Tone::Muted)
                .rest(words, tone),
        );
    };
    if !alarm.rule.metrics.is_empty() {
        let missing = alarm.rule.missing.words();
        say("missing data", missing, Tone::Muted);
    }
    if alarm.notifies {
        let whom: Vec<&str> = alarm.rule.actions.iter().map(Text::as_str).collect();
        say("calls", whom.join(", "), Tone::Muted);
    }
    changes(canvas, place, alarm, &mut sheet);
    sheet
}

/// The cause in short, then CloudWatch's own words where they say more.
fn why(alarm: &Alarm) -> String {
    let (cause, reason) = (alarm.cause(), alarm.reason.as_str());
    if reason.ends_with(&cause) || reason.is_empty() {
        cause
    } else {
        format!("{cause}   ({reason})")
    }
}

/// What a composite alarm is made of.
fn branches(canvas: &Canvas<'_>, place: &EnvironmentSnapshot, alarm: &Alarm, sheet: &mut Sheet) {
    for (index, branch) in alarm.tree(&place.alarms).into_iter().enumerate() {
        let label = if index == 0 { "made of" } else { "" };
        let (mark, tone) = branch.state.as_ref().map_or(("?", Tone::Unknown), looks);
        let state = branch
            .state
            .as_ref()
            .map_or("not to be read", AlarmState::word);
        let since = branch.since.map(|at| canvas.when(at)).unwrap_or_default();
        let asked = if *branch.asked == *"ALARM" {
            String::new()
        } else {
            format!("{} ", branch.asked)
        };
        sheet.add(
            Line::at(1)
                .cell(label, LABEL, Tone::Muted)
                .gap((branch.depth - 1) * 2)
                .put(format!("{mark} "), tone)
                .put(asked, Tone::Muted)
                .put(branch.name.as_str(), Tone::Text)
                .gap(2)
                .put(state, tone)
                .rest(format!(" {since}"), Tone::Muted),
        );
    }
}

/// Its changes of state, the newest first.
fn changes(canvas: &Canvas<'_>, place: &EnvironmentSnapshot, alarm: &Alarm, sheet: &mut Sheet) {
    let history = &place.history.alarms;
    let all = history.all();
    let own = alarm.changes(all);
    let mut label = "history";
    let mut say = |words: Line| {
        let mut line = Line::at(1).cell(std::mem::take(&mut label), LABEL, Tone::Muted);
        line.extend(words);
        sheet.add(line);
    };
    if let Some(flapping) = alarm.flapping(all, canvas.model.now) {
        say(Line::default().put(flapping, Tone::Degraded));
    }
    if own.is_empty() {
        let words = match (&history.problem, history.asked()) {
            (Some(problem), _) => problem.sentence.to_string(),
            (None, false) => "being read".to_owned(),
            (None, true) => "no change among the newest hundred of the last 12 h".to_owned(),
        };
        say(Line::default().rest(words, Tone::Muted));
    }
    for change in own.into_iter().take(CHANGES) {
        let (_, tone) = looks(&change.to);
        let mut then = alarm.clone();
        then.reason = change.reason.clone();
        say(Line::default()
            .right(canvas.when(change.at), 8, Tone::Muted)
            .gap(2)
            .put(format!("{} → ", change.from.word()), Tone::Muted)
            .put(change.to.word(), tone)
            .gap(2)
            .rest(then.cause(), Tone::Muted));
    }
}
