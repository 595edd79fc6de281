//! The grammar of the commands that measure.

use clap::Args;

use crate::estate::SignedDuration;

/// `firstline kpis`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = "\
Examples:
  firstline kpis
  firstline kpis production
  firstline kpis orders --since 3h --json | jq '.kpis[] | select(.level == \"red\")'")]
pub struct Kpis {
    /// An environment, or a service by name, CLUSTER/NAME or ARN; without it the headlines of all
    #[arg(value_name = "ENVIRONMENT|SERVICE")]
    pub what: Option<String>,
    /// Also the values of so long, as in 3h or 90m; three hours at most
    #[arg(long, value_name = "SPAN", value_parser = span)]
    pub since: Option<SignedDuration>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `firstline alarms`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = "\
Examples:
  firstline alarms
  firstline alarms --all
  firstline alarms --json | jq '.alarms[] | select(.notifies | not) | .name'")]
pub struct Alarms {
    /// Also those that are OK
    #[arg(long)]
    pub all: bool,
    /// Print JSON, of all alarms
    #[arg(long)]
    pub json: bool,
}

/// `firstline cost`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = "\
Examples:
  firstline cost --estimate")]
pub struct Cost {
    /// Look once, and say what a month of looking costs
    #[arg(long, required = true)]
    pub estimate: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

fn span(written: &str) -> Result<SignedDuration, String> {
    let span = written.parse().ok();
    span.filter(|span: &SignedDuration| span.is_positive())
        .ok_or_else(|| "a span of time is expected, for example 3h or 90m".to_owned())
}
