//! Letting somebody into a container or a node: which one, picked from those there are, with what
//! the doctor says of each; then the dialog asks like for every change.

use crate::app::command::{self, Forward, Shell};
use crate::app::effect::{Effect, Opening};
use crate::app::model::Model;
use crate::app::msg::Tone;
use crate::app::screen::nodes::Nodes;
use crate::app::screen::{Overlay, dialog};
use crate::estate::change::{Change, Target};
use crate::estate::doctor::{Patient, recorded};
use crate::estate::environment::Tier;
use crate::estate::id::{EnvironmentName, ServiceArn, TaskArn};
use crate::estate::node::{self, Node};
use crate::estate::session::{Place, Purpose, Session};
use crate::estate::standing::{Way, offered};
use crate::estate::text::Text;
use crate::policy::{Approved, Facts};

/// What somebody wants to enter, while they pick and answer.
#[derive(Clone, Debug)]
pub struct Entering {
    /// A task of which service, and where; `None` when a node was asked for outright.
    pub service: Option<(EnvironmentName, ServiceArn)>,
    /// What for, and what was said already.
    pub asked: Asked,
    /// The nodes, while they are what is picked from.
    pub nodes: Option<Nodes>,
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
    /// The other far ends with their ports here: asked for one after the other, in the same place.
    pub more: Vec<(Purpose, u16)>,
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
            more: Vec::new(),
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

    /// Whether a line is selected, of containers or of nodes.
    pub fn is_chosen(&self) -> bool {
        match &self.nodes {
            Some(nodes) => nodes.index().is_some(),
            None => self.index().is_some(),
        }
    }

