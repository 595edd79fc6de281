//! Ten megabytes each way over the worst line.

use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::super::machine::Kind;
use super::agent::Agent;
use super::world::{Faults, World, ms};

fn data(seed: u64, length: usize) -> Vec<u8> {
    let mut dice = fastrand::Rng::with_seed(seed);
    let mut bytes = vec![0; length];
    dice.fill(&mut bytes);
    bytes
}

fn both_ways(faults: Faults, seed: u64, length: usize, handshake: bool) -> World {
    let (up, down) = (data(seed, length), data(seed + 1, length));
    let world = carried(faults, seed, (&up, &down), handshake);
    assert_eq!(Sha256::digest(&world.agent.input), Sha256::digest(&up));
    assert_eq!(Sha256::digest(world.heard()), Sha256::digest(&down));
    world
}

/// What arrives of these bytes, both ways, over the worst line.
pub(in super::super::super) fn over_the_worst_line(
    seed: u64,
    up: &[u8],
    down: &[u8],
) -> (Vec<u8>, Vec<u8>) {
    let world = carried(WORST, seed, (up, down), true);
    (world.agent.input.clone(), world.heard())
}

fn carried(faults: Faults, seed: u64, (up, down): (&[u8], &[u8]), handshake: bool) -> World {
    let mut world = World::new(Kind::Shell, faults, seed);
    if handshake {
        let request = r#"{"AgentVersion":"3.3.1.1","RequestedClientActions":[{"ActionType":"SessionType","ActionParameters":{"SessionType":"NonInteractiveCommands"}}]}"#;
        Agent::shake(&mut world.agent, request, ms(0));
    }
    world.input = up.chunks(3000).map(<[u8]>::to_vec).collect();
    world.output = down.chunks(5000).map(<[u8]>::to_vec).collect();
    let hours = ms(4 * 3600 * 1000);
    world.until(hours, |world| {
        world.agent.input.len() >= up.len()
            && world.input.is_empty()
            && world.output.is_empty()
            && world.agent.in_flight() == 0
            && world.machine.is_idle()
    });
    world
}

const WORST: Faults = Faults {
    lost: 5,
    repeated: 5,
    reordered: true,
    cut: Some(ms(3000)),
};

#[test]
fn ten_megabytes_each_way_survive_loss_repetition_disorder_and_cuts() {
    let world = both_ways(WORST, 1, 10_000_000, false);
    assert!(world.cuts > 5, "{} cuts", world.cuts);
}

#[test]
fn a_good_line_resends_nothing() {
    let world = both_ways(Faults::default(), 2, 1_000_000, true);
    let mut once = world.agent.acknowledged.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), world.agent.acknowledged.len());
    assert!(world.now < ms(60_000), "{:?}", world.now);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_line_gets_all_through(
        seed: u64,
        lost in 0u64..30,
        repeated in 0u64..30,
        reordered: bool,
        cut in prop::option::of(500u64..5000),
        handshake: bool,
    ) {
        let faults = Faults { lost, repeated, reordered, cut: cut.map(ms) };
        both_ways(faults, seed >> 1, 60_000, handshake);
    }
}
