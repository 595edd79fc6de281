//! The grammar of the verbs on one service: one set of flags for all of them.

use clap::Args;

use crate::estate::SignedDuration;
use crate::estate::closely::Wish;

use super::command::Command;

/// What every verb on one service takes.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent switch of the command line"
)]
pub struct Act {
    /// The service: its name, CLUSTER/NAME or ARN
    pub service: String,
    /// Why; it goes into the journal
    #[arg(long, value_name = "WORDS")]
    pub reason: Option<String>,
    /// The service's name once more, where nobody can be asked for it
    #[arg(long, value_name = "NAME")]
    pub confirm: Option<String>,
    /// Go on in spite of the amber checks of the preflight
    #[arg(long)]
    pub acknowledge: bool,
    /// Print plan, preflight and decision, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Follow it to its end; this is what happens anyway
    #[arg(long, overrides_with = "no_wait")]
    pub wait: bool,
    /// Do not follow it
    #[arg(long)]
    pub no_wait: bool,
    /// How long to follow it
    #[arg(long, value_name = "DURATION", default_value = "30m", value_parser = duration)]
    pub timeout: SignedDuration,
    /// Print JSON lines
    #[arg(long)]
    pub json: bool,
}

/// `firstline redeploy`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(after_help = "\
Examples:
  firstline redeploy orders --dry-run
  firstline redeploy orders --reason 'pool stuck, INC-42'
  firstline redeploy prod/orders --reason 'pool stuck, INC-42' --confirm orders --json

Exit codes: 0 done and healthy, 1 done but not healthy, 2 failed, 3 refused, 4 the facts moved,
5 still running after --timeout, 64 usage")]
pub struct Redeploy {
    /// What every verb takes
    #[command(flatten)]
    pub act: Act,
    /// What a second person's `firstline approve` printed, where one is needed
    #[arg(long, value_name = "TOKEN")]
    pub approval: Option<String>,
}

/// `firstline approve`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(after_help = "\
Whoever wants the change is shown the code; they paste what this prints into their dialog or give
it as --approval. It is good for five minutes, once, for exactly what both of you see.

Examples:
  firstline approve eu-central-1:123456789012:prod-batch/report:3f9a1c20b7de
  firstline approve eu-central-1:123456789012:prod-batch/report:3f9a1c20b7de --reason 'CI run 812' --confirm report

Exit codes: 0 approved, 2 STS could not be asked, 3 refused, 4 it moved meanwhile, 64 usage")]
pub struct Approve {
    /// The code, as the other console or command line shows it
    pub code: String,
    /// Why; it goes into both journals
    #[arg(long, value_name = "WORDS")]
    pub reason: Option<String>,
    /// The service's name, where nobody can be asked for it
    #[arg(long, value_name = "NAME")]
    pub confirm: Option<String>,
}

/// `firstline recycle`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(after_help = "\
Examples:
  firstline recycle billing --dry-run
  firstline recycle billing --reason 'connection leak, INC-42' --confirm billing --acknowledge

The image stays the same; the next task goes once the replacement of the one before is healthy.")]
pub struct Recycle {
    /// What every verb takes
    #[command(flatten)]
    pub act: Act,
}

/// `firstline rollback`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(after_help = "\
Examples:
  firstline rollback orders --reason 'new tasks crash, INC-42' --confirm orders")]
pub struct Rollback {
    /// What every verb takes
    #[command(flatten)]
    pub act: Act,
}

/// `firstline stop-task`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(after_help = "\
Examples:
  firstline stop-task orders --dry-run
  firstline stop-task orders 3f9c --reason 'hangs, INC-42' --confirm orders")]
pub struct StopTask {
    /// What every verb takes
    #[command(flatten)]
    pub act: Act,
    /// The task, by the beginning of its id; without it the one that is worst off
    #[arg(value_name = "TASK")]
    pub task: Option<String>,
}

/// `firstline scale`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(after_help = "\
Examples:
  firstline scale search 6 --reason 'queue grows, INC-42' --confirm search")]
pub struct Scale {
    /// What every verb takes
    #[command(flatten)]
    pub act: Act,
    /// Tasks wanted from now on
    #[arg(value_name = "TASKS")]
    pub count: u32,
}

impl Command {
    /// What a verb on one service wants, with the flags all of them take; `None` for everything
    /// else.
    pub fn wish(&self) -> Option<(&Act, Wish)> {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "every other command is no verb on a service"
        )]
        match self {
            Self::Redeploy(one) => Some((&one.act, Wish::Redeploy)),
            Self::Recycle(one) => Some((&one.act, Wish::Recycle)),
            Self::Rollback(one) => Some((&one.act, Wish::Rollback)),
            Self::StopTask(one) => {
                let task = one.task.as_deref().map(Into::into);
                Some((&one.act, Wish::StopTask(task)))
            }
            Self::Scale(one) => Some((&one.act, Wish::Scale(one.count))),
            _ => None,
        }
    }
}

impl Command {
    /// The second person's token that was given along, if any.
    pub fn approval(&self) -> Option<&str> {
        if let Self::Redeploy(one) = self {
            one.approval.as_deref()
        } else {
            None
        }
    }
}

fn duration(written: &str) -> Result<SignedDuration, String> {
    let read = written.parse::<SignedDuration>().ok();
    read.filter(SignedDuration::is_positive)
        .ok_or_else(|| "a duration is expected, for example 90s or 30m".to_owned())
}
