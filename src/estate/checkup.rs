//! What a look at the whole setup found: credentials, clock, endpoints, permissions, terminal.

use std::collections::BTreeMap;

use serde::Serialize;

use super::doctor::Finding;
use super::permission::{Feature, Permission};
use super::problem::{Problem, ProblemKind};
use super::text::Text;
use super::{SignedDuration, Timestamp};

/// AWS refuses a clock that differs by five minutes; a minute is on its way there.
const SKEW_CAREFUL: SignedDuration = SignedDuration::from_mins(1);
const SKEW_BAD: SignedDuration = SignedDuration::from_mins(5);
/// Credentials that last no longer are worth a word.
const ENDS_SOON: SignedDuration = SignedDuration::from_mins(30);

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// The environment it was looked at in; `None` is this machine.
    pub environment: Option<Text>,
    /// What was looked at, in a word or two.
    pub about: Text,
    /// How it stands.
    pub finding: Finding,
    /// What was found.
    pub words: Text,
    /// What to do about it; empty where nothing has to be done.
    pub mend: Text,
}

impl Check {
    /// A finding with nothing to mend.
    pub fn new(about: &str, finding: Finding, words: impl AsRef<str>) -> Self {
        Self {
            environment: None,
            about: about.into(),
            finding,
            words: Text::clean(words.as_ref()),
            mend: Text::default(),
        }
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn mended(self, mend: impl AsRef<str>) -> Self {
        Self {
            mend: Text::clean(mend.as_ref()),
            ..self
        }
    }

    /// The same in an environment.
    #[must_use]
    pub fn of(self, environment: &str) -> Self {
        Self {
            environment: Some(environment.into()),
            ..self
        }
    }
}

/// What came of trying one operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// AWS let it through; that what was asked for does not exist is no refusal.
    Permitted,
    /// AWS said that this action is not allowed.
    Missing(Text),
    /// Nobody knows: throttled, expired, no answer.
    Unclear(Problem),
    /// It was not tried, and why.
    NotTried(&'static str),
}

/// One operation, and what came of trying it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// What was tried.
    pub permission: Permission,
    /// What came of it.
    pub outcome: Outcome,
}

impl Trial {
    /// How it stands. What the board itself lives from is bad to miss; the rest takes a feature
    /// away and leaves the others.
    pub fn finding(&self) -> Finding {
        match &self.outcome {
            Outcome::Permitted => Finding::Good,
            Outcome::Missing(_) if self.permission.serves.contains(&Feature::Board) => Finding::Bad,
            Outcome::Missing(_) | Outcome::NotTried(_) => Finding::Careful,
            Outcome::Unclear(_) => Finding::Unknown,
        }
    }

    /// What is gone without it.
    pub fn gone(&self) -> String {
        let features = self.permission.serves.iter();
        let features: Vec<String> = features.map(Feature::to_string).collect();
        features.join("; ")
    }
}

/// How far AWS's clock is from ours.
pub fn clock(skew: Option<SignedDuration>) -> Check {
    let Some(skew) = skew else {
        return Check::new("clock", Finding::Unknown, "nobody told AWS's time");
    };
    let away = skew.abs();
    let words = format!("{} s away from AWS's", away.as_secs());
    if away < SKEW_CAREFUL {
        return Check::new("clock", Finding::Good, words);
    }
    let finding = if away < SKEW_BAD {
        Finding::Careful
    } else {
        Finding::Bad
    };
    Check::new("clock", finding, words).mended("set the clock: AWS refuses from 5 min on")
}

/// Who is asking, and for how long.
pub fn credentials(caller: &str, ends: Option<Timestamp>, now: Timestamp, sign_in: &str) -> Check {
    let Some(ends) = ends else {
        let words = format!("{caller}; nobody says until when");
        return Check::new("credentials", Finding::Good, words);
    };
    let left = ends.duration_since(now);
    let words = format!("{caller}, {} min left", left.as_mins());
    if left < ENDS_SOON {
        return Check::new("credentials", Finding::Careful, words).mended(sign_in);
    }
    Check::new("credentials", Finding::Good, words)
}

