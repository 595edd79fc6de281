//! One whole look at the estate.

use std::sync::{Mutex, PoisonError};

use futures::future::{join, join_all};

use super::exit::Exit;
use super::open::Opened;
use super::print;
use crate::app::command::find_service;
use crate::cloud::Cloud;
use crate::estate::board::Row;
use crate::estate::id::EnvironmentName;
use crate::estate::part::{Part, Read};
use crate::estate::snapshot::Snapshot;
use crate::estate::verdict::Judge;
use crate::estate::{SignedDuration, Timestamp};
use crate::journal::Journal;

/// Everything a verdict may need.
const WHOLE: [Read; 7] = [
    Read::Identity,
    Read::Services,
    Read::Stops,
    Read::Census,
    Read::AtRest,
    Read::Alarms,
    Read::Kpis,
];

/// Who is asking, and the services: what a decision about one of them needs.
pub(super) const SERVICES: [Read; 2] = [Read::Identity, Read::Services];

/// Reads every environment once, everything at the same time.
pub(super) async fn look(cloud: &Cloud) -> Snapshot {
    look_in(cloud, None).await
}

/// The same with the change calendars beside it: what a decision about a change needs.
pub(super) async fn look_to_decide(opened: &Opened) -> Snapshot {
    look_at(opened, &WHOLE).await
}

/// The same for one environment, or for all of them.
pub(super) async fn look_in(cloud: &Cloud, only: Option<&EnvironmentName>) -> Snapshot {
    let links = cloud.links().iter();
    let links = links.filter(|link| only.is_none_or(|only| link.environment().name == *only));
    let environments = links.map(|link| link.environment().clone()).collect();
    let mut snapshot = Snapshot::unread(environments);
    for part in read(cloud, only, &WHOLE).await {
        snapshot.absorb(part);
    }
    snapshot
}

/// The same for some of it, with the change calendars.
pub(super) async fn look_at(opened: &Opened, what: &[Read]) -> Snapshot {
    let cloud = &opened.cloud;
    let environments = cloud
        .links()
        .iter()
        .map(|link| link.environment().clone())
        .collect();
    let mut snapshot = Snapshot::unread(environments);
    let (parts, calendars) = join(read(cloud, None, what), calendars(opened)).await;
    for part in parts.into_iter().chain(calendars) {
        snapshot.absorb(part);
    }
    snapshot
}

/// Reads the change calendars the policy names, for the environments it names them for.
async fn calendars(opened: &Opened) -> Vec<Part> {
    let (cloud, terms) = (&opened.cloud, &opened.settings.terms);
    let reads = cloud.links().iter().filter_map(|link| {
        let environment = &link.environment().name;
        let names = terms.calendars_of(environment);
        (!names.is_empty()).then_some(async move {
            read(cloud, Some(environment), &[Read::Calendar(names.to_vec())]).await
        })
    });
    join_all(reads).await.into_iter().flatten().collect()
}

/// Reads `what` of every environment, or only of one; everything at the same time.
pub(super) async fn read(
    cloud: &Cloud,
    only: Option<&EnvironmentName>,
    what: &[Read],
) -> Vec<Part> {
    let parts = Mutex::new(Vec::new());
    let sink = |part: Part| {
        parts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(part);
    };
    let links = cloud.links().iter();
    let links = links.filter(|link| only.is_none_or(|only| link.environment().name == *only));
    let reads = links.flat_map(|link| {
        let sink = &sink;
        what.iter().map(move |read| link.read(read, sink))
    });
    join_all(reads).await;
    parts.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// How far back what was done from here may say why a service is stopped.
const DEEDS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What the journal says was done, beside what AWS says. Where it cannot be read it proves
/// nothing.
pub(super) fn remember(journal: &Journal, snapshot: &mut Snapshot, now: Timestamp) {
    let deeds = journal.deeds(now - DEEDS).unwrap_or_default();
    snapshot.remember(&deeds);
}

/// The estate with one service looked at closely.
pub(super) struct Looked {
    /// Everything that was read.
    pub(super) snapshot: Snapshot,
    /// Every service, judged.
    pub(super) rows: Vec<Row>,
    /// The one that was meant.
    pub(super) row: Row,
}

/// Looks at everything, and closely at the service somebody named. Says on standard error what
/// is wrong with the name, and gives the exit code for it.
pub(super) async fn closely(opened: &Opened, name: &str) -> Result<Looked, Exit> {
    let cloud = &opened.cloud;
    let mut snapshot = look(&opened.cloud).await;
    let now = (opened.clock)();
    remember(&opened.journal, &mut snapshot, now);
    let mut judge = Judge::default();
    let rows = judge.look(&snapshot, now);
    let row = match find_service(&rows, name) {
        Ok(row) => row.clone(),
        Err(words) => {
            print::problem(&words);
            print::problems(snapshot.problems());
            return Err(Exit::Unknown);
        }
    };
    let what = [
        Read::Tasks(row.arn.clone()),
        Read::Dossier(row.arn.clone()),
        Read::History,
    ];
    for part in read(cloud, Some(&row.environment), &what).await {
        snapshot.absorb(part);
    }
    let rows = judge.look(&snapshot, now);
    let found = rows.iter().find(|one| one.arn == row.arn).cloned();
    Ok(Looked {
        snapshot,
        row: found.unwrap_or(row),
        rows,
    })
}
