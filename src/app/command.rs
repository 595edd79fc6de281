//! The grammar of the command line. The `:` palette reads the same subcommands.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args, Parser, Subcommand};

use crate::estate::SignedDuration;
use crate::estate::board::Row;
use crate::estate::staging::Counts;

use super::keymap::nearest;

pub use super::account::{Decided, Handoff, Journal, Policy, PolicyOf};
pub use super::acts::{Act, Approve, Recycle, Redeploy, Rollback, Scale, StopTask};
pub use super::entrance::{Entrance, Exec, Forward, Nodes, Recordings, Remote, Shell};
pub use super::measure::{Alarms, Cost, Kpis};
pub use super::setup::{Completions, Config, Doctor, Iam, Init, Manual, Person, ShellName};
pub use super::tailing::{Logs, SAVED, is_task, moment};
pub use super::theme::Name;

/// The console first-level operations keep open for services on AWS ECS.
///
/// Alone it opens the board over the account of the current AWS profile; nothing has to be
/// configured, and what is not proven otherwise counts as production.
#[derive(Clone, Debug, Parser)]
#[command(name = "firstline", version = crate::VERSION, after_help = EXAMPLES, max_term_width = 100)]
pub struct Cli {
    /// Flags that hold for every command
    #[command(flatten)]
    pub flags: Flags,
    /// What to do instead of opening the console
    #[command(subcommand)]
    pub command: Option<Command>,
}

const EXAMPLES: &str = "\
Examples:
  firstline demo                          a live estate with an incident, no account needed
  firstline                               the board over the current AWS profile
  firstline --profile ops --region eu-central-1 --read-only
  firstline status --json                 the same look, for programs
  firstline redeploy orders --reason 'pool stuck, INC-42' --confirm orders
  firstline --endpoint-url http://127.0.0.1:4566    any AWS endpoint";

/// Flags that hold for every command. A flag wins over the environment, the environment over the
/// file.
#[derive(Clone, Debug, Default, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent switch of the command line"
)]
#[command(next_help_heading = "Options of every command")]
pub struct Flags {
    /// Use this AWS profile
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Use this AWS region
    #[arg(long, global = true, value_name = "REGION")]
    pub region: Option<String>,
    /// Read settings from this file
    #[arg(long, global = true, value_name = "FILE", env = "FIRSTLINE_CONFIG")]
    pub config: Option<PathBuf>,
    /// Show and read this environment only
    #[arg(long, global = true, value_name = "ENVIRONMENT", env = "FIRSTLINE_ENV")]
    pub env: Option<String>,
    /// Ask this endpoint instead of AWS, for every service
    #[arg(long, global = true, value_name = "URL")]
    pub endpoint_url: Option<String>,
    /// Refuse everything that would alter anything
    #[arg(long, global = true, action = ArgAction::SetTrue, env = "FIRSTLINE_READ_ONLY",
          value_parser = FalseyValueParser::new())]
    pub read_only: bool,
    /// Go past freezes, pace, protection and a running deployment; the team is told
    #[arg(long, global = true)]
    pub break_glass: bool,
    /// Draw with ASCII characters only
    #[arg(long, global = true, action = ArgAction::SetTrue, env = "FIRSTLINE_ASCII",
          value_parser = FalseyValueParser::new())]
    pub ascii: bool,
    /// Use no colours
    #[arg(long, global = true, action = ArgAction::SetTrue, env = "NO_COLOR",
          default_value = "", value_parser = anything)]
    pub no_color: bool,
    /// In which colours
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        env = "FIRSTLINE_THEME",
        hide_possible_values = true
    )]
    pub theme: Option<Name>,
    /// Leave the mouse to the terminal
    #[arg(long, global = true)]
    pub no_mouse: bool,
    /// Never ask: what is not given as a flag is refused
    #[arg(long, global = true)]
    pub no_input: bool,
    /// Print nothing but errors; the exit code tells
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum Command {
    /// Open the console over a simulated estate; needs no account and no network
    Demo(Demo),
    /// Print how the estate is
    Status(Status),
    /// Print everything there is to say of one service
    Explain(Explain),
    /// Print what happened, and when it broke
    Timeline(Timeline),
    /// Print log lines of services, environments or log groups, and follow them
    Logs(Logs),
    /// Print the KPIs, what matters first
    Kpis(Kpis),
    /// Print the alarms
    Alarms(Alarms),
    /// Print what looking costs
    Cost(Cost),
    /// Start new tasks of a service with the same task definition
    Redeploy(Redeploy),
    /// Approve, as a second person, what somebody else asks for; prints what proves it
    Approve(Approve),
    /// Replace a service's tasks one by one; the image stays the same
    Recycle(Recycle),
    /// Take the running deployment of a service back
    Rollback(Rollback),
    /// Stop one task of a service; it starts another
    StopTask(StopTask),
    /// Change how many tasks a service wants
    Scale(Scale),
    /// Stop every service of a staging environment, each put on record first
    Stop(Bring),
    /// Start an environment as it is on record
    Start(Start),
    /// Print what runs stop and start after hours
    #[command(subcommand)]
    Schedule(Schedule),
    /// Open a shell in a container or on a node
    Shell(Shell),
    /// List the nodes of Session Manager, and whether they answer
    Nodes(Nodes),
    /// Run one command in a container or on a node
    Exec(Exec),
    /// Forward a port of a container or node, or of a host it can reach, to this machine
    Forward(Forward),
    /// Look at recorded shells
    #[command(subcommand)]
    Recordings(Recordings),
    /// Carry a session somebody else opened: `StartSession`'s answer on standard input
    #[command(hide = true)]
    SessionAttach,
    /// Serve a simulated AWS to any AWS client
    Sim(Sim),
    /// Write, check and show settings
    #[command(subcommand)]
    Config(Config),
    /// Look whether everything is in place: credentials, clock, endpoints, permissions, terminal
    Doctor(Doctor),
    /// Print what has to be permitted in AWS
    #[command(subcommand)]
    Iam(Iam),
    /// Print what makes a shell complete commands, environments and services
    Completions(Completions),
    /// Print a man page
    Man(Manual),
    /// Look into the record of what was done
    #[command(subcommand)]
    Journal(Journal),
    /// Print what is refused, and why
    Policy(Policy),
    /// Write the report for the next level
    Handoff(Handoff),
    /// Change the console's colours; on a command line print them, as settings
    Theme(Theme),
}

