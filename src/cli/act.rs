//! `firstline redeploy`, `recycle`, `rollback`, `stop-task`, `scale`: the same road as in the
//! console, with flags for the dialog.

use std::io;
use std::sync::{Mutex, PoisonError};

use serde_json::json;

use crate::app::command::{Act, find_service};
use crate::cloud::Link;
use crate::estate::change::{Belief, Change, Target};
use crate::estate::closely::Wish;
use crate::estate::id::{EnvironmentName, ServiceArn};
use crate::estate::part::{Part, Read};
use crate::estate::snapshot::Snapshot;
use crate::estate::verdict::Judge;
use crate::policy::{Answer, Approved, Challenge, Check, Decision, Facts, decide, preflight};
use crate::road::{Carried, Road, Stage, Wheel};

use super::answer::{answer, became, missing, refuse, show, unanswered, word};
use super::desk::Desk;
use super::exit::Exit;
use super::open::Opened;
use super::second::Second;
use super::{follow, look, print};

/// Looks, decides, asks, carries the change down the road and follows it.
pub(super) async fn run(
    opened: &Opened,
    (args, wish): (&Act, Wish),
    approval: Option<&str>,
) -> anyhow::Result<Exit> {
    let mut snapshot = look::look_to_decide(opened).await;
    let rows = Judge::default().look(&snapshot, (opened.clock)());
    let (environment, arn) = match find_service(&rows, &args.service) {
        Ok(row) => (row.environment.clone(), row.arn.clone()),
        Err(sentence) => {
            print::problem(&sentence);
            print::problems(snapshot.problems());
            return Ok(Exit::Unknown);
        }
    };
    let Some(link) = opened.cloud.link(&environment) else {
        print::problem("nothing connects to its environment");
        return Ok(Exit::Refused);
    };
    read(link, &mut snapshot, &[Read::Closely(arn.clone())]).await;
    let change = match wished(&snapshot, (&environment, &arn), &wish) {
        Ok(change) => change,
        Err(sentence) => {
            print::problem(&format!("refused: {sentence}"));
            return Ok(Exit::Refused);
        }
    };
    let mut asked = Asked {
        opened,
        link,
        snapshot,
        change,
        args,
        second: Second::given(approval),
    };
    asked.go().await
}

/// Reads `what` into `snapshot`.
pub(super) async fn read(link: &Link, snapshot: &mut Snapshot, what: &[Read]) {
    let parts = Mutex::new(Vec::new());
    let sink = |part: Part| {
        let mut parts = parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.push(part);
    };
    for one in what {
        link.read(one, &sink).await;
    }
    for part in parts.into_inner().unwrap_or_else(PoisonError::into_inner) {
        snapshot.absorb(part);
    }
}

/// The change that fulfils `wish`, on what was seen of the service.
pub(super) fn wished(
    snapshot: &Snapshot,
    (environment, arn): (&EnvironmentName, &ServiceArn),
    wish: &Wish,
) -> Result<Change, String> {
    let (place, sighting) = snapshot
        .service(arn)
        .ok_or_else(|| format!("{} has not been seen", arn.name()))?;
    let target = Target::of(&sighting.service, environment)
        .ok_or("AWS gave this service an ARN nobody can read")?;
    let seen = place
        .closely
        .get(arn)
        .ok_or_else(|| format!("{} could not be looked at closely", arn.name()))?;
    wish.change(target, seen)
}

/// A change and everything known about it.
struct Asked<'a> {
    opened: &'a Opened,
    link: &'a Link,
    snapshot: Snapshot,
    change: Change,
    args: &'a Act,
    second: Second<'a>,
}

