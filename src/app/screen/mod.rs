//! The screens. Each owns its state; `update` hands it the actions that are its business.

pub mod alarms;
pub mod arming;
pub mod board;
pub mod chart;
pub mod chronicle;
pub mod dialog;
mod dress;
pub mod entering;
pub mod follow;
pub mod handoff;
pub mod help;
pub mod nodes;
pub mod page;
pub mod palette;
pub mod policy;
pub mod reader;
pub(in crate::app) mod record;
pub mod second;
pub mod service;
pub mod sessions;
pub mod staging;
pub mod tasks;
pub mod wish;

use arming::Arming;
use dialog::Dialog;
use help::Help;
use page::Page;
use palette::Palette;
use sessions::Sessions;

/// What lies over board and page and takes the keys. One at a time.
#[derive(Clone, Debug)]
pub enum Overlay {
    /// What every key does.
    Help(Help),
    /// Commands and actions by name.
    Palette(Palette),
    /// The filter line; what is typed lives in the board, because it stays when this closes.
    Filter,
    /// A condition of the log's filter, a time or a file's name; what is typed, and what it is
    /// for, lives in the reader.
    Condition,
    /// The containers and nodes somebody may enter; what is picked from is
    /// [`Model::entering`](super::model::Model::entering), because the dialog needs it too.
    Picker,
    /// What is open.
    Sessions(Sessions),
    /// The question whether to leave although something is open.
    Parting,
    /// The changes on their way.
    Follow,
    /// The dialog of a change.
    Dialog(Box<Dialog>),
    /// The box that arms the console.
    Arming(Box<Arming>),
    /// A page of text.
    Page(Page),
}
