//! `firstline sim`: the simulated AWS for any AWS client.

use std::collections::BTreeMap;
use std::str::FromStr;

use tokio::signal::unix::{SignalKind, signal};

use super::open::Clock;
use super::{demo, print};
use crate::app::command::Sim;
use crate::cli::Exit;
use crate::sim::fault::Faults;
use crate::sim::server;

/// Serves until it is told to end (Ctrl-C or TERM).
pub(super) async fn run(args: &Sim, clock: &Clock) -> anyhow::Result<Exit> {
    let faults = Faults::from_str(&args.faults.join(","))?;
    let sim = demo::sim(&args.world, clock)?;
    sim.set_faults(faults);
    sim.set_line(args.line.parse()?);
    let listener = server::listen(args.listen).await?;
    // Before anybody is told that it runs: who reads the address may end it at once.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let address = listener.local_addr()?;
    print::line(&format!(
        "simulated AWS on http://{address} (Ctrl-C ends it)\n\
         point any AWS client at it: --endpoint-url http://{address}, region eu-central-1;\n\
         the access key id chooses the account: 123456789012 production, 210987654321 staging"
    ))?;
    let told_to_end = async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    };
    server::serve(listener, sim.clone(), told_to_end).await?;
    if args.calls {
        let mut asked: BTreeMap<(String, String), usize> = BTreeMap::new();
        for call in sim.calls() {
            let action = call.action();
            *asked.entry((call.account, action)).or_default() += 1;
        }
        for ((account, action), times) in asked {
            print::line(&format!("{account} {action} {times}"))?;
        }
    }
    Ok(Exit::Good)
}
