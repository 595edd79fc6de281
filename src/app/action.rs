//! Every verb a key can be bound to. Named once: the keymap, the help, the palette and the hint
//! bar all read this list; a variant's doc comment is its help text.

use strum::EnumMessage as _;

/// A verb. Its name in keymaps and in the palette is the variant in kebab-case.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    strum::EnumIter,
    strum::EnumString,
    strum::EnumMessage,
    strum::IntoStaticStr,
    strum::Display,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Action {
    /// leave the console
    Quit,
    /// put the console to sleep and return to the shell
    Suspend,
    /// show what every key does here
    Help,
    /// type a command or an action's name
    Palette,
    /// ask AWS for everything again, now
    Refresh,
    /// go back, close what is open, clear what is typed
    Back,
    /// one line up
    Up,
    /// one line down
    Down,
    /// half a screen up
    PageUp,
    /// half a screen down
    PageDown,
    /// to the first line
    Top,
    /// to the last line
    Bottom,
    /// move to the next pane or tab
    NextPane,
    /// move to the previous pane or tab
    PreviousPane,
    /// move to the services
    FocusServices,
    /// move to the KPIs
    FocusKpis,
    /// move to alarms and events
    FocusEvents,
    /// move to the logs
    FocusLogs,
    /// open the selected service
    Open,
    /// show or hide the healthy services
    ToggleHealthy,
    /// narrow the services as you type
    Filter,
    /// show all services again
    ClearFilter,
    /// show times of day instead of ages, or ages again
    ToggleTimes,
    /// hold the log where it is, or follow it again
    PauseLogs,
    /// show what changed in the thirty minutes before it broke, or everything again
    WhatChanged,
    /// show or hide the last log lines of the task that crashed last
    LastWords,
    /// start new tasks of the service with the same task definition
    Redeploy,
    /// plan to stop the environment: every count is put on record first
    StopEnvironment,
    /// plan to start the environment as it is on record
    StartEnvironment,
    /// open a shell in the service's healthiest task; the console steps aside
    Shell,
    /// arm the console for production for a while, or let it only look again
    Arm,
    /// go past freeze, cooldown and protection in an emergency; the team is told
    BreakGlass,
    /// show the whole policy: what is refused, and why
    Policy,
    /// show what was done, by whom and why
    Journal,
    /// move to the next field
    NextField,
    /// move to the previous field
    PreviousField,
    /// carry it out, once everything asked for is typed
    Confirm,
    /// take what is selected
    Accept,
    /// complete what is typed from the list
    Complete,
    /// select the next entry of the list
    NextEntry,
    /// select the previous entry of the list
    PreviousEntry,
    /// delete the character before the cursor
    EraseCharacter,
    /// delete the word before the cursor
    EraseWord,
    /// delete everything before the cursor
    EraseLine,
    /// move the cursor left
    CursorLeft,
    /// move the cursor right
    CursorRight,
    /// move the cursor to the start
    CursorStart,
    /// move the cursor to the end
    CursorEnd,
}

/// Where a verb belongs: the chapters of the keymap files and of the help.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    strum::EnumIter,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::Display,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Chapter {
    /// Everywhere.
    Global,
    /// On the board.
    Board,
    /// On a service's page.
    Service,
    /// On the timeline of an environment.
    Timeline,
    /// Wherever a log has the focus.
    Logs,
    /// In the help.
    Help,
    /// In the dialog of a change.
    Dialog,
    /// In the command palette.
    Palette,
    /// While a filter is typed.
    Filter,
    /// Wherever text is typed.
    Input,
}

impl Action {
    /// What it does, in a few words; the doc comment of the variant.
    pub fn help(self) -> &'static str {
        self.get_documentation().unwrap_or_default()
    }

    /// Its name in keymaps and in the palette.
    pub fn name(self) -> &'static str {
        self.into()
    }
}
