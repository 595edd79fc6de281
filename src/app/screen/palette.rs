//! The command palette: subcommands and actions by name.

use strum::IntoEnumIterator as _;

use crate::app::act;
use crate::app::action::Action;
use crate::app::bound::Bound;
use crate::app::command::{self, Command};
use crate::app::effect::Effect;
use crate::app::hints;
use crate::app::input::Input;
use crate::app::model::Model;
use crate::app::screen::entering::Asked;
use crate::app::screen::{
    Overlay, alarms, chart, dress, entering, handoff, policy, record, staging, tasks,
    wish as wishing,
};
use crate::app::sought::Sought;
use crate::estate::staging::Goal;
use crate::policy::may_be_stopped;

/// Entries kept after ranking; nobody scrolls further.
const SHOWN: usize = 50;

/// The palette's state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Palette {
    /// What is typed.
    pub input: Input,
    /// What matches it, best first.
    pub entries: Vec<Entry>,
    /// The selected entry.
    pub selected: usize,
    /// What is wrong with what was typed.
    pub complaint: Option<String>,
    known: Vec<Entry>,
}

/// One line of the palette's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What would be typed for it.
    pub text: String,
    /// What it does.
    pub help: String,
    /// Its keys, when it has some here.
    pub keys: Option<String>,
    /// The action it stands for; `None` for a command line.
    pub action: Option<Action>,
}

impl Palette {
    /// Ranks the entries by what is typed; nothing typed lists the actions.
    pub(in crate::app) fn rank(&mut self) {
        let typed = self.input.text();
        let typed = typed.trim();
        self.selected = 0;
        self.complaint = None;
        if typed.is_empty() {
            let actions = self.known.iter().filter(|entry| entry.action.is_some());
            self.entries = actions.cloned().collect();
            return;
        }
        let mut sought = Sought::fuzzy(typed);
        let mut ranked: Vec<_> = self
            .known
            .iter()
            .filter_map(|entry| sought.score(&entry.text).map(|score| (score, entry)))
            .collect();
        ranked.sort_by_key(|(score, entry)| {
            let other = entry.text != typed;
            (other, std::cmp::Reverse(*score), entry.text.len())
        });
        let best = ranked.into_iter().take(SHOWN);
        self.entries = best.map(|(_, entry)| entry.clone()).collect();
    }
}

/// The palette as it opens over `model`: what works here, and a command line for every service
/// and environment.
pub(in crate::app) fn open(model: &Model) -> Palette {
    let bound = Bound::here(model);
    // What a person would want here comes first; what leaves comes last, so that no hasty enter does.
    let useful = hints::worth_showing(model);
    let leaves = [Action::Back, Action::Suspend, Action::Quit];
    let mut actions: Vec<Action> = Action::iter()
        .filter(|action| *action != Action::Palette && model.offers(*action))
        .collect();
    actions.sort_by_key(|action| {
        let wanted = useful.iter().position(|one| one == action);
        let leaves = leaves.iter().position(|one| one == action);
        (leaves, wanted.unwrap_or(useful.len()))
    });
    let actions = actions.into_iter().map(|action| Entry {
        text: action.name().to_owned(),
        help: action.help().to_owned(),
        keys: bound.keys(action),
        action: Some(action),
    });
    let mut palette = Palette {
        known: actions.chain(lines(model)).collect(),
        ..Palette::default()
    };
    palette.rank();
    palette
}

/// Opens the palette with the beginning of a `forward` for the service in focus: what is missing
/// is typed behind it.
pub(in crate::app) fn begin_forward(model: &mut Model) {
    let rows = &model.look.rows;
    let row = model.subject().and_then(|arn| model.look.row(arn));
    let Some(name) = row.map(|row| command::spelling(rows, row)) else {
        return;
    };
    let mut palette = open(model);
    let of =
        tasks::living(model).map_or_else(String::new, |task| format!("--task {} ", task.short()));
    palette.input = Input::holding(&format!("forward {name} {of}"));
    palette.rank();
    model.overlay = Some(Overlay::Palette(palette));
}

/// A command line of the list.
fn line(text: String, help: String) -> Entry {
    Entry {
        text,
        help,
        keys: None,
        action: None,
    }
}

/// What can be said of each service.
fn service_lines(model: &Model) -> impl Iterator<Item = Entry> {
    model.look.rows.iter().flat_map(|row| {
        let name = command::spelling(&model.look.rows, row);
        let (health, place) = (row.verdict.health.word(), &row.environment);
        [
            line(
                format!("status {name}"),
                format!("open it: {health}, {place}"),
            ),
            line(format!("redeploy {name}"), format!("{health}, {place}")),
            line(format!("recycle {name}"), format!("{health}, {place}")),
            line(format!("rollback {name}"), format!("{health}, {place}")),
            line(format!("stop-task {name}"), format!("{health}, {place}")),
            line(
                format!("timeline {name}"),
                format!("what happened to it, {place}"),
            ),
            line(format!("logs {name}"), "read its log".to_owned()),
            line(
                format!("shell {name}"),
                format!("pick a container, {place}"),
            ),
            line(
                format!("forward {name}"),
                "[HOST:]PORT … [--local PORT …]".to_owned(),
            ),
        ]
    })
}

