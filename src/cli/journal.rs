//! `firstline journal`: is the record whole?

use std::path::Path;

use anyhow::bail;

use super::exit::Exit;
use super::print;
use crate::app::command;
use crate::config::Folders;
use crate::journal;

/// Looks into the journal. Needs neither settings nor AWS: the record of a broken console is the
/// one that is wanted most.
pub(super) fn run(asked: &command::Journal) -> anyhow::Result<Exit> {
    match asked {
        command::Journal::Verify { file: Some(file) } if !file.is_file() => {
            bail!("there is no journal {}", file.display())
        }
        command::Journal::Verify { file: Some(file) } => verify(file),
        command::Journal::Verify { file: None } => {
            let own = journal::file_in(&Folders::of_user()?.journal());
            if own.is_file() {
                return verify(&own);
            }
            let own = own.display();
            print::line(&format!("{own}: no journal yet, nothing was ever recorded"))?;
            Ok(Exit::Good)
        }
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
