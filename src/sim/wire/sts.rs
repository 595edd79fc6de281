//! STS: who am I?

use super::value::{Value, record};
use super::{Context, Input, Operation, Refusal, TAKEN_ON};

/// Every operation, by name.
pub(super) const OPERATIONS: &[(&str, Operation)] = &[
    ("AssumeRole", assume_role),
    ("GetCallerIdentity", caller_identity),
];

/// How long the credentials of a role last, in seconds, unless somebody asks otherwise.
const ROLE_SECONDS: i64 = 3600;

/// Any role of an account there is can be taken on. The access key of its credentials is the
/// account, as with every caller of the simulator.
fn assume_role(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let role = input.required_text("RoleArn", "ValidationError")?;
    let session = input.required_text("RoleSessionName", "ValidationError")?;
    let mut parts = role.split(':').skip(4);
    let (account, name) = (parts.next().unwrap_or_default(), parts.next());
    let name = name.and_then(|tail| tail.strip_prefix("role/"));
    let (Some(name), true) = (name, context.world.account(account).is_some()) else {
        return Err(Refusal::denied(&context.caller(), "sts:AssumeRole"));
    };
    let seconds = input.integer("DurationSeconds")?.unwrap_or(ROLE_SECONDS);
    let identity = input.text("SourceIdentity")?;
    let asked = serde_json::json!({
        "roleArn": role,
        "roleSessionName": session,
        "sourceIdentity": identity,
    });
    context.remember(("sts.amazonaws.com", "AssumeRole"), asked);
    let end = context.world.now() + jiff::SignedDuration::from_secs(seconds);
    Ok(record! {
        "Credentials": record! {
            "AccessKeyId": account,
            "SecretAccessKey": "simulated",
            "SessionToken": format!("{TAKEN_ON}{name}/{session}"),
            "Expiration": end,
        },
        "AssumedRoleUser": record! {
            "AssumedRoleId": format!("AROA3XFRBF23EXAMPLE7Q:{session}"),
            "Arn": format!("arn:aws:sts::{account}:assumed-role/{name}/{session}"),
        },
        "SourceIdentity": identity,
    })
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "an operation may refuse; this one never does"
)]
fn caller_identity(context: &mut Context<'_>, _: Input<'_>) -> Result<Value, Refusal> {
    let arn = context.caller();
    let session = arn.rsplit('/').next().unwrap_or_default();
    Ok(record! {
        "Account": context.account_id,
        "Arn": &arn,
        "UserId": format!("AROA3XFRBF23EXAMPLE7Q:{session}"),
    })
}
