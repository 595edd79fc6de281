//! `firstline doctor`: whether everything is in place, tried and not assumed.
//!
//! | file | holds |
//! |---|---|
//! | `machine` | what this machine brings: files, terminal, versions |
//! | `sharing` | the journal a team shares |
//! | `report` | what was found, printed |

mod machine;
mod report;
mod sharing;

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
use crate::estate::problem::ProblemKind;
use crate::estate::sign_in::SignIn;
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
    let (checks, tried) = sharing::examine(&opened, asked).await;
    report.checks.extend(checks);
    report.permissions.extend(tried);
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
    let mend = link.sign_in().await.told();
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

/// Signs in wherever credentials are missing or ran out; says whether anything was to be done.
async fn login(opened: &Opened) -> anyhow::Result<bool> {
    let mut ways: Vec<SignIn> = Vec::new();
    for link in opened.cloud.links() {
        let (identity, _) = link.introduce().await;
        if identity.is_err_and(|problem| problem.kind.is_signed_out()) {
            let way = link.sign_in().await;
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
    }
    for way in &ways {
        let words = match way {
            SignIn::Tool(words) => words,
            SignIn::ByHand(sentence) => {
                print::problem(sentence);
                continue;
            }
        };
        print::aside(&format!("firstline: {}", words.join(" ")))?;
        let program = words[0].as_str();
        let mut command = Command::new(program);
        command.args(&words[1..]);
        let ended = tokio::task::spawn_blocking(move || command.status()).await?;
        match ended {
            Ok(status) if status.success() => {}
            Ok(status) => print::problem(&format!("{program} ended with {status}")),
            Err(error) => print::problem(&format!("{program} cannot be run: {error}")),
        }
    }
    Ok(!ways.is_empty())
}