    /// What was read of the node that `session` enters.
    pub fn node(&self, session: &Session) -> Option<&Node> {
        self.nodes.as_ref()?.node(session)
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
    let Some((place, _)) = model.look.snapshot.service(arn) else {
        let words = format!("{} has not been seen, so nobody can enter it", arn.name());
        return model.say(Tone::Bad, words);
    };
    let service = Some((place.environment.name.clone(), arn.clone()));
    pick(
        model,
        Entering {
            service,
            asked,
            nodes: None,
            ways: None,
            selected: None,
        },
    );
}

/// Asks which node is meant; `named` is the one somebody typed.
pub(in crate::app) fn open_nodes(model: &mut Model, named: Option<String>, asked: Asked) {
    let nodes = Some(Nodes::unread(model, named));
    pick(
        model,
        Entering {
            service: None,
            asked,
            nodes,
            ways: None,
            selected: None,
        },
    );
}

fn pick(model: &mut Model, entering: Entering) {
    if let Some(busy) = &model.carrying {
        let words = format!("wait for the outcome of {} first", busy.name());
        return model.say(Tone::Bad, words);
    }
    model.entering = Some(entering);
    model.pending.clear();
    model.overlay = Some(Overlay::Picker);
    model.touch(true);
}

/// Picks from the nodes in place of the service's containers, and back again.
pub(in crate::app) fn turn(model: &mut Model) {
    let unread = Nodes::unread(model, None);
    if let Some(entering) = model.entering.as_mut()
        && entering.service.is_some()
    {
        entering.nodes = match entering.nodes {
            Some(_) => None,
            None => Some(unread),
        };
        model.touch(true);
    }
}

/// `shell`, as typed into the palette.
pub(in crate::app) fn shell(model: &mut Model, wanted: &Shell) -> Result<(), String> {
    if wanted.doctor {
        return Err("here the list of containers is the doctor: leave --doctor out".to_owned());
    }
    let record = match (wanted.record, wanted.no_record) {
        (true, _) => Some(true),
        (false, true) => Some(false),
        (false, false) => None,
    };
    let asked = Asked {
        record,
        ..asked(&wanted.entrance)
    };
    find(model, &wanted.entrance, asked)
}

/// From what was typed to the list it is picked from.
fn find(model: &mut Model, entrance: &command::Entrance, asked: Asked) -> Result<(), String> {
    if entrance.instance || node::is_id(&entrance.target) {
        open_nodes(model, Some(entrance.target.clone()), asked);
        return Ok(());
    }
    let arn = model.look.find_service(&entrance.target)?.arn.clone();
    open(model, &arn, asked);
    Ok(())
}

/// `forward`, as typed into the palette.
pub(in crate::app) fn forward(model: &mut Model, wanted: &Forward) -> Result<(), String> {
    if wanted.local.len() > wanted.more.len() + 1 {
        return Err("there are more --local than far ends".to_owned());
    }
    let purpose = |remote: &command::Remote| Purpose::Forward {
        host: remote.host.as_deref().map(Text::clean),
        port: remote.port,
    };
    let mut locals = wanted.local.iter().copied().chain(std::iter::repeat(0));
    let local = locals.next().unwrap_or(0);
    let asked = Asked {
        purpose: purpose(&wanted.remote),
        local,
        more: wanted.more.iter().map(purpose).zip(locals).collect(),
        ..asked(&wanted.entrance)
    };
    find(model, &wanted.entrance, asked)
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
    if entering
        .service
        .as_ref()
        .is_none_or(|(_, arn)| arn != service)
    {
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

/// The nodes of one environment came home.
pub(in crate::app) fn found_nodes(
    model: &mut Model,
    environment: &EnvironmentName,
    answer: Result<Vec<Node>, Text>,
) {
    let entering = model.entering.as_mut();
    if let Some(nodes) = entering.and_then(|entering| entering.nodes.as_mut()) {
        nodes.found(environment, answer);
        model.touch(true);
        dialog::review(model);
    }
}

/// Moves the selection.
pub(in crate::app) fn step(model: &mut Model, steps: isize) -> bool {
    let Some(entering) = model.entering.as_mut() else {
        return false;
    };
    if let Some(nodes) = &mut entering.nodes {
        let next = nodes
            .index()
            .map_or(0, |at| at.saturating_add_signed(steps));
        return nodes.select(next);
    }
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
    let (session, reason, name) = match proposed(model) {
        Ok(proposed) => proposed,
        Err(words) => {
            model.say(Tone::Info, words);
            return Vec::new();
        }
    };
    dialog::ask_for(model, Change::Session(Box::new(session)), &reason, &name)
}

fn proposed(model: &Model) -> Result<(Session, String, String), &'static str> {
    let entering = model.entering.as_ref().ok_or("nothing is picked from")?;
    let (target, place) = match &entering.nodes {
        Some(nodes) => nodes.chosen(model)?,
        None => chosen(model, entering).ok_or("select a container first")?,
    };
    let asked = &entering.asked;
    let mut session = Session {
        target,
        place,
        purpose: asked.purpose.clone(),
        minutes: 1,
    };
    session.minutes = asked
        .minutes
        .unwrap_or_else(|| model.habits.minutes(tier(model, &session)));
    Ok((session, asked.reason.clone(), asked.name.clone()))
}

fn chosen(model: &Model, entering: &Entering) -> Option<(Target, Place)> {
    let way = entering.ways().get(entering.index()?)?;
    let (_, service) = entering.service.as_ref()?;
    let (place, seen) = model.look.snapshot.service(service)?;
    let target = Target::of(&seen.service, &place.environment.name)?;
    let place = Place::Container {
        task: way.patient.task.clone(),
        container: way.patient.container.clone(),
        runtime_id: way.patient.runtime_id.clone(),
    };
    Some((target, place))
}

fn tier(model: &Model, session: &Session) -> Tier {
    let change = Change::Session(Box::new(session.clone()));
    Facts::seen(&model.look.snapshot, &change, model.now).tier(&change)
}

/// One far end is open: the next is asked for, with what was answered for the one before. `None` where
/// that was the last.
pub(in crate::app) fn next_end(
    model: &mut Model,
    (reason, name): (String, String),
) -> Option<Vec<Effect>> {
    let asked = &mut model.entering.as_mut()?.asked;
    if asked.more.is_empty() {
        return None;
    }
    (asked.purpose, asked.local) = asked.more.remove(0);
    (asked.reason, asked.name) = (reason, name);
    Some(accept(model))
}

/// What policy approved is to be opened.
pub(in crate::app) fn carry(model: &Model, approved: Approved) -> Effect {
    let Change::Session(session) = approved.change() else {
        return Effect::Carry(approved);
    };
    let entering = model.entering.as_ref();
    let tier = tier(model, session);
    let aws = match &session.place {
        Place::Container { .. } => {
            let patient = entering.and_then(|entering| entering.patient(session));
            recorded(patient.and_then(|one| one.logging.as_ref())).words
        }
        Place::Node { .. } => node::recorded().words,
    };
    let asked = entering.map(|entering| &entering.asked);
    Effect::Open(Box::new(Opening {
        tier,
        aws,
        plugin: model.habits.plugin && session.purpose == Purpose::Shell,
        local: asked.map_or(0, |asked| asked.local),
        record: asked
            .and_then(|asked| asked.record)
            .unwrap_or_else(|| model.habits.records.tiers.contains(&tier)),
        input: model.habits.records.input,
        idle_minutes: model.habits.idle_minutes,
        approved,
    }))
}
