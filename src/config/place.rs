//! Environments with their profiles, and which of them were asked for.

use crate::estate::environment::{Environment, Tier};
use crate::estate::kpi::Wanted;
use crate::estate::staging::Orders;

use super::complaint::nearest;
use super::{ConfigError, Flags, Place, Variables};

/// The places to look at.
///
/// `--env` takes one of the settings' environments, and `--profile` beside it replaces that
/// environment's profile. `--profile` alone takes the environments of that profile; when the
/// settings have none, the profile's own account and region, discovered. Nothing in the settings:
/// the current profile's.
pub(super) fn choose(
    configured: &[Place],
    flags: &Flags,
    variables: &Variables,
) -> Result<Vec<Place>, ConfigError> {
    let mut places = match (&flags.environment, &flags.profile) {
        (Some(name), profile) => vec![named(configured, name, profile.as_ref())?],
        (None, Some(profile)) => of_profile(configured, profile),
        (None, None) => configured.to_vec(),
    };
    if places.is_empty() {
        let current = flags.profile.as_ref().or(variables.profile.as_ref());
        places.push(Place {
            environment: discovered(current.map_or("default", String::as_str)),
            profile: flags.profile.clone(),
            role: None,
            source_identity: false,
            endpoint_url: None,
            orders: Orders::default(),
            kpis: Wanted::default(),
        });
    }
    if let Some(region) = &flags.region {
        for place in &mut places {
            place.environment.region = region.as_str().into();
        }
    }
    Ok(places)
}

fn named(configured: &[Place], name: &str, profile: Option<&String>) -> Result<Place, ConfigError> {
    let found = configured
        .iter()
        .find(|one| one.environment.name.as_str() == name);
    let Some(found) = found else {
        let names: Vec<&str> = configured
            .iter()
            .map(|one| one.environment.name.as_str())
            .collect();
        let hint = match nearest(name, &names) {
            _ if names.is_empty() => "; the settings name none".to_owned(),
            Some(meant) => format!("; did you mean {meant:?}?"),
            None => format!("; there are {}", names.join(", ")),
        };
        return Err(ConfigError::NoEnvironment {
            asked: name.to_owned(),
            hint,
        });
    };
    Ok(Place {
        profile: profile.cloned().or_else(|| found.profile.clone()),
        ..found.clone()
    })
}

fn of_profile(configured: &[Place], profile: &str) -> Vec<Place> {
    configured
        .iter()
        .filter(|one| one.profile.as_deref() == Some(profile))
        .cloned()
        .collect()
}

/// What nobody proved to be anything else is production.
fn discovered(name: &str) -> Environment {
    Environment {
        name: name.into(),
        tier: Tier::Production,
        account: None,
        alias: None,
        region: "".into(),
        clusters: None,
    }
}

/// Tiers that are claimed and can never be proven.
pub(super) fn warnings(places: &[Place]) -> Vec<String> {
    places
        .iter()
        .filter_map(|place| {
            let environment = &place.environment;
            let missing = match (&environment.account, &environment.clusters) {
                (Some(_), Some(_)) => return None,
                (None, Some(_)) => "an account",
                (Some(_), None) => "clusters",
                (None, None) => "an account and clusters",
            };
            (environment.tier != Tier::Production).then(|| {
                format!(
                    "{} is set to {} without {missing}: nothing proves it, so it counts as production",
                    environment.name,
                    environment.tier.word(),
                )
            })
        })
        .collect()
}
