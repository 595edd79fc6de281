//! From nothing to service rows, and to a complete board.

use std::path::Path;
use std::time::Instant;

use firstline::app::Model;
use firstline::sim::{Call, Sim, round_trips};

use crate::{endpoint, watch};

const LATENCY: f64 = 0.08;
const RUNS: usize = 5;

pub(crate) fn measure() {
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let (url, sim) = endpoint::start(30, 1);
    sim.set_faults("latency=80ms".parse().expect("a fault"));
    for run in 0..RUNS {
        let cache = watch::folder(&format!("start-{run}"));
        for state in ["cold", "warm"] {
            runtime.block_on(look(
                &url,
                &sim,
                30,
                &cache,
                &format!("30 services, {state}"),
            ));
        }
    }
    let (url, sim) = endpoint::start(100, 3);
    sim.set_faults("latency=80ms".parse().expect("a fault"));
    let cache = watch::folder("start-100");
    for state in ["cold", "warm"] {
        let what = format!("100 services in 3 clusters, {state}");
        runtime.block_on(look(&url, &sim, 100, &cache, &what));
    }
}

async fn look(url: &str, sim: &Sim, services: usize, cache: &Path, what: &str) {
    sim.forget_calls();
    let began = Instant::now();
    let mut engine = watch::open(url, Some(cache.to_owned())).await;
    let rows = |model: &Model| watch::has_rows(model, services);
    watch::until(&mut engine, "rows", rows).await;
    tell(what, "rows", began, &sim.calls());
    let complete = |model: &Model| watch::is_complete(model, services);
    watch::until(&mut engine, "complete board", complete).await;
    tell(what, "complete board", began, &sim.calls());
}

fn tell(what: &str, reached: &str, began: Instant, calls: &[Call]) {
    let seconds = began.elapsed().as_secs_f64();
    let answered: Vec<Call> = calls
        .iter()
        .filter(|call| call.answered.is_some())
        .cloned()
        .collect();
    println!(
        "  {what}: {reached} after {:.0} ms, {:.2} round trips' time; {} calls answered, {} one after the other",
        seconds * 1000.0,
        seconds / LATENCY,
        answered.len(),
        round_trips(&answered),
    );
}
