//! Completions for shells and man pages, from the same grammar as everything else.

use std::path::Path;

use anyhow::Context as _;
use clap::{Command, CommandFactory};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use clap_complete::env::{CompleteEnv, Shells};
use clap_mangen::Man;

use super::exit::Exit;
use super::{open, print};
use crate::app::command::{Cli, Flags, Manual, ShellName};
use crate::cloud::remembered_services;
use crate::config::Folders;

/// The variable by which a shell's script asks for completions.
const ASKED: &str = "FIRSTLINE_COMPLETE";

/// Answers a shell that asks what could come next, and ends the program then. Nothing is asked of
/// AWS: names are those of the settings and of the last look.
pub fn complete() {
    CompleteEnv::with_factory(grammar).var(ASKED).complete();
}

/// The grammar, with live names where one is wanted.
fn grammar() -> Command {
    named(Cli::command())
}

fn named(command: Command) -> Command {
    let command = command.mut_args(|argument| {
        let wanted: Vec<&str> = argument
            .get_value_names()
            .unwrap_or_default()
            .iter()
            .map(clap::builder::Str::as_str)
            .collect();
        let wanted = wanted.join(" ");
        let services = wanted.contains("SERVICE");
        let environments = wanted.contains("ENVIRONMENT");
        if !services && !environments {
            return argument;
        }
        argument.add(ArgValueCandidates::new(move || {
            names(services, environments)
        }))
    });
    command.mut_subcommands(named)
}

/// Names that are known without asking anybody.
fn names(services: bool, environments: bool) -> Vec<CompletionCandidate> {
    let mut names = Vec::new();
    if environments && let Ok((settings, _)) = open::settings(&Flags::default()) {
        let places = settings.places.iter();
        names.extend(places.map(|one| one.environment.name.to_string()));
    }
    if services && let Ok(folders) = Folders::of_user() {
        names.extend(remembered_services(&folders.cache));
    }
    names.into_iter().map(CompletionCandidate::new).collect()
}

/// Prints what makes a shell complete.
pub(super) fn completions(shell: ShellName) -> anyhow::Result<Exit> {
    let name = match shell {
        ShellName::Bash => "bash",
        ShellName::Zsh => "zsh",
        ShellName::Fish => "fish",
        ShellName::Powershell => "powershell",
    };
    let shells = Shells::builtins();
    let completer = shells.completer(name).context("no such shell")?;
    let program = std::env::current_exe().context("nobody knows where this program lies")?;
    let program = program.display().to_string();
    let mut script = Vec::new();
    completer.write_registration(ASKED, "firstline", "firstline", &program, &mut script)?;
    print::line(String::from_utf8_lossy(&script).trim_end())?;
    Ok(Exit::Good)
}

/// Prints a man page, or writes all of them into a folder.
pub(super) fn man(asked: &Manual) -> anyhow::Result<Exit> {
    let grammar = Cli::command();
    if let Some(folder) = &asked.output {
        clap_mangen::generate_to(grammar, folder)
            .with_context(|| format!("cannot write man pages into {}", told(folder)))?;
        return Ok(Exit::Good);
    }
    let mut command = &grammar;
    for word in &asked.command {
        let Some(inner) = command.find_subcommand(word) else {
            print::problem(&format!("there is no command {word:?}"));
            return Ok(Exit::Usage);
        };
        command = inner;
    }
    let name = ["firstline"]
        .into_iter()
        .chain(asked.command.iter().map(String::as_str));
    let name: Vec<&str> = name.collect();
    let command = command.clone().display_name(name.join("-"));
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    print::line(String::from_utf8_lossy(&page).trim_end())?;
    Ok(Exit::Good)
}

fn told(folder: &Path) -> String {
    folder.display().to_string()
}
