//! The dialog of a change: the facts first, then the words to type.
//!
//! No default key carries anything out: Enter only moves on. Policy is asked again with every
//! letter and every new fact; `ready` says that it would allow the change now.

use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::input::Input;
use crate::app::model::Model;
use crate::app::msg::{RoadNews, RoadStage, Tone};
use crate::app::screen::arming::Intended;
use crate::app::screen::entering::Entering;
use crate::app::screen::follow::Recycle;
use crate::app::screen::second::{self, Second};
use crate::app::screen::{Overlay, arming, entering, staging};
use crate::estate::change::{Belief, Change};
use crate::estate::id::ServiceArn;
use crate::estate::session::Session;
use crate::estate::staging::{Counts, Goal, Plan};
use crate::estate::text::Text;
use crate::estate::{SignedDuration, Timestamp};
use crate::policy::{Answer, Approved, Challenge, Decision, Facts, Line, Reason, decide, preview};

/// Keys pressed within this time after it opened were meant for something else.
const TYPED_AHEAD: SignedDuration = SignedDuration::from_millis(300);

/// The fields, in the order they are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Field {
    /// How many tasks, where a plan asks because nothing is on record.
    Counts,
    /// Why.
    #[default]
    Reason,
    /// The target's name.
    Name,
}

/// The dialog's state.
#[derive(Clone, Debug)]
pub struct Dialog {
    /// What is asked for.
    pub change: Change,
    /// When it opened.
    pub opened_at: Timestamp,
    /// Where it is.
    pub stage: Stage,
    /// The facts, whatever policy says about them.
    pub lines: Vec<Line>,
    /// Whether policy would allow it with what is typed.
    pub ready: bool,
    /// How many tasks of which services, as typed.
    pub counts: Input,
    /// What is wrong with these.
    pub miscounted: Option<Text>,
    /// The first row of a plan that is in sight.
    pub top: usize,
    /// Why, as typed.
    pub reason: Input,
    /// The target's name, as typed.
    pub name: Input,
    /// The field that takes what is typed.
    pub field: Field,
    /// The amber checks the person acknowledged.
    pub acknowledged: Vec<&'static str>,
    /// The second person, where one is needed.
    pub second: Second,
}

/// Where a dialog is.
#[derive(Clone, Debug)]
pub enum Stage {
    /// It shows what will happen and asks.
    Asking(Challenge),
    /// Policy says no; when the facts change, it may ask after all.
    Denied(Reason),
    /// It is on the road.
    Carrying {
        /// How far, in words.
        words: Text,
    },
    /// AWS did it.
    Done {
        /// What AWS answered.
        words: Text,
        /// The journal entry.
        journal: Text,
    },
    /// It ended without being done, or nobody knows; the words say which.
    Failed {
        /// What happened.
        words: Text,
    },
}

impl Dialog {
    /// What the person answered so far.
    pub fn answer(&self) -> Answer {
        Answer {
            typed: self.name.text(),
            reason: self.reason.text(),
            acknowledged: self.acknowledged.clone(),
        }
    }

    /// The field being typed into, while it asks.
    pub(in crate::app) fn field_mut(&mut self) -> Option<&mut Input> {
        match (&self.stage, self.field) {
            (Stage::Asking(_), Field::Counts) => Some(&mut self.counts),
            (Stage::Asking(_), Field::Reason) => Some(&mut self.reason),
            (Stage::Asking(_), Field::Name) => Some(&mut self.name),
            (
                Stage::Denied(_)
                | Stage::Carrying { .. }
                | Stage::Done { .. }
                | Stage::Failed { .. },
                _,
            ) => None,
        }
    }
}

