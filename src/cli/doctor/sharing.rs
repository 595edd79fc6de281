//! The journal a team shares: whether the group is there, what is permitted, and what waits.

use super::report::Tried;
use crate::app::command::{Doctor, Person};
use crate::cli::open::Opened;
use crate::cloud::SharedGroup;
use crate::estate::checkup::Check;
use crate::estate::doctor::Finding;
use crate::estate::problem::ProblemKind;
use crate::estate::shared::entries;

/// What the findings stand under.
const NAME: &str = "shared journal";

/// Tries the group, where the settings name one.
pub(super) async fn examine(opened: &Opened, asked: &Doctor) -> (Vec<Check>, Vec<Tried>) {
    let Some(group) = opened.cloud.shared() else {
        return (Vec::new(), Vec::new());
    };
    let write = !opened.settings.read_only && asked.who != Some(Person::Observer);
    let (there, trials) = Box::pin(group.try_it(write)).await;
    let (name, region) = (group.name(), group.region());
    let found = match there {
        Ok(()) => Check::new("group", Finding::Good, format!("{name} in {region}")),
        Err(problem) if problem.kind == ProblemKind::NotFound => {
            let words = format!("there is no {name} in {region}: nothing is shared");
            Check::new("group", Finding::Bad, words).mended(group.how_to_create())
        }
        Err(problem) => {
            let words = format!("{name} in {region}: {}", problem.sentence);
            Check::new("group", Finding::Careful, words)
        }
    };
    let checks = [found, lag(opened, group)].map(|one| one.of(NAME));
    let tried = trials.iter().map(|trial| Tried::new(NAME, trial));
    (checks.into(), tried.collect())
}

/// What waits on this machine.
fn lag(opened: &Opened, group: &SharedGroup) -> Check {
    let standing = match opened.journal.sharing(&group.key()) {
        Ok(standing) => standing,
        Err(error) => return Check::new("lag", Finding::Bad, error.to_string()),
    };
    let now = (opened.clock)();
    if let Some(lag) = standing.lag(now) {
        let words = format!("{lag}; {} are there", standing.shared);
        return Check::new("lag", Finding::Careful, words).mended("firstline journal sync");
    }
    if standing.kept_back > 0 {
        let words = format!(
            "longer than CloudWatch Logs takes, and on this machine alone: {}",
            entries(standing.kept_back)
        );
        return Check::new("lag", Finding::Careful, words);
    }
    let words = format!(
        "nothing waits: {} of this machine",
        entries(standing.shared)
    );
    Check::new("lag", Finding::Good, words)
}
