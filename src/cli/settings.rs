//! `firstline config`: settings written, checked and shown.

use std::path::Path;
use std::sync::Arc;

use clap::ArgMatches;
use clap::parser::ValueSource;

use super::dashboard;
use super::exit::Exit;
use super::open::{self, Clock, Opened};
use super::{look, print};
use crate::app::command::{Config, Flags, Init, Name};
use crate::config::{self, Draft, Folders};
use crate::estate::part::Read;

/// Carries out one of them.
pub(super) async fn run(flags: &Flags, asked: &Config, clock: Clock) -> anyhow::Result<Exit> {
    match asked {
        Config::Init(init) => write(flags, init, clock).await,
        Config::Check { file } => check(flags, file.as_deref()),
        Config::ImportDashboard { name } => {
            dashboard::import(&Opened::new(flags, None, clock).await?, name).await
        }
        Config::Schema => {
            print::line(&serde_json::to_string_pretty(&config::json_schema())?)?;
            Ok(Exit::Good)
        }
        Config::Show { origin, json } => show(flags, *origin, *json),
    }
}

/// Every mistake at once; the errors end with usage, as everywhere.
fn check(flags: &Flags, file: Option<&Path>) -> anyhow::Result<Exit> {
    let folders = Folders::of_user()?;
    let named = file.or(flags.config.as_deref());
    let checked = config::check(named, &folders)?;
    let chosen = checked.as_ref().map(|one| one.keymap.clone());
    config::keymap(&chosen.unwrap_or_default(), &folders)?;
    let Some(checked) = checked else {
        print::line("no settings: one environment, found, and it counts as production")?;
        return Ok(Exit::Good);
    };
    for warning in &checked.warnings {
        print::problem(&format!("careful: {warning}"));
    }
    print::line(&format!(
        "{}: {} environments, nothing wrong",
        checked.path.display(),
        checked.environments
    ))?;
    Ok(if checked.warnings.is_empty() {
        Exit::Good
    } else {
        Exit::Degraded
    })
}

fn show(flags: &Flags, origin: bool, json: bool) -> anyhow::Result<Exit> {
    let (settings, folders) = open::settings(flags)?;
    let mut given = given(std::env::args_os());
    let colors = given.iter().any(|(name, _)| name == "no-color");
    if !colors && open::variables()?.plain {
        given.push(("no-color".to_owned(), Some("CLICOLOR".to_owned())));
    }
    let all = config::settings(&settings, &open::layer(flags), &folders, &given)?;
    if json {
        let json = serde_json::json!({ "settings": all });
        print::line(&serde_json::to_string_pretty(&json)?)?;
        return Ok(Exit::Good);
    }
    let rows: Vec<[String; 3]> = all
        .iter()
        .map(|one| {
            let place = match (origin, one.place.as_str()) {
                (false, _) => String::new(),
                (true, "") => one.origin.to_string(),
                (true, place) => format!("{} {place}", one.origin),
            };
            [one.key.clone(), format!("= {}", one.value), place]
        })
        .collect();
    print::table(&rows)?;
    Ok(Exit::Good)
}

/// The colours of a theme, or those in force, as settings.
pub(super) fn theme(flags: &Flags, name: Option<Name>) -> anyhow::Result<Exit> {
    let flags = Flags {
        theme: name.or(flags.theme),
        ..flags.clone()
    };
    let looks = open::settings(&flags)?.0.display.looks();
    print::line(config::theme(&looks).trim_end())?;
    Ok(Exit::Good)
}

/// The flags of every command that were given, by their names, each with the variable that gave
/// it where one did.
fn given(line: impl IntoIterator<Item = std::ffi::OsString>) -> Vec<(String, Option<String>)> {
    let line: Vec<_> = line.into_iter().collect();
    let grammar = super::line::grammar(&line);
    let Ok(matches) = grammar.clone().try_get_matches_from(line) else {
        return Vec::new();
    };
    let flags = grammar.get_arguments().filter(|one| one.is_global_set());
    let mut given = Vec::new();
    for flag in flags {
        let (id, name) = (flag.get_id().as_str(), flag.get_long().unwrap_or_default());
        let variable = flag.get_env().map(|one| one.to_string_lossy().into_owned());
        match source(&matches, id) {
            Some(ValueSource::CommandLine) => given.push((name.to_owned(), None)),
            Some(ValueSource::EnvVariable) => given.push((name.to_owned(), variable)),
            _ => {}
        }
    }
    given
}

/// Who gave an argument, at whatever depth of subcommands.
fn source(matches: &ArgMatches, id: &str) -> Option<ValueSource> {
    let here = matches.value_source(id);
    let below = || source(matches.subcommand()?.1, id);
    match here {
        Some(ValueSource::CommandLine) => here,
        _ => below().or(here),
    }
}

/// Looks at the account of the profile and writes what it found.
async fn write(flags: &Flags, asked: &Init, clock: Clock) -> anyhow::Result<Exit> {
    let folders = Folders::of_user()?;
    let output = asked.output.clone();
    let path = output.unwrap_or_else(|| folders.config_file());
    // What is written there by now says nothing about the account.
    let bare = Flags {
        config: Some("/dev/null".into()),
        env: None,
        ..flags.clone()
    };
    let opened = Opened::new(&bare, None, Arc::clone(&clock)).await?;
    let reads = [Read::Identity, Read::Services];
    let snapshot = look::look_at(&opened, &reads).await;
    print::problems(snapshot.problems());
    let Some(found) = snapshot.environments.first() else {
        return Ok(Exit::Unknown);
    };
    let Some(identity) = &found.identity else {
        print::problem("nobody said which account this is, so nothing was written");
        return Ok(Exit::Unknown);
    };
    let mut clusters: Vec<String> = found
        .clusters
        .iter()
        .map(|cluster| cluster.name().to_owned())
        .collect();
    clusters.sort();
    let draft = Draft {
        name: found.environment.name.to_string(),
        account: identity.account.to_string(),
        region: found.environment.region.to_string(),
        profile: flags.profile.clone(),
        endpoint_url: flags.endpoint_url.clone(),
        clusters,
    };
    let text = config::draft(&draft);
    if path == Path::new("-") {
        print::line(text.trim_end())?;
    } else {
        config::write(&path, &text, asked.force)?;
        print::line(&format!(
            "{} is written; read it, then: firstline config check",
            path.display()
        ))?;
    }
    Ok(if snapshot.problems().next().is_some() {
        Exit::Degraded
    } else {
        Exit::Good
    })
}
