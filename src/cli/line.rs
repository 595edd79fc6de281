//! The command line as it was typed, with the variables that stand for flags.

use std::ffi::OsString;

use clap::builder::Resettable;
use clap::{ColorChoice, CommandFactory as _, FromArgMatches as _};

use crate::app::command::Cli;

/// The grammar as it counts here: a variable that is empty is none, as pipelines set them, and
/// `--no-color` holds for help and mistakes too.
pub(super) fn grammar(line: &[OsString]) -> clap::Command {
    let grammar = Cli::command();
    let empty = grammar.get_arguments().filter(|flag| {
        let variable = flag.get_env().map(ToOwned::to_owned);
        variable.is_some_and(|name| std::env::var_os(name).is_some_and(|value| value.is_empty()))
    });
    let empty: Vec<clap::Id> = empty.map(|flag| flag.get_id().clone()).collect();
    let grammar = empty.into_iter().fold(grammar, |grammar, id| {
        grammar.mut_arg(id, |flag| flag.env(Resettable::Reset))
    });
    if line.iter().any(|word| word == "--no-color") {
        grammar.color(ColorChoice::Never)
    } else {
        grammar
    }
}

/// Reads the command line.
///
/// # Errors
/// With what is to be printed: help, the version, or what is wrong.
pub fn parse() -> Result<Cli, clap::Error> {
    let line: Vec<OsString> = std::env::args_os().collect();
    let mut grammar = grammar(&line);
    let matches = grammar.try_get_matches_from_mut(line)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut grammar))
}
