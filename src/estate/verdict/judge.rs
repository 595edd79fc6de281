//! The judge remembers, so that a verdict neither flickers nor forgets since when.

use std::collections::HashMap;

use super::case::{Case, Evidence, Past};
use super::{Health, Verdict, decide, is_stale, rollout_words};
use crate::estate::board::Row;
use crate::estate::id::ServiceArn;
use crate::estate::snapshot::{EnvironmentSnapshot, Sighting, Snapshot};
use crate::estate::{SignedDuration, Timestamp};

/// A change to or from degraded is believed after so many looks at new data (aws.md 1.5).
const LOOKS: u8 = 2;
/// A change to degraded is believed after so long, however few looks there were.
const LONG_ENOUGH: SignedDuration = SignedDuration::from_secs(60);

/// More turns than this within the window are flapping: one row that says so, not one news after
/// the other (aws.md 10, scenario 9).
const FLAPPING: usize = 3;
const FLAPPING_WINDOW: SignedDuration = SignedDuration::from_mins(30);

/// Judges look after look. A fresh one judges the first look as it is, which is all a one-shot
/// report needs.
#[derive(Clone, Debug, Default)]
pub struct Judge {
    memory: HashMap<ServiceArn, Memory>,
}

/// What is remembered of one service.
#[derive(Clone, Debug)]
struct Memory {
    shown: Verdict,
    /// The last class that was not unknown, and since when: what was sick before the data ended
    /// stays on top, and is sick since then if it still is when the data comes back.
    known: Health,
    known_since: Option<Timestamp>,
    /// When the service was seen for the first time. Until it is seen again the other feeds
    /// only complete the first picture, and there is nothing to doubt.
    first_seen: Timestamp,
    seen_at: Timestamp,
    desired: u32,
    past: Past,
    doubt: Option<Doubt>,
    /// When it turned from well to not well or back, within the window of flapping.
    turns: Vec<Timestamp>,
}

/// A change that is seen but not yet believed.
#[derive(Clone, Copy, Debug)]
struct Doubt {
    began: Timestamp,
    looks: u8,
}

impl Judge {
    /// Every service's row, worst first, then by name; of the unknown ones those first that were
    /// worst when they were last known. Looking twice at the same data changes nothing but what
    /// time itself changes.
    pub fn look(&mut self, snapshot: &Snapshot, now: Timestamp) -> Vec<Row> {
        let mut rows = Vec::new();
        let before = std::mem::take(&mut self.memory);
        for environment in &snapshot.environments {
            let evidence = Evidence::of(environment, now);
            for (arn, sighting) in &environment.services {
                let memory = remember(before.get(arn), &evidence, sighting, now);
                rows.push(row(environment, sighting, &memory.told(), now));
                self.memory.insert(arn.clone(), memory);
            }
        }
        let known = |row: &Row| self.memory.get(&row.arn).map(|one| one.known.rank());
        rows.sort_by(|a, b| {
            let rank = a.verdict.health.rank().cmp(&b.verdict.health.rank());
            rank.then_with(|| known(a).cmp(&known(b)))
                .then_with(|| a.name.cmp(&b.name))
                .then_with(|| a.arn.cmp(&b.arn))
        });
        rows
    }
}

fn row(
    environment: &EnvironmentSnapshot,
    sighting: &Sighting,
    verdict: &Verdict,
    now: Timestamp,
) -> Row {
    let service = &sighting.service;
    Row {
        environment: environment.environment.name.clone(),
        arn: service.arn.clone(),
        name: service.name.clone(),
        cluster: service.cluster.clone(),
        verdict: verdict.clone(),
        running: service.running,
        desired: service.desired,
        pending: service.pending,
        rollout: rollout_words(service).into(),
        seen_at: sighting.seen_at,
        stale: is_stale(environment, sighting, now),
    }
}

