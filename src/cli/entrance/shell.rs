//! `firstline shell TARGET`: a shell in a container, in this terminal.

use std::io::Write as _;

use crate::app::command::Shell;
use crate::cli::exit::Exit;
use crate::cli::open::Opened;
use crate::cli::print;
use crate::config::Client;
use crate::estate::session::Purpose;
use crate::journal::EntryId;
use crate::passage::{Left, Limits, Passage, Raw, Shown, is_terminal, size};
use crate::session::channel::{Ended, Kind};

use super::enter::enter;
use super::inside::{Ending, Inside};
use super::pick::{Picked, pick};
use super::plugin;
use super::recordings::Recorder;

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
    let records = args.record || (shells.record.contains(&entered.tier) && !args.no_record);
    let recorder = recorder(opened, records, &entered.intent);
    let inside = match Inside::open(opened, &picked, entered, Kind::Shell).await {
        Ok(inside) => inside,
        Err(error) => {
            print::problem(&error.to_string());
            print::problem(
                "AWS's own client may find a way: set client = \"plugin\" under [shell] in the settings",
            );
            return Ok(Exit::Failed);
        }
    };
    lend(opened, &picked, inside, recorder).await
}

/// A recording that cannot be made is said and does not keep anybody from their work.
fn recorder(opened: &Opened, wanted: bool, intent: &EntryId) -> Option<Recorder> {
    let size = size().unwrap_or((80, 24));
    match wanted.then(|| Recorder::begin(opened, intent, size))? {
        Ok(recorder) => Some(recorder),
        Err(error) => {
            print::problem(&format!("no recording: {error}"));
            None
        }
    }
}

async fn lend(
    opened: &Opened,
    picked: &Picked,
    mut inside: Inside,
    mut recorder: Option<Recorder>,
) -> anyhow::Result<Exit> {
    banner(picked, &inside, recorder.as_ref())?;
    let (notices, watching) = inside.watch();
    let limits = Limits {
        open: inside.time_box(),
    };
    let raw = Raw::take()?;
    let mut copy = |shown: Shown<'_>| {
        if let Some(recorder) = &mut recorder {
            recorder.keep((opened.clock)(), shown);
        }
    };
    let passage = Passage {
        channel: &mut inside.channel,
        limits,
        notices,
        copy: &mut copy,
    };
    let left = passage.converse().await;
    drop(raw);
    drop(watching);
    let (words, by_aws) = match &left {
        Ok(Left::Ended(Ended::Remote { output })) if output.trim().is_empty() => {
            ("the shell ended".to_owned(), true)
        }
        Ok(Left::Ended(ended)) => {
            let over = matches!(ended, Ended::Remote { .. } | Ended::TimedOut);
            (ended.to_string(), over)
        }
        Ok(Left::LetGo) => ("left with Ctrl-]".to_owned(), false),
        Ok(Left::TimeBox) => ("the time box ended".to_owned(), false),
        Ok(Left::Told) => ("the terminal or the process ended".to_owned(), false),
        Err(error) => (format!("the terminal failed: {error}"), false),
    };
    // The terminal may be gone, and the journal must be told all the same.
    let _ = writeln!(std::io::stderr(), "\nfirstline: {words}");
    let recording = recorder.map(Recorder::end);
    let bad = !by_aws && !matches!(left, Ok(Left::LetGo | Left::TimeBox | Left::Told));
    let ending = Ending {
        words,
        by_aws,
        recording,
    };
    inside.end(opened, &ending).await;
    Ok(if bad { Exit::Failed } else { Exit::Good })
}

/// Where one is, for how long, and who keeps what.
fn banner(picked: &Picked, inside: &Inside, recorder: Option<&Recorder>) -> std::io::Result<()> {
    let session = &inside.entered().session;
    let tier = inside.entered().tier.word().to_uppercase();
    print::line(&format!(
        "{tier}: {} of {}; {}; ended after {} min; Ctrl-] leaves",
        session.place.words(),
        picked.target.service.name(),
        inside.aws(),
        session.minutes,
    ))?;
    if let Some(recorder) = recorder {
        let path = recorder.path().display();
        print::line(&format!(
            "what is shown is kept in {path}; secrets are masked only as far as they can be told"
        ))?;
    }
    Ok(())
}
