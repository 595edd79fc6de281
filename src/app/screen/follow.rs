//! The changes on their way, each followed to its real end.

use std::collections::BTreeMap;

use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::app::msg::Tone;
use crate::app::screen::Overlay;
use crate::app::screen::dialog::Stage;
use crate::estate::follow::{End, Followed, Pursuit};
use crate::estate::id::ServiceArn;
use crate::estate::text::Text;

/// Everything that is followed, and was followed since the console started.
#[derive(Clone, Debug, Default)]
pub struct Pursuits {
    /// By service: a newer change of it takes the place of the one before.
    pub all: BTreeMap<ServiceArn, Pursuit>,
    /// The recycle on its way.
    pub recycle: Option<Recycle>,
}

/// How far a recycle is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recycle {
    /// Of which service.
    pub service: ServiceArn,
    /// Tasks stopped.
    pub done: usize,
    /// Of so many.
    pub of: usize,
    /// What it does or waits for.
    pub words: Text,
    /// Whether it is held before the next task.
    pub held: bool,
}

impl Pursuits {
    /// Whether there is anything to show.
    pub fn any(&self) -> bool {
        self.recycle.is_some() || !self.all.is_empty()
    }

    /// How many are on their way.
    pub fn under_way(&self) -> usize {
        let followed = self.all.values().filter(|one| one.end.is_none());
        followed.count() + usize::from(self.recycle.is_some())
    }

    /// The service a person would roll back: the first that goes wrong, otherwise the first that
    /// is on its way.
    pub fn worst(&self) -> Option<&ServiceArn> {
        let wrong = self.all.values().find(|one| one.goes_wrong());
        let open = || self.all.values().find(|one| one.end.is_none());
        wrong.or_else(open).map(|one| &one.followed.service)
    }
}

/// A change is followed from now on; its dialog gives way to how it goes.
pub(in crate::app) fn begin(model: &mut Model, followed: Followed) -> Vec<Effect> {
    let service = followed.service.clone();
    let done = matches!(&model.overlay, Some(Overlay::Dialog(dialog))
        if dialog.change.target().service == service && matches!(dialog.stage, Stage::Done { .. }));
    if done {
        model.overlay = Some(Overlay::Follow);
    }
    let pursuit = Pursuit::new(followed.clone(), None);
    model.pursuits.all.insert(service, pursuit);
    model.touch(true);
    vec![Effect::Follow(followed)]
}

/// The same for what was on its way when a console ended.
pub(in crate::app) fn take_up(model: &mut Model, followed: Followed) -> Vec<Effect> {
    let name = followed.service.name();
    let words = format!("taken up again: {} of {name}; F shows it", followed.verb);
    model.say(Tone::Info, words);
    begin(model, followed)
}

/// A followed change was looked at.
pub(in crate::app) fn saw(model: &mut Model, pursuit: Pursuit) -> Vec<Effect> {
    let service = pursuit.followed.service.clone();
    let before = model.pursuits.all.get(&service);
    let ended_before = before.is_some_and(|one| one.end.is_some());
    let wrong_before = before.is_some_and(Pursuit::goes_wrong);
    let (verb, name) = (pursuit.followed.verb.clone(), service.name().to_owned());
    let wrong = pursuit.goes_wrong() && !wrong_before;
    let end = pursuit.end.clone().filter(|_| !ended_before);
    let now = model.now;
    let words = pursuit.words(now);
    model.pursuits.all.insert(service.clone(), pursuit);
    model.touch(true);
    if wrong {
        let words = format!("{verb} of {name} goes wrong: {words}; roll it back?");
        model.say(Tone::Bad, words);
    }
    let Some(end) = end else {
        return Vec::new();
    };
    let bad = end != End::Healthy;
    let line = format!("{verb} of {name}: {words}");
    model.look.record(&service, &line, bad, now);
    model.say(if bad { Tone::Bad } else { Tone::Good }, line);
    vec![Effect::Refresh]
}

/// Holds the recycle before the next task, or lets it go on.
pub(in crate::app) fn hold(model: &mut Model) -> Vec<Effect> {
    let Some(recycle) = &mut model.pursuits.recycle else {
        return Vec::new();
    };
    recycle.held = !recycle.held;
    let held = recycle.held;
    model.touch(true);
    vec![Effect::Hold(held)]
}

/// Calls the recycle off before the next task.
pub(in crate::app) fn call_off(model: &mut Model) -> Vec<Effect> {
    if model.pursuits.recycle.is_none() {
        return Vec::new();
    }
    model.say(Tone::Info, "called off: no further task is stopped");
    vec![Effect::CallOff]
}
