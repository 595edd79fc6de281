//! Change calendars of Systems Manager: whether changes are open.

use serde::Serialize;

use super::text::Text;

/// What Systems Manager says about an environment's change calendars together: with several, one
/// that is closed closes all (`GetCalendarState`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CalendarState {
    /// Whether changes are open; `None` when Systems Manager did not say, or said something
    /// nobody knows.
    pub open: Option<bool>,
    /// When that changes next, as Systems Manager says it.
    pub next: Option<Text>,
}
