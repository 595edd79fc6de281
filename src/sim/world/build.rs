use super::World;
use crate::sim::scenario::Scenario;
use jiff::Timestamp;

pub(super) fn world(_scenario: &Scenario, _seed: u64, now: Timestamp) -> World {
    World {
        accounts: Vec::new(),
        now,
        timeline: crate::sim::step::effect::Timeline::default(),
    }
}
