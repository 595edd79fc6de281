//! Two accounts on two endpoints: what happens to one never slows the other.

use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::shared::IntoShared;
use firstline::cloud::{Cloud, Link, Options, Role};
use firstline::estate::log::{LogKeys, Masks};
use firstline::estate::part::{Part, Read};
use firstline::estate::permission::Duty;
use firstline::estate::usage::Prices;
use firstline::sim::scenario::Scenario;
use firstline::sim::{Sim, connector};
use tokio::time::Instant;

use super::harness::Opening;
use crate::opened::{PRODUCTION, STAGING, clock, production, staging};
use crate::permitted::Watch;

/// Carries requests to the endpoint they name: one simulated AWS each.
#[derive(Clone, Debug)]
struct Roads {
    one: SharedHttpClient,
    two: SharedHttpClient,
}

#[derive(Clone, Debug)]
struct Fork {
    one: SharedHttpConnector,
    two: SharedHttpConnector,
}

impl HttpClient for Roads {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Fork {
            one: self.one.http_connector(settings, components),
            two: self.two.http_connector(settings, components),
        })
    }
}

impl HttpConnector for Fork {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        if request.uri().starts_with("http://one.example") {
            self.one.call(request)
        } else {
            self.two.call(request)
        }
    }
}

/// How long a look takes on the stopped clock, and whether anything was missing from it.
async fn look(link: &Arc<Link>) -> (Duration, bool) {
    let began = Instant::now();
    let troubled = std::sync::atomic::AtomicBool::new(false);
    let sink = |part: Part| {
        troubled.fetch_or(
            !part.problems.is_empty(),
            std::sync::atomic::Ordering::Relaxed,
        );
    };
    for read in [Read::Identity, Read::Services, Read::Alarms, Read::Kpis] {
        link.read(&read, &sink).await;
    }
    (began.elapsed(), troubled.into_inner())
}

#[tokio::test(start_paused = true)]
async fn one_that_is_throttled_and_then_dead_never_slows_the_other() {
    let clock = clock();
    let scenario = Scenario::named("steady").unwrap();
    let sims = [1, 2].map(|seed| Sim::new(&scenario, seed, Arc::clone(&clock)));
    let watch = || {
        Watch::of(Duty::Observer)
            .over(PRODUCTION, &production().environment, false)
            .over(STAGING, &staging().environment, false)
    };
    let _watched = sims.each_ref().map(|sim| watch().on(sim));
    let roads = Roads {
        one: connector::http_client(sims[0].clone()),
        two: connector::http_client(sims[1].clone()),
    };
    let (mut one, mut two) = (production(), staging());
    one.endpoint_url = Some("http://one.example".to_owned());
    two.endpoint_url = Some("http://two.example".to_owned());
    let options = Options {
        endpoint_url: None,
        region: None,
        http: Some(roads.into_shared()),
        cache_dir: None,
        clock,
        masks: Masks::default(),
        log_keys: LogKeys::default(),
        prices: Prices::default(),
    };
    let cloud = Cloud::connect(vec![one, two], options).await.unwrap();
    let [one, two] = cloud.links() else {
        panic!("two links")
    };
    sims[1].set_faults("latency=80ms".parse().unwrap());
    look(two).await; // the inventory is known from here on
    let rested = Duration::from_mins(5);
    tokio::time::sleep(rested).await;
    let (alone, troubled) = look(two).await;
    assert!(!troubled && alone >= Duration::from_millis(80), "{alone:?}");
    for fault in ["throttle", "latency=9s", "drop", "error=503"] {
        sims[0].set_faults(fault.parse().unwrap());
        tokio::time::sleep(rested).await;
        let (sick, (beside, troubled)) = tokio::join!(look(one), look(two));
        assert!(sick.1 || sick.0 > alone, "{fault}: {sick:?}");
        assert_eq!((beside, troubled), (alone, false), "{fault}");
    }
    let asked = |sim: &Sim, account: &str| sim.calls().iter().all(|call| call.account == account);
    assert!(asked(&sims[0], "123456789012") && asked(&sims[1], "210987654321"));
}

/// The session carries the login name, and the source identity goes along where the settings say so:
/// AWS sees both, and whose session it is stands on the board and in everything that is altered.
#[tokio::test(start_paused = true)]
async fn a_role_is_taken_on_in_the_name_of_a_person() {
    for source_identity in [true, false] {
        let mut one = production();
        one.role = Some(Role {
            arn: "arn:aws:iam::123456789012:role/ops".to_owned(),
            user: "alice".to_owned(),
            source_identity,
        });
        let scenario = Scenario::named("steady").unwrap();
        let mut desk = Opening::over(scenario, vec![one]).open().await;
        desk.wait(20).await;
        let screen = desk.screen(140, 40);
        assert!(screen.contains("firstline-alice@ops"), "{screen}");
        let trail = desk.sim.with_world(|world| {
            let account = world.account("123456789012").unwrap();
            let taken = account.trail.iter().filter(|one| one.name == "AssumeRole");
            taken.cloned().collect::<Vec<_>>()
        });
        let asked = &trail.first().expect("the role was taken on").request;
        assert_eq!(asked["roleSessionName"], "firstline-alice");
        let told = source_identity.then_some("alice");
        assert_eq!(asked["sourceIdentity"].as_str(), told);
        let calls = desk.sim.calls();
        let taken = calls.iter().filter(|one| one.operation == "AssumeRole");
        assert_eq!(taken.count(), 1, "once for as long as it lasts");
    }
}
