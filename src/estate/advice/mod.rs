//! What to do next about a service: rules from a symptom to the allowed next step, each with its
//! reason and its warning (aws.md 10). Advice never acts; it names a verb, and whether that verb
//! may be done is for `policy` to say.
//!
//! | file | holds |
//! |---|---|
//! | `symptom` | what is seen, out of stops, events, numbers and the verdict |
//! | `rules` | the table: one rule for each symptom |
//! | `contact` | whom to call, and what to read, per service or symptom |

mod contact;
mod rules;
mod symptom;

#[cfg(test)]
mod tests;

use serde::Serialize;

use super::Timestamp;
use super::board::Row;
use super::kpi::{KpiKind, Suspect, suspects};
use super::service::Service;
use super::snapshot::EnvironmentSnapshot;
use super::text::Text;

pub use contact::{Contact, Contacts};
pub use rules::{Rule, TABLE, rule};
pub use symptom::Symptom;

/// The next step, as a verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, strum::Display, strum::EnumIter)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Step {
    /// Nothing, but look on.
    Watch,
    /// Read the log of what ended.
    Logs,
    /// Replace its tasks one by one, same build.
    Recycle,
    /// A new deployment of the same revision.
    Redeploy,
    /// Back to the last completed revision.
    RollBack,
    /// Call whoever owns it.
    Escalate,
}

/// A next step for one service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// What is seen.
    pub symptom: Symptom,
    /// The step.
    pub step: Step,
    /// The step in a sentence.
    pub words: &'static str,
    /// Why this step.
    pub reason: &'static str,
    /// What would make it worse.
    pub warning: &'static str,
    /// Whose fault it might be, and why one might think so; nobody where nobody stands out.
    pub suspect: Option<Suspect>,
    /// Who owns the service or this kind of trouble, when that is known.
    pub owner: Option<Text>,
    /// What to read, when the settings name it.
    pub runbook: Option<Text>,
}

impl Advice {
    /// The step in a sentence, with whom it is likely about.
    pub fn said(&self) -> String {
        match &self.suspect {
            Some(one) => format!("{} ({}): {}", one.service.name(), one.why, self.words),
            None => self.words.to_owned(),
        }
    }
}

/// The likeliest of those who may be behind a shared database that is full.
fn suspect(
    place: &EnvironmentSnapshot,
    service: &Service,
    symptom: Symptom,
    now: Timestamp,
) -> Option<Suspect> {
    if symptom != Symptom::DatabaseFull {
        return None;
    }
    let mut full = symptom::red(place, service, KpiKind::DatabaseConnections, now);
    full.find_map(|kpi| suspects(place, kpi, now).into_iter().next())
}

/// What to do about the service of `row`, the most telling first; nothing when nothing is wrong.
pub fn advise(
    environment: &EnvironmentSnapshot,
    row: &Row,
    contacts: &Contacts,
    now: Timestamp,
) -> Vec<Advice> {
    let Some(sighting) = environment.services.get(&row.arn) else {
        return Vec::new();
    };
    let seen = symptom::seen(environment, &sighting.service, &row.verdict, now);
    seen.into_iter()
        .map(|symptom| {
            let rule = rule(symptom);
            let (owner, runbook) = contacts.of(&sighting.service, symptom);
            Advice {
                symptom,
                suspect: suspect(environment, &sighting.service, symptom, now),
                step: rule.step,
                words: rule.words,
                reason: rule.reason,
                warning: rule.warning,
                owner,
                runbook,
            }
        })
        .collect()
}
