//! `firstline logs` as it is written.

use clap::Args;
use jiff::civil::Time;
use jiff::tz::TimeZone;

use crate::estate::{SignedDuration, Timestamp};

/// A whole timestamp, or a time of the day in `zone`: the last one that was.
pub fn moment(written: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(whole) = written.parse() {
        return Some(whole);
    }
    let time: Time = written.parse().ok()?;
    let today = now.to_zoned(zone.clone()).date();
    let of = |date: jiff::civil::Date| {
        Some(
            date.to_datetime(time)
                .to_zoned(zone.clone())
                .ok()?
                .timestamp(),
        )
    };
    // A clock that is a little ahead of ours means now, not yesterday.
    let soon = now + SignedDuration::from_mins(5);
    of(today)
        .filter(|at| *at <= soon)
        .or_else(|| of(today.yesterday().ok()?))
}

/// What the name of a query saved in Logs Insights begins with.
pub const SAVED: &str = "saved:";

/// Whether a word may be a task: its ARN, or at least five digits of its id.
pub fn is_task(written: &str) -> bool {
    let id = written.rsplit('/').next().unwrap_or_default();
    let digits = id
        .bytes()
        .all(|sign| sign.is_ascii_hexdigit() || sign == b'-');
    let whole = written.starts_with("arn:") && written.contains(":task/");
    digits && id.len() >= 5 && (whole || id == written)
}

/// `firstline logs`.
#[derive(Clone, Debug, Default, PartialEq, Args)]
#[command(after_help = "\
A line passes a filter when it meets all of it:
  timeout  \"pool timeout\"  /time(out|d)/     text in any case, or a regular expression
  level>=warn  status>=500  path~\"^/pay\"     fields of JSON and logfmt lines
  service=orders  task=3f9c  -health         where it comes from; a minus excludes

Examples:
  firstline logs orders
  firstline logs orders billing --follow --level warn
  firstline logs production --since 1h --filter 'status>=500 path~\"^/pay\"'
  firstline logs orders --from 14:00 --to 14:10 --json | jq .message
  firstline logs orders --since 1h --patterns
  firstline logs 3f9c1c55 --follow
  firstline logs 'saved:shop/pool trouble' --since 1h
  firstline logs /aws/lambda/resize --since 5m --raw")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent switch of the command line"
)]
pub struct Logs {
    /// Services by name, CLUSTER/NAME or ARN, environments, log groups (they begin with /), tasks by
    /// their ids or how those begin, or saved:NAME, a query saved in Logs Insights
    #[arg(required = true, value_name = "TARGET")]
    pub targets: Vec<String>,
    /// How far back to begin, as in 15m or 2h
    #[arg(
        long,
        value_name = "DURATION",
        default_value = "15m",
        conflicts_with = "from"
    )]
    pub since: String,
    /// Begin here: the last 14:03 or 14:03:22 there was (UTC), or a whole time such as 2026-11-21T14:03:22Z
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// End here, written like --from; without it now
    #[arg(long, value_name = "TIME", conflicts_with = "follow")]
    pub to: Option<String>,
    /// Go on with what comes, until Ctrl-C
    #[arg(long, short)]
    pub follow: bool,
    /// Let AWS stream the lines (Live Tail) while following: sooner, about $0.60 an hour a log group
    #[arg(long, requires = "follow")]
    pub live_tail: bool,
    /// Print only lines that pass
    #[arg(long, value_name = "EXPR", allow_hyphen_values = true)]
    pub filter: Option<String>,
    /// Print only lines at least this bad: debug, info, warn or error
    #[arg(long, value_name = "LEVEL")]
    pub level: Option<String>,
    /// Print one JSON object a line
    #[arg(long, conflicts_with_all = ["raw", "patterns"])]
    pub json: bool,
    /// Print what the program said and nothing else
    #[arg(long, conflicts_with = "patterns")]
    pub raw: bool,
    /// Print what similar lines have in common, counted, in place of the lines
    #[arg(long, conflicts_with = "follow")]
    pub patterns: bool,
}
