//! The terminal lent to what brings credentials; and credentials read anew.

use std::io::{self, Write as _};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use tokio::sync::mpsc;

use super::work::Post;
use crate::app::Msg;
use crate::cloud::{Cloud, Link};
use crate::estate::id::EnvironmentName;
use crate::passage::program::{self, Done};

/// How long somebody may take to sign in: AWS's own tool gives up after ten minutes.
const LONGEST: Duration = Duration::from_mins(15);

/// What came of it.
pub(super) enum Ended {
    /// Every command did what it should.
    Well,
    /// One did not, in a sentence.
    Badly(String),
    /// This process was told to end meanwhile.
    Told,
}

/// Runs the commands one after the other in this terminal, and says each before.
pub(super) async fn run(commands: &[Vec<String>]) -> Ended {
    for words in commands {
        let [name, arguments @ ..] = words.as_slice() else {
            continue;
        };
        let line = words.join(" ");
        announce(&line);
        let mut command = Command::new(name);
        command.args(arguments);
        let (_nobody, mut notices) = mpsc::channel(1);
        let ended = program::run(command, LONGEST, &mut notices).await;
        let problem = match ended {
            Ok(Done::Ended(status)) if status.success() => continue,
            Ok(Done::Told) => return Ended::Told,
            Ok(Done::Ended(status)) => format!("{line} ended with {status}"),
            Ok(Done::TimeBox) => format!("{line} took too long"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                format!("{name} is not on the path: run {line} elsewhere, and it goes on here")
            }
            Err(error) => format!("{name} cannot be run: {error}"),
        };
        return Ended::Badly(problem);
    }
    Ended::Well
}

fn announce(line: &str) {
    let mut out = io::stdout().lock();
    // A terminal that is gone is noticed by whoever reads it next.
    let _ = writeln!(out, "\nfirstline: {line}");
    let _ = out.flush();
}

/// Finds out how the credentials of `names` come back. What somebody brought meanwhile counts.
pub(super) fn look(cloud: Arc<Cloud>, names: Vec<EnvironmentName>, post: Post) {
    tokio::spawn(async move {
        let links = names.iter().filter_map(|name| cloud.link(name));
        let asked = join_all(links.map(|link| way(link))).await;
        let mut ways = Vec::new();
        for way in asked.into_iter().flatten() {
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
        // Nobody listens any more only while the console ends.
        let _ = post.send(Msg::SignIns(ways));
    });
}

async fn way(link: &Link) -> Option<crate::estate::sign_in::SignIn> {
    link.renew().await;
    let (identity, _) = link.introduce().await;
    let out = identity.is_err_and(|problem| problem.kind.is_signed_out());
    if out {
        Some(link.sign_in().await)
    } else {
        None
    }
}

/// Reads every credential anew.
pub(super) fn renew(cloud: Arc<Cloud>, post: Post) {
    tokio::spawn(async move {
        cloud.renew().await;
        let _ = post.send(Msg::Renewed);
    });
}
