//! `firstline redeploy`: the same road as in the console, with flags for the dialog.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::app::command::{self, find_service};
use crate::cloud::ApplyError;
use crate::estate::change::{Change, Target};
use crate::estate::snapshot::Snapshot;
use crate::estate::verdict::Judge;
use crate::policy::{Answer, Approved, Challenge, Decision, Facts, Mark, Reason, decide};
use crate::road::{Carried, Road};

use super::desk::Desk;
use super::exit::Exit;
use super::open::Opened;
use super::{look, print};

/// Decides, asks, and carries the change down the road.
pub(super) async fn run(opened: &Opened, args: &command::Redeploy) -> anyhow::Result<Exit> {
    let snapshot = look::look(opened).await;
    let rows = Judge::default().look(&snapshot, (opened.clock)());
    let row = match find_service(&rows, &args.service) {
        Ok(row) => row,
        Err(sentence) => {
            print::problem(&sentence);
            print::problems(snapshot.problems());
            return Ok(Exit::Unknown);
        }
    };
    let seen = snapshot.service(&row.arn).map(|(_, seen)| &seen.service);
    let Some(target) = seen.and_then(|service| Target::of(service, &row.environment)) else {
        print::problem("AWS gave this service an ARN nobody can read");
        return Ok(Exit::Refused);
    };
    let change = Change::Redeploy(target);
    let asked = Asked {
        opened,
        snapshot: &snapshot,
        change: &change,
    };
    let challenge = match asked.decide(None) {
        Decision::Ask(challenge) => challenge,
        Decision::Deny(reason) => return Ok(refuse(&reason)),
        Decision::Allow(approved) => return asked.carry(&approved).await,
    };
    show(&challenge, print::line)?;
    if args.dry_run {
        print::line("dry run: nothing was asked of AWS")?;
        return Ok(Exit::Good);
    }
    let (reason, confirm) = (args.reason.as_ref(), args.confirm.as_ref());
    if let Some(missing) = missing(reason, confirm, &challenge) {
        print::problem(&missing);
        return Ok(Exit::Refused);
    }
    match asked.decide(Some(&answer(reason, confirm, &challenge)?)) {
        Decision::Allow(approved) => asked.carry(&approved).await,
        Decision::Deny(reason) => Ok(refuse(&reason)),
        Decision::Ask(challenge) => {
            print::problem(&format!(
                "refused: {}",
                challenge.complaint.unwrap_or("no answer")
            ));
            Ok(Exit::Refused)
        }
    }
}

/// A change and everything known about it.
struct Asked<'a> {
    opened: &'a Opened,
    snapshot: &'a Snapshot,
    change: &'a Change,
}

impl Asked<'_> {
    fn decide(&self, answer: Option<&Answer>) -> Decision {
        let desk = Desk::of(self.opened);
        let seen = Facts::seen(self.snapshot, self.change, (self.opened.clock)());
        decide(
            self.change,
            &Facts {
                answer,
                ..desk.facts(seen)
            },
        )
    }

    async fn carry(&self, approved: &Approved) -> anyhow::Result<Exit> {
        let target = self.change.target();
        let environment = self.snapshot.environment(&target.environment);
        let caller = environment.and_then(|one| one.identity.as_ref());
        let link = self.opened.cloud.link(&target.environment);
        let (Some(caller), Some(link)) = (caller, link) else {
            print::problem("AWS has not said who is asking, so nothing was done");
            return Ok(Exit::Refused);
        };
        let road = Road {
            journal: &self.opened.journal,
            caller,
            clock: &*self.opened.clock,
            told: &|_| {},
        };
        told(self.change, road.carry(approved, link).await)
    }
}

fn told(change: &Change, carried: Carried) -> anyhow::Result<Exit> {
    let (intent, answer, unrecorded) = match carried {
        Carried::NotAsked(error) => {
            print::problem(&format!(
                "nothing was done: the journal took no line: {error}"
            ));
            return Ok(Exit::Refused);
        }
        Carried::Asked {
            intent,
            answer,
            unrecorded,
        } => (intent, answer, unrecorded),
    };
    if let Some(error) = unrecorded {
        print::problem(&format!(
            "the outcome of {intent} could not be recorded: {error}"
        ));
    }
    let Err(error) = answer else {
        let (verb, name) = (change.verb(), change.confirmation());
        print::line(&format!("{verb} of {name} began; journal entry {intent}"))?;
        return Ok(Exit::Good);
    };
    print::problem(&format!(
        "{}: {error}; journal entry {intent}",
        change.verb()
    ));
    Ok(match error {
        ApplyError::Moved(_) => Exit::Moved,
        ApplyError::Unchecked(_) => Exit::Refused,
        ApplyError::Refused(_) | ApplyError::Unclear(_) => Exit::Failed,
    })
}

pub(super) fn refuse(reason: &Reason) -> Exit {
    print::problem(&format!("refused ({}): {}", reason.rule, reason.sentence));
    print::problem(&format!("instead: {}", reason.alternative));
    Exit::Refused
}

/// The facts first, as the dialog shows them.
pub(super) fn show(
    challenge: &Challenge,
    say: impl Fn(&str) -> io::Result<()>,
) -> anyhow::Result<()> {
    let alias = challenge
        .alias
        .as_ref()
        .map(|alias| format!("{alias} "))
        .unwrap_or_default();
    let name = match challenge.confirm.as_str() {
        "" => String::new(),
        name => format!(" {name}"),
    };
    say(&format!(
        "{}{name} in {} ({alias}{})",
        challenge.verb,
        challenge.tier.word().to_uppercase(),
        challenge.account
    ))?;
    for line in &challenge.lines {
        say(&format!(
            "  {:<8} {:<12} {}",
            word(line.mark),
            line.label,
            line.words
        ))?;
    }
    Ok(())
}

const fn word(mark: Mark) -> &'static str {
    match mark {
        Mark::Note => "",
        Mark::Ok => "ok",
        Mark::Warn => "careful",
        Mark::Bad => "bad",
    }
}

/// What is missing where nobody can be asked for it, and how to say it.
pub(super) fn missing(
    reason: Option<&String>,
    confirm: Option<&String>,
    challenge: &Challenge,
) -> Option<String> {
    let reason = reason.is_none().then(|| "--reason WORDS".to_owned());
    let confirm = confirm.is_none() && !challenge.confirm.is_empty();
    let confirm = confirm.then(|| format!("--confirm {}", challenge.confirm));
    let flags: Vec<String> = [reason, confirm].into_iter().flatten().collect();
    (!flags.is_empty() && !io::stdin().is_terminal()).then(|| {
        format!(
            "refused: nobody sits here to be asked; add {}",
            flags.join(" and ")
        )
    })
}

/// The flags, and where they are missing, what the person types.
pub(super) fn answer(
    reason: Option<&String>,
    confirm: Option<&String>,
    challenge: &Challenge,
) -> io::Result<Answer> {
    let ask = |question: &str, given: Option<&String>| match given {
        Some(given) => Ok(given.clone()),
        None => typed(question),
    };
    let reason = ask("reason: ", reason)?;
    let confirm = if challenge.confirm.is_empty() {
        String::new() // no name is asked for
    } else {
        ask(&format!("type {} to go on: ", challenge.confirm), confirm)?
    };
    Ok(Answer {
        typed: confirm,
        reason,
    })
}

/// Asks on the terminal and takes one line, trimmed.
pub(super) fn typed(question: &str) -> io::Result<String> {
    let mut out = io::stderr();
    out.write_all(question.as_bytes())?;
    out.flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}