/// The tasks of the opened service, each with its log.
fn task_lines(model: &Model) -> impl Iterator<Item = Entry> {
    let explained = model.look.explained.iter();
    let opened = explained.filter(|one| {
        let page = model.service.as_ref();
        page.is_some_and(|page| page.arn == one.service)
    });
    opened.flat_map(|one| {
        let living = one.tasks.iter().map(|task| (&task.task, "runs"));
        let ended = one.stops.iter().map(|stop| (&stop.task, "stopped"));
        living.chain(ended).map(|(task, state)| {
            let help = format!("read what this task of {} says; it {state}", one.name);
            line(format!("logs {}", task.short()), help)
        })
    })
}

fn lines(model: &Model) -> Vec<Entry> {
    let services = task_lines(model).chain(service_lines(model));
    let environments = model.look.snapshot.environments.iter().map(|one| {
        let name = &one.environment.name;
        line(
            format!("status {name}"),
            "show this environment only".to_owned(),
        )
    });
    let stoppable = model.look.snapshot.environments.iter();
    let stoppable = stoppable
        .map(|one| &one.environment)
        .filter(|one| may_be_stopped(one));
    let whole = stoppable.flat_map(|one| {
        let name = &one.name;
        [
            line(
                format!("stop {name}"),
                "plan it: every count is put on record first".to_owned(),
            ),
            line(
                format!("start {name}"),
                "plan it: everything as it is on record".to_owned(),
            ),
        ]
    });
    let all = line("status".to_owned(), "show every environment".to_owned());
    let nodes = "pick a node of Session Manager, for a shell".to_owned();
    let themes = dress::lines().map(|(text, help)| line(text, help));
    services
        .chain(environments)
        .chain(whole)
        .chain(themes)
        .chain([all, line("nodes".to_owned(), nodes)])
        .collect()
}

/// Moves the selection in the list, round and round.
pub(in crate::app) fn step(model: &mut Model, steps: isize) {
    if let Some(Overlay::Palette(palette)) = &mut model.overlay
        && let Ok(count) = isize::try_from(palette.entries.len())
        && count > 0
    {
        let at = isize::try_from(palette.selected).unwrap_or(0);
        palette.selected = (at + steps).rem_euclid(count).unsigned_abs();
    }
}

/// Writes the selected entry out, so that more can be typed behind it.
pub(in crate::app) fn complete(model: &mut Model) {
    if let Some(Overlay::Palette(palette)) = &mut model.overlay
        && let Some(entry) = palette.entries.get(palette.selected)
    {
        palette.input = Input::holding(&format!("{} ", entry.text));
        palette.rank();
    }
}

/// An entry was clicked.
pub(in crate::app) fn pick(model: &mut Model, index: usize) -> Vec<Effect> {
    match &mut model.overlay {
        Some(Overlay::Palette(palette)) if index < palette.entries.len() => {
            palette.selected = index;
            accept(model)
        }
        _ => Vec::new(),
    }
}

/// Does what is selected; when nothing matches, what is typed is a command line.
pub(in crate::app) fn accept(model: &mut Model) -> Vec<Effect> {
    model.touch(true);
    let Some(Overlay::Palette(palette)) = &model.overlay else {
        return Vec::new();
    };
    let chosen = palette.entries.get(palette.selected).cloned();
    if let Some(action) = chosen.as_ref().and_then(|entry| entry.action) {
        model.overlay = None;
        return act::act(model, action);
    }
    let typed = chosen.map_or_else(|| palette.input.text(), |entry| entry.text);
    match command::parse_line(&typed).and_then(|command| run(model, command)) {
        Ok(effects) => effects,
        Err(complaint) => {
            if let Some(Overlay::Palette(palette)) = &mut model.overlay {
                palette.complaint = Some(complaint);
            }
            Vec::new()
        }
    }
}

