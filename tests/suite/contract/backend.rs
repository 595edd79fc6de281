//! The AWS that keep the contract, each with an estate of thirty services in it.

use std::sync::Arc;

use firstline::cloud::{Cloud, Connection, Link, Options, SharedHttpClient};
use firstline::estate::Timestamp;
use firstline::estate::part::Read;
use firstline::estate::permission::Duty;
use firstline::estate::snapshot::{EnvironmentSnapshot, Snapshot};
use firstline::estate::usage::Prices;
use firstline::sim::scenario::Scenario;
use firstline::sim::{Sim, connector, server};

use crate::endpoints::{self, Server};
use crate::opened::{self, PRODUCTION, everything};
use crate::permitted::{Watch, Watched};

/// How many services each estate has.
pub(super) const SERVICES: usize = 30;

/// One AWS and what is known to be there.
pub(super) struct Backend {
    pub(super) account: String,
    pub(super) clusters: usize,
    /// An alarm that is in ALARM.
    pub(super) alarm: &'static str,
    /// A service whose log has lines.
    pub(super) talker: &'static str,
    /// Whether tasks have stopped there.
    pub(super) stops: bool,
    pub(super) clock: opened::Read,
    region: &'static str,
    endpoint: Option<String>,
    http: Option<SharedHttpClient>,
    server: Option<Server>,
    _watched: Option<Watched>,
}

/// What the contract asks is what an operator may, and no more.
fn watched(sim: &Sim) -> Watched {
    let environment = opened::production().environment;
    Watch::of(Duty::Operator)
        .over(PRODUCTION, &environment, false)
        .on(sim)
}

impl Backend {
    /// The simulator, asked without a socket.
    pub(super) fn simulator() -> Self {
        let clock = opened::clock();
        let sim = Sim::new(&thirty(), 7, Arc::clone(&clock));
        Self {
            _watched: Some(watched(&sim)),
            http: Some(connector::http_client(sim)),
            ..Self::simulated(clock)
        }
    }

    /// The simulator, asked over loopback; it ends with the test's runtime.
    pub(super) async fn served() -> Self {
        let clock: opened::Read = Arc::new(Timestamp::now);
        let sim = Sim::new(&thirty(), 7, Arc::clone(&clock));
        let watched = watched(&sim);
        let listener = server::listen("127.0.0.1:0".parse().unwrap())
            .await
            .unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(server::serve(listener, sim, std::future::pending()));
        Self {
            endpoint: Some(url),
            _watched: Some(watched),
            ..Self::simulated(clock)
        }
    }

    fn simulated(clock: opened::Read) -> Self {
        Self {
            account: PRODUCTION.to_owned(),
            clusters: 2,
            alarm: "web-unhealthy-targets",
            talker: "web",
            stops: true,
            clock,
            region: "eu-central-1",
            endpoint: None,
            http: None,
            server: None,
            _watched: None,
        }
    }

    /// A third party's; `None` without its Python.
    pub(super) fn ministack() -> Option<Self> {
        let server = Server::ministack()?;
        let seeded = endpoints::seed(&server, "111122223333", SERVICES, None);
        assert_eq!(seeded.services.len(), SERVICES);
        Some(Self {
            account: seeded.account,
            clusters: seeded.clusters.len(),
            alarm: "connections-high",
            talker: "orders",
            stops: false,
            clock: Arc::new(Timestamp::now),
            region: "us-east-1",
            endpoint: Some(server.url.clone()),
            http: None,
            server: Some(server),
            _watched: None,
        })
    }

    /// The same through a proxy that injects faults.
    pub(super) fn ministack_behind_a_proxy() -> Option<(Self, Server)> {
        let mut backend = Self::ministack()?;
        let proxy = Server::microburst(backend.server.as_ref()?)?;
        backend.endpoint = Some(proxy.url.clone());
        Some((backend, proxy))
    }

    /// An address where nothing answers once `server` has ended.
    pub(super) fn simulated_nowhere(server: &Server) -> Self {
        Self {
            endpoint: Some(server.url.clone()),
            ..Self::simulated(Arc::new(Timestamp::now))
        }
    }

    /// Whatever the account holds, bound to nothing.
    pub(super) fn connection(&self) -> Connection {
        everything(&self.account, self.region)
    }

    pub(super) async fn link(&self, connection: Connection) -> Arc<Link> {
        let options = Options {
            prices: Prices::default(),
            endpoint_url: self.endpoint.clone(),
            region: None,
            http: self.http.clone(),
            cache_dir: None,
            clock: Arc::clone(&self.clock),
            masks: firstline::estate::log::Masks::default(),
            log_keys: firstline::estate::log::LogKeys::default(),
        };
        let cloud = Cloud::connect(vec![connection], options).await.unwrap();
        Arc::clone(&cloud.links()[0])
    }
}

/// The demo's production with more services in it: more than one page of any call.
fn thirty() -> Scenario {
    let mut scenario = Scenario::named("demo").unwrap();
    let services = &mut scenario.estate.services;
    services.retain(|one| one.cluster != "staging");
    let missing = SERVICES - services.len();
    for mut one in Scenario::generated(missing, 1, 1).estate.services {
        "prod-batch".clone_into(&mut one.cluster);
        services.push(one);
    }
    scenario
}

/// What one read of an environment brings home.
pub(super) async fn read(link: &Link, reads: &[Read]) -> EnvironmentSnapshot {
    let (sender, parts) = std::sync::mpsc::channel();
    for what in reads {
        let sender = sender.clone();
        link.read(what, &move |part| sender.send(part).unwrap())
            .await;
    }
    drop(sender);
    let mut snapshot = Snapshot::unread(vec![link.environment().clone()]);
    for part in parts {
        snapshot.absorb(part);
    }
    snapshot.environments.remove(0)
}
