//! A simulated staging environment whose time is tokio's paused time, and operators who stop and
//! start it, each with a state folder of their own.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use firstline::cloud::{Cloud, Connection, Link, Options, StaticCredentials};
use firstline::estate::Timestamp;
use firstline::estate::change::Change;
use firstline::estate::environment::{Environment, Tier};
use firstline::estate::kpi::Wanted;
use firstline::estate::permission::Duty;
use firstline::estate::staging::{Event, Goal, Orders, Plan, Progress, Survey};
use firstline::estate::usage::Prices;
use firstline::journal::{Journal, Who};
use firstline::policy::{Answer, Approved, Decision, Facts, JournalState, decide};
use firstline::road::{EnvironmentRoad, Halt};
use firstline::sim::scenario::{Estate, Scenario};
use firstline::sim::world::{ScheduledAction, World};
use firstline::sim::{Sim, connector};

use crate::permitted::{Watch, Watched};

pub(super) const ACCOUNT: &str = "210987654321";

/// One service of each kind there is.
const EVERY_KIND: &str = r#"
region = "eu-central-1"
account = [{ id = "210987654321", alias = "acme-staging" }]
cluster = [{ name = "staging", account = "acme-staging", environment = "staging" }]
database = [
    { id = "staging-db", account = "acme-staging", engine = "postgres", version = "16.4", class = "db.t4g.small", storage = 20, max_connections = "100", admits = 100 },
    { id = "writer", account = "acme-staging", engine = "postgres", version = "16.4", class = "db.r6g.large", storage = 20, max_connections = "100", admits = 100, aurora = "orders-aurora" },
    { id = "reader", account = "acme-staging", engine = "postgres", version = "16.4", class = "db.r6g.large", storage = 20, max_connections = "100", admits = 100, aurora = "orders-aurora" },
]

[[alarm]]
name = "staging-connections"
account = "acme-staging"
about = "staging-db is near its connection limit"
of = "staging-db"
metric = "DatabaseConnections"
statistic = "Maximum"
over = 90

[[service]]
name = "scaled"
cluster = "staging"
desired = 3
revision = 1
tag = "1"
lines = 0
scaling = [2, 10]

[[service]]
name = "plain"
cluster = "staging"
desired = 2
revision = 1
tag = "1"
lines = 0

[[service]]
name = "scheduled"
cluster = "staging"
desired = 1
revision = 1
tag = "1"
lines = 0
scaling = [1, 4]

[[service]]
name = "daemon"
cluster = "staging"
desired = 1
revision = 1
tag = "1"
lines = 0

[[service]]
name = "codedeploy"
cluster = "staging"
desired = 2
revision = 1
tag = "1"
lines = 0

[[service]]
name = "idle"
cluster = "staging"
desired = 1
revision = 1
tag = "1"
lines = 0

[[service]]
name = "drowsy"
cluster = "staging"
desired = 2
revision = 1
tag = "1"
lines = 0
scaling = [2, 4]
"#;

/// The world of [`EVERY_KIND`], quiet for ten minutes; built once, for it has hours of history.
pub(super) fn every_kind() -> World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD
        .get_or_init(|| {
            let estate: Estate = toml::from_str(EVERY_KIND).unwrap();
            let mut world = world(estate);
            let account = world.account_mut(ACCOUNT).unwrap();
            for service in &mut account.services {
                match service.name.as_str() {
                    "daemon" => service.scheduling_strategy = "DAEMON",
                    "codedeploy" => service.controller = "CODE_DEPLOY",
                    _ => {}
                }
            }
            let arn = |name| format!("arn:aws:ecs:eu-central-1:{ACCOUNT}:service/staging/{name}");
            world.set_desired(ACCOUNT, &arn("idle"), 0).unwrap();
            // Below its minimum: auto scaling only acts on an alarm.
            world.set_desired(ACCOUNT, &arn("drowsy"), 0).unwrap();
            let settled = world.now() + jiff::SignedDuration::from_mins(10);
            world.advance(settled);
            let at = world.now() + jiff::SignedDuration::from_hours(1);
            let account = world.account_mut(ACCOUNT).unwrap();
            account.scheduled_actions.push(ScheduledAction {
                name: "evening".to_owned(),
                resource_id: "service/staging/scheduled".to_owned(),
                schedule: "cron(0 20 * * ? *)".to_owned(),
                at,
                min: 2,
                max: 4,
            });
            world
        })
        .clone()
}

