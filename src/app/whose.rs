//! Whose log is opened: that of the service in focus, or what a line of the palette names.

use super::command::{Logs, SAVED, is_task};
use super::effect::Effect;
use super::meant::environment_meant;
use super::model::Model;
use super::msg::Tone;
use super::screen::reader::{Reader, Shown};
use super::screen::tasks;
use crate::estate::id::{EnvironmentName, ServiceArn, TaskArn};
use crate::estate::log::filter::Filter;
use crate::estate::log::{LiveTail, SavedQuery, TailNews};

/// A log's source and the environment it is in.
type Whose = (EnvironmentName, ServiceArn);

/// Opens the log of the service in focus, with what its pane already holds; where a task of it is
/// selected, of that one alone.
pub(super) fn open_subject(model: &mut Model) {
    let Some(arn) = model.subject().cloned() else {
        return;
    };
    let Some(environment) = model.look.row(&arn).map(|row| row.environment.clone()) else {
        return;
    };
    let of_it = tasks::chosen(model).map(|one| Filter::parse(&format!("task={}", one.task().id())));
    open(model, vec![(environment, arn)]);
    if let (Some(reader), Some(Ok(of_it))) = (&mut model.reader, of_it) {
        reader.narrow(of_it);
    }
}

fn open(model: &mut Model, services: Vec<Whose>) {
    let mut reader = Reader::new(services, model.hold, model.log_keys.clone());
    let logs = &model.logs;
    if let Some(service) = logs.service.clone().filter(|service| reader.has(service)) {
        // Its tail goes on where it is; what it brought is here.
        reader.lines = logs.lines.clone();
        reader.absorb(&TailNews {
            service,
            lines: Vec::new(),
            state: logs.state.clone(),
            gap: None,
            live: LiveTail::default(),
            done: false,
            at: model.now,
        });
    }
    model.reader = Some(Box::new(reader));
}

/// `logs TARGET… [--filter] [--level]`, typed into the palette.
pub(super) fn open_line(model: &mut Model, asked: &Logs) -> Result<Vec<Effect>, String> {
    let printed = asked.json || asked.raw || asked.from.is_some() || asked.to.is_some();
    if printed {
        return Err("the console follows; spans and formats belong on a command line".to_owned());
    }
    let mut filter = Filter::parse(asked.filter.as_deref().unwrap_or_default())
        .map_err(|error| error.to_string())?;
    if let Some(level) = &asked.level {
        let level = Filter::parse(&format!("level>={level}")).map_err(|error| error.to_string())?;
        filter.stack(level);
    }
    let alone = |what: &str| format!("{what} is read alone: leave the other targets out");
    if let Some(name) = asked.targets.iter().find_map(|one| one.strip_prefix(SAVED)) {
        if asked.targets.len() > 1 {
            return Err(alone("a saved query"));
        }
        model.overlay = None;
        return Ok(vec![Effect::FindQuery(name.to_owned(), filter)]);
    }
    let mut services: Vec<Whose> = Vec::new();
    for target in &asked.targets {
        for one in meant(model, target).or_else(|words| {
            let Some((whose, task)) = task_meant(model, target) else {
                return Err(words);
            };
            if asked.targets.len() > 1 {
                return Err(alone("a task"));
            }
            let of_it = Filter::parse(&format!("task={}", task.id()));
            filter.stack(of_it.map_err(|error| error.to_string())?);
            Ok(vec![whose])
        })? {
            if !services.contains(&one) {
                services.push(one);
            }
        }
    }
    model.overlay = None;
    open(model, services);
    if let Some(reader) = &mut model.reader {
        reader.narrow(filter);
        reader.live = asked.live_tail;
        if asked.patterns {
            reader.shown = Shown::Patterns;
        }
    }
    Ok(Vec::new())
}

/// The services of an environment, a service, or a log group by its name.
fn meant(model: &Model, target: &str) -> Result<Vec<Whose>, String> {
    if target.starts_with('/') {
        let environments = &model.look.snapshot.environments;
        let first = || environments.first().map(|one| one.environment.name.clone());
        let environment = environment_meant(model).or_else(first);
        let environment = environment.ok_or("no environment is set")?;
        return Ok(vec![(environment, target.into())]);
    }
    let rows = model.look.rows.iter();
    let of = rows.filter(|row| row.environment.as_str() == target);
    let mut meant: Vec<_> = of.collect();
    if meant.is_empty() {
        meant.push(model.look.find_service(target)?);
    }
    let whose = meant.into_iter();
    Ok(whose
        .map(|row| (row.environment.clone(), row.arn.clone()))
        .collect())
}

/// The task of the opened service whose id begins so, running or stopped.
fn task_meant(model: &Model, written: &str) -> Option<(Whose, TaskArn)> {
    let explained = model.look.explained.as_ref().filter(|_| is_task(written))?;
    let start = written.rsplit('/').next()?;
    let living = explained.tasks.iter().map(|one| &one.task);
    let mut tasks = living.chain(explained.stops.iter().map(|one| &one.task));
    let task = tasks.find(|task| task.id().starts_with(start))?.clone();
    let whose = (explained.environment.clone(), explained.service.clone());
    Some((whose, task))
}

/// The query that was saved in Logs Insights came home: its log groups, narrowed as it says, and
/// by what else was asked.
pub(super) fn found_query(
    model: &mut Model,
    found: Result<(EnvironmentName, SavedQuery), String>,
    more: Filter,
) {
    let read = found.and_then(|(environment, query)| {
        let mut filter = query.filter()?;
        filter.stack(more);
        let groups = query.groups.iter();
        let whose = groups.map(|group| (environment.clone(), group.as_str().into()));
        Ok((whose.collect(), filter))
    });
    match read {
        Ok((groups, filter)) => {
            open(model, groups);
            if let Some(reader) = &mut model.reader {
                reader.narrow(filter);
            }
            model.touch(true);
        }
        Err(words) => model.say(Tone::Bad, words),
    }
}
