//! Whom to call, and what to read.

use super::Symptom;
use crate::estate::service::Service;
use crate::estate::text::Text;

/// The tag of a service that names its owner, where the settings do not.
const OWNER_TAG: &str = "owner";

/// What the settings say about a service, a kind of trouble, or one in the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// The service's name, or `cluster/name`; `None` is every service.
    pub service: Option<Text>,
    /// The kind of trouble; `None` is every kind.
    pub symptom: Option<Symptom>,
    /// Whom to call.
    pub owner: Option<Text>,
    /// What to read.
    pub runbook: Option<Text>,
}

/// Everything the settings say of this kind, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contacts(pub Vec<Contact>);

impl Contact {
    /// How closely it fits: 0 not at all; a kind of trouble in a service is closer than the
    /// service, and that is closer than the kind.
    fn fit(&self, service: &Service, symptom: Symptom) -> u8 {
        let of_service = self.service.as_ref().map(|named| {
            let full = format!("{}/{}", service.cluster.name(), service.name);
            *named == service.name || **named == *full
        });
        let of_symptom = self.symptom.map(|named| named == symptom);
        match (of_service, of_symptom) {
            (Some(false), _) | (_, Some(false)) => 0,
            (None, None) => 1,
            (None, Some(true)) => 2,
            (Some(true), None) => 3,
            (Some(true), Some(true)) => 4,
        }
    }
}

impl Contacts {
    /// Owner and runbook, each from the entry that fits closest and names one; the owner else
    /// from the service's own tag.
    pub fn of(&self, service: &Service, symptom: Symptom) -> (Option<Text>, Option<Text>) {
        let closest = |what: fn(&Contact) -> &Option<Text>| {
            let naming = self.0.iter().filter(|one| what(one).is_some());
            let fitting = naming.filter(|one| one.fit(service, symptom) > 0);
            let best = fitting.max_by_key(|one| one.fit(service, symptom))?;
            what(best).clone()
        };
        let owner = closest(|one| &one.owner).or_else(|| service.tag(OWNER_TAG).cloned());
        (owner, closest(|one| &one.runbook))
    }
}
