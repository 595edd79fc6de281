//! The simulator as its callers see it: SDK clients over the connector, boto3 over a socket.

mod ecs;
mod faults;
mod served;
mod services;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

use super::scenario::Scenario;
use super::{Clock, Sim};

/// A fixed noon, and a hand that moves it.
#[derive(Clone)]
pub(super) struct Hand(Arc<AtomicI64>);

impl Hand {
    pub(super) fn wait(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

/// A simulator at noon, and the hand that moves its clock.
pub(super) fn sim(scenario: &str) -> (Sim, Hand) {
    let hand = Hand(Arc::new(AtomicI64::new(1_800_000_000)));
    let seconds = Arc::clone(&hand.0);
    let clock: Clock =
        Arc::new(move || Timestamp::from_second(seconds.load(Ordering::SeqCst)).unwrap());
    let scenario = Scenario::named(scenario).unwrap();
    (Sim::new(&scenario, 1, clock), hand)
}

/// A client's configuration over the connector; one attempt, so that every refusal is seen.
macro_rules! client {
    ($service:ident, $sim:expr, $key:expr) => {
        $service::Client::from_conf(
            $service::Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::new("eu-central-1"))
                .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
                    $key, "secret", None, None, "test",
                )))
                .retry_config(aws_smithy_types::retry::RetryConfig::disabled())
                .http_client(http_client($sim.clone()))
                .build(),
        )
    };
    ($service:ident, $sim:expr) => {
        client!($service, $sim, "123456789012")
    };
}
pub(super) use client;
