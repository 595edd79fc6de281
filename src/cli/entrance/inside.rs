//! An open session of the command line: its channel, and its end.

use std::sync::Arc;
use std::time::Duration;

use crate::cli::open::Opened;
use crate::cli::print;
use crate::road::{Parting, Visit};
use crate::session::channel::{Channel, OpenError};

use super::enter::Entered;
use super::pick::Picked;

/// What was entered, to be opened and to be ended.
pub(super) fn visit(opened: &Opened, picked: &Picked, entered: Entered) -> Visit {
    let way_in = (entered.grant, entered.intent);
    let link = Arc::clone(&picked.link);
    let aws = picked.spot.recorded();
    let silence = Duration::from_mins(opened.settings.shells.idle_minutes.into());
    let now = (opened.clock)();
    Visit::new(way_in, entered.session, link, aws, now).silent_for(silence)
}

/// Opens the channel; when that fails the session is ended at AWS and in the journal, and the
/// error is returned.
pub(super) async fn open(opened: &Opened, visit: Visit) -> Result<(Channel, Visit), OpenError> {
    match visit.channel().await {
        Ok(channel) => Ok((channel, visit)),
        Err(error) => {
            let parting = Parting {
                words: error.to_string(),
                by_aws: false,
                recording: None,
            };
            end(opened, visit, &parting).await;
            Err(error)
        }
    }
}

/// Ends the session at AWS and in the journal, and says what went wrong with that.
pub(super) async fn end(opened: &Opened, visit: Visit, parting: &Parting) {
    for problem in visit.end(&opened.journal, &*opened.clock, parting).await {
        print::problem(&problem);
    }
}
