//! What should be running right now: polls and log tails, as a function of the model.

use std::collections::BTreeSet;

use crate::estate::id::{EnvironmentName, ServiceArn};
use crate::estate::kpi::Attention;
use crate::estate::part::Read;
use crate::estate::problem::Feed;
use crate::estate::snapshot::EnvironmentSnapshot;
use crate::estate::staging::RESTORE_TAG;
use crate::estate::verdict::Health;
use crate::estate::{SignedDuration, Timestamp};
use crate::policy::may_be_stopped;

use super::model::Model;
use super::screen::Overlay;
use super::screen::alarms;
use super::screen::service::ServicePage;
use super::screen::wish;

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
    /// Look at the containers of a service somebody may enter, as often as policy wants them
    /// looked at; the answers come as [`Msg::Ways`](super::msg::Msg::Ways).
    Ways {
        /// Where.
        environment: EnvironmentName,
        /// Which.
        service: ServiceArn,
    },
    /// The nodes of Session Manager, to pick from, again and again; the answers come as
    /// [`Msg::Nodes`](super::msg::Msg::Nodes).
    Nodes {
        /// Where.
        environment: EnvironmentName,
    },
    /// Follow a service's log; its news come as [`Msg::Tail`](super::msg::Msg::Tail).
    Tail {
        /// Where.
        environment: EnvironmentName,
        /// Which.
        service: ServiceArn,
    },
    /// Let the tail of a service have a Live Tail, which AWS charges for by the minute.
    LiveTail {
        /// Which.
        service: ServiceArn,
    },
    /// Read a span of a service's log once; what is found comes as
    /// [`Msg::Found`](super::msg::Msg::Found).
    Search {
        /// Where.
        environment: EnvironmentName,
        /// Which.
        service: ServiceArn,
        /// From here on.
        from: Timestamp,
        /// Up to here.
        until: Timestamp,
        /// What AWS looks for; everything where none.
        pattern: Option<String>,
    },
}

/// The intervals at which a whole environment is read (aws.md 2.4).
const RHYTHM: [(Read, SignedDuration); 6] = [
    (Read::Identity, SignedDuration::from_mins(5)),
    (Read::Services, SignedDuration::from_secs(15)),
    (Read::Alarms, SignedDuration::from_secs(30)),
    (Read::Stops, SignedDuration::from_secs(30)),
    (Read::Kpis, SignedDuration::from_secs(60)),
    (Read::AtRest, SignedDuration::from_mins(1)),
];

/// How often it is seen whether somebody signed in again, here or in another terminal.
const SIGNED_OUT: SignedDuration = SignedDuration::from_secs(15);

/// How often change calendars are read: they turn on the minute.
const CALENDARS: SignedDuration = SignedDuration::from_secs(60);

/// How often the tasks of the opened service are read.
const TASKS: SignedDuration = SignedDuration::from_secs(15);

/// How often a service is looked at closely while a dialog about it is open: policy decides on
/// nothing older than thirty seconds.
const CLOSELY: SignedDuration = SignedDuration::from_secs(15);

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
/// How often the mute rules are read: people put them, and seldom.
const MUTES: SignedDuration = SignedDuration::from_mins(5);
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

/// How often the running tasks of unwatched services are counted.
const CENSUS: SignedDuration = SignedDuration::from_secs(60);

/// How often the targets of a service that is not well are read, and of how many such services
/// at a time: all of ELBv2 shares ten requests a second (aws.md 2.2).
const TARGETS: SignedDuration = SignedDuration::from_secs(60);
const MOST_TARGETS: usize = 12;

/// The worst services that stand behind a load balancer: why their targets fail is worth a call.
fn sick_behind_balancers(model: &Model) -> impl Iterator<Item = Subscription> {
    let rows = model.look.rows.iter();
    let sick = rows.filter(|row| {
        let sick = matches!(row.verdict.health, Health::Down | Health::Degraded);
        sick && row.running > 0 && model.shows(&row.environment)
    });
    let behind = sick.filter(|row| {
        let seen = model.look.snapshot.service(&row.arn);
        seen.is_some_and(|(_, seen)| !seen.service.target_groups.is_empty())
    });
    behind.take(MOST_TARGETS).map(|row| Subscription::Poll {
        environment: row.environment.clone(),
        read: Read::Targets(row.arn.clone()),
        every: TARGETS,
    })
}

