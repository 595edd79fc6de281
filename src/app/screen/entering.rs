//! Letting somebody into a container: which one, picked from those there are, with what the
//! doctor says of each; then the dialog asks like for every change.

use crate::app::command::{self, Forward, Shell};
use crate::app::effect::{Effect, Opening};
use crate::app::model::Model;
use crate::app::msg::Tone;
use crate::app::screen::{Overlay, dialog};
use crate::estate::change::{Change, Target};
use crate::estate::doctor::Patient;
use crate::estate::environment::Tier;
use crate::estate::id::{EnvironmentName, ServiceArn, TaskArn};
use crate::estate::session::{Place, Purpose, Session};
use crate::estate::standing::{Way, offered};
use crate::estate::text::Text;
use crate::policy::{Approved, Facts};

/// What somebody wants to enter, while they pick and answer.
#[derive(Clone, Debug)]
pub struct Entering {
    /// Where.
    pub environment: EnvironmentName,
    /// A task of which service.
    pub service: ServiceArn,
    /// What for, and what was said already.
    pub asked: Asked,
    /// The containers there are, or why they are not known; `None` while they are being read.
    pub ways: Option<Result<Vec<Way>, Text>>,
    /// The selected one: task and container.
    pub selected: Option<(TaskArn, Text)>,
}

/// What a person asked for before they picked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What the session is for.
    pub purpose: Purpose,
    /// The port on this machine, for a forwarded one; 0 takes a free one.
    pub local: u16,
    /// Minutes until it is ended; the tier's most without it.
    pub minutes: Option<u32>,
    /// Whether to record; as the tier wants it without an answer.
    pub record: Option<bool>,
    /// Why.
    pub reason: String,
    /// The service's name once more.
    pub name: String,
    /// The beginning of the task's id.
    pub task: Option<String>,
    /// The container's name.
    pub container: Option<String>,
}

impl Asked {
    /// A shell, with nothing said.
    pub const fn shell() -> Self {
        Self {
            purpose: Purpose::Shell,
            local: 0,
            minutes: None,
            record: None,
            reason: String::new(),
            name: String::new(),
            task: None,
            container: None,
        }
    }
}

impl Entering {
    /// The containers there are.
    pub fn ways(&self) -> &[Way] {
        match &self.ways {
            Some(Ok(ways)) => ways,
            Some(Err(_)) | None => &[],
        }
    }

    /// The line of the selected container.
    pub fn index(&self) -> Option<usize> {
        let (task, container) = self.selected.as_ref()?;
        self.ways()
            .iter()
            .position(|way| way.task.arn == *task && way.patient.container == *container)
    }

    /// What was read of the container that `session` enters.
    pub fn patient(&self, session: &Session) -> Option<&Patient> {
        let Place::Container {
            task, container, ..
        } = &session.place
        else {
            return None;
        };
        let mut patients = self.ways().iter().map(|way| &way.patient);
        patients.find(|one| one.task == *task && one.container == *container)
    }

    fn select(&mut self, index: Option<usize>) {
        let way = index.and_then(|index| self.ways().get(index));
        self.selected = way.map(|way| (way.task.arn.clone(), way.patient.container.clone()));
    }

    /// What is offered unasked, or what was asked for by name where exactly one is meant.
    fn offered(&self) -> Option<usize> {
        let ways = self.ways();
        let Asked {
            task, container, ..
        } = &self.asked;
        if task.is_none() && container.is_none() {
            return offered(ways);
        }
        let meant: Vec<Way> = ways
            .iter()
            .filter(|way| {
                let begins = |id: &String| way.task.arn.id().starts_with(id.as_str());
                let named = |name: &String| *way.patient.container == **name;
                task.as_ref().is_none_or(begins) && container.as_ref().is_none_or(named)
            })
            .cloned()
            .collect();
        let one = match meant.as_slice() {
            [only] => Some(only),
            several => offered(several).and_then(|index| several.get(index)),
        };
        let one = one?;
        ways.iter().position(|way| way == one)
    }
}

/// Asks which container of `arn` is meant.
pub(in crate::app) fn open(model: &mut Model, arn: &ServiceArn, asked: Asked) {
    if let Some(busy) = &model.carrying {
        let words = format!("wait for the outcome of {} first", busy.name());
        return model.say(Tone::Bad, words);
    }
    let Some((place, _)) = model.look.snapshot.service(arn) else {
        let words = format!("{} has not been seen, so nobody can enter it", arn.name());
        return model.say(Tone::Bad, words);
    };
    model.entering = Some(Entering {
        environment: place.environment.name.clone(),
        service: arn.clone(),
        asked,
        ways: None,
        selected: None,
    });
    model.pending.clear();
    model.overlay = Some(Overlay::Picker);
    model.touch(true);
}