/// Carries out a command line that makes sense in the console; the others say where they do.
#[expect(clippy::too_many_lines, reason = "one arm a command")]
fn run(model: &mut Model, command: Command) -> Result<Vec<Effect>, String> {
    match command {
        Command::Redeploy(_)
        | Command::Recycle(_)
        | Command::Rollback(_)
        | Command::StopTask(_)
        | Command::Scale(_) => wish(model, &command),
        Command::Status(wanted) if wanted.json || wanted.watch => {
            Err("--json and --watch print; they belong on a command line".to_owned())
        }
        Command::Explain(wanted) if wanted.json => {
            Err("--json prints; it belongs on a command line".to_owned())
        }
        Command::Status(wanted) => nothing_more(show(model, wanted.what.as_deref())),
        Command::Explain(wanted) => nothing_more(show(model, Some(&wanted.service))),
        Command::Timeline(wanted) => what_happened(model, &wanted),
        Command::Kpis(wanted) => {
            measured(model, wanted.what.as_deref(), wanted.json)?;
            chart::open(model);
            Ok(Vec::new())
        }
        Command::Alarms(wanted) => {
            measured(model, None, wanted.json)?;
            alarms::open(model);
            Ok(Vec::new())
        }
        Command::Policy(command::Policy { explain: None, .. }) => {
            model.overlay = Some(Overlay::Page(policy::page(model)));
            Ok(Vec::new())
        }
        Command::Journal(asked) => record::line(model, &asked),
        Command::Handoff(asked) => handoff::line(model, asked),
        Command::Nodes(wanted) if wanted.json => {
            Err("--json prints; it belongs on a command line".to_owned())
        }
        Command::Nodes(_) => {
            entering::open_nodes(model, None, Asked::shell());
            Ok(Vec::new())
        }
        Command::Shell(asked) => nothing_more(entering::shell(model, &asked)),
        Command::Forward(asked) => nothing_more(entering::forward(model, &asked)),
        Command::Stop(asked) => {
            let effects = staging::command(model, Goal::Stop, &asked, &[])?;
            close(model);
            Ok(effects)
        }
        Command::Start(asked) => {
            let effects = staging::command(model, Goal::Start, &asked.bring, &asked.counts)?;
            close(model);
            Ok(effects)
        }
        Command::Logs(asked) => super::super::whose::open_line(model, &asked),
        Command::Theme(asked) => nothing_more(dress::wear(model, asked.name)),
        Command::Demo(_)
        | Command::Sim(_)
        | Command::Config(_)
        | Command::Completions(_)
        | Command::Man(_)
        | Command::Doctor(_)
        | Command::Iam(_)
        | Command::Cost(_)
        | Command::Schedule(_)
        | Command::Policy(_)
        | Command::Approve(_)
        | Command::Exec(_)
        | Command::Recordings(_)
        | Command::SessionAttach => {
            Err("this is a command for the shell, not for the console".to_owned())
        }
    }
}

/// Done at once: nothing is left to do outside the model.
fn nothing_more(done: Result<(), String>) -> Result<Vec<Effect>, String> {
    done.map(|()| Vec::new())
}

/// Closes the palette, unless something else lies there by now.
fn close(model: &mut Model) {
    if matches!(model.overlay, Some(Overlay::Palette(_))) {
        model.overlay = None;
    }
}

/// Shows what numbers or alarms are asked of.
fn measured(model: &mut Model, what: Option<&str>, json: bool) -> Result<(), String> {
    if json {
        return Err("--json prints; it belongs on a command line".to_owned());
    }
    model.overlay = None;
    match what {
        Some(what) => show(model, Some(what)),
        None => Ok(()),
    }
}

/// Shows the timeline of a service, or of the environment in focus.
fn what_happened(model: &mut Model, wanted: &command::Timeline) -> Result<Vec<Effect>, String> {
    if wanted.json {
        return Err("--json prints; it belongs on a command line".to_owned());
    }
    let environments = &model.look.snapshot.environments;
    let mut named = environments.iter().map(|one| &one.environment.name);
    let what = wanted.what.as_deref();
    let environment = named.find(|name| what == Some(name.as_str())).cloned();
    match (what, environment) {
        (Some(service), None) => {
            let arn = model.look.find_service(service)?.arn.clone();
            act::show_timeline(model, Some(&arn));
        }
        (_, Some(environment)) => act::show_chronicle(model, environment),
        (None, None) => act::show_timeline(model, None),
    }
    model.overlay = None;
    Ok(Vec::new())
}

/// A verb on one service: the dialog takes the place of most flags.
fn wish(model: &mut Model, command: &Command) -> Result<Vec<Effect>, String> {
    let (wanted, wish) = command.wish().ok_or("this is no verb on a service")?;
    if wanted.dry_run {
        return Err("here the dialog is the dry run: leave --dry-run out".to_owned());
    }
    let arn = model.look.find_service(&wanted.service)?.arn.clone();
    model.overlay = None;
    let said = |words: &Option<String>| words.clone().unwrap_or_default();
    let (reason, name) = (said(&wanted.reason), said(&wanted.confirm));
    Ok(wishing::wish(model, &arn, wish, (&reason, &name)))
}

/// Opens the palette with `scale SERVICE` written: only the number is missing.
pub(in crate::app) fn scale(model: &mut Model) {
    let rows = &model.look.rows;
    let row = model.subject().and_then(|arn| model.look.row(arn));
    let Some(name) = row.map(|row| command::spelling(rows, row)) else {
        return;
    };
    let mut palette = open(model);
    palette.input = Input::holding(&format!("scale {name} "));
    palette.rank();
    model.overlay = Some(Overlay::Palette(palette));
}

/// Shows all, one environment, or opens one service.
fn show(model: &mut Model, what: Option<&str>) -> Result<(), String> {
    let environments = &model.look.snapshot.environments;
    let mut named = environments.iter().map(|one| &one.environment.name);
    let environment = named.find(|name| what == Some(name.as_str())).cloned();
    if let (Some(what), None) = (what, &environment) {
        let arn = model.look.find_service(what)?.arn.clone();
        model.overlay = None;
        act::open(model, &arn);
        return Ok(());
    }
    model.overlay = None;
    model.service = None;
    model.only = environment;
    model.arrange();
    Ok(())
}
