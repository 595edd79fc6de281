//! `firstline doctor`: whether everything is in place, tried and not assumed.
//!
//! | file | holds |
//! |---|---|
//! | `machine` | what this machine brings: files, terminal, versions |
//! | `report` | what was found, printed |

mod machine;
mod report;

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Arc;

use futures::future::join_all;

use super::exit::Exit;
use super::open::{Clock, Opened};
use super::{iam, print};
use crate::app::command::{Doctor, Flags};
use crate::cloud::Link;
use crate::estate::checkup::{self, Check};
use crate::estate::doctor::Finding;
use crate::estate::permission::{Duty, Feature};
use crate::estate::problem::{Problem, ProblemKind};
use crate::policy::may_be_stopped;
use report::{Report, Tried};

/// Looks at everything and prints it.
pub(super) async fn run(flags: &Flags, asked: &Doctor, clock: Clock) -> anyhow::Result<Exit> {
    let mut opened = match Opened::new(flags, None, Arc::clone(&clock)).await {
        Ok(opened) => opened,
        // Whatever is wrong with settings or region is what the doctor was asked about.
        Err(error) => {
            let mut report = Report::new(clock());
            let words = super::sentence(&error);
            report
                .checks
                .push(Check::new("settings", Finding::Bad, words));
            report.print(asked.json)?;
            return Ok(Exit::Usage);
        }
    };
    if asked.login && login(&opened).await? {
        opened = Opened::new(flags, None, Arc::clone(&clock)).await?;
    }
    let mut report = Report::new(clock());
    report.checks = machine::checks(flags, &opened);
    let links = opened.cloud.links().iter();
    let found = join_all(links.map(|link| examine(&opened, link, asked))).await;
    for (checks, tried) in found {
        report.checks.extend(checks);
        report.permissions.extend(tried);
    }
    report.print(asked.json)?;
    Ok(report.exit())
}

/// What somebody needs in an environment; without a word everything there is.
fn features(opened: &Opened, link: &Link, asked: &Doctor) -> Vec<Feature> {
    let duty = match asked.who {
        Some(who) => iam::duty(who),
        None if opened.settings.read_only => Duty::Observer,
        None => Duty::Operator,
    };
    duty.features(!may_be_stopped(link.environment()))
}

async fn examine(opened: &Opened, link: &Link, asked: &Doctor) -> (Vec<Check>, Vec<Tried>) {
    let environment = link.environment();
    let name = environment.name.as_str();
    let of = |check: Check| check.of(name);
    let mut checks = vec![of(Check::new(
        "region",
        Finding::Good,
        environment.region.as_str(),
    ))];
    let (identity, skew) = link.introduce().await;
    let identity = match identity {
        Ok(identity) => identity,
        Err(problem) => {
            checks.push(of(checkup::no_credentials(&problem)));
            if problem.kind == ProblemKind::ClockSkew || skew.is_some() {
                checks.push(of(checkup::clock(skew)));
            }
            return (checks, Vec::new());
        }
    };
    let profile = place(opened, link).and_then(|place| place.profile.as_deref());
    let mend = format!("run {}", sign_in(profile).join(" "));
    let caller = format!("{} in account {}", identity.short(), identity.account);
    let now = (opened.clock)();
    let credentials = checkup::credentials(&caller, identity.expires_at, now, &mend);
    checks.push(of(credentials));
    if let Some(account) = environment
        .account
        .as_ref()
        .filter(|one| **one != identity.account)
    {
        let words = format!("the settings say {account}: nothing can be altered");
        checks.push(of(Check::new("account", Finding::Bad, words)));
    }
    checks.push(of(checkup::clock(skew)));
    let wanted = features(opened, link, asked);
    let changes = !opened.settings.read_only;
    let trials = link.try_permissions(&identity, &wanted, changes).await;
    checks.extend(checkup::endpoints(&trials).into_iter().map(of));
    let tried = trials.iter().map(|trial| Tried::new(name, trial));
    (checks, tried.collect())
}

fn place<'a>(opened: &'a Opened, link: &Link) -> Option<&'a crate::config::Place> {
    let mut places = opened.settings.places.iter();
    places.find(|place| place.environment.name == link.environment().name)
}

/// The command that brings credentials for a profile.
fn sign_in(profile: Option<&str>) -> Vec<&str> {
    let profile = profile.map(|name| ["--profile", name]);
    let words = ["aws", "sso", "login"].into_iter();
    words.chain(profile.into_iter().flatten()).collect()
}

/// Signs in for every profile whose credentials are missing or ran out; says whether any was.
async fn login(opened: &Opened) -> anyhow::Result<bool> {
    let mut profiles = BTreeSet::new();
    for link in opened.cloud.links() {
        let (identity, _) = link.introduce().await;
        if identity.is_err_and(|problem| is_signed_out(&problem)) {
            let place = place(opened, link);
            profiles.insert(place.and_then(|place| place.profile.clone()));
        }
    }
    for profile in &profiles {
        let words = sign_in(profile.as_deref());
        print::aside(&format!("firstline: {}", words.join(" ")))?;
        let (program, arguments) = (words[0], &words[1..]);
        let mut command = Command::new(program);
        command.args(arguments);
        let ended = tokio::task::spawn_blocking(move || command.status()).await?;
        match ended {
            Ok(status) if status.success() => {}
            Ok(status) => print::problem(&format!("{program} ended with {status}")),
            Err(error) => print::problem(&format!("{program} cannot be run: {error}")),
        }
    }
    Ok(!profiles.is_empty())
}

fn is_signed_out(problem: &Problem) -> bool {
    matches!(
        problem.kind,
        ProblemKind::Expired | ProblemKind::NoCredentials
    )
}
