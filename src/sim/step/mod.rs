//! How the world moves: one tick at a time, one file a noun.

pub(in crate::sim) mod effect;
pub(in crate::sim) mod rollout;
pub(in crate::sim) mod speech;
pub(in crate::sim) mod task;

use super::world::{TICK, World};

/// Moves the world by one tick.
pub(in crate::sim) fn tick(world: &mut World) {
    world.now += TICK;
}
