//! `firstline policy`: the whole table for a reviewer, and why a change would be decided so.

use anyhow::Context;

use crate::app::command::{self, find_service};
use crate::estate::part::Read;
use crate::estate::verdict::Judge;
use crate::policy::{Answer, Explained, Facts, Mark, Row, explain, preflight, table};

use super::act::{read, wished};
use super::desk::Desk;
use super::exit::Exit;
use super::open::Opened;
use super::{look, print};

/// Prints the policy, or explains one decision.
pub(super) async fn run(opened: &Opened, asked: &command::Policy) -> anyhow::Result<Exit> {
    match &asked.explain {
        Some(command::PolicyOf::Explain(wanted)) => explained(opened, wanted).await,
        None => shown(&table(&opened.settings.terms), asked.json),
    }
}

fn shown(rows: &[Row], json: bool) -> anyhow::Result<Exit> {
    if json {
        let json = serde_json::to_string_pretty(rows).context("the policy has no JSON form")?;
        print::line(&json)?;
        return Ok(Exit::Good);
    }
    print::line("The first rule that matches decides; * is passed by --break-glass.")?;
    let cells = rows.iter().map(|row| {
        [
            row.rule.to_string(),
            row.decision.to_owned(),
            if row.glass { "*" } else { "" }.to_owned(),
            row.when.to_string(),
            row.alternative.to_string(),
        ]
    });
    let head = ["RULE", "DECIDES", "", "WHEN", "INSTEAD"].map(str::to_owned);
    let rows: Vec<[String; 5]> = std::iter::once(head).chain(cells).collect();
    print::table(&rows)?;
    Ok(Exit::Good)
}

async fn explained(opened: &Opened, wanted: &command::Decided) -> anyhow::Result<Exit> {
    let mut snapshot = look::look_to_decide(opened).await;
    let rows = Judge::default().look(&snapshot, (opened.clock)());
    let (environment, arn) = match find_service(&rows, &wanted.service) {
        Ok(row) => (row.environment.clone(), row.arn.clone()),
        Err(sentence) => {
            print::problem(&sentence);
            print::problems(snapshot.problems());
            return Ok(Exit::Unknown);
        }
    };
    if let Some(link) = opened.cloud.link(&environment) {
        read(link, &mut snapshot, &[Read::Closely(arn.clone())]).await;
    }
    let change = match wished(&snapshot, (&environment, &arn), &wanted.wish()) {
        Ok(change) => change,
        Err(sentence) => {
            print::problem(&format!("refused: {sentence}"));
            return Ok(Exit::Refused);
        }
    };
    let desk = Desk::of(opened);
    let seen = desk.facts(Facts::seen(&snapshot, &change, (opened.clock)()));
    let checks = preflight(&change, &seen).into_iter();
    let answer = Answer {
        typed: wanted.confirm.clone().unwrap_or_default(),
        reason: wanted.reason.clone().unwrap_or_default(),
        // The question is what the rules say, not who has read the warnings.
        acknowledged: checks
            .filter(|check| check.mark == Mark::Warn)
            .map(|check| check.about)
            .collect(),
    };
    let given = wanted.confirm.is_some() || wanted.reason.is_some();
    let facts = Facts {
        answer: given.then_some(&answer),
        ..seen
    };
    let said = explain(&change, &facts);
    if wanted.json {
        print::line(&serde_json::to_string_pretty(&said).context("no JSON form")?)?;
    } else {
        told(&said)?;
    }
    Ok(match said.decision {
        "deny" => Exit::Refused,
        _ => Exit::Good,
    })
}

fn told(said: &Explained) -> anyhow::Result<()> {
    for look in &said.looked {
        let sentence = look.sentence.as_deref().unwrap_or_default();
        let line = format!("  {:<13} {:<24} {sentence}", look.said, look.rule);
        print::line(line.trim_end())?;
    }
    print::line(&format!("{} ({}): {}", said.decision, said.rule, said.why))?;
    if let Some(instead) = &said.instead {
        print::line(&format!("instead: {instead}"))?;
    }
    Ok(())
}
