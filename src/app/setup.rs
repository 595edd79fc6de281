//! The subcommands around the console: settings, permissions, the doctor.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `firstline completions`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = "\
Examples:
  source <(firstline completions bash)
  firstline completions zsh > ~/.zfunc/_firstline
  firstline completions fish | source")]
pub struct Completions {
    /// The shell
    pub shell: ShellName,
}

/// A shell that completes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ShellName {
    /// GNU bash
    Bash,
    /// zsh
    Zsh,
    /// fish
    Fish,
    /// PowerShell
    Powershell,
}

/// `firstline man`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = "\
Examples:
  firstline man | man -l -
  firstline man config init
  firstline man --output ~/.local/share/man/man1")]
pub struct Manual {
    /// The command; without it the page of the program
    #[arg(value_name = "COMMAND")]
    pub command: Vec<String>,
    /// Write the pages of all commands into this folder
    #[arg(long, value_name = "FOLDER", conflicts_with = "command")]
    pub output: Option<PathBuf>,
}

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
/// `firstline config`.
#[derive(Clone, Debug, PartialEq, Subcommand)]
#[command(after_help = "\
Examples:
  firstline config init
  firstline config check")]
pub enum Config {
    /// Look at the account and write settings with comments
    #[command(after_help = "\
It never takes anything for less than production: a lower tier is written as a comment to decide on.

Examples:
  firstline config init
  firstline config init --output firstline.toml
  firstline config init --profile acme-staging --region eu-central-1 --output -")]
    Init(Init),
    /// Check settings strictly and say everything that is wrong with them
    #[command(after_help = "\
Examples:
  firstline config check
  firstline config check firstline.toml")]
    Check {
        /// The file; without it the one in use
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Print the metric widgets of a CloudWatch dashboard as `[[kpi]]` of the settings
    #[command(after_help = "\
What the console finds by itself is pinned by its kind; what is no metric is named in a comment.

Examples:
  firstline config import-dashboard shop")]
    ImportDashboard {
        /// The dashboard's name; it is looked for in each environment
        name: String,
    },
    /// Print the JSON Schema of the settings, for editors
    #[command(after_help = "\
Examples:
  firstline config schema > firstline.schema.json")]
    Schema,
    /// Print what is in force
    #[command(after_help = "\
Examples:
  firstline config show
  firstline config show --origin
  firstline config show --json | jq '.settings[] | select(.origin != \"default\")'")]
    Show {
        /// Say who set each value: flag, variable, file with its line, or default
        #[arg(long)]
        origin: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// `firstline config init`.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct Init {
    /// Where to write; `-` is standard output, without it the user's own file
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write over a file that exists
    #[arg(long)]
    pub force: bool,
}
