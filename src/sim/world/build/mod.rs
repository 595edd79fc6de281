//! Builds the world of a scenario, three hours before it is opened.

use jiff::{SignedDuration, Timestamp};

use super::{
    Account, Cache, Cluster, Database, Engine, HISTORY, Key, LoadBalancer, Node, ParameterGroup,
    Ping, SavedQuery, Tags, World, dice::Dice,
};
use crate::sim::{
    scenario::{AccountSpec, Estate, Scenario},
    step::effect::Timeline,
};

mod service;
mod watch;

/// The builder's common ground.
struct Ground<'a> {
    estate: &'a Estate,
    seed: u64,
    start: Timestamp,
}

/// The world three hours before `now`, its timeline still to come.
pub(super) fn world(scenario: &Scenario, seed: u64, now: Timestamp) -> World {
    let opened = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let start = opened - HISTORY;
    let ground = Ground {
        estate: &scenario.estate,
        seed,
        start,
    };
    World {
        accounts: scenario
            .estate
            .accounts
            .iter()
            .map(|spec| account(&ground, spec))
            .collect(),
        now: start,
        timeline: Timeline::new(&scenario.effects, opened),
    }
}

fn account(ground: &Ground<'_>, spec: &AccountSpec) -> Account {
    let mut account = Account {
        id: spec.id.clone(),
        alias: spec.alias.clone(),
        region: ground.estate.region.clone(),
        clusters: Vec::new(),
        services: Vec::new(),
        task_definitions: Vec::new(),
        load_balancers: Vec::new(),
        target_groups: Vec::new(),
        databases: Vec::new(),
        parameter_groups: Vec::new(),
        caches: Vec::new(),
        keys: Vec::new(),
        nodes: Vec::new(),
        scalable_targets: Vec::new(),
        scheduled_actions: Vec::new(),
        scaling_activities: Vec::new(),
        trail: Vec::new(),
        alarms: Vec::new(),
        mute_rules: Vec::new(),
        dashboards: {
            let own = ground.estate.dashboards.iter();
            let own = own.filter(|one| one.account == spec.alias);
            own.map(|one| (one.name.clone(), one.body.clone()))
                .collect()
        },
        queries: queries(ground, spec),
        log_groups: Vec::new(),
        metrics: super::Metrics::default(),
        pollers: Vec::new(),
    };
    keys(ground, &mut account);
    clusters(ground, &mut account);
    load_balancers(ground, &mut account);
    databases(ground, &mut account);
    caches(ground, &mut account);
    nodes(ground, &mut account);
    for service in &ground.estate.services {
        if account
            .clusters
            .iter()
            .any(|cluster| cluster.name == service.cluster)
        {
            service::add(ground, &mut account, service);
        }
    }
    watch::scalable_targets(ground, &mut account);
    watch::scaling_activities(ground, &mut account);
    watch::alarms(ground, &mut account);
    // Behind the groups of the services, which stand in their order.
    account.create_log_group(OPERATIONS, Some(400), days_before(ground.start, 400));
    account
}

/// Where the operators of the simulated estate keep what they did.
const OPERATIONS: &str = "/ops/firstline";

fn queries(ground: &Ground<'_>, account: &AccountSpec) -> Vec<SavedQuery> {
    let specs = ground.estate.queries.iter();
    let own = specs.filter(|one| one.account == account.alias);
    own.map(|spec| {
        let mut dice = Dice::new(ground.seed, &format!("{}/{}", account.id, spec.name));
        SavedQuery {
            id: format!(
                "{}-{}-4{}-8{}-{}",
                dice.hex(8),
                dice.hex(4),
                dice.hex(3),
                dice.hex(3),
                dice.hex(12)
            ),
            name: spec.name.clone(),
            text: spec.text.clone(),
            groups: spec.groups.clone(),
            modified_at: days_before(ground.start, 40),
        }
    })
    .collect()
}

fn days_before(at: Timestamp, days: i64) -> Timestamp {
    at - SignedDuration::from_hours(24 * days)
}

fn keys(ground: &Ground<'_>, account: &mut Account) {
    let specs = ground.estate.keys.iter();
    for spec in specs.filter(|spec| spec.account == account.alias) {
        let mut dice = Dice::new(ground.seed, &format!("{}/{}", account.id, spec.alias));
        let id = format!(
            "{}-{}-4{}-8{}-{}",
            dice.hex(8),
            dice.hex(4),
            dice.hex(3),
            dice.hex(3),
            dice.hex(12)
        );
        account.keys.push(Key {
            arn: account.arn("kms", &format!("key/{id}")),
            id,
            alias: spec.alias.clone(),
        });
    }
}

