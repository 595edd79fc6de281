//! Stopping and starting a whole environment: which one is meant, the look it is planned from,
//! and how far it is. The dialog asks, the same road carries.

use super::dialog;
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::app::msg::Tone;
use crate::estate::change::Change;
use crate::estate::environment::Environment;
use crate::estate::id::EnvironmentName;
use crate::estate::staging::{Event, Goal, Plan, Progress, Survey};
use crate::estate::text::Text;
use crate::policy::may_be_stopped;

/// An environment on its way.
#[derive(Clone, Debug)]
pub struct Run {
    /// Which.
    pub environment: EnvironmentName,
    /// How far every service is.
    pub progress: Progress,
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

/// Asks for the look that a plan is made from.
///
/// # Errors
/// Why the verb does not exist for this environment, or not now.
pub(in crate::app) fn propose(
    model: &mut Model,
    name: &EnvironmentName,
    goal: Goal,
) -> Result<Vec<Effect>, String> {
    if let Some(busy) = &model.carrying {
        return Err(format!("wait for the outcome of {} first", busy.name()));
    }
    let Some(place) = model.look.snapshot.environment(name) else {
        return Err(format!("there is no environment {name}"));
    };
    if !may_be_stopped(&place.environment) {
        return Err(format!(
            "{name} is production, or nothing proves that it is not: it has no such verb"
        ));
    }
    let words = format!("looking at every service of {name} …");
    model.surveying = Some((name.clone(), goal));
    model.say(Tone::Info, words);
    Ok(vec![Effect::Survey(name.clone(), goal)])
}

/// The look came home: shows the plan and asks.
pub(in crate::app) fn surveyed(
    model: &mut Model,
    name: &EnvironmentName,
    goal: Goal,
    survey: Result<Box<Survey>, Text>,
) {
    if model.surveying.as_ref() != Some(&(name.clone(), goal)) {
        return;
    }
    model.surveying = None;
    model.notice = None;
    let survey = match survey {
        Ok(survey) => survey,
        Err(why) => return model.say(Tone::Bad, format!("{name} could not be looked at: {why}")),
    };
    if model.overlay.is_some() {
        let words = format!("the plan for {name} is ready; ask again when this is closed");
        return model.say(Tone::Info, words);
    }
    let place = model.look.snapshot.environment(name);
    let plan = place.and_then(|place| {
        let orders = model.orders(name);
        Plan::new(goal, (&place.environment, &orders), &survey, &[], model.now)
    });
    let Some(plan) = plan else {
        return model.say(
            Tone::Bad,
            format!("{name} has no cluster, so nothing to do"),
        );
    };
    let plan = Box::new(plan);
    let change = match goal {
        Goal::Stop => Change::StopEnvironment(plan),
        Goal::Start => Change::StartEnvironment(plan),
    };
    dialog::ask_for(model, change, "", "");
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
    propose(model, &name, goal).unwrap_or_else(|why| {
        model.say(Tone::Bad, why);
        Vec::new()
    })
}

/// `stop staging`, `start staging`, as typed into the palette; `None` for anything else.
pub(in crate::app) fn line(typed: &str) -> Option<(Goal, EnvironmentName)> {
    let mut words = typed.split_whitespace();
    let goal = match words.next()? {
        "stop" => Goal::Stop,
        "start" => Goal::Start,
        _ => return None,
    };
    let name = words.next()?;
    words.next().is_none().then(|| (goal, name.into()))
}
