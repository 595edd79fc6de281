//! The grammar of what gives account: the journal, the policy, the handoff.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::command::ago;
use crate::estate::SignedDuration;
use crate::estate::closely::Wish;

/// `firstline journal`.
#[derive(Clone, Debug, PartialEq, Subcommand)]
#[command(after_help = "\
Examples:
  firstline journal show --since 2h
  firstline journal show --shared --since 3d
  firstline journal verify")]
pub enum Journal {
    /// Print what was done, by whom, why and how it ended
    #[command(after_help = "\
Examples:
  firstline journal show
  firstline journal show --since 3d --json
  firstline journal show --shared --since 2h")]
    Show {
        /// How far back, as in 2h, 30m or 3d; without it everything
        #[arg(long, value_name = "TIME", value_parser = ago)]
        since: Option<SignedDuration>,
        /// Of the whole team: what is in the log group the settings share the journal with
        #[arg(long)]
        shared: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Check that no line was altered, added or lost
    #[command(after_help = "\
Examples:
  firstline journal verify
  firstline journal verify ~/.local/state/firstline/journal/journal.jsonl
  firstline journal verify --shared")]
    Verify {
        /// The journal; without it the one in use
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        /// Of the whole team: every journal in the log group they are shared in
        #[arg(long, conflicts_with = "file")]
        shared: bool,
    },
    /// Send what waits to the log group the team shares, now
    #[command(after_help = "\
Examples:
  firstline journal sync")]
    Sync,
    /// Print the entries as JSON lines, for archives and other programs
    #[command(after_help = "\
Examples:
  firstline journal export
  firstline journal export --since 30m")]
    Export {
        /// How far back, as in 2h, 30m or 3d; without it everything
        #[arg(long, value_name = "TIME", value_parser = ago)]
        since: Option<SignedDuration>,
    },
}

/// `firstline handoff`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = "\
Examples:
  firstline handoff
  firstline handoff orders --since 4h --note 'db team is called'
  firstline handoff production --json
  firstline handoff orders --output handoff.md")]
pub struct Handoff {
    /// An environment, or a service by name, CLUSTER/NAME or ARN; without it everything
    #[arg(value_name = "ENVIRONMENT|SERVICE")]
    pub what: Option<String>,
    /// How far back, as in 2h, 30m or 3d
    #[arg(long, value_name = "TIME", value_parser = ago, default_value = "2h")]
    pub since: SignedDuration,
    /// What you add
    #[arg(
        long,
        value_name = "WORDS",
        default_value = "",
        hide_default_value = true
    )]
    pub note: String,
    /// Print JSON instead of Markdown
    #[arg(long)]
    pub json: bool,
    /// Put it into the clipboard of this terminal (OSC 52)
    #[arg(long)]
    pub clipboard: bool,
    /// Write it into this file; one that exists is left alone
    #[arg(long, value_name = "FILE", conflicts_with = "clipboard")]
    pub output: Option<PathBuf>,
}

/// `firstline policy`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  firstline policy
  firstline policy --json | jq '.[] | select(.glass)'
  firstline policy explain redeploy orders
  firstline policy explain redeploy orders --reason INC-42 --confirm orders"
)]
pub struct Policy {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Explain one decision
    #[command(subcommand)]
    pub explain: Option<PolicyOf>,
}

/// What `firstline policy` does beside printing all of it.
#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum PolicyOf {
    /// Say which rule decides about a change now, and why; nothing is done
    Explain(Decided),
}

/// `firstline policy explain`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = "\
Examples:
  firstline policy explain redeploy orders
  firstline policy explain scale orders --count 6")]
pub struct Decided {
    /// The verb
    #[arg(value_parser = ["redeploy", "recycle", "rollback", "stop-task", "scale"])]
    pub verb: String,
    /// The service: its name, CLUSTER/NAME or ARN
    pub service: String,
    /// How many tasks, for scale
    #[arg(long, value_name = "N", required_if_eq("verb", "scale"))]
    pub count: Option<u32>,
    /// As if this reason were given
    #[arg(long, value_name = "WORDS")]
    pub reason: Option<String>,
    /// As if this name were typed
    #[arg(long, value_name = "NAME")]
    pub confirm: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

impl Decided {
    /// What would be wished; a task that nobody named is the one that is worst off.
    pub fn wish(&self) -> Wish {
        match (self.verb.as_str(), self.count) {
            ("recycle", _) => Wish::Recycle,
            ("rollback", _) => Wish::Rollback,
            ("stop-task", _) => Wish::StopTask(None),
            ("scale", Some(count)) => Wish::Scale(count),
            (_, _) => Wish::Redeploy,
        }
    }
}
