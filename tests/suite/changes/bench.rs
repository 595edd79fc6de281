//! A simulated production whose time is tokio's paused time, and operators who change something
//! in it: they look, decide, go down the road and follow, as the console and the command line do.

use std::sync::Arc;

use firstline::cloud::{Cloud, Link, Options};
use firstline::estate::change::{Change, Target};
use firstline::estate::closely::Wish;
use firstline::estate::follow::Pursuit;
use firstline::estate::history::Deed;
use firstline::estate::part::Read as Reads;
use firstline::estate::permission::Duty;
use firstline::estate::snapshot::Snapshot;
use firstline::estate::usage::Prices;
use firstline::estate::{SignedDuration, Timestamp};
use firstline::journal::Journal;
use firstline::policy::{
    Answer, Approved, Arm, Check, Decision, Facts, JournalState, Standing, Terms, decide, preflight,
};
use firstline::road::{Carried, Follower, Road, Wheel};
use firstline::sim::scenario::{Estate, Scenario};
use firstline::sim::world::World;
use firstline::sim::{Sim, connector};

use crate::opened::{PRODUCTION, Read, clock, production};
use crate::permitted::{Watch, Watched};

/// Everything a decision stands on, but the close look.
const WHOLE: [Reads; 5] = [
    Reads::Identity,
    Reads::Services,
    Reads::Stops,
    Reads::Alarms,
    Reads::Kpis,
];

/// The world of a shipped scenario at the moment every bench begins.
pub(super) fn world(scenario: &str) -> World {
    let scenario = Scenario::named(scenario).unwrap();
    World::new(&scenario, 7, clock()())
}

/// A world of a scenario's text in which an alarm of orders rings and rings.
pub(super) fn rings(scenario: &str) -> World {
    let mut estate = Estate::shipped().unwrap();
    let mut alarms = estate.alarms.iter_mut();
    let alarm = alarms.find(|one| one.name == "orders-5xx-high").unwrap();
    "CPUUtilization".clone_into(&mut alarm.metric);
    "Average".clone_into(&mut alarm.statistic);
    alarm.over = Some(0.0);
    let scenario = Scenario::parsed("test", scenario, estate).unwrap();
    World::new(&scenario, 7, clock()())
}

/// A simulated AWS.
pub(super) struct Bench {
    pub(super) sim: Sim,
    pub(super) time: Read,
    _watched: Watched,
}

impl Bench {
    pub(super) fn of(world: World) -> Self {
        Self::watched(world, Watch::of(Duty::Operator))
    }

    /// One whose operators share their journal.
    pub(super) fn shared(world: World) -> Self {
        Self::watched(world, Watch::of(Duty::Operator).sharing(PRODUCTION))
    }

    fn watched(world: World, watch: Watch) -> Self {
        let time = clock();
        let sim = Sim::of(world, 1, Arc::clone(&time));
        let watch = watch.over(PRODUCTION, &production().environment, false);
        Self {
            _watched: watch.on(&sim),
            sim,
            time,
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.time)()
    }

    /// A console or a command that starts.
    pub(super) async fn start(&self) -> Arc<Link> {
        Arc::clone(&self.cloud().await.links()[0])
    }

    pub(super) async fn cloud(&self) -> Cloud {
        let connections = vec![production()];
        Cloud::connect(connections, self.options()).await.unwrap()
    }

    pub(super) fn options(&self) -> Options {
        Options {
            prices: Prices::default(),
            endpoint_url: None,
            region: None,
            http: Some(connector::http_client(self.sim.clone())),
            cache_dir: None,
            clock: Arc::clone(&self.time),
            masks: firstline::estate::log::Masks::default(),
            log_keys: firstline::estate::log::LogKeys::default(),
        }
    }

    /// How many calls of an operation AWS heard.
    pub(super) fn heard(&self, operation: &str) -> usize {
        let calls = self.sim.calls();
        calls
            .iter()
            .filter(|one| one.operation == operation)
            .count()
    }
}

/// Where somebody stands who decides: armed, with a journal that takes lines.
pub(super) struct Standpoint<'a> {
    pub(super) now: Timestamp,
    pub(super) terms: &'a Terms,
    pub(super) recent: &'a [Deed],
    pub(super) answer: Option<&'a Answer>,
}

impl<'a> Standpoint<'a> {
    /// Nothing was done lately, nothing is answered yet.
    pub(super) fn at(now: Timestamp, terms: &'a Terms) -> Self {
        Self {
            now,
            terms,
            recent: &[],
            answer: None,
        }
    }
}

/// What was seen, and what is to be done about it.
pub(super) struct Proposal {
    pub(super) snapshot: Snapshot,
    pub(super) change: Change,
}

