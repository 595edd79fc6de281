//! What a decision may depend on.

use crate::estate::alarm::Alarm;
use crate::estate::approval::{Approver, Code};
use crate::estate::calendar::CalendarState;
use crate::estate::change::Change;
use crate::estate::closely::Examination;
use crate::estate::doctor::Patient;
use crate::estate::environment::{Environment, Tier};
use crate::estate::identity::Identity;
use crate::estate::kpi::Kpi;
use crate::estate::node::Node;
use crate::estate::session::Place;
use crate::estate::snapshot::{Sighting, Snapshot};
use crate::estate::task::Task;
use crate::estate::text::Text;
use crate::estate::{SignedDuration, Timestamp};

use super::standing::Standing;

/// Data older than this decides nothing (aws.md section 10, scenario 10).
pub const MAX_AGE: SignedDuration = SignedDuration::from_secs(30);

/// What the console may do at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// The start mode: it looks; production needs it armed (see [`super::Arm`]).
    #[default]
    Observe,
    /// Started with `--read-only`: nothing can be altered.
    ReadOnly,
}

/// Whether the journal takes a line; without it no change is possible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalState {
    /// It was just tried.
    Writable,
    /// It does not, and why.
    Unwritable(Text),
}

/// What a person typed into the dialog, or gave as flags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The target's name, as typed.
    pub typed: String,
    /// Why, in their words.
    pub reason: String,
    /// The amber checks they acknowledged.
    pub acknowledged: Vec<&'static str>,
}

impl Answer {
    /// What is wrong with this answer to `change`; `None` when it will do.
    pub(super) fn complaint(
        &self,
        change: &Change,
        asks_name: bool,
        unattended: Option<bool>,
    ) -> Option<&'static str> {
        let environment = change.plan().is_some();
        // Only whole environments may be left to a scheduler, and only where a rule let it pass.
        let excused = environment && unattended == Some(true);
        let needs_name = asks_name && !excused;
        if needs_name && self.typed.is_empty() {
            Some(if environment {
                "type the environment's name to confirm"
            } else if is_into_a_node(change) {
                "type the node's id to confirm"
            } else {
                "type the service's name to confirm"
            })
        } else if needs_name && self.typed != change.confirmation() {
            Some(if environment {
                "that is not the environment's name"
            } else if is_into_a_node(change) {
                "that is not the node's id"
            } else {
                "that is not the service's name"
            })
        } else if Text::clean(self.reason.trim()).trim().is_empty() {
            Some("a reason is needed: it goes into the journal")
        } else {
            None
        }
    }
}

/// Whether the target's name has to be typed: a session outside production needs a reason only
/// (aws.md 8.1).
pub(super) fn needs_name(change: &Change, tier: Tier) -> bool {
    change.session().is_none() || tier == Tier::Production
}

/// Whether it is a session on a node, which belongs to no service.
pub(super) fn is_into_a_node(change: &Change) -> bool {
    let session = change.session();
    session.is_some_and(|session| matches!(session.place, Place::Node { .. }))
}

/// Everything [`super::decide`] looks at. What is not known is `None`, and unknown never allows.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// When the decision is made.
    pub now: Timestamp,
    /// What the console may do at all.
    pub mode: Mode,
    /// Whether the journal takes a line; `None` when nobody tried.
    pub journal: Option<&'a JournalState>,
    /// The environment the change names, with the account and clusters the settings bind it to.
    pub environment: Option<&'a Environment>,
    /// Who AWS says is asking.
    pub caller: Option<&'a Identity>,
    /// The service as last seen, and when.
    pub service: Option<&'a Sighting>,
    /// Tasks of the environment that stopped, newest first.
    pub stops: &'a [Task],
    /// The environment's alarms.
    pub alarms: &'a [Alarm],
    /// The environment's KPIs.
    pub kpis: &'a [Kpi],
    /// A close look at the service.
    pub examination: Option<&'a Examination>,
    /// What was read about the container a session would enter.
    pub patient: Option<&'a Patient>,
    /// What was read about the node a session would enter.
    pub node: Option<&'a Node>,
    /// What the person answered so far.
    pub answer: Option<&'a Answer>,
    /// `--yes` in place of the typed name, and whether the settings allow it for this
    /// environment; `None` when a person answers.
    pub unattended: Option<bool>,
    /// What the console brings: armed or not, what was done lately.
    pub standing: Standing<'a>,
    /// The code under which a second person was asked for.
    pub code: Option<&'a Code>,
    /// The second person, as STS named them.
    pub second: Option<&'a Approver>,
    /// The state of the environment's change calendars, where the settings name some.
    pub calendar: Option<&'a CalendarState>,
}

impl<'a> Facts<'a> {
    /// Nothing known but the time.
    pub const fn unknown(now: Timestamp) -> Self {
        Self {
            now,
            mode: Mode::Observe,
            journal: None,
            environment: None,
            caller: None,
            service: None,
            stops: &[],
            alarms: &[],
            kpis: &[],
            examination: None,
            patient: None,
            node: None,
            answer: None,
            unattended: None,
            standing: Standing::NONE,
            code: None,
            second: None,
            calendar: None,
        }
    }

    /// What `snapshot` knows about `change`; mode, journal, standing, patient and answer are the
    /// asker's to add.
    pub fn seen(snapshot: &'a Snapshot, change: &Change, now: Timestamp) -> Self {
        let target = change.target();
        let place = snapshot.environment(&target.environment);
        Self {
            environment: place.map(|one| &one.environment),
            caller: place.and_then(|one| one.identity.as_ref()),
            service: place.and_then(|one| one.services.get(&target.service)),
            stops: place.map_or(&[], |one| &one.stops),
            alarms: place.map_or(&[], |one| &one.alarms),
            calendar: place.and_then(|one| one.calendar.as_ref()),
            kpis: place.map_or(&[], |one| &one.kpis),
            examination: place.and_then(|one| one.closely.get(&target.service)),
            ..Self::unknown(now)
        }
    }

    /// The tier that could be proven for `change`; production when in doubt. AWS names no cluster
    /// of a node, so nothing proves that a node is not production's.
    pub fn tier(&self, change: &Change) -> Tier {
        if let Some(plan) = change.plan() {
            return super::staging::tier(plan, self.environment, self.caller);
        }
        self.environment.map_or(Tier::Production, |environment| {
            let caller = self.caller.map(|caller| &caller.account);
            environment.proven_tier(caller, &change.target().cluster)
        })
    }
}
