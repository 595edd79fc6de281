//! When the present trouble began.

use super::{Incident, Moment, Scope};
use crate::estate::SignedDuration;
use crate::estate::board::Row;
use crate::estate::snapshot::EnvironmentSnapshot;
use crate::estate::verdict::Health;

/// Signs of trouble no further apart than this belong to the same trouble.
const GAP: SignedDuration = SignedDuration::from_mins(10);

/// The oldest trouble there is now among the services of `scope`. A verdict says since when a
/// service is down or degraded; signs before it (stops, alarms, events) move the start back as
/// long as no more than ten minutes lie between them. `moments` come newest first.
pub(super) fn incident(
    rows: &[Row],
    moments: &[Moment],
    places: &[&EnvironmentSnapshot],
    scope: Scope<'_>,
) -> Option<Incident> {
    let meant = |row: &&Row| match scope {
        Scope::Estate | Scope::Environment(_) => {
            let mut names = places.iter().map(|place| &place.environment.name);
            names.any(|name| *name == row.environment)
        }
        Scope::Service(arn) => row.arn == *arn,
    };
    let sick = rows.iter().filter(meant);
    let sick = sick.filter(|row| matches!(row.verdict.health, Health::Down | Health::Degraded));
    let starts = sick.filter_map(|row| start(row, moments));
    starts.min_by_key(|incident| incident.since)
}

fn start(row: &Row, moments: &[Moment]) -> Option<Incident> {
    let mut incident = Incident {
        since: row.verdict.since?,
        service: row.arn.clone(),
        words: row.verdict.evidence.clone(),
    };
    let own = moments.iter();
    let own = own.filter(|one| one.trouble && one.service.as_ref() == Some(&row.arn));
    for sign in own.filter(|one| !one.kind.is_change() || is_failed(one)) {
        if sign.at > incident.since {
            continue;
        }
        if incident.since.duration_since(sign.at) > GAP {
            break;
        }
        incident.since = sign.at;
        incident.words = sign.words.clone();
    }
    Some(incident)
}

/// A deployment that failed is a sign of the trouble, not what came before it.
fn is_failed(moment: &Moment) -> bool {
    moment.kind == crate::estate::event::EventKind::Deploy
}
