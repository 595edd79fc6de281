//! The simulated estate and how to connect to it.

use std::sync::Arc;

use super::open::Clock;
use crate::app::command::World;
use crate::cloud::{Connection, StaticCredentials};
use crate::config::{Place, Shared};
use crate::estate::catalogue::{Catalogue, Known};
use crate::estate::environment::{Environment, Tier};
use crate::estate::id::{EnvironmentName, ServiceArn};
use crate::estate::kpi::Wanted;
use crate::estate::staging::{Hours, Orders};
use crate::estate::text::Text;
use crate::estate::{SignedDuration, Timestamp};
use crate::journal::{Armed, JournalError, Record, Refused, Who, written_by};
use crate::sim::Sim;
use crate::sim::scenario::{Scenario, ScenarioError};

/// The story `firstline demo` tells unless another is asked for.
const DEFAULT: &str = "demo";

/// The simulated AWS of `world`.
///
/// # Errors
/// When no scenario has that name; the error lists those there are.
pub(super) fn sim(world: &World, clock: &Clock) -> Result<Sim, ScenarioError> {
    let scenario = Scenario::named(world.scenario.as_deref().unwrap_or(DEFAULT))?;
    Ok(Sim::new(&scenario, world.seed, Arc::clone(clock)))
}

/// What a colleague recorded this week, in the group the simulated team shares its journals in:
/// nothing that AWS would show.
pub(super) fn colleague(sim: &Sim) -> Result<(), JournalError> {
    let bob = Who {
        user: "bob".into(),
        host: "jump-2".into(),
    };
    sim.with_world(|world| {
        let now = world.now();
        let records = deeds(now);
        let (stream, lines) = written_by(&bob, &records)?;
        let times = records.iter().map(|(at, _)| *at);
        let lines: Vec<(Timestamp, &str)> = times.zip(lines.iter().map(String::as_str)).collect();
        if let Some(account) = world.account_mut(PRODUCTION) {
            account.write_log((GROUP, &stream), &lines);
        }
        Ok(())
    })
}

fn deeds(now: Timestamp) -> Vec<(Timestamp, Record)> {
    let ago = |minutes: i64| now - SignedDuration::from_mins(minutes);
    let arn = |service: &str| {
        let arn = format!("arn:aws:ecs:eu-central-1:{PRODUCTION}:service/prod/{service}");
        ServiceArn::new(arn.as_str())
    };
    let armed = |at: Timestamp, reason: &str| {
        let armed = Armed {
            reason: reason.into(),
            until: at + SignedDuration::from_mins(15),
            glass: false,
            callers: vec![format!("arn:aws:sts::{PRODUCTION}:assumed-role/ops/bob").into()],
        };
        (at, Record::Armed(armed))
    };
    let refused = |at: Timestamp, (verb, service): (&str, &str), (rule, why): (&str, &str)| {
        let refused = Refused {
            account: PRODUCTION.into(),
            environment: "production".into(),
            verb: verb.into(),
            target: arn(service),
            rule: rule.into(),
            sentence: why.into(),
        };
        (at, Record::Refused(Box::new(refused)))
    };
    let calendar = "change calendar acme-holidays is CLOSED";
    vec![
        refused(
            ago(3 * 1440),
            ("redeploy", "pricing"),
            ("calendar", calendar),
        ),
        armed(ago(195), "INC-1187 orders waits for connections"),
        (ago(183), Record::Disarmed),
    ]
}

const PRODUCTION: &str = "123456789012";
const GROUP: &str = "/ops/firstline";

/// The log group the simulated team shares its journals in, in production's account.
pub(super) fn shared() -> Option<Shared> {
    Some(Shared {
        group: GROUP.to_owned(),
        place: places().into_iter().next()?,
    })
}

/// What the settings of the simulated estate would say: two environments in two accounts.
pub(super) fn places() -> Vec<Place> {
    let production = ("production", Tier::Production, PRODUCTION, "acme-prod");
    let staging = ("staging", Tier::Staging, "210987654321", "acme-staging");
    let texts = |words: &[&str]| words.iter().map(|&one| one.into()).collect::<Vec<Text>>();
    let orders = Orders {
        order: vec![texts(&["accounts"]), texts(&["orders", "billing"])],
        databases: texts(&["staging-db"]),
        mute_alarms: texts(&["staging-*"]),
        hours: Hours::read("mon-fri 07:00-19:00 Europe/Berlin"),
        ..Orders::default()
    };
    let kpis = Wanted {
        services: services(),
        ..Wanted::default()
    };
    vec![
        Place {
            kpis,
            ..place(production, &["prod", "prod-batch"], Orders::default())
        },
        place(staging, &["staging"], orders),
    ]
}

