//! What is open: shells left alone and forwarded ports, to go back to or to end.

use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::app::msg::{SessionNews, Tone};
use crate::app::screen::dialog::Stage;
use crate::app::screen::{Overlay, entering};
use crate::estate::id::ServiceArn;
use crate::estate::standing::Standing;

/// The list's state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sessions {
    /// The number of the selected session.
    pub selected: Option<u32>,
}

impl Sessions {
    /// The line of the selected session; the first one where it is gone.
    pub fn index(&self, standing: &[Standing]) -> usize {
        let same = |one: &Standing| Some(one.number) == self.selected;
        standing.iter().position(same).unwrap_or(0)
    }

    /// The selected session.
    pub fn chosen<'a>(&self, standing: &'a [Standing]) -> Option<&'a Standing> {
        standing.get(self.index(standing))
    }
}

/// Opens the list.
pub(in crate::app) fn open(model: &mut Model) {
    model.overlay = Some(Overlay::Sessions(Sessions::default()));
    model.touch(true);
}

/// Moves the selection.
pub(in crate::app) fn step(model: &mut Model, steps: isize) -> bool {
    let Some(Overlay::Sessions(list)) = &mut model.overlay else {
        return false;
    };
    let end = model.sessions.len().saturating_sub(1);
    let next = list.index(&model.sessions);
    let next = next.saturating_add_signed(steps).min(end);
    let before = list.selected;
    list.selected = model.sessions.get(next).map(|one| one.number);
    before != list.selected
}

fn chosen(model: &Model) -> Option<&Standing> {
    match &model.overlay {
        Some(Overlay::Sessions(list)) => list.chosen(&model.sessions),
        _ => None,
    }
}

/// Goes back into the selected shell.
pub(in crate::app) fn enter(model: &mut Model) -> Vec<Effect> {
    match chosen(model) {
        Some(one) if one.port.is_none() => vec![Effect::Enter(one.number)],
        Some(_) => {
            model.say(Tone::Info, "a forwarded port has no screen; x ends it");
            Vec::new()
        }
        None => Vec::new(),
    }
}

/// Ends the selected session.
pub(in crate::app) fn end(model: &mut Model) -> Vec<Effect> {
    let number = chosen(model).map(|one| one.number);
    number.map(Effect::End).into_iter().collect()
}

/// Takes in what became of sessions.
pub(in crate::app) fn follow(model: &mut Model, news: SessionNews) -> Vec<Effect> {
    match news {
        SessionNews::Standing(standing) => {
            let said = newly_said(&model.sessions, &standing);
            let changed = model.sessions != standing;
            model.sessions = standing;
            model.touch(changed);
            if let Some(words) = said {
                model.say(Tone::Info, words);
            }
            Vec::new()
        }
        SessionNews::Opened {
            number,
            environment,
            service,
            shell,
            words,
        } => {
            let line = format!("{}: {words}", service.name());
            let (now, told) = (model.now, (line.as_str(), false));
            model.look.record_in(&environment, &service, told, now);
            opened(model, (number, &service), shell, line)
        }
        SessionNews::Ended {
            environment,
            service,
            words,
            bad,
        } => {
            let line = format!("{}: {words}", service.name());
            let (now, told) = (model.now, (line.as_str(), bad));
            model.look.record_in(&environment, &service, told, now);
            model.say(if bad { Tone::Bad } else { Tone::Info }, line);
            Vec::new()
        }
    }
}

/// Whoever still looks at its dialog is let in at once; whoever went on is told.
fn opened(
    model: &mut Model,
    (number, service): (u32, &ServiceArn),
    shell: bool,
    line: String,
) -> Vec<Effect> {
    model.carrying = None;
    let answered = match &model.overlay {
        Some(Overlay::Dialog(dialog))
            if matches!(dialog.stage, Stage::Carrying { .. })
                && dialog.change.target().service == *service =>
        {
            Some((dialog.reason.text(), dialog.name.text()))
        }
        _ => None,
    };
    model.touch(true);
    let Some(answered) = answered else {
        let left = model.entering.take().map_or(0, |one| one.asked.more.len());
        let line = match left {
            0 => line,
            some => format!("{line}; {some} more asked for were left out"),
        };
        model.say(Tone::Good, line);
        return Vec::new();
    };
    if let Some(effects) = entering::next_end(model, answered) {
        model.say(Tone::Good, line);
        return effects;
    }
    model.entering = None;
    if shell {
        model.overlay = None;
        return vec![Effect::Enter(number)];
    }
    let selected = Some(number);
    model.overlay = Some(Overlay::Sessions(Sessions { selected }));
    model.say(Tone::Good, line);
    Vec::new()
}

/// What was said of a session nobody looks at, such as that its task is being stopped.
fn newly_said(before: &[Standing], now: &[Standing]) -> Option<String> {
    let fresh = |one: &&Standing| {
        let old = before.iter().find(|old| old.number == one.number);
        one.said.is_some() && old.is_none_or(|old| old.said != one.said)
    };
    let one = now.iter().find(fresh)?;
    let name = one.session.target.service.name();
    let said = one.said.as_deref().unwrap_or_default();
    Some(format!("{} in {name}: {said}", one.session.verb()))
}
