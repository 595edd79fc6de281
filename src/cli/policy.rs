//! `firstline policy`: the whole table for a reviewer, and why a change would be decided so.

use anyhow::Context;

use crate::app::command::{self, find_service};
use crate::estate::change::{Change, Target};
use crate::estate::verdict::Judge;
use crate::policy::{Answer, Explained, Facts, Row, explain, table};

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
    let snapshot = look::look(opened).await;
    let now = (opened.clock)();
    let rows = Judge::default().look(&snapshot, now);
    let row = match find_service(&rows, &wanted.service) {
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
    let change = match wanted.verb.as_str() {
        "redeploy" => Change::Redeploy(target),
        other => {
            print::problem(&format!("{other} cannot be explained; redeploy can"));
            return Ok(Exit::Usage);
        }
    };
    let answer = Answer {
        typed: wanted.confirm.clone().unwrap_or_default(),
        reason: wanted.reason.clone().unwrap_or_default(),
    };
    let given = wanted.confirm.is_some() || wanted.reason.is_some();
    let desk = Desk::of(opened);
    let facts = Facts {
        answer: given.then_some(&answer),
        ..desk.facts(Facts::seen(&snapshot, &change, now))
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
