//! `firstline config import-dashboard`: a CloudWatch dashboard as settings.

use super::exit::Exit;
use super::open::Opened;
use super::print;
use crate::config::{Import, import_dashboard};

/// Reads the dashboard in the first environment that has one of that name, and prints what to add
/// to the settings.
pub(super) async fn import(opened: &Opened, name: &str) -> anyhow::Result<Exit> {
    let links = opened.cloud.links();
    let mut problems = Vec::new();
    for link in links {
        let environment = link.environment();
        match link.dashboard(name).await {
            Ok(body) => {
                let import = Import {
                    name,
                    environment: (links.len() > 1).then_some(environment.name.as_str()),
                    region: environment.region.as_str(),
                };
                return match import_dashboard(&body, import) {
                    Ok(text) => {
                        print::line(text.trim_end())?;
                        Ok(Exit::Good)
                    }
                    Err(sentence) => {
                        print::problem(&sentence);
                        Ok(Exit::Unknown)
                    }
                };
            }
            Err(problem) => problems.push((environment.name.clone(), problem)),
        }
    }
    for (environment, problem) in &problems {
        print::problem(&format!("{environment}: {}", problem.sentence));
    }
    Ok(Exit::Unknown)
}
