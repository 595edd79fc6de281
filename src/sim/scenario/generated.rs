//! Estates of any size, for benchmarks.

use super::{
    Scenario,
    estate::{AccountSpec, BalancerSpec, ClusterSpec, Estate, ServiceKind, ServiceSpec},
};
use crate::sim::world::deployment::Strategy;
use crate::sim::world::{Tags, dice::Dice};

const NOUNS: [&str; 12] = [
    "orders", "billing", "web", "search", "catalog", "cart", "mailer", "worker", "report", "users",
    "stock", "pricing",
];

impl Scenario {
    /// A quiet estate of so many services, spread over so many clusters of one account.
    pub fn generated(services: usize, clusters: usize, seed: u64) -> Self {
        let clusters = clusters.max(1);
        let mut dice = Dice::new(seed, "generated");
        let account = "acme-prod".to_owned();
        let estate = Estate {
            region: "eu-central-1".to_owned(),
            accounts: vec![AccountSpec {
                id: "123456789012".to_owned(),
                alias: account.clone(),
            }],
            clusters: (0..clusters)
                .map(|number| ClusterSpec {
                    session_key: None,
                    insights: false,
                    name: format!("prod-{number}"),
                    account: account.clone(),
                    environment: "production".to_owned(),
                })
                .collect(),
            balancers: vec![BalancerSpec {
                name: "public-alb".to_owned(),
                account,
            }],
            databases: Vec::new(),
            caches: Vec::new(),
            keys: Vec::new(),
            nodes: Vec::new(),
            services: (0..services)
                .map(|number| service(number, clusters, &mut dice))
                .collect(),
            dashboards: Vec::new(),
            queries: Vec::new(),
            alarms: Vec::new(),
        };
        Self {
            name: format!("generated-{services}-{clusters}"),
            about: format!("{services} quiet services in {clusters} clusters."),
            estate,
            effects: Vec::new(),
        }
    }
}

fn service(number: usize, clusters: usize, dice: &mut Dice) -> ServiceSpec {
    let noun = NOUNS[number % NOUNS.len()];
    ServiceSpec {
        managed: false,
        express: false,
        strategy: Strategy::default(),
        name: format!("{noun}-{number:03}"),
        cluster: format!("prod-{}", number % clusters),
        desired: [1, 2, 2, 3, 4][dice.index(5)],
        revision: 7,
        tag: "1.7.0".to_owned(),
        cpu_units: 512,
        mebibytes: 1024,
        balancer: dice.chance(0.7).then(|| "public-alb".to_owned()),
        rpm: dice.between(20.0, 900.0),
        p50: dice.between(10.0, 120.0),
        cpu: dice.between(10.0, 60.0),
        memory: dice.between(30.0, 70.0),
        lines: 0.03,
        json: dice.chance(0.5),
        numbered: false,
        late: 60,
        log_group: None,
        database: None,
        pool: 0.0,
        cache: None,
        percents: [100, 200],
        breaker: true,
        kind: ServiceKind::Rolling,
        instances: false,
        health_check: dice.chance(0.3),
        warm_seconds: 8,
        exec: false,
        scaling: None,
        deployment_alarms: Vec::new(),
        at_rest: None,
        tags: Tags::new(),
    }
}
