//! `firstline shell TARGET`: a shell in a container, in this terminal.

use std::io::Write as _;
use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};

use crate::app::command::Shell;
use crate::cli::exit::Exit;
use crate::cli::open::Opened;
use crate::cli::print;
use crate::config::Client;
use crate::estate::environment::Tier;
use crate::estate::session::Purpose;
use crate::journal::EntryId;
use crate::passage::{Left, converse, is_terminal, size};
use crate::road::{self, OpenShell, Recording};

use super::enter::enter;
use super::inside;
use super::pick::pick;
use super::plugin;

/// Columns and rows where nobody knows them.
const SIZE: (u16, u16) = (80, 24);

/// Decides, opens, lends the terminal, ends.
pub(in crate::cli) async fn run(opened: &Opened, args: &Shell) -> anyhow::Result<Exit> {
    let mut picked = match pick(opened, &args.entrance).await {
        Ok(picked) => picked,
        Err(sentence) => {
            print::problem(&sentence);
            return Ok(Exit::Unknown);
        }
    };
    if let Some(choice) = &picked.choice {
        print::line(choice)?;
    }
    if args.doctor {
        return super::doctor::run(&picked);
    }
    if !is_terminal() {
        print::problem("a shell needs a terminal; without one use firstline exec");
        return Ok(Exit::Usage);
    }
    let entered = enter(opened, &mut picked, &args.entrance, Purpose::Shell);
    let entered = match Box::pin(entered).await? {
        Ok(entered) => entered,
        Err(exit) => return Ok(exit),
    };
    let shells = &opened.settings.shells;
    if shells.client == Client::Plugin {
        return plugin::lend(opened, &picked, entered).await;
    }
    let records = args.record || (shells.records.tiers.contains(&entered.tier) && !args.no_record);
    let recording = recording(opened, records, &entered.intent);
    let tier = entered.tier;
    let visit = inside::visit(opened, &picked, entered);
    let size = size().unwrap_or(SIZE);
    let way = (&opened.journal, Arc::clone(&opened.clock));
    let shell = match Box::pin(OpenShell::open(visit, size, recording, way)).await {
        Ok(shell) => shell,
        Err((error, problems)) => {
            for problem in &problems {
                print::problem(problem);
            }
            print::problem(&error.to_string());
            print::problem(road::plugin::SUGGESTION);
            return Ok(Exit::Failed);
        }
    };
    // A window that is closed from here on ends the session too, and not the process alone: whoever
    // reads the keys sees that the terminal is gone.
    let _hung_up = signal(SignalKind::hangup()).ok();
    // A terminal that takes no words is gone as well.
    let told = banner(tier, &shell, shells.records.input);
    let exit = lend(opened, shell).await?;
    told?;
    Ok(exit)
}

/// A recording that cannot be made is said and does not keep anybody from their work.
fn recording(opened: &Opened, wanted: bool, intent: &EntryId) -> Option<Recording> {
    let now = (opened.clock)();
    let size = size().unwrap_or(SIZE);
    let input = opened.settings.shells.records.input;
    match wanted.then(|| Recording::begin(&opened.journal, intent, size, now, input))? {
        Ok(recording) => Some(recording),
        Err(error) => {
            print::problem(&format!("no recording: {error}"));
            None
        }
    }
}

/// Lends the terminal; whoever leaves ends the session, because nothing here could keep it.
async fn lend(opened: &Opened, shell: OpenShell) -> anyhow::Result<Exit> {
    let kept = shell.kept();
    let left = converse(&kept).await;
    kept.end(&match &left {
        Ok(Left::Away { .. }) => "left with Ctrl-]".to_owned(),
        Ok(Left::Told) => "the terminal or the process ended".to_owned(),
        Ok(Left::Over(_)) => String::new(),
        Err(error) => format!("the terminal failed: {error}"),
    });
    drop(kept);
    let finished = Box::pin(shell.finish(&opened.journal)).await;
    let words = &finished.words;
    // The terminal may be gone.
    let _ = writeln!(std::io::stderr(), "\nfirstline: {words}");
    for problem in &finished.problems {
        print::problem(problem);
    }
    let bad = finished.bad || left.is_err();
    Ok(if bad { Exit::Failed } else { Exit::Good })
}

/// Where one is, for how long, and who keeps what.
fn banner(tier: Tier, shell: &OpenShell, input: bool) -> std::io::Result<()> {
    let visit = shell.visit();
    let session = visit.session();
    print::line(&format!(
        "{}: {} of {}; {}; ended after {} min, by AWS after {} min unused; Ctrl-] leaves",
        tier.word().to_uppercase(),
        session.place.words(),
        session.target.service.name(),
        visit.aws(),
        session.minutes,
        visit.silence().as_secs() / 60,
    ))?;
    if let Some(path) = shell.recorded() {
        let typed = if input { " and typed" } else { "" };
        print::line(&format!(
            "what is shown{typed} is kept in {path}; secrets are masked only as far as they can be told"
        ))?;
    } else {
        print::line("not recorded by firstline")?;
    }
    Ok(())
}
