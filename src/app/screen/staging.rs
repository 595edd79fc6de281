//! Stopping and starting a whole environment: which one is meant, the look it is planned from,
//! and how far it is. The dialog asks, the same road carries.

use super::Overlay;
use super::dialog::{self, Dialog, Field, Stage};
use crate::app::action::Action;
use crate::app::command::Bring;
use crate::app::effect::Effect;
use crate::app::input::Input;
use crate::app::model::Model;
use crate::app::msg::Tone;
use crate::estate::change::Change;
use crate::estate::environment::Environment;
use crate::estate::id::EnvironmentName;
use crate::estate::staging::{Event, Goal, Plan, Progress, Survey};
use crate::estate::text::Text;
use crate::policy::{may_be_stopped, no_such_verb};

/// An environment on its way.
#[derive(Clone, Debug)]
pub struct Run {
    /// Which.
    pub environment: EnvironmentName,
    /// How far every service is.
    pub progress: Progress,
    /// The dialog that shows it, while it is closed.
    pub closed: Option<Box<Dialog>>,
}

/// What somebody asked for, while the look is taken that it is planned from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Which environment.
    pub environment: EnvironmentName,
    /// Stop or start.
    pub goal: Goal,
    /// Why, as far as it was said already.
    pub reason: String,
    /// The environment's name, as far as it was typed already.
    pub confirm: String,
    /// Tasks of services nothing is on record for, as typed.
    pub counts: String,
}

impl Wanted {
    /// Nothing said yet but what.
    pub fn new(environment: EnvironmentName, goal: Goal) -> Self {
        Self {
            environment,
            goal,
            reason: String::new(),
            confirm: String::new(),
            counts: String::new(),
        }
    }
}

/// The environment an action would be about: that of the selected service, or the only one shown.
pub(in crate::app) fn meant(model: &Model) -> Option<&Environment> {
    let snapshot = &model.look.snapshot;
    let subject = model.subject().and_then(|arn| snapshot.service(arn));
    let chosen = subject.map(|(place, _)| place);
    let only = model.only.as_ref();
    let only = only.and_then(|name| snapshot.environment(name));
    chosen.or(only).map(|place| &place.environment)
}

/// Asks for the look that a plan is made from; while that environment is on its way, shows how
/// far it is.
///
/// # Errors
/// Why the verb does not exist for this environment, or not now.
pub(in crate::app) fn propose(model: &mut Model, wanted: Wanted) -> Result<Vec<Effect>, String> {
    let name = &wanted.environment;
    let known = model.look.snapshot.environment(name);
    if !known.is_some_and(|place| may_be_stopped(&place.environment)) {
        let environments = model.look.snapshot.environments.iter();
        let environments = environments.map(|one| &one.environment);
        let verb = wanted.goal.word();
        return Err(no_such_verb(verb, name.as_str(), environments));
    }
    if reopen(model, name) {
        return Ok(Vec::new());
    }
    if let Some(busy) = &model.carrying {
        return Err(format!("wait for the outcome of {} first", busy.name()));
    }
    let words = format!("looking at every service of {name} …");
    model.say(Tone::Info, words);
    let effect = Effect::Survey(name.clone(), wanted.goal);
    model.surveying = Some(wanted);
    Ok(vec![effect])
}

/// Shows again how far an environment is. Says whether it is on its way.
fn reopen(model: &mut Model, name: &EnvironmentName) -> bool {
    let run = model.run.as_mut().filter(|run| run.environment == *name);
    let Some(run) = run.filter(|_| model.carrying.is_some()) else {
        return false;
    };
    match run.closed.take() {
        Some(dialog) => {
            model.overlay = Some(Overlay::Dialog(dialog));
            model.touch(true);
            true
        }
        None => false,
    }
}

/// A dialog was closed: that of an environment on its way can be opened again.
pub(in crate::app) fn close(model: &mut Model, dialog: Box<Dialog>) {
    let plan = dialog.change.plan();
    let environment = plan.map(|plan| plan.target.environment.clone());
    let carrying = matches!(dialog.stage, Stage::Carrying { .. });
    if let Some(run) = &mut model.run
        && carrying
        && Some(&run.environment) == environment.as_ref()
    {
        run.closed = Some(dialog);
    }
}

