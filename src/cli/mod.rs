//! The other face: the same grammar, policy, cloud and journal; tables, JSON, exit codes.
//!
//! May not: know the model or the view.
//!
//! Why: a scheduler and a person must meet the same guards.
//!
//! | file | holds |
//! |---|---|
//! | `open` | from the command line to a connected estate, for both faces |
//! | `desk` | what every decision stands on beside what was seen |
//! | `demo` | the simulated estate and how to connect to it |
//! | `look` | one whole look at the estate |
//! | `entrance` | shells, commands and forwarded ports |
//! | `act`, `follow`, `answer` | the verbs on one service: decided, followed, asked |
//! | `shared` | the journal a team shares: sent, shown and checked |
//! | `second`, `approve` | the second person: asked for here, signing there |
//! | `status`, `explain`, `timeline`, `logs`, `journal`, `policy`, `handoff`, `simulate` | one file a subcommand |
//! | `environment`, `schedule` | stop and start of an environment, by hand and after hours |
//! | `doctor` | whether everything is in place |
//! | `dashboard` | a CloudWatch dashboard as settings |
//! | `settings` | `config`: settings written, checked and shown |
//! | `line` | the command line as it was typed, with its variables |
//! | `manner` | `--quiet` and `--no-input` |
//! | `manual` | completions and man pages |
//! | `iam` | what has to be permitted |
//! | `figures` | KPIs, alarms and what looking costs |
//! | `exit` | what the exit codes mean |
//! | `print` | the only place that writes to standard output |

mod act;
mod answer;
mod approve;
mod dashboard;
mod demo;
mod desk;
mod doctor;
mod entrance;
mod environment;
mod exit;
mod explain;
mod figures;
mod follow;
mod handoff;
mod iam;
mod journal;
mod line;
mod logs;
mod look;
mod manner;
mod manual;
mod open;
mod policy;
mod print;
mod schedule;
mod second;
mod settings;
mod shared;
mod simulate;
mod status;
mod timeline;

pub use exit::Exit;
pub use line::parse;
pub use manual::complete;
pub use open::Opened;

use std::sync::Arc;

use crate::app::command::{Command, Flags};
use crate::estate::staging::{Counts, Goal};
use open::Clock;

/// An error and its causes, each thing said once: some errors name their cause themselves.
pub fn sentence(error: &anyhow::Error) -> String {
    error.chain().fold(String::new(), |mut told, cause| {
        let cause = cause.to_string();
        if !told.ends_with(&cause) {
            told.push_str(if told.is_empty() { "" } else { ": " });
            told.push_str(&cause);
        }
        told
    })
}

/// Runs a subcommand that needs no console. Errors are the person's to mend: they end with
/// [`Exit::Usage`].
///
/// # Errors
/// When settings, keymap or arguments have a mistake, or standard output is gone.
#[expect(
    clippy::cognitive_complexity,
    clippy::too_many_lines,
    reason = "one arm a subcommand"
)]
pub async fn run(flags: &Flags, command: &Command, clock: Clock) -> anyhow::Result<Exit> {
    manner::take(flags);
    let open = || Opened::new(flags, None, Arc::clone(&clock));
    match command {
        Command::Demo(_) => anyhow::bail!("the demo is a console: start it in a terminal"),
        Command::Status(args) => status::run(&open().await?, args).await,
        Command::Explain(args) => explain::run(&open().await?, args).await,
        Command::Timeline(args) => timeline::run(&open().await?, args).await,
        Command::Logs(args) => logs::run(&open().await?, args).await,
        Command::Kpis(args) => figures::kpis(&open().await?, args).await,
        Command::Alarms(args) => figures::alarms(&open().await?, args).await,
        Command::Cost(args) => figures::cost(&open().await?, args).await,
        Command::Redeploy(_)
        | Command::Recycle(_)
        | Command::Rollback(_)
        | Command::StopTask(_)
        | Command::Scale(_) => {
            recorded(open().await?, async |opened| change(opened, command).await).await
        }
        Command::Approve(asked) => {
            recorded(open().await?, async |opened| {
                approve::run(opened, asked).await
            })
            .await
        }
        Command::Stop(args) => {
            let (goal, counts) = (Goal::Stop, Counts::default());
            let run = async |opened: &Opened| environment::run(opened, goal, args, &counts).await;
            recorded(open().await?, run).await
        }
        Command::Start(args) => {
            let (goal, counts) = (Goal::Start, args.counts());
            let run =
                async |opened: &Opened| environment::run(opened, goal, &args.bring, &counts).await;
            recorded(open().await?, run).await
        }
        Command::Shell(args) => {
            recorded(open().await?, async |opened| {
                entrance::shell(opened, args).await
            })
            .await
        }
        Command::Exec(args) => {
            recorded(open().await?, async |opened| {
                entrance::exec(opened, args).await
            })
            .await
        }
        Command::Forward(args) => {
            recorded(open().await?, async |opened| {
                entrance::forward(opened, args).await
            })
            .await
        }
        Command::SessionAttach => {
            recorded(open().await?, async |opened| entrance::attach(opened).await).await
        }
        Command::Schedule(asked) => schedule::run(&open().await?, asked),
        Command::Nodes(args) => entrance::nodes(&open().await?, args.json).await,
        Command::Recordings(asked) => entrance::recordings(asked, &open().await?.journal).await,
        Command::Sim(args) => simulate::run(args, &clock).await,
        Command::Completions(asked) => manual::completions(asked.shell),
        Command::Man(asked) => manual::man(asked),
        Command::Config(asked) => settings::run(flags, asked, clock).await,
        Command::Journal(asked) => journal::run(flags, asked, &clock).await,
        Command::Handoff(asked) => handoff::run(&open().await?, asked).await,
        Command::Theme(asked) => settings::theme(flags, asked.name),
        Command::Policy(asked) => policy::run(&open().await?, asked).await,
        Command::Doctor(asked) => Box::pin(doctor::run(flags, asked, clock)).await,
        Command::Iam(asked) => iam::run(flags, asked),
    }
}

/// Runs what writes into the journal, and sends that where a team shares it.
async fn recorded(
    opened: Opened,
    run: impl AsyncFnOnce(&Opened) -> anyhow::Result<Exit>,
) -> anyhow::Result<Exit> {
    let ended = Box::pin(run(&opened)).await;
    shared::before_leaving(&opened).await;
    ended
}

/// Carries a verb on one service out in an estate that is open; anything else is no such verb and
/// ends with [`Exit::Usage`].
///
/// # Errors
/// When standard output is gone, or the person left a question unanswered.
pub async fn change(opened: &Opened, command: &Command) -> anyhow::Result<Exit> {
    match command.wish() {
        Some(wished) => act::run(opened, wished, command.approval()).await,
        None => Ok(Exit::Usage),
    }
}
