//! `firstline stop` and `firstline start`: the same road as in the console, with flags for the
//! dialog and a line for every step.

use std::io;
use std::sync::{Mutex, PoisonError};

use crate::app::command::Bring;
use crate::cloud::Link;
use crate::estate::change::Change;
use crate::estate::id::ServiceArn;
use crate::estate::staging::{
    Counts, Doing, Event, Goal, Orders, Phase, Plan, Progress, State, Survey,
};
use crate::estate::text::Text;
use crate::policy::{Answer, Approved, Decision, Facts, decide, may_be_stopped, no_such_verb};
use crate::road::{EnvironmentRoad, Halt};

use super::answer::{refuse, typed, unanswered};
use super::desk::Desk;
use super::exit::Exit;
use super::manner;
use super::open::Opened;
use super::print;

/// Plans, asks, and goes down the road.
pub(super) async fn run(
    opened: &Opened,
    goal: Goal,
    args: &Bring,
    counts: &Counts,
) -> anyhow::Result<Exit> {
    // Production has no such verb: it is not even looked at.
    let link = opened.cloud.link(&args.environment.as_str().into());
    let Some(link) = link.filter(|link| may_be_stopped(link.environment())) else {
        let links = opened.cloud.links().iter();
        let known = links.map(|link| link.environment());
        let sentence = no_such_verb(goal.word(), &args.environment, known);
        print::problem(&sentence);
        return Ok(Exit::Refused);
    };
    let places = opened.settings.places.iter();
    let mut places = places.filter(|one| one.environment.name == link.environment().name);
    let orders = places
        .next()
        .map(|one| one.orders.clone())
        .unwrap_or_default();
    let survey = match link.survey(&orders).await {
        Ok(mut survey) => {
            survey.remember(|service| opened.journal.saved_on(service));
            survey
        }
        Err(problem) => {
            print::problem(&problem.sentence);
            return Ok(Exit::Refused);
        }
    };
    let now = (opened.clock)();
    let settings = (link.environment(), &orders);
    let Some(mut plan) = Plan::new(goal, settings, &survey, now) else {
        print::problem("the environment has no cluster AWS shows");
        return Ok(Exit::Refused);
    };
    if let Err(why) = plan.give(counts) {
        print::problem(&format!("--count: {why}"));
        return Ok(Exit::Usage);
    }
    let asked = Asked {
        opened,
        link,
        survey: &survey,
        orders: &orders,
        args,
    };
    asked.go(plan).await
}

/// A plan's surroundings.
struct Asked<'a> {
    opened: &'a Opened,
    link: &'a Link,
    survey: &'a Survey,
    orders: &'a Orders,
    args: &'a Bring,
}

