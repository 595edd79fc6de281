//! What somebody means who does not say it: of which environment, of which task; and whether they
//! are asked something.

use super::model::Model;
use super::screen::Overlay;
use super::screen::dialog::Stage;
use super::screen::tasks::{self, Chosen};
use crate::estate::id::{EnvironmentName, TaskArn};

/// The environment that is meant on the board: the selected service's, the only one shown, or
/// the first that has trouble.
pub(super) fn environment_meant(model: &Model) -> Option<EnvironmentName> {
    let selected = model.subject().and_then(|arn| model.look.row(arn));
    let mut rows = model.look.rows.iter();
    let first = || rows.find(|row| model.shows(&row.environment));
    let row = selected.or_else(first)?;
    Some(row.environment.clone())
}

/// The stopped task that is selected, else the task of the opened service that crashed last.
pub(super) fn crashed(model: &Model) -> Option<TaskArn> {
    if let Some(Chosen::Stopped(task)) = tasks::chosen(model) {
        return Some(task.clone());
    }
    let mut stops = model.look.explained.as_ref()?.stops.iter();
    stops
        .find(|stop| stop.abnormal)
        .map(|stop| stop.task.clone())
}

/// Whether a dialog waits for what a person types.
pub(super) fn asks(model: &Model) -> bool {
    matches!(&model.overlay, Some(Overlay::Dialog(dialog)) if matches!(dialog.stage, Stage::Asking(_)))
}