/// The look came home: shows the plan and asks.
pub(in crate::app) fn surveyed(
    model: &mut Model,
    name: &EnvironmentName,
    goal: Goal,
    survey: Result<Box<Survey>, Text>,
) -> Vec<Effect> {
    let meant = |wanted: &Wanted| wanted.environment == *name && wanted.goal == goal;
    if !model.surveying.as_ref().is_some_and(meant) {
        return Vec::new();
    }
    let Some(wanted) = model.surveying.take() else {
        return Vec::new();
    };
    model.notice = None;
    let survey = match survey {
        Ok(survey) => survey,
        Err(why) => {
            model.say(Tone::Bad, format!("{name} could not be looked at: {why}"));
            return Vec::new();
        }
    };
    if model.overlay.is_some() {
        let words = format!("the plan for {name} is ready; ask again when this is closed");
        model.say(Tone::Info, words);
        return Vec::new();
    }
    let place = model.look.snapshot.environment(name);
    let plan = place.and_then(|place| {
        let orders = model.orders(name);
        Plan::new(goal, (&place.environment, &orders), &survey, model.now)
    });
    let Some(plan) = plan else {
        model.say(
            Tone::Bad,
            format!("{name} has no cluster, so nothing to do"),
        );
        return Vec::new();
    };
    let asks = plan.asking().next().is_some();
    let plan = Box::new(plan);
    let change = match goal {
        Goal::Stop => Change::StopEnvironment(plan),
        Goal::Start => Change::StartEnvironment(plan),
    };
    let effects = dialog::ask_for(model, change, &wanted.reason, &wanted.confirm);
    if let Some(Overlay::Dialog(dialog)) = &mut model.overlay
        && asks
    {
        dialog.counts = Input::holding(&wanted.counts);
        if wanted.counts.is_empty() {
            dialog.field = Field::Counts;
        }
    }
    dialog::review(model);
    effects
}

/// Takes in a step.
pub(in crate::app) fn follow(model: &mut Model, name: &EnvironmentName, event: &Event) {
    if let Some(run) = model.run.as_mut().filter(|run| run.environment == *name) {
        run.progress.absorb(event);
        model.touch(true);
    }
}

/// Begins to follow an approved plan.
pub(in crate::app) fn begin(model: &mut Model, plan: &Plan) {
    model.run = Some(Run {
        environment: plan.target.environment.clone(),
        progress: Progress::new(plan, model.now),
        closed: None,
    });
}

/// Stops or starts the environment that is meant, from a key.
pub(in crate::app) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let goal = if action == Action::StopEnvironment {
        Goal::Stop
    } else {
        Goal::Start
    };
    let Some(name) = meant(model).map(|one| one.name.clone()) else {
        return Vec::new();
    };
    propose(model, Wanted::new(name, goal)).unwrap_or_else(|why| {
        model.say(Tone::Bad, why);
        Vec::new()
    })
}

/// `stop staging`, `start staging`, as typed into the palette with what they take.
///
/// # Errors
/// What belongs on a command line only, and why it is not possible here.
pub(in crate::app) fn command(
    model: &mut Model,
    goal: Goal,
    asked: &Bring,
    counts: &[(String, u32)],
) -> Result<Vec<Effect>, String> {
    if asked.yes {
        return Err("--yes is for schedulers; here the name is typed".to_owned());
    }
    if asked.dry_run {
        return Err("here the dialog is the dry run: leave --dry-run out".to_owned());
    }
    if asked.json {
        return Err("--json prints; it belongs on a command line".to_owned());
    }
    let counts: Vec<String> = counts
        .iter()
        .map(|(name, count)| format!("{name}={count}"))
        .collect();
    let wanted = Wanted {
        reason: asked.reason.clone().unwrap_or_default(),
        confirm: asked.confirm.clone().unwrap_or_default(),
        counts: counts.join(" "),
        ..Wanted::new(asked.environment.as_str().into(), goal)
    };
    propose(model, wanted)
}

/// Whether a plan lies there, with rows that may need more than the screen.
pub(in crate::app) fn planned(model: &Model) -> bool {
    let Some(Overlay::Dialog(dialog)) = &model.overlay else {
        return false;
    };
    let plan = dialog.change.plan();
    plan.is_some_and(|plan| plan.rows() + AROUND_A_PLAN > usize::from(model.size.rows))
}

/// Lines of a screen that a plan's rows cannot have: its borders, head, totals and fields, and
/// the hint bar.
const AROUND_A_PLAN: usize = 13;
