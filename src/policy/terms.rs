//! What a team decides in its settings. What is decided here only ever adds to the built-in
//! guards; no setting takes one of them away.

use serde::Serialize;

use crate::estate::change::Change;
use crate::estate::environment::Tier;
use crate::estate::id::EnvironmentName;
use crate::estate::staging::Hours;
use crate::estate::text::Text;
use crate::estate::{SignedDuration, Timestamp};

use super::role::{Callers, Role, matches};

/// Every verb there is, as the settings and the journal spell it.
pub const VERBS: [&str; 10] = [
    "redeploy",
    "recycle",
    "rollback",
    "stop-task",
    "scale",
    "shell",
    "exec",
    "forward",
    "stop",
    "start",
];

/// The time in which [`Terms::pace`] services may be restarted (aws.md 8.1).
pub(super) const PACE_WINDOW: SignedDuration = SignedDuration::from_mins(10);

/// The team's part of the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How long the console stays armed.
    pub arming: SignedDuration,
    /// How long a service is left alone after a restart in production.
    pub cooldown: SignedDuration,
    /// How many services of production may be restarted within ten minutes.
    pub pace: u32,
    /// Who is what, the first match decides.
    pub callers: Vec<Callers>,
    /// Services nobody touches from here; `*` stands for anything.
    pub protected: Vec<Text>,
    /// When nothing is changed.
    pub freezes: Vec<Freeze>,
    /// Change calendars of Systems Manager that freeze an environment while one is CLOSED.
    pub calendars: Vec<(EnvironmentName, Vec<Text>)>,
    /// The team's own rules, the first match decides.
    pub clauses: Vec<Clause>,
    /// The program that is told when somebody breaks the glass, with its arguments.
    pub notify: Vec<String>,
}

impl Terms {
    /// What holds where nobody decided anything (aws.md 8.1).
    pub const BUILT_IN: Self = Self {
        arming: SignedDuration::from_mins(15),
        cooldown: SignedDuration::from_mins(15),
        pace: 3,
        callers: Vec::new(),
        protected: Vec::new(),
        freezes: Vec::new(),
        calendars: Vec::new(),
        clauses: Vec::new(),
        notify: Vec::new(),
    };

    /// Since when a decision made at `now` wants to know what was done.
    pub fn looks_back_to(&self, now: Timestamp) -> Timestamp {
        now - self.cooldown.max(PACE_WINDOW)
    }

    /// The change calendars of an environment.
    pub fn calendars_of(&self, environment: &EnvironmentName) -> &[Text] {
        let mut named = self.calendars.iter();
        named
            .find(|(name, _)| name == environment)
            .map_or(&[], |(_, calendars)| calendars)
    }

    /// The first of the team's own rules that is about `change`.
    pub(super) fn clause(&self, change: &Change, tier: Tier, role: Role) -> Option<&Clause> {
        self.clauses
            .iter()
            .find(|one| one.is_about(change, tier, role))
    }

    /// The freeze that holds for `change` now.
    pub(super) fn freeze(&self, change: &Change, tier: Tier, now: Timestamp) -> Option<&Freeze> {
        let environment = &change.target().environment;
        let about = |one: &&Freeze| one.when.holds(now) && one.covers(environment, tier);
        self.freezes.iter().find(about)
    }
}

impl Default for Terms {
    fn default() -> Self {
        Self::BUILT_IN
    }
}

/// A time in which nothing is changed, except that a rollback may always be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Freeze {
    /// What it is called.
    pub name: Text,
    /// When.
    pub when: Window,
    /// The environments it is about; none is everything that is not proven to be less than
    /// production.
    pub environments: Vec<Text>,
}

impl Freeze {
    fn covers(&self, environment: &EnvironmentName, tier: Tier) -> bool {
        if self.environments.is_empty() {
            return tier == Tier::Production;
        }
        let mut patterns = self.environments.iter();
        patterns.any(|one| matches(one, environment.as_str()))
    }
}

/// When a freeze holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Window {
    /// Once.
    Once {
        /// From.
        from: Timestamp,
        /// Until; no longer frozen at that moment.
        until: Timestamp,
    },
    /// Every week.
    Weekly(Hours),
}

impl Window {
    /// Whether `now` lies within.
    pub fn holds(&self, now: Timestamp) -> bool {
        match self {
            Self::Once { from, until } => (*from..*until).contains(&now),
            Self::Weekly(hours) => hours.hold(now),
        }
    }

    /// In words, for a reviewer.
    pub fn words(&self) -> String {
        match self {
            Self::Once { from, until } => format!("{from} to {until}"),
            Self::Weekly(hours) => {
                let days = hours.days.names().join(",");
                let zone = hours.zone.iana_name().unwrap_or("UTC");
                format!(
                    "{days} {}-{} {zone}",
                    hours.from.strftime("%H:%M"),
                    hours.to.strftime("%H:%M")
                )
            }
        }
    }
}

/// One of the team's own rules. What it leaves empty stands for anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Clause {
    /// What it is called in the table, the refusal and the journal.
    pub name: Text,
    /// Verbs it is about.
    pub verbs: Vec<Text>,
    /// Proven tiers it is about.
    pub tiers: Vec<Tier>,
    /// Environments it is about; `*` stands for anything.
    pub environments: Vec<Text>,
    /// Services it is about; `*` stands for anything.
    pub services: Vec<Text>,
    /// Roles it is about.
    pub roles: Vec<Role>,
    /// What it decides.
    pub ruling: Ruling,
    /// Why, for whoever is refused.
    pub because: Text,
}

/// What one of the team's own rules decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ruling {
    /// No; breaking the glass does not help.
    Deny,
    /// As if no rule were there: name and reason are asked for.
    Ask,
    /// A reason alone will do. Counts outside production only.
    Allow,
}

impl Ruling {
    /// The word in the settings.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Deny => "deny",
            Self::Ask => "ask",
            Self::Allow => "allow",
        }
    }
}

impl Clause {
    fn is_about(&self, change: &Change, tier: Tier, role: Role) -> bool {
        let target = change.target();
        let any = |patterns: &[Text], name: &str| {
            patterns.is_empty() || patterns.iter().any(|one| matches(one, name))
        };
        let service = change.plan().is_some() || any(&self.services, target.service.name());
        (self.verbs.is_empty() || self.verbs.iter().any(|one| **one == *change.verb()))
            && (self.tiers.is_empty() || self.tiers.contains(&tier))
            && any(&self.environments, target.environment.as_str())
            && service
            && (self.roles.is_empty() || self.roles.contains(&role))
    }

    /// When it matches, in words.
    pub fn words(&self) -> String {
        let list = |what: &str, all: Vec<&str>| {
            (!all.is_empty()).then(|| format!("{what}{}", all.join(" or ")))
        };
        let parts = [
            list("", self.verbs.iter().map(Text::as_str).collect()),
            list(
                "of service ",
                self.services.iter().map(Text::as_str).collect(),
            ),
            list(
                "in environment ",
                self.environments.iter().map(Text::as_str).collect(),
            ),
            list("where ", self.tiers.iter().map(|one| one.word()).collect()),
            list("by ", self.roles.iter().map(|one| one.word()).collect()),
        ];
        let said: Vec<String> = parts.into_iter().flatten().collect();
        if said.is_empty() {
            "anything".to_owned()
        } else {
            said.join(" ")
        }
    }
}