fn place(
    (name, tier, account, alias): (&str, Tier, &str, &str),
    clusters: &[&str],
    orders: Orders,
) -> Place {
    Place {
        environment: Environment {
            name: name.into(),
            tier,
            account: Some(account.into()),
            alias: Some(alias.into()),
            region: "eu-central-1".into(),
            clusters: Some(clusters.iter().map(|&one| one.into()).collect()),
        },
        profile: None,
        role: None,
        source_identity: false,
        endpoint_url: None,
        orders,
        kpis: Wanted::default(),
    }
}

/// What the settings of the simulated estate would say of its services: who leans on them, and
/// how many connections each task may open.
pub(super) fn services() -> Catalogue {
    let known = |service: &str, dependants: &[&str], pool_size, database: Option<&str>| Known {
        service: service.into(),
        dependants: dependants.iter().map(|&one| one.into()).collect(),
        pool_size,
        database: database.map(Into::into),
    };
    Catalogue(vec![
        known(
            "prod/orders",
            &["web", "mailer"],
            Some(5),
            Some("orders-db"),
        ),
        known("prod/billing", &["orders"], Some(24), Some("orders-db")),
        known(
            "prod/accounts",
            &["web", "orders"],
            Some(8),
            Some("orders-db"),
        ),
        known(
            "prod/catalog",
            &["web", "search"],
            Some(20),
            Some("catalog-db"),
        ),
        known("prod/pricing", &["web", "cart"], None, None),
        known("prod/search", &["web"], None, None),
    ])
}

/// The change calendars production follows: closed over the holidays, open otherwise.
pub(super) fn calendars() -> Vec<(EnvironmentName, Vec<Text>)> {
    vec![("production".into(), vec!["acme-holidays".into()])]
}

/// The connection of one of these [`places`].
pub(super) fn connection(place: &Place) -> Connection {
    let account = place.environment.account.as_ref();
    let key = account.map_or("", |account| account.as_str());
    Connection {
        environment: place.environment.clone(),
        profile: None,
        role: None,
        endpoint_url: None,
        // The simulator takes a twelve-digit access key for the account it means.
        credentials: Some(StaticCredentials {
            access_key_id: key.to_owned(),
            secret_access_key: "simulated".to_owned(),
        }),
        kpis: place.kpis.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::cloud::{Cloud, Options};
    use crate::estate::log::{LogKeys, Masks};
    use crate::estate::usage::Prices;
    use crate::journal::{shared, told, verify_shared};
    use crate::sim::connector;

    /// Whoever tries the demo finds a colleague in the team's journal, whose chain is whole.
    #[tokio::test]
    async fn a_colleague_was_there_before() {
        let clock: Clock = Arc::new(|| "2026-11-21T14:03:22Z".parse().unwrap());
        let world = World {
            scenario: None,
            seed: 1,
            speed: 1.0,
        };
        let sim = sim(&world, &clock).unwrap();
        colleague(&sim).unwrap();
        let options = Options {
            endpoint_url: None,
            region: None,
            http: Some(connector::http_client(sim)),
            cache_dir: None,
            clock,
            masks: Masks::default(),
            log_keys: LogKeys::default(),
            prices: Prices::default(),
        };
        let cloud = Cloud::connect(Vec::new(), options.clone()).await.unwrap();
        let group = super::shared().unwrap();
        let to = connection(&group.place);
        let cloud = Box::pin(cloud.sharing(group.group, to, &options));
        let cloud = cloud.await.unwrap();
        let (found, problem) = cloud.shared().unwrap().lines(None).await;
        assert_eq!(problem, None);
        let chains = verify_shared(&found);
        assert!(
            chains[0].broken.is_none() && chains[0].from_the_start,
            "{chains:?}"
        );
        let told = told(&shared(&found).entries);
        assert_eq!(told.len(), 3);
        assert!(told.iter().all(|one| &*one.by == "bob@jump-2"));
    }
}
