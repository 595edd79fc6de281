//! What is known of an environment while it is stopped, between two plans.

use std::collections::BTreeMap;

use super::orders::{Orders, Price};
use super::record::{RESTORE_TAG, Record};
use super::saving::{Saving, Size};
use super::sight::{Database, DatabaseState};
use crate::estate::id::ServiceArn;
use crate::estate::service::Service;
use crate::estate::text::Text;
use crate::estate::{SignedDuration, Timestamp};

/// What is read of a stopped environment beside its services.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asleep {
    /// Services that carry a record.
    pub services: BTreeMap<ServiceArn, Sleeper>,
    /// Every database of its account; the settings say which of them belong to it.
    pub databases: Vec<Database>,
}

/// A service that carries a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sleeper {
    /// CPU and memory of one task, where it runs on Fargate.
    pub size: Option<Size>,
    /// Who brought it back, as far as AWS tells.
    pub back: Option<Text>,
}

/// How long RDS leaves a database stopped (aws.md 5.1).
const RDS_STAYS: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long ahead it is told that RDS will start one.
const RDS_AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// A stopped environment in a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Sleep {
    /// Who stopped it.
    pub by: Text,
    /// When.
    pub at: Timestamp,
    /// Services that are down on purpose.
    pub down: usize,
    /// Services that came back meanwhile, each with who did it where that is known.
    pub back: Vec<(Text, Option<Text>)>,
    /// What it saves; `None` where nothing was read yet.
    pub saving: Option<Saving>,
    /// Databases RDS starts within a day, and when.
    pub restarts: Vec<(Text, Timestamp)>,
    /// Databases that run again though the environment has been stopped for seven days.
    pub restarted: Vec<Text>,
}

impl Sleep {
    /// What the records on `services` tell; `None` where none carries one with tasks in it.
    pub fn of<'a>(
        services: impl Iterator<Item = &'a Service>,
        asleep: Option<&Asleep>,
        (orders, region): (&Orders, &str),
        now: Timestamp,
    ) -> Option<Self> {
        let mut others_run = false;
        let recorded: Vec<(&Service, Record)> = services
            .filter_map(|service| {
                let tag = service.tag(RESTORE_TAG);
                others_run |= tag.is_none() && service.desired > 0;
                let record: Record = tag?.parse().ok()?;
                (record.desired > 0).then_some((service, record))
            })
            .collect();
        let newest = recorded.iter().map(|(_, record)| record);
        let newest = newest.max_by_key(|record| record.at)?.clone();
        let sleeper = |service: &Service| asleep?.services.get(&service.arn);
        let (back, down): (Vec<_>, Vec<_>) = recorded
            .into_iter()
            .partition(|(service, _)| service.desired > 0);
        let back = back.into_iter().map(|(service, _)| {
            let who = sleeper(service).and_then(|one| one.back.clone());
            (service.name.clone(), who)
        });
        let price: Option<Price> = orders.price_in(region);
        let tasks = down.iter().map(|(service, record)| {
            let size = sleeper(service).and_then(|one| one.size);
            (record.desired, size)
        });
        let mine = asleep.map_or(&[][..], |one| &one.databases).iter();
        let mine: Vec<&Database> = mine
            .filter(|one| orders.databases.contains(&one.id))
            .collect();
        let soon = |one: &&Database| {
            let at = one.restarts_at.filter(|at| *at <= now + RDS_AHEAD)?;
            (one.state == DatabaseState::Stopped).then(|| (one.id.clone(), at))
        };
        // Where others run, the database serves them.
        let week = !down.is_empty() && !others_run && newest.at + RDS_STAYS <= now;
        let runs = |one: &&&Database| one.state == DatabaseState::Available;
        Some(Self {
            by: newest.by,
            at: newest.at,
            down: down.len(),
            back: back.collect(),
            saving: asleep.map(|_| Saving::of(tasks, price.as_ref())),
            restarts: mine.iter().filter_map(soon).collect(),
            restarted: mine
                .iter()
                .filter(|one| week && runs(one))
                .map(|one| one.id.clone())
                .collect(),
        })
    }
}

/// Whether any of `services` is up though `orders` say that the environment is not meant to run
/// `now`, and what they say; services somebody put on record are another matter.
pub fn overtime<'a>(
    mut services: impl Iterator<Item = &'a Service>,
    orders: &'a Orders,
    now: Timestamp,
) -> Option<&'a str> {
    let hours = orders.hours.as_ref().filter(|hours| !hours.hold(now))?;
    let up = |one: &Service| one.desired > 0 && one.tag(RESTORE_TAG).is_none();
    services.any(up).then_some(&*hours.words)
}
