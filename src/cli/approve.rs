//! `firstline approve`: a second person looks for themselves and signs exactly what they see.

use crate::app::command;
use crate::cloud::Link;
use crate::estate::approval::{Code, digest};
use crate::estate::change::{Change, Target};
use crate::estate::closely::{Drift, Examination, Wish};
use crate::estate::identity::Identity;
use crate::estate::part::Read;
use crate::estate::snapshot::Snapshot;
use crate::estate::text::Text;
use crate::policy::{Facts, may_approve, preview};

use super::act::{read, wished};
use super::answer::{refuse, typed, word};
use super::desk::Desk;
use super::exit::Exit;
use super::open::Opened;
use super::{look, manner, print};

/// Shows what is to be approved as this person sees it, asks, journals and signs. Standard output
/// is the token alone.
pub(super) async fn run(opened: &Opened, asked: &command::Approve) -> anyhow::Result<Exit> {
    let code: Code = match asked.code.parse() {
        Ok(code) => code,
        Err(error) => {
            print::problem(&format!("{error}"));
            return Ok(Exit::Usage);
        }
    };
    let mut snapshot = look::look_to_decide(opened).await;
    let Some(target) = meant(&snapshot, &code) else {
        print::problem(&format!(
            "refused: {} is not where the code says, as far as your settings and credentials see",
            code.service()
        ));
        print::problems(snapshot.problems());
        return Ok(Exit::Refused);
    };
    let Some(link) = opened.cloud.link(&target.environment) else {
        print::problem("nothing connects to its environment");
        return Ok(Exit::Refused);
    };
    look_again(link, &target, &mut snapshot).await;
    let place = (&target.environment, &target.service);
    let change = match wished(&snapshot, place, &Wish::Redeploy) {
        Ok(change) => change,
        Err(sentence) => {
            print::problem(&format!("refused: {sentence}"));
            return Ok(Exit::Refused);
        }
    };
    if let Err(exit) = shown(opened, &snapshot, &change) {
        return Ok(exit);
    }
    let reason = match answered(asked, &change)? {
        Ok(reason) => reason,
        Err(complaint) => {
            print::problem(&format!("refused: {complaint}"));
            return Ok(Exit::Refused);
        }
    };
    // Typing took its time: what is signed is what is true now, and it must be what was shown.
    look_again(link, &target, &mut snapshot).await;
    let Some((caller, subject)) = still(opened, &snapshot, (&change, &code, &reason)) else {
        return Ok(Exit::Moved);
    };
    let about = (&subject, &reason);
    sign(opened, link, (&change, caller), (&code, about)).await
}

/// Who asks, the service and its images, as they are now.
async fn look_again(link: &Link, target: &Target, snapshot: &mut Snapshot) {
    let closely = Read::Closely(target.service.clone());
    read(link, snapshot, &[Read::Identity, Read::Services, closely]).await;
}

/// Journals, signs, and prints the token.
async fn sign(
    opened: &Opened,
    link: &Link,
    (change, caller): (&Change, &Identity),
    (code, about): (&Code, (&Text, &Text)),
) -> anyhow::Result<Exit> {
    let now = (opened.clock)();
    let entry = match opened.journal.approve((change, caller), code, about, now) {
        Ok(entry) => entry,
        Err(error) => {
            print::problem(&format!(
                "nothing was approved: the journal took no line: {error}"
            ));
            return Ok(Exit::Refused);
        }
    };
    match link.approve(code, about).await {
        Ok(token) => {
            let who = caller.short();
            print::aside(&format!(
                "approved as {who}, journal {entry}; hand over this line, it is good for five minutes, once:"
            ))?;
            print::product(&token.to_string())?;
            Ok(Exit::Good)
        }
        Err(error) => {
            print::problem(&error.to_string());
            Ok(Exit::Failed)
        }
    }
}

/// The service a code is about, as this person's own look found it.
fn meant(snapshot: &Snapshot, code: &Code) -> Option<Target> {
    snapshot.environments.iter().find_map(|place| {
        let name = &place.environment.name;
        let targets = place.services.values();
        let mut targets = targets.filter_map(|one| Target::of(&one.service, name));
        targets.find(|target| code.is_about(target))
    })
}

fn facts<'a>(
    opened: &Opened,
    desk: &'a Desk<'_>,
    (snapshot, change): (&'a Snapshot, &Change),
) -> Facts<'a> {
    desk.facts(Facts::seen(snapshot, change, (opened.clock)()))
}

/// Says what would be approved, in words, or why this person may not.
fn shown(opened: &Opened, snapshot: &Snapshot, change: &Change) -> Result<(), Exit> {
    let desk = Desk::of(opened);
    let facts = facts(opened, &desk, (snapshot, change));
    may_approve(change, &facts).map_err(|reason| refuse(&reason))?;
    let (target, tier) = (change.target(), facts.tier(change).word().to_uppercase());
    let (verb, name) = (change.verb(), target.service.name());
    let mut lines = vec![format!(
        "approve: {verb} {name} in {tier} ({})",
        target.account
    )];
    let told = preview(change, &facts).into_iter();
    lines.extend(
        told.filter(|line| line.label != "second")
            .map(|line| format!("  {:<8} {:<12} {}", word(line.mark), line.label, line.words)),
    );
    let images = facts.examination.map(Examination::known_images);
    for image in images.unwrap_or_default() {
        if let Drift::Moved { to, .. } = &image.drift {
            lines.push(format!(
                "           {:<12} {} is now {to}",
                "image", image.name
            ));
        }
    }
    for line in lines {
        print::aside(&line).map_err(|_| Exit::Failed)?;
    }
    Ok(())
}

/// The reason, once the name was given too.
fn answered(
    asked: &command::Approve,
    change: &Change,
) -> anyhow::Result<Result<Text, &'static str>> {
    let name = change.confirmation();
    if (asked.reason.is_none() || asked.confirm.is_none()) && !manner::may_ask() {
        return Ok(Err(
            "nobody sits here to be asked; add --reason WORDS and --confirm NAME",
        ));
    }
    let reason = match &asked.reason {
        Some(reason) => reason.clone(),
        None => typed("reason: ")?,
    };
    let confirm = match &asked.confirm {
        Some(confirm) => confirm.clone(),
        None => typed(&format!("type {name} to approve it: "))?,
    };
    let reason = Text::clean(reason.trim());
    Ok(if reason.trim().is_empty() {
        Err("a reason is needed: it goes into both journals")
    } else if confirm != name {
        Err("that is not the service's name")
    } else {
        Ok(reason)
    })
}

/// Who approves and what they sign, if it is still what they were shown.
fn still<'a>(
    opened: &Opened,
    snapshot: &'a Snapshot,
    (change, code, reason): (&Change, &Code, &Text),
) -> Option<(&'a Identity, Text)> {
    let desk = Desk::of(opened);
    let facts = facts(opened, &desk, (snapshot, change));
    if let Err(reason) = may_approve(change, &facts) {
        refuse(&reason);
        return None;
    }
    let place = snapshot.environment(&change.target().environment)?;
    let seen = place.closely.get(&change.target().service)?;
    let subject = digest(change, seen.known_images(), code, reason);
    Some((place.identity.as_ref()?, subject))
}