/// The simulated world.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct World {
    /// What happens there; without it the most telling story
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<String>,
    /// The dice: the same seed, the same story
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
    /// How much faster than life it goes
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = factor)]
    pub speed: f64,
}

/// `firstline demo`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = "\
Examples:
  firstline demo
  firstline demo --scenario crash-loop --speed 10")]
pub struct Demo {
    /// The simulated world
    #[command(flatten)]
    pub world: World,
}

/// `firstline status`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = "\
Examples:
  firstline status
  firstline status production
  firstline status orders
  firstline status production --watch
  firstline status --json | jq '.services[] | select(.verdict == \"down\") | .name'")]
pub struct Status {
    /// An environment, or a service by name, CLUSTER/NAME or ARN; without it everything
    #[arg(value_name = "ENVIRONMENT|SERVICE")]
    pub what: Option<String>,
    /// Print JSON; with --watch one line each time
    #[arg(long)]
    pub json: bool,
    /// Look again every 15 s and print what changed, until interrupted
    #[arg(long)]
    pub watch: bool,
}

/// `firstline explain`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = "\
Examples:
  firstline explain orders
  firstline explain prod/orders --json | jq '.change.differences'")]
pub struct Explain {
    /// The service: its name, CLUSTER/NAME or ARN
    pub service: String,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `firstline timeline`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = "\
Examples:
  firstline timeline
  firstline timeline production
  firstline timeline orders --since 30m
  firstline timeline orders --json | jq '.incident'")]
pub struct Timeline {
    /// An environment, or a service by name, CLUSTER/NAME or ARN; without it everything
    #[arg(value_name = "ENVIRONMENT|SERVICE")]
    pub what: Option<String>,
    /// How far back, at most 24 h
    #[arg(long, value_name = "DURATION", default_value = "2h", value_parser = back)]
    pub since: SignedDuration,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

fn back(written: &str) -> Result<SignedDuration, String> {
    let wrong = || "a time up to 24 h is expected, for example 2h or 30m".to_owned();
    let length: SignedDuration = written.parse().map_err(|_| wrong())?;
    let day = SignedDuration::from_hours(24);
    let fits = length > SignedDuration::ZERO && length <= day;
    fits.then_some(length).ok_or_else(wrong)
}

/// `firstline stop`, and what `firstline start` shares with it.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = "\
Examples:
  firstline stop staging --dry-run
  firstline stop staging --reason 'going home' --confirm staging
  firstline stop staging --yes --reason schedule")]
pub struct Bring {
    /// A staging or development environment of the settings
    pub environment: String,
    /// Why; it goes into the journal
    #[arg(long, value_name = "WORDS")]
    pub reason: Option<String>,
    /// The environment's name once more, where nobody can be asked for it
    #[arg(long, value_name = "NAME")]
    pub confirm: Option<String>,
    /// Ask for no name; only where the settings say `allow_unattended`
    #[arg(long, conflicts_with = "confirm")]
    pub yes: bool,
    /// Show the plan and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `firstline start`.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct Start {
    /// What stop takes too
    #[command(flatten)]
    pub bring: Bring,
    /// Tasks of a service nothing is on record for; may be given several times
    #[arg(long = "count", value_name = "SERVICE=TASKS", value_parser = count)]
    pub counts: Vec<(String, u32)>,
}

impl Start {
    /// The counts asked for.
    pub fn counts(&self) -> Counts {
        let counts = self.counts.iter();
        counts
            .map(|(name, count)| (name.as_str().into(), *count))
            .collect()
    }
}

fn count(written: &str) -> Result<(String, u32), String> {
    let wrong = || "a service and a count are expected, for example web=3".to_owned();
    let (name, count) = written.split_once('=').ok_or_else(wrong)?;
    Ok((name.to_owned(), count.parse().map_err(|_| wrong())?))
}

/// `firstline schedule`.
#[derive(Clone, Debug, PartialEq, Subcommand)]
#[command(after_help = "Examples:\n  firstline schedule print staging")]
pub enum Schedule {
    /// Print EventBridge, cron and GitLab snippets with the IAM policy they need; applies nothing
    #[command(after_help = "\
Examples:
  firstline schedule print staging
  firstline schedule print staging --at '19:00 Europe/Berlin' --start-at '07:00 Europe/Berlin'")]
    Print {
        /// The environment
        environment: String,
        /// When to stop it, with its time zone
        #[arg(long, value_name = "TIME ZONE", default_value = "19:00 UTC")]
        at: String,
        /// When to start it again, with its time zone; without it somebody starts it
        #[arg(long, value_name = "TIME ZONE")]
        start_at: Option<String>,
        /// On which days
        #[arg(long, value_name = "DAYS", default_value = "mon-fri")]
        on: String,
    },
}

/// `firstline theme`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = "\
Examples:
  firstline theme
  firstline theme high-contrast
  firstline demo --theme light")]
pub struct Theme {
    /// The theme; without it the one in force
    #[arg(value_name = "NAME")]
    pub name: Option<Name>,
}

/// `firstline sim`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = "\
Examples:
  firstline sim --listen 127.0.0.1:4566 --scenario throttled
  firstline sim --listen 127.0.0.1:4566 --fault latency=2s
  firstline sim --listen 127.0.0.1:4566 --calls")]
pub struct Sim {
    /// Where to listen; a loopback address
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = loopback)]
    pub listen: SocketAddr,
    /// The simulated world
    #[command(flatten)]
    pub world: World,
    /// Something that goes wrong on the wire; may be given several times
    #[arg(long = "fault", value_name = "SPEC")]
    pub faults: Vec<String>,
    /// Something that goes wrong on the line of a session, as in `drop=0.05,cut=200`
    #[arg(
        long,
        value_name = "SPEC",
        default_value = "",
        hide_default_value = true
    )]
    pub line: String,
    /// When it ends, print the calls it was asked: account, IAM action, how often
    #[arg(long)]
    pub calls: bool,
}

