//! What should be running right now: polls and log tails, as a function of the model.

use std::collections::BTreeSet;

use crate::estate::SignedDuration;
use crate::estate::id::{EnvironmentName, ServiceArn};
use crate::estate::kpi::Attention;
use crate::estate::part::Read;
use crate::estate::snapshot::EnvironmentSnapshot;
use crate::estate::staging::RESTORE_TAG;
use crate::policy::may_be_stopped;

use super::model::Model;
use super::screen::service::ServicePage;

/// How long a selection must rest before its log is tailed: scrolling over forty services must
/// not open forty tails (`FilterLogEvents` allows few calls a second, aws.md 2.2).
pub(super) const SETTLE: SignedDuration = SignedDuration::from_millis(300);

/// Something that should be running. Whoever runs the console starts what is new in the set and
/// drops what left it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subscription {
    /// Read this again and again; the answers come as [`Msg::Part`](super::msg::Msg::Part).
    Poll {
        /// Where.
        environment: EnvironmentName,
        /// What.
        read: Read,
        /// How long from one ask to the next.
        every: SignedDuration,
    },
    /// Ask for these KPIs more often than for others.
    Attend {
        /// Where.
        environment: EnvironmentName,
        /// To what.
        attention: Attention,
    },
    /// Follow a service's log; its news come as [`Msg::Tail`](super::msg::Msg::Tail).
    Tail {
        /// Where.
        environment: EnvironmentName,
        /// Which.
        service: ServiceArn,
    },
}

/// The intervals at which a whole environment is read (aws.md 2.4).
const RHYTHM: [(Read, SignedDuration); 5] = [
    (Read::Identity, SignedDuration::from_mins(5)),
    (Read::Services, SignedDuration::from_secs(15)),
    (Read::Alarms, SignedDuration::from_secs(30)),
    (Read::Stops, SignedDuration::from_secs(30)),
    (Read::Kpis, SignedDuration::from_secs(60)),
];

/// How often change calendars are read: they turn on the minute.
const CALENDARS: SignedDuration = SignedDuration::from_secs(60);

/// How often the tasks of the opened service are read.
const TASKS: SignedDuration = SignedDuration::from_secs(15);

/// How often it is read what came back in a stopped environment, and by whom.
const ASLEEP: SignedDuration = SignedDuration::from_mins(2);

/// The services of an environment that carry a record, where it is one that can be stopped.
fn recorded(one: &EnvironmentSnapshot) -> Vec<ServiceArn> {
    if !may_be_stopped(&one.environment) {
        return Vec::new();
    }
    let services = one.services.values().map(|seen| &seen.service);
    let recorded = services.filter(|service| service.tag(RESTORE_TAG).is_some());
    recorded.map(|service| service.arn.clone()).collect()
}

/// How often the rest of what is known of the opened service is read: targets move, and the
/// load balancers' quota is small (aws.md 2.2).
const DOSSIER: SignedDuration = SignedDuration::from_secs(30);
/// How often AWS is asked what it remembers; `CloudTrail` allows two calls a second to all.
const HISTORY: SignedDuration = SignedDuration::from_mins(2);
/// How often the last lines of a dead task are read again: they hardly change.
const LAST_WORDS: SignedDuration = SignedDuration::from_mins(5);

/// What the opened page needs.
fn of_page(model: &Model, page: &ServicePage) -> Vec<(Read, SignedDuration)> {
    let mut reads = vec![
        (Read::Tasks(page.arn.clone()), TASKS),
        (Read::Dossier(page.arn.clone()), DOSSIER),
        (Read::History, HISTORY),
    ];
    let place = model
        .look
        .snapshot
        .service(&page.arn)
        .map(|(place, _)| place);
    let mut stops = place.iter().flat_map(|place| &place.stops);
    if let Some(wanted) = &page.last_words
        && let Some(task) = stops.find(|task| task.arn == *wanted)
    {
        let read = Read::LastWords {
            service: page.arn.clone(),
            task: wanted.clone(),
            definition: task.task_definition.clone(),
        };
        reads.push((read, LAST_WORDS));
    }
    reads
}

/// What should be running for `model`.
pub fn subscriptions(model: &Model) -> BTreeSet<Subscription> {
    let mut wanted = BTreeSet::new();
    let shown = |name: &EnvironmentName| model.only.as_ref().is_none_or(|only| only == name);
    let environments = model.look.snapshot.environments.iter();
    for one in environments.filter(|one| shown(&one.environment.name)) {
        for (read, every) in RHYTHM {
            wanted.insert(Subscription::Poll {
                environment: one.environment.name.clone(),
                read,
                every: model.paced(every),
            });
        }
    }
    let attended = model.attention.iter();
    wanted.extend(
        attended.map(|(environment, attention)| Subscription::Attend {
            environment: environment.clone(),
            attention: attention.clone(),
        }),
    );
    for one in &model.look.snapshot.environments {
        let services = recorded(one);
        if shown(&one.environment.name) && !services.is_empty() {
            wanted.insert(Subscription::Poll {
                environment: one.environment.name.clone(),
                read: Read::Asleep(services),
                every: ASLEEP,
            });
        }
    }
    let environments = model.look.snapshot.environments.iter();
    for one in environments.filter(|one| shown(&one.environment.name)) {
        let environment = one.environment.name.clone();
        let calendars = model.terms.calendars_of(&environment).to_vec();
        if !calendars.is_empty() {
            wanted.insert(Subscription::Poll {
                environment,
                read: Read::Calendar(calendars),
                every: CALENDARS,
            });
        }
    }
    if let Some(page) = &model.service {
        let polls = of_page(model, page).into_iter();
        wanted.extend(polls.map(|(read, every)| Subscription::Poll {
            environment: page.environment.clone(),
            read,
            every,
        }));
    } else if let Some(chronicle) = &model.chronicle {
        wanted.insert(Subscription::Poll {
            environment: chronicle.environment.clone(),
            read: Read::History,
            every: HISTORY,
        });
    }
    let followed = model.logs.service.as_ref();
    wanted.extend(followed.and_then(|service| {
        let (place, _) = model.look.snapshot.service(service)?;
        Some(Subscription::Tail {
            environment: place.environment.name.clone(),
            service: service.clone(),
        })
    }));
    wanted
}