pub(super) fn world(estate: Estate) -> World {
    let scenario = Scenario::parsed("test", "about = 'quiet'", estate).unwrap();
    World::new(&scenario, 1, Timestamp::from_second(1_800_000_000).unwrap())
}

/// A simulated AWS under tokio's own time, which a test pauses.
pub(super) struct Bench {
    pub(super) sim: Sim,
    pub(super) environment: Environment,
    pub(super) orders: Orders,
    clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Whoever stops and starts here may be a developer: not even what an operator may more is asked.
    _watched: Watched,
}

impl Bench {
    pub(super) fn new(world: World) -> Self {
        let (start, began) = (world.now(), tokio::time::Instant::now());
        let clock: Arc<dyn Fn() -> Timestamp + Send + Sync> =
            Arc::new(move || start + jiff::SignedDuration::try_from(began.elapsed()).unwrap());
        let sim = Sim::of(world, 1, Arc::clone(&clock));
        let environment = Environment {
            name: "staging".into(),
            tier: Tier::Staging,
            account: Some(ACCOUNT.into()),
            alias: None,
            region: "eu-central-1".into(),
            clusters: Some(vec!["staging".into()]),
        };
        let watch = Watch::of(Duty::Developer).over(ACCOUNT, &environment, false);
        Self {
            _watched: watch.on(&sim),
            sim,
            environment,
            orders: Orders {
                mute_alarms: vec!["staging-*".into()],
                ..Orders::default()
            },
            clock,
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// What may not differ when everything is put back: counts, scaling, every tag.
    pub(super) fn state(&self) -> Vec<String> {
        self.sim.with_world(|world| {
            let account = world.account(ACCOUNT).unwrap();
            let services = account
                .services
                .iter()
                .map(|one| format!("{} wants {} tags {:?}", one.name, one.desired, one.tags));
            let targets = account.scalable_targets.iter().map(|one| {
                let flags = (
                    one.scale_in_suspended,
                    one.scale_out_suspended,
                    one.scheduled_suspended,
                );
                format!("{} {}..{} {flags:?}", one.resource_id, one.min, one.max)
            });
            let clusters = account.clusters.iter();
            let clusters = clusters.map(|one| format!("{} tags {:?}", one.name, one.tags));
            let databases = account.databases.iter();
            let databases = databases.map(|one| format!("{} {}", one.id, one.status));
            let mutes = account.mute_rules.iter();
            let mutes = mutes.map(|one| format!("{} mutes {:?}", one.name, one.alarms));
            services
                .chain(targets)
                .chain(clusters)
                .chain(databases)
                .chain(mutes)
                .collect()
        })
    }

    /// Services that run tasks though nothing but a DAEMON may.
    pub(super) fn awake(&self) -> Vec<String> {
        self.sim.with_world(|world| {
            let services = &world.account(ACCOUNT).unwrap().services;
            let awake = services.iter().filter(|one| {
                one.scheduling_strategy != "DAEMON" && (one.desired > 0 || one.running() > 0)
            });
            awake.map(|one| one.name.clone()).collect()
        })
    }
}

/// Somebody at a machine of their own.
pub(super) struct Operator {
    pub(super) name: &'static str,
    pub(super) journal: Journal,
    pub(super) folder: PathBuf,
    pub(super) told: Mutex<Vec<Event>>,
}

/// How a run ended.
#[allow(dead_code, reason = "what a failed assertion prints")]
#[derive(Debug)]
pub(super) enum Ran {
    Through(Progress),
    Halted(String),
    Denied(&'static str),
}

impl Ran {
    pub(super) fn is_good(&self) -> bool {
        matches!(self, Self::Through(progress) if progress.is_good())
    }
}

impl Operator {
    /// With an empty state folder.
    pub(super) fn new(name: &'static str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = format!("firstline-staging-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        let who = Who {
            user: name.into(),
            host: "jump-1".into(),
        };
        Self {
            name,
            journal: Journal::open(&folder, who),
            folder,
            told: Mutex::new(Vec::new()),
        }
    }

    pub(super) async fn cloud(&self, bench: &Bench) -> Cloud {
        let connection = Connection {
            kpis: Wanted::default(),
            environment: bench.environment.clone(),
            profile: None,
            role: None,
            endpoint_url: None,
            credentials: Some(StaticCredentials {
                access_key_id: ACCOUNT.to_owned(),
                secret_access_key: "simulated".to_owned(),
            }),
        };
        let options = Options {
            prices: Prices::default(),
            endpoint_url: None,
            region: None,
            http: Some(connector::http_client(bench.sim.clone())),
            cache_dir: None,
            clock: Arc::clone(&bench.clock),
            masks: firstline::estate::log::Masks::default(),
            log_keys: firstline::estate::log::LogKeys::default(),
        };
        Cloud::connect(vec![connection], options).await.unwrap()
    }

    #[expect(
        clippy::unused_self,
        reason = "an operator decides, even one with nothing of their own"
    )]
    pub(super) fn decide(
        &self,
        (bench, survey): (&Bench, &Survey),
        goal: Goal,
        typed: &str,
    ) -> Result<Approved, &'static str> {
        let settings = (&bench.environment, &bench.orders);
        let plan = Plan::new(goal, settings, survey, bench.now()).unwrap();
        let change = match goal {
            Goal::Stop => Change::StopEnvironment(Box::new(plan)),
            Goal::Start => Change::StartEnvironment(Box::new(plan)),
        };
        let answer = Answer {
            typed: typed.to_owned(),
            reason: "evening".to_owned(),
            acknowledged: vec![],
        };
        let facts = Facts {
            journal: Some(&JournalState::Writable),
            environment: Some(&bench.environment),
            caller: Some(&survey.caller),
            answer: Some(&answer),
            ..Facts::unknown(bench.now())
        };
        match decide(&change, &facts) {
            Decision::Allow(approved) => Ok(approved),
            Decision::Deny(reason) => Err(reason.rule),
            Decision::Ask(_) => Err("asked"),
        }
    }

    /// The whole way: look, plan, policy, road.
    pub(super) async fn run(&self, bench: &Bench, goal: Goal) -> Ran {
        let cloud = self.cloud(bench).await;
        let link = &cloud.links()[0];
        let survey = link.survey(&bench.orders).await.unwrap();
        match self.decide((bench, &survey), goal, "staging") {
            Ok(approved) => self.carry(bench, &approved, link, &survey).await,
            Err(rule) => Ran::Denied(rule),
        }
    }

    /// A change somebody made up their mind about, through policy and down the road.
    pub(super) async fn bring(&self, bench: &Bench, change: Change) -> Ran {
        let cloud = self.cloud(bench).await;
        let link = &cloud.links()[0];
        let survey = link.survey(&bench.orders).await.unwrap();
        let answer = Answer {
            typed: "staging".to_owned(),
            reason: "morning".to_owned(),
            acknowledged: vec![],
        };
        let facts = Facts {
            journal: Some(&JournalState::Writable),
            environment: Some(&bench.environment),
            caller: Some(&survey.caller),
            answer: Some(&answer),
            ..Facts::unknown(bench.now())
        };
        match decide(&change, &facts) {
            Decision::Allow(approved) => self.carry(bench, &approved, link, &survey).await,
            Decision::Deny(reason) => Ran::Denied(reason.rule),
            Decision::Ask(_) => Ran::Denied("asked"),
        }
    }

    pub(super) async fn carry(
        &self,
        bench: &Bench,
        approved: &Approved,
        link: &Link,
        survey: &Survey,
    ) -> Ran {
        let by = format!("{}@jump-1", self.name);
        let told = |event: Event| self.told.lock().unwrap().push(event);
        let road = EnvironmentRoad {
            journal: &self.journal,
            caller: &survey.caller,
            by: &by,
            clock: &*bench.clock,
            told: &told,
        };
        match road.carry(approved, link).await {
            Ok(progress) => Ran::Through(progress),
            Err(halt @ (Halt::Held(_) | Halt::Lock(_) | Halt::Journal(_) | Halt::NoPlan)) => {
                Ran::Halted(halt.to_string())
            }
        }
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
