//! `StartLiveTail`: opens a session; what it says afterwards is an event stream.

use super::{INVALID, not_found};
use crate::sim::live::{Listening, MOST_GROUPS, Session};
use crate::sim::wire::logs::Pattern;
use crate::sim::wire::value::{Value, record};
use crate::sim::wire::{Context, Input, Refusal};

pub(super) fn start(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let identifiers = input.texts("logGroupIdentifiers")?;
    if identifiers.is_empty() || identifiers.len() > MOST_GROUPS {
        let message = format!("logGroupIdentifiers must name 1 to {MOST_GROUPS} log groups.");
        return Err(Refusal::sender(INVALID, message));
    }
    let names = input.texts("logStreamNames")?;
    let prefixes = input.texts("logStreamNamePrefixes")?;
    if !names.is_empty() && !prefixes.is_empty() {
        let message = "logStreamNames and logStreamNamePrefixes cannot be given together.";
        return Err(Refusal::sender(INVALID, message));
    }
    if identifiers.len() > 1 && !(names.is_empty() && prefixes.is_empty()) {
        let message = "Log streams can be chosen in exactly one log group.";
        return Err(Refusal::sender(INVALID, message));
    }
    let written = input.text("logEventFilterPattern")?.unwrap_or_default();
    let pattern = Pattern::parse(written)?;
    let account = context.account()?;
    let mut groups = Vec::new();
    for identifier in &identifiers {
        if identifier.ends_with(":*") || !identifier.starts_with("arn:") {
            let message = "Each logGroupIdentifier must be an ARN without `:*` at its end.";
            return Err(Refusal::sender(INVALID, message));
        }
        let found = account.log_groups.iter().find(|one| one.arn == *identifier);
        groups.push(found.ok_or_else(|| not_found("group"))?.name.clone());
    }
    let Some(seat) = context.seats.take(context.account_id) else {
        let message = "The number of concurrent Live Tail sessions is at its limit.";
        return Err(Refusal::sender("LimitExceededException", message));
    };
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let listening = Listening {
        account: context.account_id.to_owned(),
        groups,
        streams: owned(&names),
        prefixes: owned(&prefixes),
        pattern,
    };
    let now = context.world.now();
    context.opened = Some(Session::new(listening, seat, now));
    let list = |texts: &[&str]| Value::list(texts.iter().map(|text| Value::from(*text)));
    Ok(record! {
        "logGroupIdentifiers": list(&identifiers),
        "logStreamNames": list(&names),
        "logStreamNamePrefixes": list(&prefixes),
        "logEventFilterPattern": written,
    })
}