impl Asked<'_> {
    async fn go(&mut self) -> anyhow::Result<Exit> {
        let decision = self.decide(None);
        if self.args.json && self.args.dry_run {
            return self.print_plan(&decision);
        }
        let challenge = match decision {
            Decision::Ask(challenge) => challenge,
            Decision::Deny(reason) => {
                self.print_checks()?;
                return Ok(refuse(&reason));
            }
            Decision::Allow(approved) => return self.carry(&approved).await,
        };
        if !self.args.json {
            show(&challenge, print::line)?;
        }
        if self.args.dry_run {
            self.print_checks()?;
            print::line("dry run: nothing was asked of AWS")?;
            return Ok(Exit::Good);
        }
        let answer = match self.answered(&challenge).await? {
            Ok(answer) => answer,
            Err(exit) => return Ok(exit),
        };
        if let Some(moved) = self.moved() {
            let name = self.change.confirmation();
            print::problem(&format!("{name} has moved, nothing was done: {moved}"));
            return Ok(Exit::Moved);
        }
        match self.decide(Some(&answer)) {
            Decision::Allow(approved) => self.carry(&approved).await,
            Decision::Deny(reason) => Ok(refuse(&reason)),
            Decision::Ask(challenge) => Ok(unanswered(&challenge)),
        }
    }

    /// What the person says to `challenge`, the second person's word with it; where that is not
    /// enough, how to end.
    async fn answered(&mut self, challenge: &Challenge) -> anyhow::Result<Result<Answer, Exit>> {
        if !challenge.amber.is_empty() && !self.args.acknowledge {
            let amber = challenge.amber.join(", ");
            print::problem(&format!("refused: careful with {amber}; add --acknowledge"));
            return Ok(Err(Exit::Refused));
        }
        let (reason, confirm) = (self.args.reason.as_ref(), self.args.confirm.as_ref());
        if let Some(missing) = missing(reason, confirm, challenge) {
            print::problem(&missing);
            return Ok(Err(Exit::Refused));
        }
        let waited = if challenge.second {
            let place = (self.opened, self.link);
            match self
                .second
                .find(place, &self.snapshot, &self.change)
                .await?
            {
                Ok(waited) => waited,
                Err(exit) => return Ok(Err(exit)),
            }
        } else {
            false
        };
        let answer = Answer {
            acknowledged: challenge.amber.clone(),
            ..answer(reason, confirm, challenge)?
        };
        if waited || reason.is_none() || confirm.is_none() {
            // Typing took its time: decide on what is true now.
            let arn = self.change.target().service.clone();
            let again = [Read::Identity, Read::Services, Read::Closely(arn)];
            read(self.link, &mut self.snapshot, &again).await;
        }
        Ok(Ok(answer))
    }

    fn decide(&self, answer: Option<&Answer>) -> Decision {
        let desk = Desk::of(self.opened);
        let facts = Facts {
            answer,
            ..self.second.facts(desk.facts(self.seen()))
        };
        decide(&self.change, &facts)
    }

    /// What is no longer as the question was asked about it.
    fn moved(&self) -> Option<String> {
        let (_, sighting) = self.snapshot.service(&self.change.target().service)?;
        let now = Belief::of(&sighting.service);
        self.change.target().belief.moved(&now)
    }

    fn seen(&self) -> Facts<'_> {
        Facts::seen(&self.snapshot, &self.change, (self.opened.clock)())
    }

    fn checks(&self) -> Vec<Check> {
        let desk = Desk::of(self.opened);
        preflight(&self.change, &desk.facts(self.seen()))
    }

    /// The whole preflight: the facts before it said what is not green. Beside JSON it goes to
    /// standard error, where a person reads it and no program does.
    fn print_checks(&self) -> anyhow::Result<()> {
        for check in self.checks() {
            let (number, about) = (check.number, check.about);
            let mark = word(check.mark);
            let line = format!("  {number:>2} {about:<11} {mark:<8} {}", check.words);
            if self.args.json {
                print::aside(&line)?;
            } else {
                print::line(&line)?;
            }
        }
        Ok(())
    }

    fn print_plan(&self, decision: &Decision) -> anyhow::Result<Exit> {
        let checks: Vec<_> = self
            .checks()
            .iter()
            .map(|check| {
                json!({
                    "number": check.number,
                    "about": check.about,
                    "finding": word(check.mark),
                    "words": check.words.as_str(),
                })
            })
            .collect();
        let (decision, exit) = match decision {
            Decision::Allow(_) => (json!({ "decision": "allow" }), Exit::Good),
            Decision::Ask(challenge) => (
                json!({
                    "decision": "ask",
                    "confirm": challenge.confirm.as_str(),
                    "acknowledge": &challenge.amber,
                    "second_person": challenge.second,
                }),
                Exit::Good,
            ),
            Decision::Deny(reason) => (
                json!({
                    "decision": "deny",
                    "rule": reason.rule,
                    "reason": reason.sentence.as_str(),
                    "instead": reason.alternative,
                }),
                Exit::Refused,
            ),
        };
        let target = self.change.target();
        let plan = json!({
            "verb": self.change.verb(),
            "environment": target.environment.as_str(),
            "account": target.account.as_str(),
            "region": target.region.as_str(),
            "service": target.service.as_str(),
            "detail": self.change.detail(),
            "aws": self.change.as_aws_command(),
            "preflight": checks,
            "policy": decision,
        });
        print::line(&plan.to_string())?;
        Ok(exit)
    }

    async fn carry(&self, approved: &Approved) -> anyhow::Result<Exit> {
        let target = self.change.target();
        let environment = self.snapshot.environment(&target.environment);
        let Some(caller) = environment.and_then(|one| one.identity.as_ref()) else {
            print::problem("AWS has not said who is asking, so nothing was done");
            return Ok(Exit::Refused);
        };
        let bar = follow::Bar::new(self.args.json);
        // One by one takes minutes: that it began is said when it does, and not after its last stop.
        let long = matches!(self.change, Change::Recycle { .. });
        let told = |stage: Stage| match stage {
            Stage::Intended(intent) if long => {
                // Nobody to tell is no reason to stop.
                let _ = told_begin(&self.change, intent.as_str(), self.args.json);
            }
            Stage::Recycled { done, of, words } => bar.say(
                done * 100 / of.max(1),
                &format!("{done} of {of} stopped, {words}"),
            ),
            Stage::Intended(_) | Stage::Answered(_) | Stage::Recorded => {}
        };
        let road = Road {
            journal: &self.opened.journal,
            caller,
            clock: &*self.opened.clock,
            told: &told,
        };
        let carried = if long {
            Box::pin(road.recycle(approved, self.link, &Wheel::default())).await
        } else {
            Box::pin(road.carry(approved, self.link)).await
        };
        let followed = road.followed(&self.change, &carried);
        bar.end();
        let exit = told_end(&self.change, carried, (self.args.json, long))?;
        match followed {
            Some(followed) if !self.args.no_wait && exit == Exit::Good => {
                let patience = self.args.timeout;
                follow::to_the_end(self.opened, self.link, followed, (patience, &bar)).await
            }
            _ => Ok(exit),
        }
    }
}