/// What is read of whole environments.
fn of_environments(model: &Model, wanted: &mut BTreeSet<Subscription>) {
    let shown = |name: &EnvironmentName| model.only.as_ref().is_none_or(|only| only == name);
    let environments = model.look.snapshot.environments.iter();
    for one in environments.filter(|one| shown(&one.environment.name)) {
        for (read, every) in RHYTHM {
            let waits = read == Read::Identity && one.signed_out();
            let every = if waits { SIGNED_OUT } else { every };
            wanted.insert(Subscription::Poll {
                environment: one.environment.name.clone(),
                read,
                every,
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
    for one in &model.look.snapshot.environments {
        // It completes a picture: the picture comes first.
        let read = |feed| one.feed(feed).is_some_and(|state| state.asked_at.is_some());
        if shown(&one.environment.name) && read(Feed::Services) && read(Feed::Metrics) {
            wanted.insert(Subscription::Poll {
                environment: one.environment.name.clone(),
                read: Read::Census,
                every: CENSUS,
            });
        }
    }
}

/// What the log on the whole screen needs.
fn of_reader(model: &Model, wanted: &mut BTreeSet<Subscription>) {
    let Some(reader) = &model.reader else {
        return;
    };
    // Nobody pays for a stream nobody looks at.
    let live = reader.live && !model.is_idle();
    for (environment, service) in &reader.services {
        wanted.insert(Subscription::Tail {
            environment: environment.clone(),
            service: service.clone(),
        });
        if live {
            let service = service.clone();
            wanted.insert(Subscription::LiveTail { service });
        }
        if let Some(search) = &reader.search
            && search.reading.contains(service)
        {
            wanted.insert(Subscription::Search {
                environment: environment.clone(),
                service: service.clone(),
                from: search.from,
                until: search.until,
                pattern: search.pattern.clone(),
            });
        }
    }
}

/// What the pages of alarms and of charts look at.
fn of_measures(model: &Model, wanted: &mut BTreeSet<Subscription>) {
    if model.bells.is_some() {
        let polls = [(Read::History, HISTORY), (Read::Mutes, MUTES)];
        for environment in alarms::environments(model) {
            wanted.extend(polls.clone().map(|(read, every)| Subscription::Poll {
                environment: environment.clone(),
                read,
                every,
            }));
        }
    }
    if let Some(chart) = &model.chart {
        let reads = chart.reads(model).into_iter();
        let polls = reads.chain([(Read::History, HISTORY)]);
        wanted.extend(polls.map(|(read, every)| Subscription::Poll {
            environment: chart.environment.clone(),
            read,
            every,
        }));
    }
}

/// What the list is picked from that lies on top.
fn of_picker(model: &Model, wanted: &mut BTreeSet<Subscription>) {
    if let Some(entering) = &model.entering
        && matches!(
            model.overlay,
            Some(Overlay::Picker | Overlay::Dialog(_) | Overlay::Arming(_))
        )
        && model.carrying.is_none()
    {
        match (&entering.nodes, &entering.service) {
            (Some(nodes), _) => {
                wanted.extend(
                    nodes
                        .answers
                        .iter()
                        .map(|(environment, _)| Subscription::Nodes {
                            environment: environment.clone(),
                        }),
                );
            }
            (None, Some((environment, service))) => {
                wanted.insert(Subscription::Ways {
                    environment: environment.clone(),
                    service: service.clone(),
                });
            }
            (None, None) => {}
        }
    }
}

/// What should be running for `model`.
pub fn subscriptions(model: &Model) -> BTreeSet<Subscription> {
    let mut wanted = BTreeSet::new();
    of_environments(model, &mut wanted);
    wanted.extend(sick_behind_balancers(model));
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
    of_measures(model, &mut wanted);
    of_reader(model, &mut wanted);
    of_picker(model, &mut wanted);
    wanted.extend(
        wish::looked_at(model).map(|(environment, service)| Subscription::Poll {
            environment,
            read: Read::Closely(service),
            every: CLOSELY,
        }),
    );
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
