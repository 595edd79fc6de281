//! Logs: nothing lost, nothing twice, whatever AWS and the network do.

mod beside;
mod live;
mod loss;
mod shared;
mod third_party;
mod world;
