//! Why a decision is what it is, and the whole policy on one page.

use serde::Serialize;

use crate::estate::change::Change;
use crate::estate::text::Text;

use super::facts::Facts;
use super::guards::{self, BEHIND_GLASS};
use super::rules::{self, Rule};
use super::second;
use super::terms::{Ruling, Terms};
use super::{Decision, decide};

/// One line of the whole policy, for a reviewer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The rule's name.
    pub rule: Text,
    /// When it matches.
    pub when: Text,
    /// What it decides: `deny`, `allow` or `ask`.
    pub decision: &'static str,
    /// Whether a broken glass passes it.
    pub glass: bool,
    /// What a refused person can do instead.
    pub alternative: Text,
}

impl Row {
    fn of(rule: &Rule) -> Self {
        Self {
            rule: rule.name.into(),
            when: rule.when.into(),
            decision: "deny",
            glass: BEHIND_GLASS.contains(&rule.name),
            alternative: rule.alternative.into(),
        }
    }

    fn own(rule: impl Into<Text>, when: String, decision: &'static str, why: &str) -> Self {
        Self {
            rule: rule.into(),
            when: when.into(),
            decision,
            glass: BEHIND_GLASS.contains(&decision),
            alternative: why.into(),
        }
    }
}

/// The whole policy, top to bottom; the first row that matches decides. Where a row names no verb
/// it is about all of them.
pub fn table(terms: &Terms) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for rule in rules::all() {
        rows.push(Row::of(rule));
        match rule.name {
            "role" => rows.extend(terms.callers.iter().map(|one| {
                let (role, pattern) = (one.role.word(), &one.pattern);
                Row::own(format!("  {role}"), format!("caller {pattern}"), "", "")
            })),
            "rule" => rows.extend(terms.clauses.iter().map(|one| {
                let name = format!("  {}", one.name);
                Row::own(name, one.words(), one.ruling.word(), &one.because)
            })),
            "protected" => rows.extend(
                terms
                    .protected
                    .iter()
                    .map(|one| Row::own("  service", one.to_string(), "deny", "")),
            ),
            "frozen" => rows.extend(terms.freezes.iter().map(|one| {
                let places: Vec<&str> = one.environments.iter().map(Text::as_str).collect();
                let places = if places.is_empty() {
                    "production".to_owned()
                } else {
                    places.join(", ")
                };
                let when = format!("{places}: {}", one.when.words());
                Row::own(format!("  {}", one.name), when, "deny", "")
            })),
            "calendar" => rows.extend(terms.calendars.iter().map(|(place, names)| {
                let names: Vec<&str> = names.iter().map(Text::as_str).collect();
                Row::own(
                    "  calendar",
                    format!("{place}: {}", names.join(", ")),
                    "deny",
                    "",
                )
            })),
            _ => {}
        }
    }
    rows.push(Row::own(
        "second-person",
        second::WHEN.to_owned(),
        "ask",
        "an approval of another change, by the same person, by one who may not alter production or older than 15 minutes is none",
    ));
    rows.push(Row::own(
        "confirmed",
        "the name was typed (outside production not for a session, nor where a rule of the team says allow; an environment's may be left to --yes where the settings allow it) and a reason given".to_owned(),
        "allow",
        "",
    ));
    rows.push(Row::own(
        "otherwise",
        "no rule above matches".to_owned(),
        "ask",
        "",
    ));
    rows
}

/// How one rule looked at a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Look {
    /// The rule's name.
    pub rule: &'static str,
    /// What it said: `passes`, `denies`, or `behind glass` where it would deny if the glass were
    /// whole.
    pub said: &'static str,
    /// Its sentence, where it does not pass.
    pub sentence: Option<Text>,
}

/// Why a decision is what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// `allow`, `ask` or `deny`.
    pub decision: &'static str,
    /// The rule that decided.
    pub rule: Text,
    /// Why, in a sentence.
    pub why: Text,
    /// What can be done instead, where it is denied.
    pub instead: Option<Text>,
    /// Every rule that was looked at, in order; the one that decided is the last.
    pub looked: Vec<Look>,
}

/// Explains what [`decide`] says about `change`.
pub fn explain(change: &Change, facts: &Facts<'_>) -> Explained {
    let looked = looks(change, facts);
    let own = facts.caller.and_then(|_| {
        let ruling = guards::ruling(change, facts)?;
        let name = guards::clause_name(change, facts)?;
        (ruling != Ruling::Deny).then_some(name)
    });
    let (decision, rule, why, instead) = match decide(change, facts) {
        Decision::Deny(reason) => (
            "deny",
            Text::from(reason.rule),
            reason.sentence,
            Some(Text::from(reason.alternative)),
        ),
        Decision::Ask(challenge) => {
            let rule = if challenge.second {
                "second-person".into()
            } else {
                own.unwrap_or_else(|| "otherwise".into())
            };
            let also = if challenge.second {
                "; another person has to approve it, as the image moved"
            } else {
                ""
            };
            let why = match (challenge.confirm.as_str(), challenge.complaint) {
                (_, Some(complaint)) => complaint.to_owned(),
                ("", None) => format!("a reason is asked for{also}"),
                (name, None) => format!("{name} has to be typed, and a reason given{also}"),
            };
            ("ask", rule, why.into(), None)
        }
        Decision::Allow(_) => {
            let why = "everything asked for was given";
            (
                "allow",
                own.unwrap_or_else(|| "confirmed".into()),
                why.into(),
                None,
            )
        }
    };
    Explained {
        decision,
        rule,
        why,
        instead,
        looked,
    }
}

fn looks(change: &Change, facts: &Facts<'_>) -> Vec<Look> {
    let mut looks = Vec::new();
    for rule in rules::about(change) {
        let sentence = (rule.denies)(change, facts).map(Text::from);
        let said = match &sentence {
            None => "passes",
            Some(_) if guards::is_passed(rule, facts) => "behind glass",
            Some(_) => "denies",
        };
        looks.push(Look {
            rule: rule.name,
            said,
            sentence,
        });
        if said == "denies" {
            break;
        }
    }
    looks
}
