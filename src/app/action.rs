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
    /// sleep, and return to the shell
    Suspend,
    /// show what every key does here
    Help,
    /// type a command or an action's name
    Palette,
    /// ask AWS for everything again, now
    Refresh,
    /// sign in to AWS again, from in here
    SignIn,
    /// go back, close or clear what is on top
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
    /// tell times of day, or ages again
    ToggleTimes,
    /// hold the log, or follow it again
    PauseLogs,
    /// show what changed before it broke, or everything again
    WhatChanged,
    /// show or hide the last log lines of the selected task, or of the one that crashed last
    LastWords,
    /// read the log on the whole screen: of the service, or of the selected task alone
    ReadLogs,
    /// narrow the log: text, /pattern/, level>=warn, status>=500, -word
    NarrowLog,
    /// take the filter's last condition away
    DropCondition,
    /// show all lines of the log again
    ClearConditions,
    /// to the next error of the log
    NextError,
    /// to the previous error of the log
    PreviousError,
    /// to where the incident began
    IncidentStart,
    /// to a time of the log
    GoToTime,
    /// to the histogram's bar before
    EarlierBar,
    /// to the histogram's next bar
    LaterBar,
    /// break long lines, or cut them
    ToggleWrap,
    /// fold stack traces, or unfold them
    ToggleTraces,
    /// tell times in the local zone, or in UTC
    ToggleLocalTime,
    /// show how long after the last line, or when
    ToggleSteps,
    /// hide the column of times, or show it
    FoldTime,
    /// hide the column of services, or show it
    FoldService,
    /// hide the column of tasks, or show it
    FoldTask,
    /// hide the column of levels, or show it
    FoldLevel,
    /// show what similar lines have in common, or the lines
    TogglePatterns,
    /// show the line in focus field by field
    ExpandLine,
    /// show the lines around the one in focus, whatever the filter says: of all, then of its stream
    ToggleContext,
    /// mark the line in focus, or unmark it
    Bookmark,
    /// to the next marked line
    NextBookmark,
    /// show the KPIs over time
    Charts,
    /// show this chart alone, or all again
    OneChart,
    /// look further back
    Longer,
    /// look less far back
    Shorter,
    /// compare with yesterday, or last week
    Compare,
    /// read out an earlier moment
    Earlier,
    /// read out a later moment
    Later,
    /// take the chart in focus away
    DropChart,
    /// list the alarms and what each means
    Alarms,
    /// begin to select lines, or give the selection up
    SelectLines,
    /// copy the selected lines, or the one in focus, to the terminal's clipboard
    CopyLines,
    /// save what passes the filter to a file
    SaveShown,
    /// save every line that is held to a file
    SaveHeld,
    /// search AWS for older lines than are held; the range and what it takes are shown first
    SearchAws,
    /// let AWS stream the log (Live Tail, about $0.60 an hour a log group), or end that
    ToggleLiveTail,
    /// start new tasks of the same definition
    Redeploy,
    /// replace tasks one by one, the same image
    Recycle,
    /// take the running deployment back
    Rollback,
    /// stop the selected task, or the one worst off; the service starts another
    StopTask,
    /// change how many tasks it wants
    Scale,
    /// show the changes that are on their way
    Follow,
    /// hold the recycle before the next task, or let it go on
    Hold,
    /// call the recycle off before the next task
    CallOff,
    /// acknowledge the warnings of the dialog
    Acknowledge,
    /// plan to stop the environment: every count is put on record first
    StopEnvironment,
    /// plan to start the environment as it is on record
    StartEnvironment,
    /// open a shell in the selected task, or pick the container first
    Shell,
    /// arm the console for production for a while, or let it only look again
    Arm,
    /// go past freeze, cooldown and protection in an emergency; the team is told
    BreakGlass,
    /// show the whole policy: what is refused, and why
    Policy,
    /// show what was done, by whom and why
    Journal,
    /// show the report for the next level: of the service, or of everything
    Handoff,
    /// forward a port of a task of the service, or of a host it can reach
    Forward,
    /// list open shells and forwarded ports
    Sessions,
    /// end the selected session
    EndSession,
    /// pick from the nodes of Session Manager in place of the containers, or back
    OtherPlaces,
    /// move to the next field
    NextField,
    /// move to the previous field
    PreviousField,
    /// carry it out, once all is typed
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
    /// Where KPIs are shown over time.
    Charts,
    /// In the list of alarms.
    Alarms,
    /// Wherever a log has the focus.
    Logs,
    /// In a log on the whole screen.
    Reader,
    /// While a condition of its filter is typed.
    Condition,
    /// In the help.
    Help,
    /// While the changes on their way are shown.
    Follow,
    /// In the dialog of a change.
    Dialog,
    /// In the lists of containers to enter and of what is open.
    Sessions,
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
