//! Arming the console: a reason, and it may alter production for a while. A broken glass is the
//! same with its own frame, and it says whom it tells.

use crate::app::effect::Effect;
use crate::app::input::Input;
use crate::app::model::Model;
use crate::app::msg::Tone;
use crate::app::screen::{Overlay, dialog};
use crate::estate::Timestamp;
use crate::estate::change::Change;
use crate::policy::{Arm, Mode};

/// The box that asks for the reason.
#[derive(Clone, Debug)]
pub struct Arming {
    /// Why, or which ticket, as typed.
    pub reason: Input,
    /// Whether the glass is to be broken.
    pub glass: bool,
    /// When it opened.
    pub opened_at: Timestamp,
    /// What is wrong with what was typed.
    pub complaint: Option<&'static str>,
    /// What somebody wanted to do when the console turned out not to be armed.
    pub then: Option<Box<Intended>>,
}

/// A change that waits for the arm, with what the person said about it already.
#[derive(Clone, Debug)]
pub struct Intended {
    /// What.
    pub change: Change,
    /// Why; empty where nobody said.
    pub reason: String,
    /// The target's name, as typed.
    pub name: String,
}

/// Arms, or takes the arm away again.
pub(in crate::app) fn turn(model: &mut Model) -> Vec<Effect> {
    if model.arm.take().is_some() {
        model.say(Tone::Info, "this console observes again");
        return vec![Effect::Disarm];
    }
    open(model, false, None);
    Vec::new()
}

/// Breaks the glass, after a reason.
pub(in crate::app) fn break_glass(model: &mut Model) {
    open(model, true, None);
}

/// Asks for the reason; `then` is proposed once the console is armed.
pub(in crate::app) fn open(model: &mut Model, glass: bool, then: Option<Intended>) {
    if model.mode == Mode::ReadOnly {
        return model.say(Tone::Bad, "this console is read-only: it cannot be armed");
    }
    model.pending.clear();
    model.overlay = Some(Overlay::Arming(Box::new(Arming {
        // The reason of the change is one to arm for.
        reason: then
            .as_ref()
            .map_or_else(Input::default, |then| Input::holding(&then.reason)),
        glass,
        opened_at: model.now,
        complaint: None,
        then: then.map(Box::new),
    })));
    model.touch(true);
}

/// The person confirmed: the journal takes it first.
pub(in crate::app) fn confirm(model: &mut Model) -> Vec<Effect> {
    let (now, terms) = (model.now, model.terms.clone());
    let Some(Overlay::Arming(arming)) = &mut model.overlay else {
        return Vec::new();
    };
    let arm = Arm::new(&arming.reason.text(), now, &terms, arming.glass);
    if arm.reason.trim().is_empty() {
        arming.complaint = Some("a reason or a ticket is needed: it goes into the journal");
        model.touch(true);
        return Vec::new();
    }
    vec![Effect::Arm(arm)]
}

/// The journal took it: armed from here on.
pub(in crate::app) fn armed(model: &mut Model, arm: Arm) -> Vec<Effect> {
    let minutes = arm.until.duration_since(arm.since).as_mins();
    let (tone, words) = if arm.glass {
        let told = if model.terms.notify.is_empty() {
            "nobody is told but the journal: set policy.notify"
        } else {
            "the team is told"
        };
        (
            Tone::Bad,
            format!("the glass is broken for {minutes} min; {told}"),
        )
    } else {
        (
            Tone::Info,
            format!("armed for {minutes} min; A takes it away"),
        )
    };
    let reason = arm.reason.clone();
    model.arm = Some(arm);
    let then = match model.overlay.take() {
        Some(Overlay::Arming(arming)) => arming.then,
        other => {
            model.overlay = other;
            None
        }
    };
    model.say(tone, words);
    then.map_or_else(Vec::new, |then| {
        let Intended {
            change,
            reason: said,
            name,
        } = *then;
        let reason = if said.is_empty() { &reason } else { &*said };
        dialog::ask_for(model, change, reason, &name)
    })
}

/// Time has passed: an arm that is over is taken away.
pub(in crate::app) fn expire(model: &mut Model) {
    let over = |arm: &Arm| arm.left(model.now).is_none();
    if model.arm.as_ref().is_some_and(over) {
        model.arm = None;
        model.say(Tone::Info, "no longer armed: this console observes again");
    }
}