/// `2h`, `30m`, `3d`.
pub(super) fn ago(written: &str) -> Result<SignedDuration, String> {
    let wrong = || "a time is expected, for example 2h, 30m or 3d".to_owned();
    let (number, unit) = written.split_at(written.len().saturating_sub(1));
    let number: i64 = number.parse().map_err(|_| wrong())?;
    let minutes = match unit {
        "m" => 1,
        "h" => 60,
        "d" => 24 * 60,
        _ => return Err(wrong()),
    };
    let allowed = (1..=525_600).contains(&(number.saturating_mul(minutes)));
    allowed
        .then(|| SignedDuration::from_mins(number * minutes))
        .ok_or_else(wrong)
}

/// A speed that moves the world forward.
fn factor(written: &str) -> Result<f64, String> {
    written
        .parse()
        .ok()
        .filter(|speed: &f64| speed.is_finite() && *speed > 0.0)
        .ok_or_else(|| "a number above zero is expected, for example 10".to_owned())
}

/// `NO_COLOR` speaks whatever it says, `0` and `false` too, unless it is empty (no-color.org).
#[expect(clippy::unnecessary_wraps, reason = "clap's parsers may fail")]
fn anything(written: &str) -> Result<bool, Infallible> {
    Ok(!written.is_empty())
}

