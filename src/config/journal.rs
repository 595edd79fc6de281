//! The journal a team shares: the table `[journal]`.

use std::ops::Range;

use super::complaint::{Complaint, nearest};
use super::section::Section;
use super::{Place, schema};
use crate::estate::environment::{Environment, Tier};
use crate::estate::kpi::Wanted;
use crate::estate::staging::Orders;

/// The `CloudWatch` Logs group a team's journals go to, and how it is reached.
#[derive(Clone, Debug, PartialEq)]
pub struct Shared {
    /// The group's name.
    pub group: String,
    /// Profile, region and role it is written and read with.
    pub place: Place,
}

/// The most characters of a group's name.
const LONGEST: usize = 512;

/// What the group's place is called where an environment has to have a name.
const NAME: &str = "shared journal";

/// Reads the table; `places` are all environments there are.
pub(super) fn read(
    section: &mut Section<'_, '_>,
    begin: &Range<usize>,
    places: &[Place],
) -> Option<Shared> {
    let group = group(section, begin);
    let environment = section.text("environment");
    let profile = section.text("profile").map(|(text, _)| text.to_owned());
    let region = section.text("region").map(|(text, _)| text);
    let role = schema::role(section);
    let mut place = match (environment, places) {
        (Some((name, span)), _) => named(section, (name, span), places)?,
        (None, [only]) if profile.is_none() => only.clone(),
        (None, []) => own(),
        (None, _) if profile.is_some() => own(),
        (None, _) => {
            let what = "a group lies in one account, and there are several environments";
            let names: Vec<&str> = places.iter().map(name_of).collect();
            let advice = format!(
                "add `environment = \"…\"` ({}), or `profile` and `region`",
                names.join(", ")
            );
            section.complain(Complaint::new(begin.clone(), what, advice));
            return None;
        }
    };
    if let Some(region) = region {
        place.environment.region = region.into();
    }
    place.profile = profile.or(place.profile);
    place.role = role.or(place.role);
    Some(Shared {
        group: group?,
        place,
    })
}

fn name_of(place: &Place) -> &str {
    place.environment.name.as_str()
}

/// The group's name, as AWS allows them.
fn group(section: &mut Section<'_, '_>, begin: &Range<usize>) -> Option<String> {
    if section.needs("group") {
        let what = "`group` is missing: the CloudWatch Logs group the journals go to";
        let advice = "add `group = \"/ops/firstline\"`";
        section.complain(Complaint::new(begin.clone(), what, advice));
    }
    let (name, span) = section.text("group")?;
    let legal = |one: char| one.is_ascii_alphanumeric() || "_-/.#".contains(one);
    if name.len() <= LONGEST && name.chars().all(legal) {
        return Some(name.to_owned());
    }
    let advice = if name.starts_with("arn:") {
        "its name alone, for example \"/ops/firstline\"; `environment` says which account"
    } else {
        "letters, digits, `_`, `-`, `/`, `.` and `#`, at most 512"
    };
    section.complain(Complaint::new(span, "this is no log group's name", advice));
    None
}

fn named(
    section: &mut Section<'_, '_>,
    (name, span): (&str, Range<usize>),
    places: &[Place],
) -> Option<Place> {
    let found = places.iter().find(|place| name_of(place) == name);
    if found.is_none() {
        let names: Vec<&str> = places.iter().map(name_of).collect();
        let what = format!("no environment is called {name:?}");
        let near = nearest(name, &names).map(|one| format!("did you mean {one:?}?"));
        section.complain(Complaint::new(span, what, near.unwrap_or_default()));
    }
    found.cloned()
}

/// A place of its own, beside the environments.
fn own() -> Place {
    Place {
        environment: Environment {
            name: NAME.into(),
            tier: Tier::Production,
            account: None,
            alias: None,
            region: "".into(),
            clusters: None,
        },
        profile: None,
        role: None,
        source_identity: false,
        endpoint_url: None,
        orders: Orders::default(),
        kpis: Wanted::default(),
    }
}
