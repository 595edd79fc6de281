//! `CloudTrail`: who called what.

use jiff::SignedDuration;

use super::paging::Limits;
use super::value::{Value, record};
use super::{Context, Input, Operation, Refusal};
use crate::sim::world::TrailRecord;

/// Every operation, by name.
pub(super) const OPERATIONS: &[(&str, Operation)] = &[("LookupEvents", look_up)];

/// How late a call is on the trail.
const LATE: SignedDuration = SignedDuration::from_mins(5);

const INVALID: &str = "InvalidLookupAttributesException";
const PAGES: Limits = Limits {
    default: 50,
    smallest: 1,
    largest: 50,
    code: "InvalidMaxResultsException",
};

fn look_up(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let now = context.world.now();
    let account = context.account()?;
    let attributes = input.list("LookupAttributes")?;
    if attributes.len() > 1 {
        return Err(Refusal::sender(
            INVALID,
            "Only one lookup attribute is allowed.",
        ));
    }
    let mut wanted = None;
    for attribute in attributes {
        let key = attribute.required_text("AttributeKey", INVALID)?;
        let value = attribute.required_text("AttributeValue", INVALID)?;
        wanted = Some((key, value));
    }
    let (start, end) = (input.time("StartTime")?, input.time("EndTime")?);
    if start.zip(end).is_some_and(|(start, end)| start > end) {
        let message = "StartTime must be before EndTime.";
        return Err(Refusal::sender("InvalidTimeRangeException", message));
    }
    let found = account
        .trail
        .iter()
        .filter(|one| one.at + LATE <= now)
        .filter(|one| start.is_none_or(|start| one.at >= start))
        .filter(|one| end.is_none_or(|end| one.at <= end))
        .filter(|one| wanted.is_none_or(|wanted| one.has(wanted)))
        .map(|one| event(one, &account.id, &account.region));
    let page = PAGES.page(
        found,
        input.integer("MaxResults")?,
        input.text("NextToken")?,
    )?;
    Ok(record! { "Events": page.items, "NextToken": page.next })
}

fn event(one: &TrailRecord, account: &str, region: &str) -> Value {
    let session = one.by.rsplit('/').next().unwrap_or_default();
    let told = serde_json::json!({
        "eventVersion": "1.11",
        "userIdentity": { "type": "AssumedRole", "arn": one.by, "accountId": account },
        "eventTime": one.at.to_string(),
        "eventSource": one.source,
        "eventName": one.name,
        "awsRegion": region,
        "requestParameters": one.request,
        "readOnly": false,
        "eventID": one.id,
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": account,
    });
    record! {
        "EventId": &one.id,
        "EventName": one.name,
        "ReadOnly": "false",
        "EventTime": one.at,
        "EventSource": one.source,
        "Username": session,
        "Resources": Vec::new(),
        "CloudTrailEvent": told.to_string(),
    }
}