impl Proposal {
    /// Looks at everything, and closely at `service`.
    pub(super) async fn of(link: &Link, service: &str, wish: &Wish) -> Result<Self, String> {
        let mut snapshot = Snapshot::unread(vec![link.environment().clone()]);
        read(link, &mut snapshot, &WHOLE).await;
        let place = &snapshot.environments[0];
        let mut found = place.services.keys();
        let arn = found.find(|arn| arn.name() == service).unwrap().clone();
        read(link, &mut snapshot, &[Reads::Closely(arn.clone())]).await;
        let (place, sighting) = snapshot.service(&arn).unwrap();
        let target = Target::of(&sighting.service, &place.environment.name).unwrap();
        let change = wish.change(target, &place.closely[&arn])?;
        Ok(Self { snapshot, change })
    }

    /// What `judge` makes of it from there.
    pub(super) fn with<T>(
        &self,
        from: &Standpoint<'_>,
        judge: impl FnOnce(&Change, &Facts<'_>) -> T,
    ) -> T {
        let arm = Arm::new("INC-42", from.now, from.terms, false);
        let facts = Facts {
            journal: Some(&JournalState::Writable),
            answer: from.answer,
            standing: Standing {
                terms: from.terms,
                arm: Some(&arm),
                recent: Some(from.recent),
                ..Standing::NONE
            },
            ..Facts::seen(&self.snapshot, &self.change, from.now)
        };
        judge(&self.change, &facts)
    }

    /// The checklist.
    pub(super) fn checks(&self, now: Timestamp) -> Vec<Check> {
        self.with(&Standpoint::at(now, &Terms::default()), preflight)
    }

    /// The decision with every question answered.
    fn decide(&self, now: Timestamp) -> Decision {
        let terms = Terms::default();
        let from = Standpoint::at(now, &terms);
        let plain = self.with(&from, decide);
        let Decision::Ask(challenge) = plain else {
            return plain;
        };
        let answer = Answer {
            typed: self.change.confirmation().to_owned(),
            reason: "INC-42".to_owned(),
            acknowledged: challenge.amber,
        };
        let answered = Standpoint {
            answer: Some(&answer),
            ..from
        };
        self.with(&answered, decide)
    }

    pub(super) fn approved(&self, now: Timestamp) -> Approved {
        match self.decide(now) {
            Decision::Allow(approved) => approved,
            Decision::Ask(challenge) => panic!("{challenge:?}"),
            Decision::Deny(reason) => panic!("{reason:?}"),
        }
    }
}

pub(super) async fn read(link: &Link, snapshot: &mut Snapshot, what: &[Reads]) {
    let (sender, parts) = std::sync::mpsc::channel();
    for one in what {
        let sender = sender.clone();
        link.read(one, &move |part| sender.send(part).unwrap())
            .await;
    }
    drop(sender);
    for part in parts {
        snapshot.absorb(part);
    }
}

/// Carries what was approved down the road and follows it to its end; `None` where it did not get
/// so far.
pub(super) async fn carry(
    (bench, journal): (&Bench, &Journal),
    link: &Link,
    (proposal, approved): (&Proposal, &Approved),
) -> (Carried, Option<Pursuit>) {
    let caller = proposal.snapshot.environments[0].identity.as_ref().unwrap();
    let road = Road {
        journal,
        caller,
        clock: &*bench.time,
        told: &|_| {},
    };
    let carried = if matches!(proposal.change, Change::Recycle { .. }) {
        Box::pin(road.recycle(approved, link, &Wheel::default())).await
    } else {
        Box::pin(road.carry(approved, link)).await
    };
    let Some(followed) = road.followed(&proposal.change, &carried) else {
        return (carried, None);
    };
    let chase = follower(bench, journal);
    let pursuit = Box::pin(chase.follow(followed, link, Some(LONG))).await;
    (carried, Some(pursuit))
}

/// Longer than anything takes here.
const LONG: SignedDuration = SignedDuration::from_hours(1);

fn follower<'a>(bench: &'a Bench, journal: &'a Journal) -> Follower<'a> {
    Follower {
        journal,
        clock: &*bench.time,
        told: &|_| {},
    }
}

/// Whoever starts next: takes up what the journal says is on its way, to its end.
pub(super) async fn take_up(bench: &Bench, journal: &Journal) -> Vec<Pursuit> {
    let link = bench.start().await;
    let mut ended = Vec::new();
    for followed in journal.in_flight(bench.now()).unwrap() {
        let chase = follower(bench, journal);
        ended.push(Box::pin(chase.follow(followed, &link, Some(LONG))).await);
    }
    ended
}
