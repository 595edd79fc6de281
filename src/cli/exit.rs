//! What the exit codes mean.

use std::process::ExitCode;

/// How a command ended, for scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Everything asked for is healthy, or was done.
    Good,
    /// `status`: something is degraded, or deploys for too long.
    Degraded,
    /// A change was done, and the service is not healthy.
    NotHealthy,
    /// `status`: something is down.
    Down,
    /// `status`: something is unknown, stale or could not be read.
    Unknown,
    /// A change was tried and failed, or nobody knows how it ended.
    Failed,
    /// Policy, or the person, said no.
    Refused,
    /// The service moved between the decision and the call; nothing was done.
    Moved,
    /// A change is still on its way after the time it was followed.
    TimedOut,
    /// `exec`: the command ran and ended with this.
    Command(u8),
    /// `exec`: refused, not opened, or nobody knows how the command ended. 125, as with `env`,
    /// `timeout` and `docker run`, so that it is not taken for the command's own status.
    NotRun,
    /// The command line or the settings cannot be meant (`EX_USAGE` of `sysexits.h`).
    Usage,
}

impl Exit {
    /// The number a script sees.
    pub const fn code(self) -> u8 {
        match self {
            Self::Good => 0,
            Self::Degraded | Self::NotHealthy => 1,
            Self::Down | Self::Failed => 2,
            Self::Unknown | Self::Refused => 3,
            Self::Moved => 4,
            Self::TimedOut => 5,
            Self::Command(status) => status,
            Self::NotRun => 125,
            Self::Usage => 64,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
