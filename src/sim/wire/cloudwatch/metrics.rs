//! `ListMetrics`.

use super::{INVALID, dimension_list, dimensions};
use crate::sim::wire::paging::Limits;
use crate::sim::wire::value::{Value, record};
use crate::sim::wire::{Context, Input, Refusal};

/// Five hundred a page; the caller cannot choose.
const PAGES: Limits = Limits {
    default: 500,
    smallest: 500,
    largest: 500,
    code: INVALID,
};

pub(super) fn list(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let account = context.account()?;
    let (namespace, name) = (input.text("Namespace")?, input.text("MetricName")?);
    let wanted = dimensions(input)?;
    let metrics = account
        .metrics
        .list()
        .filter(|series| namespace.is_none_or(|namespace| series.namespace == namespace))
        .filter(|series| name.is_none_or(|name| series.name == name))
        .filter(|series| {
            wanted.iter().all(|(name, value)| {
                series.dimensions.iter().any(|(own_name, own_value)| {
                    own_name == name && value.is_none_or(|value| own_value == value)
                })
            })
        })
        .map(|series| {
            record! {
                "Namespace": series.namespace,
                "MetricName": series.name,
                "Dimensions": dimension_list(&series.dimensions),
            }
        });
    let page = PAGES.page(metrics, None, input.text("NextToken")?)?;
    Ok(record! { "Metrics": page.items, "NextToken": page.next })
}
