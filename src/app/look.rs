//! What is known of the estate, and what follows from it: judged when data arrives or time has
//! passed, never while drawing.

use super::command;
use super::model::BACK;
use crate::estate::advice::{Advice, Contacts, advise};
use crate::estate::board::Row;
use crate::estate::environment::Environment;
use crate::estate::event::{Event, EventKind};
use crate::estate::explain::{Explanation, explain};
use crate::estate::feed::feed;
use crate::estate::history::Deed;
use crate::estate::id::{EnvironmentName, ServiceArn};
use crate::estate::part::Part;
use crate::estate::problem::Feed;
use crate::estate::snapshot::Snapshot;
use crate::estate::timeline::{self, Scope, Timeline};
use crate::estate::verdict::Judge;
use crate::estate::{SignedDuration, Timestamp};

/// Events kept in the feed.
const FEED: usize = 200;
/// Verdicts depend on the time (data grows stale, grace ends), but not by the second.
const REJUDGE: SignedDuration = SignedDuration::from_secs(5);

/// The estate as last seen and judged.
#[derive(Debug)]
pub struct Look {
    /// What was read.
    pub snapshot: Snapshot,
    /// Every service, worst first, then by name.
    pub rows: Vec<Row>,
    /// What happened, newest first: what AWS tells, and what was done from here.
    pub feed: Vec<Event>,
    /// The service looked at closely, explained.
    pub explained: Option<Explanation>,
    /// What happened to what is looked at closely.
    pub timeline: Timeline,
    contacts: Contacts,
    judge: Judge,
    judged_at: Timestamp,
    done_here: Vec<Event>,
    deeds: Vec<Deed>,
    focus: Option<Focus>,
    back: SignedDuration,
}

/// What is looked at closely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Focus {
    /// A service: its page is open.
    Service(ServiceArn),
    /// An environment: its timeline is open.
    Environment(EnvironmentName),
}

impl Look {
    /// The estate before anything was read; `contacts` is what the settings say about whom to
    /// call.
    pub fn unread(environments: Vec<Environment>, contacts: Contacts, now: Timestamp) -> Self {
        Self {
            contacts,
            snapshot: Snapshot::unread(environments),
            rows: Vec::new(),
            feed: Vec::new(),
            judge: Judge::default(),
            judged_at: now,
            done_here: Vec::new(),
            explained: None,
            timeline: Timeline::default(),
            deeds: Vec::new(),
            focus: None,
            back: BACK,
        }
    }

    /// The row of a service.
    pub fn row(&self, arn: &ServiceArn) -> Option<&Row> {
        self.rows.iter().find(|row| row.arn == *arn)
    }

    /// The service somebody named; where none is called so, but not everything was read, that is
    /// said as well.
    pub(super) fn find_service(&self, written: &str) -> Result<&Row, String> {
        command::find_service(&self.rows, written).map_err(|why| {
            let any = self.rows.iter().any(|row| command::is_meant(row, written));
            let each = self.snapshot.environments.iter().filter(|_| !any);
            let unread = each.filter_map(|one| {
                let feed = one.feed(Feed::Services);
                let name = &one.environment.name;
                let problem = feed.and_then(|feed| feed.problems.first());
                match (feed.and_then(|feed| feed.good_at), problem) {
                    (_, Some(problem)) => Some(format!("{name}: {}", problem.sentence)),
                    (None, None) => Some(format!("{name} is still being read: try again")),
                    (Some(_), None) => None,
                }
            });
            let all: Vec<String> = [why].into_iter().chain(unread).collect();
            all.join("; ")
        })
    }

    /// What to do about a service, the most telling first.
    pub fn advice(&self, arn: &ServiceArn, now: Timestamp) -> Vec<Advice> {
        let place = self.snapshot.service(arn).map(|(place, _)| place);
        let both = place.zip(self.row(arn));
        both.map_or_else(Vec::new, |(place, row)| {
            advise(place, row, &self.contacts, now)
        })
    }

    /// Takes in a part of a known environment. Says whether there is one.
    pub(super) fn absorb(&mut self, part: Part, now: Timestamp) -> bool {
        let known = self.snapshot.environment(&part.environment).is_some();
        if known {
            self.snapshot.absorb(part);
            self.judge(now);
            self.collect();
            self.explain(now);
        }
        known
    }

    /// Judges again if enough time has passed. Says whether any row changed.
    pub(super) fn age(&mut self, now: Timestamp) -> bool {
        if now.duration_since(self.judged_at) < REJUDGE {
            return false;
        }
        let before = std::mem::take(&mut self.rows);
        self.judge(now);
        self.explain(now);
        before != self.rows
    }

    /// Remembers something done from this console.
    pub(super) fn record(&mut self, arn: &ServiceArn, words: &str, trouble: bool, now: Timestamp) {
        if let Some((place, _)) = self.snapshot.service(arn) {
            let environment = place.environment.name.clone();
            self.record_in(&environment, arn, (words, trouble), now);
        }
    }

    /// The same of a service or a node of `environment`; a node belongs to no service.
    pub(super) fn record_in(
        &mut self,
        environment: &EnvironmentName,
        arn: &ServiceArn,
        (words, trouble): (&str, bool),
        now: Timestamp,
    ) {
        let service = self.snapshot.service(arn).map(|_| arn.clone());
        self.done_here.push(Event {
            at: now,
            kind: EventKind::Action,
            environment: environment.clone(),
            service,
            words: words.into(),
            trouble,
        });
        self.collect();
    }

    /// Looks closely at `focus` from here on, so far back. Says whether that is another look.
    pub(super) fn attend(
        &mut self,
        focus: Option<Focus>,
        back: SignedDuration,
        now: Timestamp,
    ) -> bool {
        if self.focus == focus && self.back == back {
            return false;
        }
        self.focus = focus;
        self.back = back;
        self.explain(now);
        true
    }

    /// Takes in what the journal says was done. Says whether that is news.
    pub(super) fn remember(&mut self, deeds: Vec<Deed>, now: Timestamp) -> bool {
        if self.deeds == deeds {
            return false;
        }
        self.snapshot.remember(&deeds);
        self.deeds = deeds;
        self.judge(now);
        self.explain(now);
        true
    }

    /// What a timeline or a report is made of.
    pub(super) fn sources(&self) -> timeline::Sources<'_> {
        timeline::Sources {
            snapshot: &self.snapshot,
            rows: &self.rows,
            deeds: &self.deeds,
        }
    }

    /// Explains what is looked at closely, out of everything that is known.
    fn explain(&mut self, now: Timestamp) {
        let sources = timeline::Sources {
            snapshot: &self.snapshot,
            rows: &self.rows,
            deeds: &self.deeds,
        };
        let back = now - self.back;
        (self.explained, self.timeline) = match &self.focus {
            None => (None, Timeline::default()),
            Some(Focus::Service(arn)) => (
                explain(&self.snapshot, &self.rows, arn, &self.contacts, now),
                timeline::timeline(&sources, Scope::Service(arn), back),
            ),
            Some(Focus::Environment(name)) => (
                None,
                timeline::timeline(&sources, Scope::Environment(name), back),
            ),
        };
    }

    fn judge(&mut self, now: Timestamp) {
        self.rows = self.judge.look(&self.snapshot, now);
        self.judged_at = now;
    }

    fn collect(&mut self) {
        self.feed = feed(&self.snapshot, FEED);
        self.feed.extend(self.done_here.iter().cloned());
        self.feed.sort_by_key(|event| std::cmp::Reverse(event.at));
        self.feed.truncate(FEED);
    }
}