impl Dialog {
    /// The fields this dialog has, in the order they are asked.
    pub fn fields(&self) -> &'static [Field] {
        let asks = |plan: &Plan| plan.asking().next().is_some();
        if self.change.plan().is_some_and(asks) {
            &[Field::Counts, Field::Reason, Field::Name]
        } else if matches!(&self.stage, Stage::Asking(one) if one.confirm.is_empty()) {
            // Outside production a session asks for no name.
            &[Field::Reason]
        } else {
            &[Field::Reason, Field::Name]
        }
    }

    /// What is proposed where nothing is on record, as long as nothing is typed.
    pub fn proposal(&self) -> Option<String> {
        let proposal = self.change.plan().map(Plan::proposals)?;
        (self.counts.is_empty() && !proposal.is_empty()).then_some(proposal)
    }

    /// Edits the field being typed into; what is proposed is taken over by going to its end.
    /// `None` when `action` is no edit or nothing is typed into.
    pub(in crate::app) fn edit(&mut self, action: Action) -> Option<bool> {
        let taken = matches!(action, Action::CursorRight | Action::CursorEnd);
        let counts = self.field == Field::Counts && matches!(self.stage, Stage::Asking(_));
        if let Some(proposal) = self.proposal().filter(|_| taken && counts) {
            self.counts = Input::holding(&proposal);
            return Some(true);
        }
        self.field_mut()?.edit(action)
    }

    /// Reads the counts into the plan.
    fn count(&mut self) {
        let Some(mut plan) = self.change.plan().cloned() else {
            return;
        };
        if plan.goal != Goal::Start {
            return;
        }
        let read = Counts::read(&self.counts.text()).map_err(|error| error.to_string());
        match read.and_then(|counts| plan.give(&counts)) {
            Ok(()) => {
                self.miscounted = None;
                self.change = Change::StartEnvironment(Box::new(plan));
            }
            Err(why) => self.miscounted = Some(why.into()),
        }
    }
}

/// Whether the dialog opened so shortly ago that a key cannot have been meant for it.
pub(in crate::app) fn just_opened(model: &Model) -> bool {
    let opened_at = match &model.overlay {
        Some(Overlay::Dialog(dialog)) => dialog.opened_at,
        Some(Overlay::Arming(arming)) => arming.opened_at,
        _ => return false,
    };
    model.now.duration_since(opened_at) < TYPED_AHEAD
}

/// Whether `dialog` asks about amber checks nobody acknowledged yet.
pub(in crate::app) fn has_unread_warnings(dialog: &Dialog) -> bool {
    matches!(&dialog.stage, Stage::Asking(challenge)
        if challenge.amber.iter().any(|check| !dialog.acknowledged.contains(check)))
}

/// The person acknowledges the amber checks as they stand; one that comes up later asks anew.
pub(in crate::app) fn acknowledge(model: &mut Model) {
    if let Some(Overlay::Dialog(dialog)) = &mut model.overlay
        && let Stage::Asking(challenge) = &dialog.stage
    {
        dialog.acknowledged.clone_from(&challenge.amber);
    }
    review(model);
}

/// Opens the dialog of `change`, with what the person has said already.
pub(in crate::app) fn ask_for(
    model: &mut Model,
    change: Change,
    reason: &str,
    name: &str,
) -> Vec<Effect> {
    let stage = match ask(model, &change, None) {
        Decision::Allow(approved) => return carry(model, approved),
        Decision::Ask(challenge) => Stage::Asking(challenge),
        Decision::Deny(why) if why.rule == "not-armed" => {
            let then = Intended {
                change,
                reason: reason.to_owned(),
                name: name.to_owned(),
            };
            arming::open(model, false, Some(then));
            return Vec::new();
        }
        Decision::Deny(why) => Stage::Denied(why),
    };
    let refused = if let Stage::Denied(why) = &stage {
        vec![Effect::Refused(Box::new(change.clone()), why.clone())]
    } else {
        Vec::new()
    };
    model.pending.clear();
    model.overlay = Some(Overlay::Dialog(Box::new(Dialog {
        change,
        opened_at: model.now,
        stage,
        lines: Vec::new(),
        ready: false,
        counts: Input::default(),
        miscounted: None,
        top: 0,
        reason: Input::holding(reason),
        name: Input::holding(name),
        field: Field::Reason,
        acknowledged: Vec::new(),
        second: Second::default(),
    })));
    model.touch(true);
    if !reason.is_empty() {
        turn(model, 1);
    }
    review(model);
    refused
}