fn clusters(ground: &Ground<'_>, account: &mut Account) {
    for spec in ground
        .estate
        .clusters
        .iter()
        .filter(|spec| spec.account == account.alias)
    {
        let key = spec.session_key.as_ref().and_then(|alias| {
            let key = account.keys.iter().find(|key| key.alias == *alias);
            key.map(|key| key.arn.clone())
        });
        account.clusters.push(Cluster {
            session_key: key,
            arn: account.arn("ecs", &format!("cluster/{}", spec.name)),
            name: spec.name.clone(),
            tags: Tags::from([("environment".to_owned(), spec.environment.clone())]),
            container_insights: if spec.insights { "enabled" } else { "disabled" },
        });
    }
}

fn load_balancers(ground: &Ground<'_>, account: &mut Account) {
    for spec in ground
        .estate
        .balancers
        .iter()
        .filter(|spec| spec.account == account.alias)
    {
        let mut dice = Dice::new(ground.seed, &format!("{}/{}", account.id, spec.name));
        let dimension = format!("app/{}/{}", spec.name, dice.hex(16));
        account.load_balancers.push(LoadBalancer {
            arn: account.arn("elasticloadbalancing", &format!("loadbalancer/{dimension}")),
            name: spec.name.clone(),
            dimension,
            dns_name: format!(
                "{}-{}.{}.elb.amazonaws.com",
                spec.name,
                dice.digits(10),
                account.region
            ),
            scheme: "internet-facing",
            created_at: days_before(ground.start, 420),
        });
    }
}

fn databases(ground: &Ground<'_>, account: &mut Account) {
    for spec in ground
        .estate
        .databases
        .iter()
        .filter(|spec| spec.account == account.alias)
    {
        let group = format!("{}-params", spec.id);
        let major = spec.version.split('.').next().unwrap_or("16");
        let family = match spec.engine {
            Engine::Postgres => format!("postgres{major}"),
            Engine::Mysql => format!("mysql{major}.0"),
        };
        account.parameter_groups.push(ParameterGroup {
            arn: account.arn("rds", &format!("pg:{group}")),
            name: group.clone(),
            family,
            source: if spec.max_connections.contains('{') {
                "engine-default"
            } else {
                "user"
            },
            max_connections: spec.max_connections.clone(),
        });
        account.databases.push(Database {
            arn: account.arn("rds", &format!("db:{}", spec.id)),
            id: spec.id.clone(),
            engine: spec.engine,
            engine_version: spec.version.clone(),
            class: spec.class.clone(),
            status: "available",
            parameter_group: group,
            allocated_storage: spec.storage,
            multi_az: spec.multi_az,
            cluster: spec.aurora.clone(),
            availability_zone: format!("{}a", account.region),
            created_at: days_before(ground.start, 400),
            tags: environment(ground, account),
            moves: None,
            restarts_at: None,
            limit: spec.admits,
            connections: 0.0,
        });
    }
}

fn caches(ground: &Ground<'_>, account: &mut Account) {
    for spec in ground
        .estate
        .caches
        .iter()
        .filter(|spec| spec.account == account.alias)
    {
        account.caches.push(Cache {
            arn: account.arn("elasticache", &format!("cluster:{}", spec.id)),
            id: spec.id.clone(),
            replication_group: spec.id.trim_end_matches("-001").to_owned(),
            engine: "redis",
            engine_version: "7.1.0",
            node_type: spec.node_type.clone(),
            status: "available",
            created_at: days_before(ground.start, 390),
            evicting: None,
        });
    }
}

fn nodes(ground: &Ground<'_>, account: &mut Account) {
    let specs = ground.estate.nodes.iter();
    for (number, spec) in specs
        .filter(|spec| spec.account == account.alias)
        .enumerate()
    {
        let mut dice = Dice::new(ground.seed, &format!("{}/{}", account.id, spec.name));
        let prefix = if spec.elsewhere { "mi" } else { "i" };
        account.nodes.push(Node {
            id: format!("{prefix}-0{}", dice.hex(16)),
            name: spec.name.clone(),
            address: format!("10.0.9.{}", 10 + number),
            ping: spec.ping,
            silent_since: (spec.ping != Ping::Online)
                .then(|| ground.start + HISTORY - SignedDuration::from_mins(74)),
            platform: (spec.platform.clone(), spec.version.clone()),
            agent: spec.agent.clone(),
            registered_at: days_before(ground.start, 120),
        });
    }
}

/// The `environment` tag of the account's first cluster.
fn environment(ground: &Ground<'_>, account: &Account) -> Tags {
    let clusters = ground.estate.clusters.iter();
    clusters
        .filter(|spec| spec.account == account.alias)
        .take(1)
        .map(|spec| ("environment".to_owned(), spec.environment.clone()))
        .collect()
}
