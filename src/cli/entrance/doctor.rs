//! `firstline shell TARGET --doctor`: whether a shell could work, before anybody tries.

use crate::cli::exit::Exit;
use crate::cli::print;
use crate::estate::doctor::{Finding, examine, obstacle};

use super::pick::Picked;

/// Prints every prerequisite with its verdict and, where one is missing, its mend.
pub(super) fn run(picked: &Picked) -> anyhow::Result<Exit> {
    let checks = examine(&picked.patient);
    let patient = &picked.patient;
    print::line(&format!(
        "{} of task {} of {}",
        patient.container,
        patient.task.short(),
        picked.target.service.name()
    ))?;
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
    print::line("not looked at: the task role's policies, and the way to ssmmessages")?;
    print::line("a shell should work here")?;
    Ok(Exit::Good)
}
