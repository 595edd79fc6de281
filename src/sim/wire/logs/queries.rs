//! `DescribeQueryDefinitions`: the queries saved in Logs Insights.

use super::INVALID;
use crate::sim::wire::paging::Limits;
use crate::sim::wire::value::{Value, record};
use crate::sim::wire::{Context, Input, Refusal};
use crate::sim::world::SavedQuery;

const PAGES: Limits = Limits {
    default: 1_000,
    smallest: 1,
    largest: 1_000,
    code: INVALID,
};

pub(super) fn describe(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let prefix = input.text("queryDefinitionNamePrefix")?.unwrap_or_default();
    let queries = context.account()?.queries.iter();
    let found = queries.filter(|one| one.name.starts_with(prefix));
    let page = PAGES.page(
        found.map(definition),
        input.integer("maxResults")?,
        input.text("nextToken")?,
    )?;
    Ok(record! { "queryDefinitions": page.items, "nextToken": page.next })
}

fn definition(query: &SavedQuery) -> Value {
    record! {
        "queryLanguage": "CWLI",
        "queryDefinitionId": &query.id,
        "name": &query.name,
        "queryString": &query.text,
        "lastModified": query.modified_at.as_millisecond(),
        "logGroupNames": Value::list(query.groups.iter().map(String::as_str)),
    }
}