/// Asks policy again, because what is typed or what is known has changed. When the service is
/// not what it was when the dialog opened, the dialog asks no more and says so. It stays until Esc:
/// what a person is still typing must not reach the board as keys.
pub(in crate::app) fn review(model: &mut Model) {
    let Some(Overlay::Dialog(dialog)) = &mut model.overlay else {
        return;
    };
    if !matches!(dialog.stage, Stage::Asking(_) | Stage::Denied(_)) {
        return;
    }
    dialog.count();
    let Some(Overlay::Dialog(dialog)) = &model.overlay else {
        return;
    };
    if let Some(moved) = moved(model, &dialog.change) {
        let name = dialog.change.confirmation();
        let words = format!("{name} has moved under the dialog, nothing was done: {moved}");
        if let Some(Overlay::Dialog(dialog)) = &mut model.overlay {
            dialog.stage = Stage::Failed {
                words: words.as_str().into(),
            };
            dialog.ready = false;
        }
        return model.say(Tone::Bad, words);
    }
    let decision = match ask(model, &dialog.change, None) {
        Decision::Ask(plain) => match ask(model, &dialog.change, Some(&dialog.answer())) {
            Decision::Allow(_) => Some((Stage::Asking(plain), true)),
            Decision::Ask(challenge) => Some((Stage::Asking(challenge), false)),
            Decision::Deny(why) => Some((Stage::Denied(why), false)),
        },
        Decision::Deny(why) => Some((Stage::Denied(why), false)),
        Decision::Allow(_) => None,
    };
    let lines = preview(&dialog.change, &facts(model, &dialog.change, None));
    if let (Some(Overlay::Dialog(dialog)), Some((stage, ready))) = (&mut model.overlay, decision) {
        dialog.stage = stage;
        dialog.ready = ready && dialog.miscounted.is_none();
        dialog.lines = lines;
        model.touch(true);
    }
}

/// The person confirmed: policy decides, and what it allows goes down the road.
pub(in crate::app) fn confirm(model: &mut Model) -> Vec<Effect> {
    review(model);
    let Some(Overlay::Dialog(dialog)) = &model.overlay else {
        return Vec::new();
    };
    if !matches!(dialog.stage, Stage::Asking(_)) || dialog.miscounted.is_some() {
        return Vec::new();
    }
    match ask(model, &dialog.change, Some(&dialog.answer())) {
        Decision::Allow(approved) => carry(model, approved),
        Decision::Ask(_) | Decision::Deny(_) => Vec::new(),
    }
}

fn carry(model: &mut Model, approved: Approved) -> Vec<Effect> {
    match approved.change().plan() {
        Some(plan) => staging::begin(model, plan),
        None => model.run = None,
    }
    model.carrying = Some(approved.change().target().service.clone());
    if let Some(Overlay::Dialog(dialog)) = &mut model.overlay {
        dialog.stage = carrying("writing the intent into the journal");
        dialog.ready = false;
    }
    model.touch(true);
    vec![entering::carry(model, approved)]
}

