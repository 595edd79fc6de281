//! `ListTagsForResource`, `TagResource` and `UntagResource`.

use super::{INVALID, refused};
use crate::sim::wire::value::{Value, record};
use crate::sim::wire::{Context, Input, Refusal};
use crate::sim::world::Tags;

pub(super) fn list(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let account = context.account()?;
    let arn = input.required_text("resourceArn", INVALID)?;
    let services = account
        .services
        .iter()
        .map(|service| (&service.arn, &service.tags));
    let clusters = account
        .clusters
        .iter()
        .map(|cluster| (&cluster.arn, &cluster.tags));
    let found = services.chain(clusters).find(|(found, _)| *found == arn);
    let (_, tags) = found.ok_or_else(|| {
        Refusal::sender(
            "ResourceNotFoundException",
            "The specified resource could not be found.",
        )
    })?;
    Ok(record! { "tags": tag_list(tags) })
}

pub(super) fn tag(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let arn = input.required_text("resourceArn", INVALID)?;
    let mut tags = Tags::new();
    for tag in input.list("tags")? {
        let key = tag.required_text("key", INVALID)?;
        let value = tag.text("value")?.unwrap_or_default();
        if !is_allowed(key, 128) || !is_allowed(value, 256) || key.starts_with("aws:") {
            return Err(Refusal::sender(
                INVALID,
                format!("The tag {key} is not allowed."),
            ));
        }
        tags.insert(key.to_owned(), value.to_owned());
    }
    context
        .world
        .tag(context.account_id, arn, tags)
        .map_err(|refusal| refused(&refusal))?;
    Ok(record! {})
}

pub(super) fn untag(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let arn = input.required_text("resourceArn", INVALID)?;
    let keys: Vec<String> = input
        .texts("tagKeys")?
        .into_iter()
        .map(str::to_owned)
        .collect();
    context
        .world
        .untag(context.account_id, arn, &keys)
        .map_err(|refusal| refused(&refusal))?;
    Ok(record! {})
}

/// Tags as ECS lists them.
pub(super) fn tag_list(tags: &Tags) -> Value {
    Value::list(
        tags.iter()
            .map(|(key, value)| record! { "key": key, "value": value }),
    )
}

/// ECS's tag alphabet: letters, digits, space and `+ - = . _ : / @`. No JSON.
fn is_allowed(text: &str, longest: usize) -> bool {
    text.chars().count() <= longest
        && text
            .chars()
            .all(|letter| letter.is_alphanumeric() || " +-=._:/@".contains(letter))
}