/// The simulator answers anybody without credentials, so it stays on this machine.
fn loopback(written: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = written
        .parse()
        .map_err(|_| "an address and a port are expected, for example 127.0.0.1:4566".to_owned())?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err("only loopback addresses are listened on, for example 127.0.0.1:4566".to_owned())
    }
}

/// A line typed into the console: a subcommand without the global flags, which would promise
/// what a running console cannot do.
#[derive(Parser)]
#[command(
    name = ":",
    no_binary_name = true,
    disable_help_flag = true,
    disable_help_subcommand = true
)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

/// Reads a line typed into the palette, or says in a sentence what is wrong with it.
pub fn parse_line(line: &str) -> Result<Command, String> {
    let words = words(line)?;
    if words.is_empty() {
        return Err("type a command or an action's name".to_owned());
    }
    match Line::try_parse_from(words) {
        Ok(line) => Ok(line.command),
        Err(error) => {
            let text = error.to_string();
            let told: Vec<&str> = text
                .lines()
                .map(str::trim)
                .take_while(|line| !line.starts_with("Usage:"))
                .filter(|line| !line.is_empty())
                .collect();
            let told = told.join(" ");
            Err(told.strip_prefix("error: ").unwrap_or(&told).to_owned())
        }
    }
}

/// Splits a line as a shell would: quotes keep words together.
fn words(line: &str) -> Result<Vec<String>, String> {
    let (mut words, mut word, mut open) = (Vec::new(), None::<String>, None);
    for character in line.chars() {
        match (open, character) {
            (Some(quote), end) if quote == end => open = None,
            (None, quote @ ('"' | '\'')) => {
                open = Some(quote);
                word.get_or_insert_default();
            }
            (None, space) if space.is_whitespace() => words.extend(word.take()),
            (_, other) => word.get_or_insert_default().push(other),
        }
    }
    if open.is_some() {
        return Err("a quotation mark is not closed".to_owned());
    }
    words.extend(word);
    Ok(words)
}

/// Whether `written` names `row`: its ARN, its CLUSTER/NAME or its name.
pub fn is_meant(row: &Row, written: &str) -> bool {
    *row.name == *written
        || row.arn.as_str() == written
        || written.split_once('/') == Some((row.cluster.name(), &*row.name))
}

/// The service somebody named: by ARN, by CLUSTER/NAME or by name where only one has it.
pub fn find_service<'a>(rows: &'a [Row], written: &str) -> Result<&'a Row, String> {
    let found: Vec<&Row> = rows.iter().filter(|row| is_meant(row, written)).collect();
    match found.as_slice() {
        [only] => Ok(only),
        // With nothing read, none is known not to be there.
        [] if rows.is_empty() => Err(format!(
            "no service is known, so nobody can tell of \"{written}\""
        )),
        [] => Err(match nearest(written, rows.iter().map(|row| &*row.name)) {
            Some(near) => format!("there is no service \"{written}\"; did you mean {near}?"),
            None => format!("there is no service \"{written}\""),
        }),
        several => {
            let names: Vec<String> = several.iter().map(|row| spelling(rows, row)).collect();
            Err(format!(
                "\"{written}\" names {} services; say which: {}",
                several.len(),
                names.join(", ")
            ))
        }
    }
}

/// The shortest way to write `row` that means no other of `rows`.
pub fn spelling(rows: &[Row], row: &Row) -> String {
    let by_cluster = format!("{}/{}", row.cluster.name(), row.name);
    let full = row.arn.to_string();
    let shared = |written: &str| {
        let same = |other: &&Row| match written.split_once('/') {
            Some(both) => both == (other.cluster.name(), &*other.name),
            None => *other.name == *written,
        };
        rows.iter().filter(same).nth(1).is_some()
    };
    [row.name.to_string(), by_cluster]
        .into_iter()
        .find(|written| !shared(written))
        .unwrap_or(full)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_color_speaks_whatever_it_says_unless_it_is_empty() {
        for (written, heard) in [("", false), ("1", true), ("0", true), ("false", true)] {
            assert_eq!(anything(written), Ok(heard), "{written:?}");
        }
        let parsed = |line: &[&str]| Cli::try_parse_from(line).unwrap().flags.no_color;
        assert!(parsed(&["firstline", "--no-color"]));
        if std::env::var_os("NO_COLOR").is_none() {
            assert!(!parsed(&["firstline"]));
        }
    }
}