fn told_begin(change: &Change, intent: &str, json: bool) -> io::Result<()> {
    let (verb, name) = (change.verb(), change.confirmation());
    if !json {
        return print::line(&format!("{verb} of {name} began; journal entry {intent}"));
    }
    let began = json!({ "event": "began", "verb": verb, "service": name, "journal": intent });
    print::line(&began.to_string())
}

/// What became of it; `begun` are those that said already that they began.
fn told_end(
    change: &Change,
    carried: Carried,
    (json, begun): (bool, bool),
) -> anyhow::Result<Exit> {
    let failed = match &carried {
        Carried::Asked {
            answer: Err(error), ..
        } => Some(error.to_string()),
        Carried::Asked { .. } | Carried::NotAsked(_) => None,
    };
    let exit = match became(change.verb(), "done", carried) {
        Ok(_) if begun => return Ok(Exit::Good),
        Ok(intent) => {
            told_begin(change, intent.as_str(), json)?;
            return Ok(Exit::Good);
        }
        Err(exit) => exit,
    };
    // Whoever read that it began reads how it ended.
    if let Some(words) = failed.filter(|_| json && begun) {
        let end = json!({
            "event": "end",
            "service": change.confirmation(),
            "exit": exit.code(),
            "words": words,
            "trouble": [],
        });
        print::line(&end.to_string())?;
    }
    Ok(exit)
}
