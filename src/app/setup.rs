//! The subcommands around the console: permissions, the doctor.

use clap::{Args, Subcommand, ValueEnum};

/// `firstline doctor`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = "\
What looks is asked for as little as it takes. What alters is asked about things that cannot exist,
so that AWS judges the permission and has nothing to alter; with --read-only it is not tried.

Examples:
  firstline doctor
  firstline doctor --env staging --for developer
  firstline doctor --login
  firstline doctor --json | jq '.permissions[] | select(.outcome == \"missing\") | .action'")]
pub struct Doctor {
    /// Try only what this person needs
    #[arg(long = "for", value_name = "PERSON")]
    pub who: Option<Person>,
    /// Where credentials are missing or ran out, run `aws sso login` first
    #[arg(long)]
    pub login: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `firstline iam`.
#[derive(Clone, Debug, PartialEq, Subcommand)]
#[command(after_help = "\
Examples:
  firstline iam print --for observer")]
pub enum Iam {
    /// Print the least IAM policy for somebody, made of the calls the program makes
    #[command(after_help = "\
Examples:
  firstline iam print --for observer
  firstline iam print --for operator --env production > operator.json
  firstline iam print --for developer --env staging")]
    Print {
        /// Who it is for
        #[arg(long = "for", value_name = "PERSON")]
        who: Person,
    },
}

/// Who a policy is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Person {
    /// Looks, and alters nothing
    Observer,
    /// Acts on services, opens shells, stops and starts what is not production
    Operator,
    /// Looks everywhere, acts on what is not production
    Developer,
}
