//! The report for the next level as a page, and as a file.

use std::path::PathBuf;

use super::Overlay;
use super::page::{Line, Page, Voice};
use crate::app::command;
use crate::app::effect::{Effect, Saved};
use crate::app::model::Model;
use crate::app::msg::Tone;
use crate::estate::SignedDuration;
use crate::estate::handoff::{Act, Asked, SINCE, Said, handoff};
use crate::estate::id::{EnvironmentName, ServiceArn};
use crate::estate::log::Masks;
use crate::estate::timeline::Scope;

/// The report somebody wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Of one service.
    pub service: Option<ServiceArn>,
    /// Of one environment; with neither of everything.
    pub environment: Option<EnvironmentName>,
    /// How far back.
    pub since: SignedDuration,
    /// What the writer adds.
    pub note: String,
    /// Into this file, in place of the screen.
    pub output: Option<PathBuf>,
    /// Into the terminal's clipboard, in place of the screen.
    pub clipboard: bool,
}

/// Wants the report of the service in focus, or of everything that is shown.
pub(in crate::app) fn wish(model: &Model) -> Vec<Effect> {
    let wanted = Wanted {
        service: model.subject().cloned(),
        environment: model.only.clone(),
        since: SINCE,
        note: String::new(),
        output: None,
        clipboard: false,
    };
    vec![Effect::Handoff(Box::new(wanted))]
}

/// `handoff [WHAT] [--since] [--note] [--output]`, typed into the palette.
pub(in crate::app) fn line(
    model: &mut Model,
    asked: command::Handoff,
) -> Result<Vec<Effect>, String> {
    if asked.json {
        return Err("--json prints; it belongs on a command line".to_owned());
    }
    let environments = &model.look.snapshot.environments;
    let mut names = environments.iter().map(|one| &one.environment.name);
    let environment = names.find(|name| asked.what.as_deref() == Some(name.as_str()));
    let environment = environment.cloned();
    let service = match (&asked.what, &environment) {
        (Some(written), None) => Some(
            command::find_service(&model.look.rows, written)?
                .arn
                .clone(),
        ),
        _ => None,
    };
    model.overlay = None;
    Ok(vec![Effect::Handoff(Box::new(Wanted {
        service,
        environment,
        since: asked.since,
        note: asked.note,
        output: asked.output,
        clipboard: asked.clipboard,
    }))])
}

/// The journal is read: puts the report together out of what the console holds.
pub(in crate::app) fn open(model: &mut Model, wanted: Wanted, acts: &[Act]) -> Vec<Effect> {
    let text = report(model, &wanted, acts);
    if let Some(path) = wanted.output {
        let (file, lines) = (path.display().to_string(), text.lines().count());
        return vec![Effect::Save(Box::new(Saved { file, text, lines }))];
    }
    if wanted.clipboard {
        model.say(Tone::Info, "given to the terminal's clipboard");
        return vec![Effect::Copy(text)];
    }
    model.overlay = Some(Overlay::Page(page(&text)));
    model.touch(true);
    Vec::new()
}

fn report(model: &Model, wanted: &Wanted, acts: &[Act]) -> String {
    let scope = match (&wanted.service, &wanted.environment) {
        (Some(arn), _) => Scope::Service(arn),
        (None, Some(name)) => Scope::Environment(name),
        (None, None) => Scope::Estate,
    };
    let asked = Asked {
        sources: model.look.sources(),
        scope,
        since: model.now - wanted.since,
        now: model.now,
        acts,
        // Secrets in the lines were masked on their way in.
        masks: &Masks::default(),
        keys: &model.log_keys,
        note: &wanted.note,
    };
    let reader = model.reader.iter().flat_map(|reader| reader.lines.iter());
    let lines = model.logs.lines.iter().chain(reader).map(|line| Said {
        at: line.key.time(),
        service: line.service,
        level: line.level,
        message: line.message,
    });
    handoff(&asked, lines).markdown()
}

fn page(text: &str) -> Page {
    let head = "as it is pasted; :handoff --note 'your words' --clipboard, or --output FILE";
    let mut lines = vec![Line::new(head, Voice::Quiet), Line::new("", Voice::Plain)];
    lines.extend(text.lines().map(|line| {
        let voice = if line.starts_with('#') {
            Voice::Head
        } else {
            Voice::Plain
        };
        Line::new(line, voice)
    }));
    Page {
        title: "the handoff".to_owned(),
        lines,
        ..Page::default()
    }
}