/// The change moved along its road.
pub(in crate::app) fn follow(model: &mut Model, news: RoadNews) -> Vec<Effect> {
    let RoadNews { service, stage } = news;
    let name = service.name().to_owned();
    let (next, ended) = match stage {
        RoadStage::Journalled => (carrying("reading service and caller once more"), None),
        RoadStage::Calling => (carrying("asking AWS"), None),
        RoadStage::Recycled { done, of, words } => {
            let next = carrying(&format!("{done} of {of} tasks stopped; {words}"));
            let held = model.pursuits.recycle.as_ref().is_some_and(|one| one.held);
            model.pursuits.recycle = Some(Recycle {
                service: service.clone(),
                done,
                of,
                words,
                held,
            });
            (next, None)
        }
        RoadStage::Done { journal, words } => {
            let entry = if journal.is_empty() {
                String::new()
            } else {
                format!(" (journal {journal})")
            };
            let line = format!("{name}: {words}{entry}");
            (Stage::Done { words, journal }, Some((Tone::Good, line)))
        }
        RoadStage::Refused { words } => {
            let line = format!("{name}: nothing was done: {words}");
            (
                Stage::Failed {
                    words: line.clone().into(),
                },
                Some((Tone::Bad, line)),
            )
        }
        RoadStage::Failed { words, denied } => {
            if let Some(action) = denied {
                deny(model, &service, action);
            }
            let line = format!("{name}: {words}");
            (Stage::Failed { words }, Some((Tone::Bad, line)))
        }
    };
    if let Some(dialog) = shown(model).filter(|one| one.change.target().service == service) {
        dialog.stage = next;
        dialog.ready = false;
    }
    model.touch(true);
    let Some((tone, line)) = ended else {
        return Vec::new();
    };
    model.carrying = None;
    model.pursuits.recycle = None;
    let now = model.now;
    model.look.record(&service, &line, tone == Tone::Bad, now);
    model.say(tone, line);
    vec![Effect::Refresh]
}

/// The dialog on the screen, or that of an environment on its way that was closed.
fn shown(model: &mut Model) -> Option<&mut Dialog> {
    match &mut model.overlay {
        Some(Overlay::Dialog(dialog)) => Some(dialog),
        _ => model.run.as_mut()?.closed.as_deref_mut(),
    }
}

/// Remembers that AWS denied the verb on its road: it is not offered again in this environment.
fn deny(model: &mut Model, service: &ServiceArn, action: Text) {
    let Some(Overlay::Dialog(dialog)) = &model.overlay else {
        return;
    };
    if dialog.change.target().service == *service {
        let verb = dialog.change.verb();
        let environment = dialog.change.target().environment.clone();
        model.denied.insert((environment, verb), action);
    }
}

fn carrying(words: &str) -> Stage {
    Stage::Carrying {
        words: words.into(),
    }
}

/// Moves to another field, round and round.
pub(in crate::app) fn turn(model: &mut Model, steps: isize) {
    if let Some(Overlay::Dialog(dialog)) = &mut model.overlay {
        let fields = dialog.fields();
        let at = fields.iter().position(|one| *one == dialog.field);
        let at = isize::try_from(at.unwrap_or(0)).unwrap_or(0) + steps;
        let at = at.rem_euclid(isize::try_from(fields.len()).unwrap_or(1));
        dialog.field = fields[at.unsigned_abs()];
    }
}

pub(super) fn ask(model: &Model, change: &Change, answer: Option<&Answer>) -> Decision {
    decide(change, &facts(model, change, answer))
}

fn facts<'a>(model: &'a Model, change: &Change, answer: Option<&'a Answer>) -> Facts<'a> {
    let second = second::of(model, &change.target().service);
    Facts {
        code: second.and_then(|one| one.code.as_ref()),
        second: second.and_then(|one| one.approver.as_ref()),
        mode: model.mode,
        journal: model.journal.as_ref(),
        standing: model.standing(),
        patient: entered(model, change, Entering::patient),
        node: entered(model, change, Entering::node),
        answer,
        ..Facts::seen(&model.look.snapshot, change, model.now)
    }
}

/// What was read of the place a session would enter.
fn entered<'a, T>(
    model: &'a Model,
    change: &Change,
    read: fn(&'a Entering, &Session) -> Option<&'a T>,
) -> Option<&'a T> {
    let Change::Session(session) = change else {
        return None;
    };
    read(model.entering.as_ref()?, session)
}

/// What differs between the service and what `change` believes of it.
fn moved(model: &Model, change: &Change) -> Option<String> {
    // Every service of a plan is looked at again on the road, and a plan grows old.
    if change.plan().is_some() {
        return None;
    }
    // A session depends on its container alone, which policy compares with what was read.
    if matches!(change, Change::Session(_)) {
        return None;
    }
    let target = change.target();
    let Some((_, seen)) = model.look.snapshot.service(&target.service) else {
        return Some("it is gone".to_owned());
    };
    target.belief.moved(&Belief::of(&seen.service))
}
