//! Stopping and starting an environment, over the simulated AWS and over third parties'.

mod bench;
mod crash;
mod guard;
mod odd;
mod round;
mod third_parties;