/// Why nobody knows who is asking.
pub fn no_credentials(problem: &Problem) -> Check {
    Check::new("credentials", Finding::Bad, &*problem.sentence)
}

/// Which of AWS's services answered at all, told by the trials: whoever refuses has answered.
pub fn endpoints(trials: &[Trial]) -> Vec<Check> {
    let mut by_service: BTreeMap<&str, Option<&Problem>> = BTreeMap::new();
    for trial in trials {
        let silent = match &trial.outcome {
            Outcome::NotTried(_) => continue,
            Outcome::Unclear(problem)
                if matches!(
                    problem.kind,
                    ProblemKind::Unreachable | ProblemKind::Unreadable
                ) =>
            {
                Some(problem)
            }
            Outcome::Permitted | Outcome::Missing(_) | Outcome::Unclear(_) => None,
        };
        let known = by_service.entry(trial.permission.service).or_insert(silent);
        if silent.is_none() {
            *known = None;
        }
    }
    let (silent, answered): (Vec<_>, Vec<_>) = by_service
        .into_iter()
        .partition(|(_, problem)| problem.is_some());
    let names: Vec<&str> = answered.iter().map(|(service, _)| *service).collect();
    let mut checks = Vec::new();
    if !names.is_empty() {
        checks.push(Check::new(
            "endpoints",
            Finding::Good,
            format!("answered: {}", names.join(", ")),
        ));
    }
    for (service, problem) in silent {
        let words = problem.map_or("", |problem| &*problem.sentence);
        let check = Check::new("endpoints", Finding::Bad, format!("{service}: {words}"));
        checks.push(check.mended("is there a way to it: proxy, firewall, VPC endpoint?"));
    }
    checks
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: Permission = Permission {
        service: "ecs",
        operation: "ListServices",
        serves: &[Feature::Board, Feature::Staging],
    };
    const LOGS: Permission = Permission {
        service: "logs",
        operation: "FilterLogEvents",
        serves: &[Feature::Logs],
    };

    fn trial(permission: Permission, outcome: Outcome) -> Trial {
        Trial {
            permission,
            outcome,
        }
    }

    fn silent() -> Outcome {
        Outcome::Unclear(Problem {
            feed: super::super::problem::Feed::Identity,
            operation: "X",
            kind: ProblemKind::Unreachable,
            sentence: "nobody answered X".into(),
            at: Timestamp::UNIX_EPOCH,
        })
    }

    #[test]
    fn what_the_board_lives_from_is_bad_to_miss() {
        let missing = |permission: Permission| {
            let action = permission.action().as_str().into();
            trial(permission, Outcome::Missing(action)).finding()
        };
        assert_eq!(missing(LIST), Finding::Bad);
        assert_eq!(missing(LOGS), Finding::Careful);
        assert_eq!(trial(LOGS, silent()).finding(), Finding::Unknown);
    }

    #[test]
    fn a_service_that_refuses_has_answered() {
        let found = endpoints(&[
            trial(LIST, Outcome::Missing("ecs:ListServices".into())),
            trial(LOGS, silent()),
        ]);
        let words: Vec<String> = found
            .iter()
            .map(|one| format!("{:?} {}", one.finding, one.words))
            .collect();
        assert_eq!(words, ["Good answered: ecs", "Bad logs: nobody answered X"]);
    }

    #[test]
    fn a_clock_is_judged_by_what_aws_takes() {
        let skew = |seconds| clock(Some(SignedDuration::from_secs(seconds))).finding;
        assert_eq!(skew(-2), Finding::Good);
        assert_eq!(skew(90), Finding::Careful);
        assert_eq!(skew(-301), Finding::Bad);
        assert_eq!(clock(None).finding, Finding::Unknown);
    }
}
