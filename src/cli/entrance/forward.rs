//! `firstline forward TARGET [HOST:]PORT`.

use crate::app::command::Forward;
use crate::cli::exit::Exit;
use crate::cli::open::Opened;
use crate::cli::print;

/// Forwards until it is told to end.
pub(in crate::cli) async fn run(_opened: &Opened, _args: &Forward) -> anyhow::Result<Exit> {
    print::problem("not yet");
    Ok(Exit::Failed)
}