impl Asked<'_> {
    async fn go(&self, mut plan: Plan) -> anyhow::Result<Exit> {
        if !self.args.json || self.args.dry_run {
            self.show(&plan)?;
        }
        self.ask_counts(&mut plan)?;
        let change = match plan.goal {
            Goal::Stop => Change::StopEnvironment(Box::new(plan)),
            Goal::Start => Change::StartEnvironment(Box::new(plan)),
        };
        // Refused whatever anybody types: said before anybody is asked to.
        if let Decision::Deny(reason) = self.decide(&change, None) {
            return Ok(refuse(&reason));
        }
        if self.args.dry_run {
            print::problem("dry run: nothing was asked of AWS");
            return Ok(Exit::Good);
        }
        match self.decide(&change, Some(&self.answer(&change)?)) {
            Decision::Allow(approved) => self.carry(&approved).await,
            Decision::Deny(reason) => Ok(refuse(&reason)),
            Decision::Ask(challenge) => Ok(unanswered(&challenge)),
        }
    }

    /// Asks a person who sits there how many tasks each service shall run that nothing is on
    /// record for. Nobody is asked twice, and nothing typed leaves it alone.
    fn ask_counts(&self, plan: &mut Plan) -> io::Result<()> {
        let person = manner::may_ask() && !self.args.yes && !self.args.dry_run;
        let asking = plan.asking().filter(|one| one.count.is_none());
        let questions: Vec<(Text, Option<u32>)> = asking
            .map(|one| (one.name.clone(), one.proposal()))
            .collect();
        if !person || questions.is_empty() {
            return Ok(());
        }
        let mut counts: Vec<(Text, u32)> = plan
            .asking()
            .filter_map(|one| Some((one.name.clone(), one.count?)))
            .collect();
        for (name, proposal) in questions {
            let hint = proposal.map_or_else(String::new, |count| format!(", proposed {count}"));
            let question = format!("tasks of {name} (nothing typed leaves it{hint}): ");
            let answer = typed(&question)?;
            match answer.parse() {
                Ok(count) => counts.push((name, count)),
                Err(_) if answer.is_empty() => {}
                Err(_) => print::problem(&format!("{answer:?} is no count: {name} is left alone")),
            }
        }
        // Every name was taken from the plan itself.
        plan.give(&counts.into_iter().collect())
            .map_err(io::Error::other)
    }

    fn decide(&self, change: &Change, answer: Option<&Answer>) -> Decision {
        let desk = Desk::of(self.opened);
        let seen = Facts {
            environment: Some(self.link.environment()),
            caller: Some(&self.survey.caller),
            answer,
            unattended: self.args.yes.then_some(self.orders.allow_unattended),
            ..Facts::unknown((self.opened.clock)())
        };
        decide(change, &desk.facts(seen))
    }

    /// The flags, and where they are missing and a person sits there, what the person types.
    fn answer(&self, change: &Change) -> io::Result<Answer> {
        let person = manner::may_ask() && !self.args.yes;
        let ask = |question: &str, given: &Option<String>| match given {
            Some(given) => Ok(given.clone()),
            None if person => typed(question),
            None => Ok(String::new()),
        };
        let reason = ask("reason: ", &self.args.reason)?;
        let question = format!("type {} to go on: ", change.confirmation());
        Ok(Answer {
            typed: ask(&question, &self.args.confirm)?,
            reason,
            acknowledged: Vec::new(),
        })
    }

    async fn carry(&self, approved: &Approved) -> anyhow::Result<Exit> {
        let host = rustix::system::uname();
        let host = host.nodename().to_string_lossy().into_owned();
        let by = format!("{}@{host}", self.opened.settings.user);
        let said: Mutex<Vec<(ServiceArn, String)>> = Mutex::default();
        let told = |event: Event| {
            if !self.args.json {
                say(&event, &said);
            }
        };
        let road = EnvironmentRoad {
            journal: &self.opened.journal,
            caller: &self.survey.caller,
            by: &by,
            clock: &*self.opened.clock,
            told: &told,
        };
        match Box::pin(road.carry(approved, self.link)).await {
            Ok(progress) => self.end(&progress),
            Err(halt) => {
                print::problem(&halt.to_string());
                Ok(match halt {
                    Halt::Held(_) | Halt::Journal(_) | Halt::NoPlan => Exit::Refused,
                    Halt::Lock(_) => Exit::Failed,
                })
            }
        }
    }

    /// The table of results.
    fn end(&self, progress: &Progress) -> anyhow::Result<Exit> {
        if self.args.json {
            print::line(&serde_json::to_string(progress)?)?;
        } else {
            let rows: Vec<[String; 2]> = progress
                .rows
                .iter()
                .map(|row| [row.name.to_string(), row.state.words()])
                .collect();
            print::line("")?;
            print::table(&rows)?;
        }
        Ok(if progress.is_good() {
            Exit::Good
        } else {
            Exit::Failed
        })
    }

    /// The plan: now, saved, after; totals, what it saves, what is left out.
    fn show(&self, plan: &Plan) -> anyhow::Result<()> {
        if self.args.json {
            print::line(&serde_json::to_string(plan)?)?;
            return Ok(());
        }
        let target = &plan.target;
        print::line(&format!(
            "{} {} ({}, {}, as {})",
            plan.goal.word(),
            target.environment,
            target.account,
            target.region,
            self.survey.caller.short()
        ))?;
        print::table(&rows(plan))?;
        let totals = plan.totals();
        print::line(&format!(
            "{} to {}, {} there already, {} left out; tasks {} now, {} after; {}",
            totals.work,
            plan.goal.word(),
            totals.nothing,
            totals.left_out,
            totals.now,
            totals.after,
            plan.saving(self.orders).told(plan.goal)
        ))?;
        if let Some(words) = plan.untouched() {
            print::line(words)?;
        }
        Ok(())
    }
}

/// The plan as a table: services, databases, the alarms' rule.
fn rows(plan: &Plan) -> Vec<[String; 5]> {
    let head = ["SERVICE", "NOW", "SAVED", "AFTER", ""].map(str::to_owned);
    let rows = plan.services.iter().map(|one| {
        let saved = one.saved.as_ref();
        let saved = saved.map_or_else(|| "-".to_owned(), |record| record.desired.to_string());
        let words = match &one.doing {
            Doing::Work => one.resurrected.clone().unwrap_or_default(),
            Doing::Nothing(words)
            | Doing::Skipped(words)
            | Doing::Refused(words)
            | Doing::Ask(words) => words.clone(),
        };
        let (now, after) = (one.belief.desired, one.after(plan.goal));
        [
            one.name.to_string(),
            now.to_string(),
            saved,
            after.to_string(),
            words.to_string(),
        ]
    });
    let databases = plan.databases.iter().map(|one| {
        let (id, state) = (one.database.id.to_string(), one.database.state.word());
        let none = "-".to_owned();
        [
            id,
            state.to_owned(),
            none.clone(),
            none,
            one.words(plan.goal),
        ]
    });
    let mute = plan.mute.iter().map(|one| {
        let none = || "-".to_owned();
        let rule = one.muting.rule.to_string();
        [rule, none(), none(), none(), one.words(plan.goal)]
    });
    let rows = [head].into_iter().chain(rows).chain(databases).chain(mute);
    rows.collect()
}

/// A line for each new state; looks at tasks that come or go only when their number changed.
fn say(event: &Event, said: &Mutex<Vec<(ServiceArn, String)>>) {
    let line = match event {
        Event::Phase(Phase::Tier(which, of)) => format!("tier {which} of {of}"),
        Event::Phase(_) => return,
        Event::Other(id, state) => format!("{id}: {}", state.words()),
        Event::Service(arn, state) => {
            let words = state.words();
            let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
            let before = said.iter_mut().find(|(known, _)| known == arn);
            match before {
                Some((_, before)) if *before == words => return,
                Some((_, before)) => before.clone_from(&words),
                None => said.push((arn.clone(), words.clone())),
            }
            let mark = if matches!(state, State::Failed { .. }) {
                "✖ "
            } else {
                ""
            };
            format!("{mark}{}: {words}", arn.name())
        }
    };
    // With nobody listening any more the work goes on.
    let _ = print::line(&line);
}
