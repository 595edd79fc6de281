//! The console without its terminal, over an endpoint.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use firstline::app::Model;
use firstline::app::keymap::Keymap;
use firstline::app::model::{Display, Size, Start};
use firstline::cloud::{Cloud, Connection, Options};
use firstline::estate::SignedDuration;
use firstline::estate::environment::{Environment, Tier};
use firstline::estate::kpi::Wanted;
use firstline::estate::problem::Feed;
use firstline::estate::usage::Prices;
use firstline::journal::{Journal, Who};
use firstline::policy::Mode;
use firstline::runtime::{Clock, Engine};

use crate::endpoint;

const BOUND: Duration = Duration::from_mins(2);

/// A folder of this run's own.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("firstline-numbers-{}", std::process::id()));
    folder.join(name)
}

/// Connects and starts watching, as the binary does; keeps the inventory in `cache`.
pub(crate) async fn open(url: &str, cache: Option<PathBuf>) -> Engine {
    let connection = Connection {
        kpis: Wanted::default(),
        environment: Environment {
            name: "production".into(),
            tier: Tier::Production,
            account: None,
            alias: None,
            region: "eu-central-1".into(),
            clusters: None,
        },
        profile: None,
        role: None,
        endpoint_url: None,
        credentials: Some(endpoint::credentials()),
    };
    let options = Options {
        prices: Prices::default(),
        endpoint_url: Some(url.to_owned()),
        region: None,
        http: None,
        cache_dir: cache,
        clock: endpoint::clock(),
        masks: firstline::estate::log::Masks::default(),
        log_keys: firstline::estate::log::LogKeys::default(),
    };
    let cloud = Cloud::connect(vec![connection], options).await;
    let cloud = Arc::new(cloud.expect("an address and a region"));
    let environments = cloud.links().iter().map(|link| link.environment().clone());
    let clock = Clock::system();
    let model = Model::new(Start {
        now: clock.now(),
        size: Size {
            columns: 200,
            rows: 60,
        },
        mode: Mode::Observe,
        display: Display::default(),
        environments: environments.collect(),
        only: None,
        keymap: Keymap::load(&[]).expect("the embedded keys are right"),
        orders: Vec::new(),
        contacts: firstline::estate::advice::Contacts::default(),
        hold: firstline::estate::log::held::HOLD,
        idle_after: SignedDuration::from_mins(15),
        terms: firstline::policy::Terms::default(),
        services: firstline::estate::catalogue::Catalogue::default(),
    });
    let who = Who {
        user: "bench".into(),
        host: "bench".into(),
    };
    Engine::start(model, cloud, Journal::open(&folder("journal"), who), clock)
}

/// Takes in news until the model is as asked.
pub(crate) async fn until(engine: &mut Engine, what: &str, holds: impl Fn(&Model) -> bool) {
    let wait = async {
        while !holds(engine.model()) {
            let msg = engine.next().await.expect("the work goes on");
            engine.handle(msg);
        }
    };
    let came = tokio::time::timeout(BOUND, wait).await.is_ok();
    assert!(came, "no {what} within {BOUND:?}");
}

/// So many services, each seen by this run.
pub(crate) fn has_rows(model: &Model, services: usize) -> bool {
    model.look.rows.len() == services && model.look.rows.iter().all(|row| !row.stale)
}

/// Everything a first look brings has come, without a gap.
pub(crate) fn is_complete(model: &Model, services: usize) -> bool {
    let whole = [
        Feed::Identity,
        Feed::Services,
        Feed::Stops,
        Feed::Alarms,
        Feed::Metrics,
    ];
    let seen = |one: &firstline::estate::snapshot::EnvironmentSnapshot| {
        whole.iter().all(|&feed| {
            let state = one.feed(feed);
            state.is_some_and(|state| state.good_at.is_some() && state.problems.is_empty())
        })
    };
    has_rows(model, services)
        && !model.look.snapshot.environments.is_empty()
        && model.look.snapshot.environments.iter().all(seen)
}
