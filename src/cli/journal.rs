//! `firstline journal`: is the record whole?

use std::path::Path;

use super::exit::Exit;
use super::print;
use crate::app::command;
use crate::journal::{self, Journal};

/// Looks into the journal.
pub(super) fn run(asked: &command::Journal, own: &Journal) -> anyhow::Result<Exit> {
    match asked {
        command::Journal::Verify { file: Some(file) } => verify(file),
        command::Journal::Verify { file: None } => verify(&own.path()),
    }
}

fn verify(path: &Path) -> anyhow::Result<Exit> {
    match journal::verify(path) {
        Ok(lines) => {
            print::line(&format!(
                "{}: {lines} lines, every seal is good",
                path.display()
            ))?;
            Ok(Exit::Good)
        }
        Err(error) => {
            print::problem(&error.to_string());
            Ok(Exit::Failed)
        }
    }
}
