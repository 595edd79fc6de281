//! `firstline shell TARGET --doctor`: whether a shell could work, before anybody tries.

use crate::cli::exit::Exit;
use crate::cli::print;
use crate::estate::doctor::{Finding, obstacle};
use crate::estate::session::Place;

use super::pick::Picked;

/// Prints every prerequisite with its verdict and, where one is missing, its mend.
pub(super) fn run(picked: &Picked) -> anyhow::Result<Exit> {
    let checks = picked.spot.checks();
    let place = picked.spot.place();
    let service = match &place {
        Place::Container { .. } => format!(" of {}", picked.target.service.name()),
        Place::Node { .. } => String::new(),
    };
    print::line(&format!("{}{service}", place.words()))?;
    for check in &checks {
        let word = match check.finding {
            Finding::Good => "ok",
            Finding::Careful => "careful",
            Finding::Unknown => "unknown",
            Finding::Bad => "missing",
        };
        print::line(&format!("  {word:<8} {:<16} {}", check.about, check.words))?;
        if !check.mend.is_empty() {
            print::line(&format!("  {:<8} {:<16} mend: {}", "", "", check.mend))?;
        }
    }
    if obstacle(&checks).is_some() {
        print::line("a shell cannot work here")?;
        return Ok(Exit::Down);
    }
    print::line(match place {
        Place::Container { .. } => {
            "not looked at: the task role's policies, and the way to ssmmessages"
        }
        Place::Node { .. } => "not looked at: Session Manager's preferences, and your own rights",
    })?;
    print::line("a shell should work here")?;
    Ok(Exit::Good)
}
