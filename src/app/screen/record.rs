//! `:journal`: the journal of this machine, and that of the team, as pages.

use crate::app::command::Journal;
use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::app::screen::Overlay;
use crate::app::screen::page::Shows;
use crate::estate::SignedDuration;

/// How far back the team's journal is shown unless somebody says: a week.
const SHARED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Whether a journal is in sight, which its keys turn to the other one.
pub(in crate::app) fn turns(model: &Model) -> bool {
    let page = match &model.overlay {
        Some(Overlay::Page(page)) => page.shows,
        _ => Shows::Other,
    };
    page != Shows::Other && model.sharing.is_some()
}

/// The journal of this machine; on its page that of the team, where there is one, and back.
pub(in crate::app) fn turn(model: &Model) -> Effect {
    match &model.overlay {
        Some(Overlay::Page(page)) if page.shows == Shows::Journal && model.sharing.is_some() => {
            Effect::ReadShared(SHARED)
        }
        _ => Effect::ReadJournal,
    }
}

/// Shows what was asked for; the rest belongs on a command line.
pub(super) fn line(model: &mut Model, asked: &Journal) -> Result<Vec<Effect>, String> {
    let effect = match asked {
        Journal::Show {
            json: false,
            shared: true,
            since,
        } => Effect::ReadShared(since.unwrap_or(SHARED)),
        Journal::Show { json: false, .. } => Effect::ReadJournal,
        Journal::Show { json: true, .. }
        | Journal::Verify { .. }
        | Journal::Sync
        | Journal::Export { .. } => {
            return Err("this is a command for the shell, not for the console".to_owned());
        }
    };
    model.overlay = None;
    Ok(vec![effect])
}
