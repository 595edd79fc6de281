//! The grammar of the commands that let somebody into a container.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Which container, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct Entrance {
    /// A service (its name, CLUSTER/NAME or ARN: its healthiest task is taken), a task (its id
    /// or ARN), or a node of Session Manager (its id)
    #[arg(value_name = "SERVICE|TASK|NODE")]
    pub target: String,
    /// The target is a node of Session Manager, by id or name; `firstline nodes` lists them
    #[arg(long)]
    pub instance: bool,
    /// The task of the service: the beginning of its id
    #[arg(long, value_name = "ID")]
    pub task: Option<String>,
    /// The container, where the task has several
    #[arg(long, value_name = "NAME")]
    pub container: Option<String>,
    /// Why; it goes into the journal
    #[arg(long, value_name = "WORDS")]
    pub reason: Option<String>,
    /// The service's name or the node's id once more, where production wants it and nobody can be
    /// asked
    #[arg(long, value_name = "NAME")]
    pub confirm: Option<String>,
    /// End it after so many minutes; the tier sets the most
    #[arg(long, value_name = "NUMBER")]
    pub minutes: Option<u32>,
}

/// `firstline shell`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
#[command(after_help = "\
Examples:
  firstline shell orders --doctor
  firstline shell orders --reason 'pool stuck, INC-42'
  firstline shell orders --task 3f9c --container app --reason 'INC-42' --confirm orders
  firstline shell i-0a1b2c3d4e5f60718 --reason 'INC-42'
  firstline shell bastion-a --instance --reason 'INC-42'

Ctrl-] leaves the shell and ends the session.")]
pub struct Shell {
    /// Which container, and why
    #[command(flatten)]
    pub entrance: Entrance,
    /// Say whether a shell could work, and what would mend it
    #[arg(long)]
    pub doctor: bool,
    /// Keep what is shown in a file beside the journal; production does so without being asked
    #[arg(long, conflicts_with = "no_record")]
    pub record: bool,
    /// Keep no file
    #[arg(long)]
    pub no_record: bool,
}

/// `firstline exec`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(after_help = "\
Examples:
  firstline exec orders --reason 'INC-42' -- df -h
  firstline exec orders --reason 'INC-42' --confirm orders -- cat /etc/os-release

It ends with the command's own exit status. Where firstline itself cannot (refused, not opened, the
status not told) it ends with 125.")]
pub struct Exec {
    /// Which container, and why
    #[command(flatten)]
    pub entrance: Entrance,
    /// The command and its words
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub command: Vec<String>,
}

/// `firstline forward`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(after_help = "\
Examples:
  firstline forward orders 8080 --reason 'INC-42'
  firstline forward orders orders-db.internal:5432 --local 15432 --reason 'INC-42'
  firstline forward orders 8080 orders-db.internal:5432 --local 8080 --local 15432

Each far end is a session of its own; all are asked for at once.")]
pub struct Forward {
    /// Which container, and why
    #[command(flatten)]
    pub entrance: Entrance,
    /// The port of the task, or of a host the task can reach
    #[arg(value_name = "[HOST:]PORT", value_parser = remote)]
    pub remote: Remote,
    /// More of them
    #[arg(value_name = "[HOST:]PORT", value_parser = remote)]
    pub more: Vec<Remote>,
    /// The port on this machine, once for each far end in turn; without it a free one
    #[arg(long, value_name = "PORT")]
    pub local: Vec<u16>,
}

/// The far end of a forwarded port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    /// The host; `None` is the task itself.
    pub host: Option<String>,
    /// The port.
    pub port: u16,
}

fn remote(written: &str) -> Result<Remote, String> {
    let (host, port) = match written.rsplit_once(':') {
        Some((host, port)) => (Some(host), port),
        None => (None, written),
    };
    let port = port.parse().ok().filter(|&port: &u16| port > 0);
    let host = host.map(str::to_owned).filter(|host| !host.is_empty());
    match port {
        Some(port) => Ok(Remote { host, port }),
        None => Err("PORT or HOST:PORT is expected, for example db.internal:5432".to_owned()),
    }
}

/// `firstline nodes`.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[command(after_help = "\
Examples:
  firstline nodes
  firstline nodes --json | jq -r '.nodes[] | select(.ping == \"online\") | .node'")]
pub struct Nodes {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `firstline recordings`.
#[derive(Clone, Debug, PartialEq, Subcommand)]
#[command(after_help = "Examples:\n  firstline recordings list")]
pub enum Recordings {
    /// List them, newest last
    #[command(after_help = "\
Examples:
  firstline recordings list
  firstline recordings list --json | jq -r '.recordings[-1]'")]
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Play one as it went
    #[command(after_help = "\
Examples:
  firstline recordings play 20261121T140322Z-orders.cast
  firstline recordings play 20261121T140322Z-orders.cast --speed 4")]
    Play {
        /// The file, or its name in the list
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// How much faster than life
        #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
        speed: f64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_far_end_is_a_port_or_a_host_with_one() {
        let far = |host: Option<&str>, port| {
            let host = host.map(str::to_owned);
            Ok(Remote { host, port })
        };
        assert_eq!(remote("8080"), far(None, 8080));
        assert_eq!(remote("db.internal:5432"), far(Some("db.internal"), 5432));
        for bad in ["", "0", "db:", "70000", "db.internal"] {
            assert!(remote(bad).is_err(), "{bad}");
        }
    }
}