/// `shell`, as typed into the palette.
pub(in crate::app) fn shell(model: &mut Model, wanted: Shell) -> Result<(), String> {
    if wanted.doctor {
        return Err("here the list of containers is the doctor: leave --doctor out".to_owned());
    }
    let record = match (wanted.record, wanted.no_record) {
        (true, _) => Some(true),
        (false, true) => Some(false),
        (false, false) => None,
    };
    let entrance = wanted.entrance;
    let arn = command::find_service(&model.look.rows, &entrance.target)?
        .arn
        .clone();
    let asked = Asked {
        record,
        ..asked(&entrance)
    };
    open(model, &arn, asked);
    Ok(())
}

/// `forward`, as typed into the palette.
pub(in crate::app) fn forward(model: &mut Model, wanted: &Forward) -> Result<(), String> {
    if !wanted.more.is_empty() || wanted.local.len() > 1 {
        return Err("here one port is forwarded at a time: say it once for each".to_owned());
    }
    let arn = command::find_service(&model.look.rows, &wanted.entrance.target)?
        .arn
        .clone();
    let purpose = Purpose::Forward {
        host: wanted.remote.host.as_deref().map(Text::clean),
        port: wanted.remote.port,
    };
    let asked = Asked {
        purpose,
        local: wanted.local.first().copied().unwrap_or(0),
        ..asked(&wanted.entrance)
    };
    open(model, &arn, asked);
    Ok(())
}

fn asked(entrance: &command::Entrance) -> Asked {
    Asked {
        minutes: entrance.minutes,
        reason: entrance.reason.clone().unwrap_or_default(),
        name: entrance.confirm.clone().unwrap_or_default(),
        task: entrance.task.clone(),
        container: entrance.container.clone(),
        ..Asked::shell()
    }
}

/// The containers came home; the selection stays where it is while that one is there.
pub(in crate::app) fn found(model: &mut Model, service: &ServiceArn, ways: Result<Vec<Way>, Text>) {
    let Some(entering) = model.entering.as_mut() else {
        return;
    };
    if entering.service != *service {
        return;
    }
    let known = entering.ways.as_ref().is_some_and(Result::is_ok);
    if ways.is_ok() || !known {
        entering.ways = Some(ways);
    }
    if entering.index().is_none() {
        let offered = entering.offered();
        entering.select(offered);
    }
    model.touch(true);
    dialog::review(model);
}

/// Moves the selection.
pub(in crate::app) fn step(model: &mut Model, steps: isize) -> bool {
    let Some(entering) = model.entering.as_mut() else {
        return false;
    };
    let last = entering.ways().len().saturating_sub(1);
    let next = match entering.index() {
        Some(at) => at.saturating_add_signed(steps).min(last),
        None => 0,
    };
    let before = entering.selected.take();
    entering.select(Some(next));
    before != entering.selected
}

/// The selected container is meant: the dialog asks.
pub(crate) fn accept(model: &mut Model) -> Vec<Effect> {
    let Some((session, reason, name)) = proposed(model) else {
        model.say(Tone::Info, "select a container first");
        return Vec::new();
    };
    dialog::ask_for(model, Change::Session(Box::new(session)), &reason, &name)
}

fn proposed(model: &Model) -> Option<(Session, String, String)> {
    let entering = model.entering.as_ref()?;
    let way = entering.ways().get(entering.index()?)?;
    let (place, seen) = model.look.snapshot.service(&entering.service)?;
    let target = Target::of(&seen.service, &place.environment.name)?;
    let asked = &entering.asked;
    let mut session = Session {
        target,
        place: Place::Container {
            task: way.patient.task.clone(),
            container: way.patient.container.clone(),
            runtime_id: way.patient.runtime_id.clone(),
        },
        purpose: asked.purpose.clone(),
        minutes: 1,
    };
    session.minutes = asked
        .minutes
        .unwrap_or_else(|| model.habits.minutes(tier(model, &session)));
    Some((session, asked.reason.clone(), asked.name.clone()))
}

fn tier(model: &Model, session: &Session) -> Tier {
    let change = Change::Session(Box::new(session.clone()));
    Facts::seen(&model.look.snapshot, &change, model.now).tier(&change)
}

/// What policy approved is to be opened.
pub(in crate::app) fn carry(model: &Model, approved: Approved) -> Effect {
    let Change::Session(session) = approved.change() else {
        return Effect::Carry(approved);
    };
    let entering = model.entering.as_ref();
    let patient = entering.and_then(|entering| entering.patient(session));
    let (tier, logging) = (
        tier(model, session),
        patient.and_then(|one| one.logging.clone()),
    );
    let asked = entering.map(|entering| &entering.asked);
    Effect::Open(Box::new(Opening {
        tier,
        logging,
        local: asked.map_or(0, |asked| asked.local),
        record: asked
            .and_then(|asked| asked.record)
            .unwrap_or_else(|| model.habits.records.tiers.contains(&tier)),
        input: model.habits.records.input,
        idle_minutes: model.habits.idle_minutes,
        approved,
    }))
}
