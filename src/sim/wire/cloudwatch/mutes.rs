//! Alarm mute rules: `PutAlarmMuteRule`, `GetAlarmMuteRule`, `ListAlarmMuteRules`,
//! `DeleteAlarmMuteRule`.

use jiff::{Span, Timestamp, tz::TimeZone};

use super::INVALID;
use crate::sim::wire::paging::{Limits, Page};
use crate::sim::wire::value::{Value, record};
use crate::sim::wire::{Context, Input, Refusal};
use crate::sim::world::{Account, MuteRule};

/// The most alarms one rule mutes.
const MOST_ALARMS: usize = 100;
/// The longest a window is.
const LONGEST: &str = "P15D";
const PAGES: Limits = Limits {
    default: 50,
    smallest: 1,
    largest: 100,
    code: INVALID,
};

pub(super) fn put(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let name = input.required_text("Name", INVALID)?.to_owned();
    let now = context.world.now();
    let schedule = input.record("Rule")?;
    let schedule = match schedule {
        Some(rule) => rule.record("Schedule")?,
        None => None,
    };
    let schedule = schedule.ok_or_else(|| refused("Rule.Schedule is required"))?;
    let expression = schedule.required_text("Expression", INVALID)?.to_owned();
    let duration = schedule.required_text("Duration", INVALID)?.to_owned();
    window(&expression, &duration)?;
    let mut alarms = Vec::new();
    if let Some(targets) = input.record("MuteTargets")? {
        for alarm in targets.texts("AlarmNames")? {
            alarms.push(alarm.to_owned());
        }
    }
    let account = context.account()?;
    let unknown = |name: &&String| account.alarms.iter().all(|alarm| alarm.name != **name);
    if let Some(stranger) = alarms.iter().find(unknown) {
        return Err(refused(&format!("There is no alarm called {stranger}")));
    }
    if alarms.len() > MOST_ALARMS {
        return Err(refused("A mute rule targets at most 100 alarms"));
    }
    let rule = MuteRule {
        arn: account.arn("cloudwatch", &format!("alarm-mute-rule:{name}")),
        description: input.text("Description")?.unwrap_or_default().to_owned(),
        name,
        expression,
        duration,
        alarms,
        updated_at: now,
    };
    if let Some(account) = context.world.account_mut(context.account_id) {
        account.mute_rules.retain(|one| one.name != rule.name);
        account.mute_rules.push(rule);
    }
    Ok(record! {})
}

pub(super) fn get(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let now = context.world.now();
    let name = input.required_text("AlarmMuteRuleName", INVALID)?;
    let account = context.account()?;
    let rule = account.mute_rules.iter().find(|one| one.name == name);
    let rule = rule.ok_or_else(|| {
        let message = format!("Alarm mute rule {name} does not exist");
        Refusal {
            status: 404,
            ..Refusal::sender("ResourceNotFoundException", message)
        }
    })?;
    let schedule = record! { "Expression": &rule.expression, "Duration": &rule.duration };
    Ok(record! {
        "Name": &rule.name,
        "AlarmMuteRuleArn": &rule.arn,
        "Description": &rule.description,
        "Rule": record! { "Schedule": schedule },
        "MuteTargets": record! { "AlarmNames": Value::list(&rule.alarms) },
        "Status": status(rule, now),
        "LastUpdatedTimestamp": rule.updated_at,
        "MuteType": kind(rule),
    })
}

pub(super) fn list(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let now = context.world.now();
    let account: &Account = context.account()?;
    let of = input.text("AlarmName")?;
    let statuses = input.texts("Statuses")?;
    let rules = account.mute_rules.iter();
    let found = rules
        .filter(|rule| of.is_none_or(|name| rule.alarms.iter().any(|alarm| alarm == name)))
        .filter(|rule| statuses.is_empty() || statuses.contains(&status(rule, now)))
        .map(|rule| {
            record! {
                "AlarmMuteRuleArn": &rule.arn,
                "Status": status(rule, now),
                "MuteType": kind(rule),
                "LastUpdatedTimestamp": rule.updated_at,
            }
        });
    let Page { items, next } = PAGES.page(
        found,
        input.integer("MaxRecords")?,
        input.text("NextToken")?,
    )?;
    Ok(record! { "AlarmMuteRuleSummaries": items, "NextToken": next })
}

pub(super) fn delete(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let name = input.required_text("AlarmMuteRuleName", INVALID)?;
    if let Some(account) = context.world.account_mut(context.account_id) {
        account.mute_rules.retain(|one| one.name != name);
    }
    Ok(record! {})
}

fn refused(message: &str) -> Refusal {
    Refusal::sender(INVALID, message)
}

/// When a one-time window begins and ends; `None` for a `cron` schedule.
fn window(expression: &str, duration: &str) -> Result<Option<(Timestamp, Timestamp)>, Refusal> {
    let span: Span = duration
        .parse()
        .map_err(|_| refused("Duration is no ISO 8601 duration"))?;
    let bad = |_: jiff::Error| refused("Duration is out of range");
    let zero = Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
    let longest: Span = LONGEST.parse().map_err(bad)?;
    let end = zero.checked_add(span).map_err(bad)?;
    if end > zero.checked_add(longest).map_err(bad)? || end <= zero {
        return Err(refused("Duration is between PT1M and P15D"));
    }
    let inner = |prefix: &str| expression.strip_prefix(prefix)?.strip_suffix(')');
    if inner("cron(").is_some() {
        return Ok(None);
    }
    let time = inner("at(").and_then(|text| format!("{text}:00Z").parse::<Timestamp>().ok());
    let start = time.ok_or_else(|| refused("Expression is neither cron(…) nor at(…)"))?;
    let end = start.to_zoned(TimeZone::UTC).checked_add(span);
    Ok(Some((start, end.map_err(bad)?.timestamp())))
}

fn status(rule: &MuteRule, now: Timestamp) -> &'static str {
    match window(&rule.expression, &rule.duration) {
        Ok(Some((start, end))) if start <= now && now < end => "ACTIVE",
        Ok(Some((_, end))) if end <= now => "EXPIRED",
        Ok(_) | Err(_) => "SCHEDULED",
    }
}

fn kind(rule: &MuteRule) -> &'static str {
    if rule.expression.starts_with("cron") {
        "RECURRING"
    } else {
        "ONE_TIME"
    }
}
