//! STS: who am I?

use super::value::{Value, record};
use super::{Context, Input, Operation, Refusal};

/// Every operation, by name.
pub(super) const OPERATIONS: &[(&str, Operation)] = &[("GetCallerIdentity", caller_identity)];

#[expect(
    clippy::unnecessary_wraps,
    reason = "an operation may refuse; this one never does"
)]
fn caller_identity(context: &mut Context<'_>, _: Input<'_>) -> Result<Value, Refusal> {
    Ok(record! {
        "Account": context.account_id,
        "Arn": context.caller(),
        "UserId": "AROA3XFRBF23EXAMPLE7Q:alice",
    })
}