fn remember(
    before: Option<&Memory>,
    evidence: &Evidence<'_>,
    sighting: &Sighting,
    now: Timestamp,
) -> Memory {
    let past = before.map_or_else(Past::default, |memory| {
        let rescaled = memory.desired != sighting.service.desired;
        Past {
            rescaled_at: rescaled
                .then_some(sighting.seen_at)
                .or(memory.past.rescaled_at),
            ..memory.past
        }
    });
    let fresh = decide(&Case::new(evidence, sighting, past));
    let full = sighting.service.running >= sighting.service.desired;
    let past = Past {
        full_at: full.then_some(sighting.seen_at).or(past.full_at),
        ..past
    };
    let (shown, doubt) = match before {
        Some(memory) => memory.settle(fresh, sighting.seen_at, now),
        None => (fresh, None),
    };
    let (known, known_since) = match before {
        Some(memory) if shown.health == Health::Unknown => (memory.known, memory.known_since),
        Some(_) | None => (shown.health, shown.since),
    };
    let turns = before.map_or_else(Vec::new, |memory| memory.turned(&shown, now));
    Memory {
        turns,
        shown,
        known,
        known_since,
        first_seen: before.map_or(sighting.seen_at, |memory| memory.first_seen),
        seen_at: sighting.seen_at,
        desired: sighting.service.desired,
        past,
        doubt,
    }
}

impl Memory {
    /// Its turns within the window, with the one to `shown` if that is one. Losing sight of it is
    /// no turn.
    fn turned(&self, shown: &Verdict, now: Timestamp) -> Vec<Timestamp> {
        let mut turns = self.turns.clone();
        let seen = shown.health != Health::Unknown && self.known != Health::Unknown;
        if seen && calm(self.known) != calm(shown.health) {
            turns.push(now);
        }
        turns.retain(|&at| now.duration_since(at) <= FLAPPING_WINDOW);
        turns
    }

    /// The verdict as it is told: what turns again and again is not well even while it seems so.
    fn told(&self) -> Verdict {
        let shown = self.shown.clone();
        let turns = self.turns.len();
        let sick = matches!(shown.health, Health::Degraded | Health::Down);
        if turns <= FLAPPING || !(sick || calm(shown.health)) {
            return shown;
        }
        let health = if sick { shown.health } else { Health::Degraded };
        let word = shown.health.word();
        let evidence = format!(
            "flapping, {turns} changes in 30 min, now {word}: {}",
            shown.evidence
        );
        Verdict {
            health,
            since: self.turns.first().copied().or(shown.since),
            evidence: evidence.into(),
            source: shown.source,
        }
    }

    /// What to show, given what is seen now.
    fn settle(
        &self,
        fresh: Verdict,
        seen_at: Timestamp,
        now: Timestamp,
    ) -> (Verdict, Option<Doubt>) {
        if fresh.health == self.shown.health {
            let since = self.shown.since.or(fresh.since);
            return (Verdict { since, ..fresh }, None);
        }
        if self.shown.health == Health::Unknown && fresh.health == self.known {
            let since = self.known_since.or(fresh.since);
            return (Verdict { since, ..fresh }, None);
        }
        let worse = calm(self.shown.health) && fresh.health == Health::Degraded;
        let better = self.shown.health == Health::Degraded && calm(fresh.health);
        if !worse && !better || seen_at == self.first_seen {
            return (believed(fresh, seen_at), None);
        }
        let doubt = match self.doubt {
            None => Doubt {
                began: now,
                looks: 1,
            },
            Some(doubt) => Doubt {
                looks: doubt
                    .looks
                    .saturating_add(u8::from(seen_at != self.seen_at)),
                ..doubt
            },
        };
        let long = worse && now.duration_since(doubt.began) >= LONG_ENOUGH;
        if doubt.looks >= LOOKS || long {
            return (believed(fresh, doubt.began), None);
        }
        let evidence = if better {
            format!("recovering: {}", fresh.evidence).into()
        } else {
            fresh.evidence
        };
        let held = Verdict {
            health: self.shown.health,
            since: self.shown.since,
            evidence,
            source: fresh.source,
        };
        (held, Some(doubt))
    }
}

/// A change of class that is believed; when the data does not say since when, the change was at
/// least seen.
fn believed(fresh: Verdict, seen: Timestamp) -> Verdict {
    Verdict {
        since: fresh.since.or(Some(seen)),
        ..fresh
    }
}

