//! The simulated estate and how to connect to it.

use std::sync::Arc;

use super::open::Clock;
use crate::app::command::World;
use crate::cloud::{Connection, StaticCredentials};
use crate::config::{Place, Shared};
use crate::estate::catalogue::{Catalogue, Known};
use crate::estate::environment::{Environment, Tier};
use crate::estate::id::EnvironmentName;
use crate::estate::kpi::Wanted;
use crate::estate::staging::{Hours, Orders};
use crate::estate::text::Text;
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

/// The log group the simulated team shares its journals in, in production's account.
pub(super) fn shared() -> Option<Shared> {
    Some(Shared {
        group: "/ops/firstline".to_owned(),
        place: places().into_iter().next()?,
    })
}

/// What the settings of the simulated estate would say: two environments in two accounts.
pub(super) fn places() -> Vec<Place> {
    let production = ("production", Tier::Production, "123456789012", "acme-prod");
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
