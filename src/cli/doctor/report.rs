//! What was found, as a page of text and as JSON.

use serde::Serialize;

use crate::cli::exit::Exit;
use crate::cli::print;
use crate::estate::Timestamp;
use crate::estate::checkup::{Check, Outcome, Trial};
use crate::estate::doctor::Finding;
use crate::estate::permission::Feature;
use crate::estate::text::Text;

/// Everything that was found.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// When it was looked at.
    taken_at: Timestamp,
    /// What was looked at.
    pub(super) checks: Vec<Check>,
    /// What was tried of AWS.
    pub(super) permissions: Vec<Tried>,
}

/// One permission, and what came of trying it.
#[derive(Debug, Serialize)]
pub(super) struct Tried {
    environment: Text,
    /// The IAM action.
    action: String,
    outcome: &'static str,
    finding: Finding,
    /// What is gone without it.
    features: Vec<Feature>,
    words: Text,
    #[serde(skip)]
    gone: String,
}

impl Tried {
    pub(super) fn new(environment: &str, trial: &Trial) -> Self {
        let (outcome, words) = match &trial.outcome {
            Outcome::Permitted => ("permitted", Text::default()),
            Outcome::Missing(action) => ("missing", action.clone()),
            Outcome::Unclear(problem) => ("unclear", problem.sentence.clone()),
            Outcome::NotTried(why) => ("not-tried", (*why).into()),
        };
        Self {
            environment: environment.into(),
            action: trial.permission.action(),
            outcome,
            finding: trial.finding(),
            features: trial.permission.serves.to_vec(),
            words,
            gone: trial.gone(),
        }
    }
}

impl Report {
    pub(super) fn new(taken_at: Timestamp) -> Self {
        Self {
            taken_at,
            checks: Vec::new(),
            permissions: Vec::new(),
        }
    }

    /// The worst of it, as `status` tells it. What was not tried is no fault.
    pub(super) fn exit(&self) -> Exit {
        let tried = self.permissions.iter();
        let tried = tried.filter(|one| one.outcome != "not-tried");
        let findings = self.checks.iter().map(|one| one.finding);
        match findings.chain(tried.map(|one| one.finding)).max() {
            None | Some(Finding::Good) => Exit::Good,
            Some(Finding::Careful) => Exit::Degraded,
            Some(Finding::Unknown) => Exit::Unknown,
            Some(Finding::Bad) => Exit::Down,
        }
    }

    pub(super) fn print(&self, json: bool) -> anyhow::Result<()> {
        if json {
            print::line(&serde_json::to_string_pretty(self)?)?;
            return Ok(());
        }
        let mut shown: Vec<Option<&Text>> = Vec::new();
        for check in &self.checks {
            if !shown.contains(&check.environment.as_ref()) {
                shown.push(check.environment.as_ref());
            }
        }
        for environment in shown {
            print::line(environment.map_or("this machine", |name| name))?;
            let of = |one: &&Check| one.environment.as_ref() == environment;
            for check in self.checks.iter().filter(of) {
                let word = check.finding.word();
                print::line(&format!("  {word:<8} {:<12} {}", check.about, check.words))?;
                if !check.mend.is_empty() {
                    print::line(&format!("  {:<8} {:<12} mend: {}", "", "", check.mend))?;
                }
            }
            if let Some(name) = environment {
                self.print_permissions(name)?;
            }
        }
        Ok(())
    }

    /// How many are there, and each that is not, with what it takes away.
    fn print_permissions(&self, environment: &Text) -> anyhow::Result<()> {
        let of = |one: &&Tried| one.environment == *environment;
        let all: Vec<&Tried> = self.permissions.iter().filter(of).collect();
        if all.is_empty() {
            return Ok(());
        }
        let lacking = all.iter().filter(|one| one.outcome != "permitted");
        let lacking: Vec<&&Tried> = lacking.collect();
        let worst = lacking.iter().map(|one| one.finding).max();
        print::line(&format!(
            "  {:<8} {:<12} {} of {} permitted",
            worst.unwrap_or(Finding::Good).word(),
            "permissions",
            all.len() - lacking.len(),
            all.len(),
        ))?;
        let mut rows = Vec::new();
        for one in lacking {
            let words = match one.outcome {
                "missing" => one.gone.clone(),
                _ => format!("{} ({})", one.words, one.gone),
            };
            let word = format!("    {}", one.outcome);
            rows.push([word, one.action.clone(), words]);
        }
        print::table(&rows)?;
        Ok(())
    }
}