/// Classes between which and degraded a change needs a second look.
const fn calm(health: Health) -> bool {
    matches!(
        health,
        Health::Healthy | Health::HealthyUnverified | Health::Deploying
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::estate::fixture::{ago, alarm, environment, service, stop};
    use crate::estate::service::Service;

    /// The estate as it is `second` seconds into the story, the service seen at that moment.
    fn scene(second: i64, change: impl FnOnce(&mut Service)) -> Snapshot {
        let mut orders = service("orders");
        change(&mut orders);
        let mut estate = environment(vec![orders]);
        for sighting in estate.services.values_mut() {
            sighting.seen_at = ago(-second);
        }
        for feed in estate.feeds.values_mut() {
            feed.good_at = Some(ago(-second));
        }
        for kpi in &mut estate.kpis {
            kpi.series.as_of = Some(ago(-second));
        }
        Snapshot {
            environments: vec![estate],
        }
    }

    fn look(judge: &mut Judge, second: i64, scene: &Snapshot) -> Verdict {
        judge.look(scene, ago(-second)).remove(0).verdict
    }

    fn sick(orders: &mut Service) {
        orders.deployments[0].failed = 1;
    }

    #[test]
    fn degraded_needs_two_looks_at_new_data_each_way() {
        let mut judge = Judge::default();
        assert_eq!(
            look(&mut judge, 0, &scene(0, |_| {})).health,
            Health::Healthy
        );
        let doubted = look(&mut judge, 15, &scene(15, sick));
        assert_eq!(doubted.health, Health::Healthy);
        assert_eq!(
            &*doubted.evidence,
            "4/4 running, 1 failed in a row for orders:57"
        );
        let again = look(&mut judge, 16, &scene(15, sick));
        assert_eq!(
            again.health,
            Health::Healthy,
            "the same data is no second look"
        );
        assert_eq!(
            look(&mut judge, 30, &scene(30, sick)).health,
            Health::Degraded
        );

        let better = look(&mut judge, 45, &scene(45, |_| {}));
        assert_eq!(better.health, Health::Degraded);
        assert_eq!(
            &*better.evidence,
            "recovering: 4/4 running, 4 targets healthy, orders:57"
        );
        assert_eq!(
            look(&mut judge, 60, &scene(60, sick)).health,
            Health::Degraded
        );
        assert_eq!(
            look(&mut judge, 75, &scene(75, |_| {})).health,
            Health::Degraded
        );
        assert_eq!(
            look(&mut judge, 90, &scene(90, |_| {})).health,
            Health::Healthy
        );
    }

    #[test]
    fn degraded_is_believed_after_a_minute_of_the_same_data() {
        let mut judge = Judge::default();
        look(&mut judge, 0, &scene(0, |_| {}));
        let mut rings = scene(10, |_| {});
        rings.environments[0].alarms = vec![alarm("orders-5xx-high")];
        assert_eq!(look(&mut judge, 10, &rings).health, Health::Healthy);
        assert_eq!(look(&mut judge, 69, &rings).health, Health::Healthy);
        assert_eq!(look(&mut judge, 70, &rings).health, Health::Degraded);
    }

    #[test]
    fn down_stopped_and_unknown_are_believed_at_once() {
        let down = |orders: &mut Service| orders.running = 0;
        let stopped = |orders: &mut Service| (orders.desired, orders.running) = (0, 0);
        let mut judge = Judge::default();
        look(&mut judge, 0, &scene(0, |_| {}));
        let verdict = look(&mut judge, 15, &scene(15, down));
        assert_eq!(
            (verdict.health, verdict.since),
            (Health::Down, Some(ago(-15)))
        );
        let later = look(&mut judge, 30, &scene(30, down));
        assert_eq!(later.since, Some(ago(-15)), "since stays");
        let verdict = look(&mut judge, 45, &scene(45, stopped));
        assert_eq!(verdict.health, Health::StoppedUnexplained);
        let silent = look(&mut judge, 106, &scene(45, stopped));
        assert_eq!(silent.health, Health::Unknown);
        assert_eq!(silent.since, Some(ago(-45)));
    }

    #[test]
    fn an_outage_of_the_data_does_not_move_since_when() {
        let mut judge = Judge::default();
        let down = |orders: &mut Service| orders.running = 0;
        look(&mut judge, 0, &scene(0, |_| {}));
        look(&mut judge, 15, &scene(15, down));
        let silent = look(&mut judge, 300, &scene(15, down));
        assert_eq!(silent.health, Health::Unknown);
        let back = look(&mut judge, 600, &scene(600, down));
        assert_eq!((back.health, back.since), (Health::Down, Some(ago(-15))));

        look(&mut judge, 900, &scene(600, down));
        let mended = look(&mut judge, 1200, &scene(1200, |_| {}));
        assert_eq!(
            mended.health,
            Health::HealthyUnverified,
            "no metric so late"
        );
        assert_ne!(mended.since, Some(ago(-15)));
    }

    #[test]
    fn a_service_that_turns_again_and_again_is_flapping_and_then_no_more() {
        let mut judge = Judge::default();
        let well = |_: &mut Service| {};
        let mut second = 0;
        let mut turn = |judge: &mut Judge, change: fn(&mut Service)| {
            for _ in 0..3 {
                second += 15;
                look(judge, second, &scene(second, change));
            }
            (second, look(judge, second, &scene(second, change)))
        };
        turn(&mut judge, well);
        for _ in 0..2 {
            let (_, verdict) = turn(&mut judge, sick);
            assert!(
                !verdict.evidence.contains("flapping"),
                "{}",
                verdict.evidence
            );
            turn(&mut judge, well);
        }
        let (second, fine) = turn(&mut judge, well);
        assert_eq!(fine.health, Health::Degraded, "it only seems well");
        assert!(
            fine.evidence
                .starts_with("flapping, 4 changes in 30 min, now "),
            "{}",
            fine.evidence
        );
        let later = second + 1900;
        let calm = look(&mut judge, later, &scene(later, well));
        assert!(!calm.evidence.contains("flapping"), "{}", calm.evidence);
    }

    #[test]
    fn what_was_sick_stays_on_top_when_the_data_ends() {
        let estate = |age: i64| {
            let mut orders = service("orders");
            orders.running = 0;
            let mut estate = environment(vec![service("accounts"), orders, service("web")]);
            for sighting in estate.services.values_mut() {
                sighting.seen_at = ago(age);
            }
            Snapshot {
                environments: vec![estate],
            }
        };
        let mut judge = Judge::default();
        let names = |rows: Vec<Row>| rows.into_iter().map(|row| row.name).collect::<Vec<_>>();
        let before = names(judge.look(&estate(0), ago(0)));
        let rows = judge.look(&estate(600), ago(0));
        assert!(rows.iter().all(|row| row.verdict.health == Health::Unknown));
        assert_eq!(names(rows), before);
        assert_eq!(&*before[0], "orders");
    }

    #[test]
    fn a_first_picture_is_shown_as_it_is_even_if_it_arrives_in_parts() {
        let mut judge = Judge::default();
        assert_eq!(
            look(&mut judge, 0, &scene(0, sick)).health,
            Health::Degraded
        );

        let mut judge = Judge::default();
        assert_eq!(
            look(&mut judge, 0, &scene(0, |_| {})).health,
            Health::Healthy
        );
        let mut stops_arrive = scene(0, |_| {});
        let crash = |age| stop(age, "EssentialContainerExited", 1, "");
        stops_arrive.environments[0].stops = vec![crash(20), crash(60)];
        assert_eq!(look(&mut judge, 1, &stops_arrive).health, Health::Degraded);
    }

    #[test]
    fn a_service_just_scaled_up_from_nothing_is_starting() {
        let mut judge = Judge::default();
        let stopped = scene(0, |orders| (orders.desired, orders.running) = (0, 0));
        look(&mut judge, 0, &stopped);
        let wanted = |orders: &mut Service| (orders.running, orders.pending) = (0, 4);
        let verdict = look(&mut judge, 15, &scene(15, wanted));
        assert_eq!(verdict.health, Health::Deploying);
        let half = |orders: &mut Service| (orders.running, orders.pending) = (2, 2);
        assert_eq!(
            look(&mut judge, 270, &scene(270, half)).health,
            Health::Deploying
        );
        assert_eq!(
            look(&mut judge, 400, &scene(400, wanted)).health,
            Health::Down
        );
    }

    #[test]
    fn a_shortage_counts_from_the_last_look_that_saw_none() {
        let mut judge = Judge::default();
        look(&mut judge, 0, &scene(0, |_| {}));
        let short = |orders: &mut Service| orders.running = 3;
        for second in [15, 30, 60, 90, 120] {
            let verdict = look(&mut judge, second, &scene(second, short));
            assert_eq!(verdict.health, Health::Deploying, "{second}");
        }
        look(&mut judge, 135, &scene(135, short));
        let verdict = look(&mut judge, 150, &scene(150, short));
        assert_eq!(verdict.health, Health::Degraded);
        assert_eq!(verdict.since, Some(ago(0)));
    }

    #[test]
    fn rows_are_sorted_worst_first_then_by_name() {
        let with = |name: &str, change: fn(&mut Service)| {
            let mut one = service(name);
            change(&mut one);
            one
        };
        let mut estate = environment(vec![
            with("zeta", |_| {}),
            with("alpha", |_| {}),
            with("mid", sick),
            with("stopped", |one| (one.desired, one.running) = (0, 0)),
            with("orders", |one| one.running = 0),
        ]);
        let crash = stop(20, "EssentialContainerExited", 1, "");
        estate.stops = vec![crash];
        let snapshot = Snapshot {
            environments: vec![estate],
        };
        let mut judge = Judge::default();
        let rows = judge.look(&snapshot, ago(0));
        let names: Vec<&str> = rows.iter().map(|row| &*row.name).collect();
        assert_eq!(names, ["orders", "mid", "stopped", "alpha", "zeta"]);
        assert_eq!(
            judge.look(&snapshot, ago(0)),
            rows,
            "looking again changes nothing"
        );
    }

    /// What a look may find.
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Seen {
        Well,
        Sick,
        Down,
        Stopped,
        /// Nothing new: the last answer stands.
        Same,
    }

    impl Seen {
        fn change(self, orders: &mut Service) {
            match self {
                Self::Well | Self::Same => {}
                Self::Sick => orders.deployments[0].failed = 1,
                Self::Down => orders.running = 0,
                Self::Stopped => (orders.desired, orders.running) = (0, 0),
            }
        }
    }

    fn any_story() -> impl Strategy<Value = Vec<(Seen, i64)>> {
        let seen = prop_oneof![
            3 => Just(Seen::Well),
            3 => Just(Seen::Sick),
            1 => Just(Seen::Down),
            1 => Just(Seen::Stopped),
            2 => Just(Seen::Same),
        ];
        prop::collection::vec((seen, 1..90_i64), 1..40)
    }

    proptest! {
        /// Whatever happens in whatever order: outages and stops are believed at once, degraded
        /// after two looks or a minute and no later, recovery after two looks and no earlier, old
        /// data is never well, and what turned more than three times in half an hour is not calm.
        #[test]
        fn verdicts_keep_their_laws(story in any_story()) {
            let mut judge = Judge::default();
            let (mut now, mut last) = (0, scene(0, |_| {}));
            let mut seen_at = 0;
            // Looks at new data since the memoryless verdict last changed its side, and when the
            // first of them was.
            let (mut side, mut looks, mut since) = (true, 9, 0);
            let mut turns: Vec<i64> = Vec::new();
            // When the wanted count last changed: a start may take five minutes after that.
            let (mut wanted, mut rescaled) = (true, -1000);
            let mut shown_calm = None;
            look(&mut judge, 0, &last);
            for (seen, pause) in story {
                now += pause;
                let fresh = seen != Seen::Same;
                if fresh {
                    last = scene(now, |orders| seen.change(orders));
                    seen_at = now;
                }
                let verdict = look(&mut judge, now, &last);
                let place = &last.environments[0];
                let sighting = place.services.values().next().unwrap();
                let bare = super::super::judge(place, sighting, ago(-now)).health;
                let flaps = verdict.evidence.starts_with("flapping");
                if now - seen_at > 60 {
                    prop_assert_eq!(verdict.health, Health::Unknown);
                    (looks, since) = (9, now);
                    side = calm(bare);
                    shown_calm = None;
                    continue;
                }
                let stopped = bare == Health::StoppedUnexplained;
                if wanted == stopped {
                    (wanted, rescaled) = (!stopped, seen_at);
                }
                let starting = bare == Health::Down && now - rescaled <= 300;
                let is = if starting { Health::Deploying } else { bare };
                prop_assert!(is != Health::Down || verdict.health == Health::Down);
                prop_assert!(!stopped || verdict.health == bare);
                if calm(is) == side {
                    looks += u8::from(fresh);
                } else {
                    (side, looks, since) = (calm(is), 1, now);
                }
                let settled = (2..9).contains(&looks) || now - since >= 120;
                if bare == Health::Degraded && settled {
                    prop_assert!(!calm(verdict.health), "{verdict:?} after {looks} looks");
                }
                let before = shown_calm.replace(calm(verdict.health));
                if before == Some(!calm(verdict.health)) && !flaps {
                    turns.push(now);
                }
                turns.retain(|at| now - at <= 1800);
                prop_assert!(turns.len() <= 4 || !calm(verdict.health), "{turns:?} {verdict:?}");
                let again = look(&mut judge, now, &last);
                prop_assert_eq!(again, verdict, "looking twice changes nothing");
            }
        }
    }
}
