//! One contract, three AWS: the simulator without a socket, the simulator behind one, and a third
//! party's. The same reads of `cloud` must bring the same home from each.
//!
//! What the third party gets wrong is not asked for: its rollouts complete at once and its stopped
//! tasks are not replaced.

mod backend;
mod crowd;
mod faults;
mod history;
mod terms;

use backend::Backend;

#[tokio::test(start_paused = true)]
async fn the_simulator_keeps_it() {
    Box::pin(terms::keeps(&Backend::simulator())).await;
}

#[tokio::test]
async fn the_simulators_server_keeps_it() {
    Box::pin(terms::keeps(&Backend::served().await)).await;
}

#[tokio::test]
async fn ministack_keeps_it() {
    let Some(backend) = Backend::ministack() else {
        return;
    };
    Box::pin(terms::keeps(&backend)).await;
}
