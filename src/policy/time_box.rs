//! How long a session may stay open, by tier.

use crate::estate::environment::Tier;

/// The most minutes a session may be open, and the number taken when nobody says: where people
/// depend on it, nobody should stay longer than an incident's step takes.
pub const fn longest(tier: Tier) -> u32 {
    match tier {
        Tier::Production => 60,
        Tier::Staging => 240,
        Tier::Development => 480,
    }
}
