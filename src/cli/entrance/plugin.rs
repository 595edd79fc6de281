//! A shell carried by AWS's own client, where the settings say `client = "plugin"`.
//!
//! It has the terminal for itself: what goes through is not seen here and not recorded. The road, the
//! time box, the journal and the end at AWS are the same.

use crate::cli::exit::Exit;
use crate::cli::open::Opened;
use crate::cli::print;
use crate::passage::program;
use crate::road::Parting;
use crate::road::plugin;
use crate::session::plugin::PROGRAM;

use super::enter::Entered;
use super::inside;
use super::pick::Picked;

/// Hands the session and the terminal over, and ends the session afterwards.
pub(super) async fn lend(
    opened: &Opened,
    picked: &Picked,
    entered: Entered,
) -> anyhow::Result<Exit> {
    let session = &entered.session;
    print::line(&format!(
        "{}: {}; {}; ended after {} min; carried by {PROGRAM}, so firstline keeps no recording",
        entered.tier.word().to_uppercase(),
        session.place.words(),
        picked.spot.recorded(),
        session.minutes,
    ))?;
    let visit = inside::visit(opened, picked, entered);
    let (mut notices, watching) = visit.watch();
    let ended = match visit.handover() {
        Some(handover) => {
            let ran = program::run(handover.command(), visit.time_box(), &mut notices).await;
            ran.map_err(|error| plugin::not_started(&error))
        }
        None => Err("nobody knows where the session leads".to_owned()),
    };
    drop(watching);
    if let Err(words) = &ended {
        print::problem(words);
    }
    let (words, bad) = plugin::outcome(ended);
    let parting = Parting {
        words,
        by_aws: false,
        recording: None,
    };
    inside::end(opened, visit, &parting).await;
    Ok(if bad { Exit::Failed } else { Exit::Good })
}
