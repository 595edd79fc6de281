//! Session Manager: sessions, and the nodes it manages.

use super::ecs::{place, task_called};
use super::value::{Value, record};
use super::{Context, Input, Operation, Refusal};
use crate::sim::agent::{Asking, Known, Opened, Opening, Purpose};

/// Every operation, by name.
pub(super) const OPERATIONS: &[(&str, Operation)] = &[
    ("DescribeInstanceInformation", instances),
    ("DescribeSessions", sessions),
    ("ResumeSession", resume),
    ("StartSession", start),
    ("TerminateSession", terminate),
];

const INVALID: &str = "ValidationException";

fn start(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let target = input.required_text("Target", INVALID)?.to_owned();
    let reason = input.text("Reason")?.map(str::to_owned);
    let account = context.account()?;
    let task = task_called(account, &target).ok_or_else(|| {
        Refusal::sender("TargetNotConnected", format!("{target} is not connected."))
    })?;
    let place = place(context.world, context.account_id, task);
    let purpose = match input.text("DocumentName")? {
        None | Some("SSM-SessionManagerRunShell") => Purpose::Command(Opening {
            command: "sh".to_owned(),
            place,
            silent: false,
        }),
        Some("AWS-StartInteractiveCommand") => Purpose::Command(Opening {
            command: parameter(input, "command")?.unwrap_or("sh").to_owned(),
            place,
            silent: false,
        }),
        Some("AWS-StartPortForwardingSession" | "AWS-StartPortForwardingSessionToRemoteHost") => {
            let port = parameter(input, "portNumber")?.and_then(|port| port.parse().ok());
            Purpose::Port {
                place,
                host: parameter(input, "host")?.unwrap_or_default().to_owned(),
                port: port.ok_or_else(|| Refusal::sender(INVALID, "portNumber is not a port."))?,
            }
        }
        Some(other) => {
            let message = format!("Document with name {other} does not exist.");
            return Err(Refusal::sender("InvalidDocument", message));
        }
    };
    let asking = Asking {
        account: context.account_id.to_owned(),
        owner: context.caller(),
        target,
        reason,
        now: context.world.now(),
    };
    let opened = context.gateway.open(asking, purpose, context.dice);
    opened.map(answer).ok_or_else(|| Refusal::receiver(500))
}

/// The first value of a document's parameter.
fn parameter<'request>(
    input: Input<'request>,
    name: &str,
) -> Result<Option<&'request str>, Refusal> {
    match input.record("Parameters")? {
        Some(parameters) => Ok(parameters.texts(name)?.first().copied()),
        None => Ok(None),
    }
}

fn resume(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let id = input.required_text("SessionId", INVALID)?;
    let resumed = context.gateway.resume(context.account_id, id, context.dice);
    // A session that is over is answered without a token.
    Ok(resumed.map_or_else(|| record! { "SessionId": id }, answer))
}

fn terminate(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let id = input.required_text("SessionId", INVALID)?;
    if context.gateway.terminate(context.account_id, id) {
        Ok(record! { "SessionId": id })
    } else {
        Err(Refusal::sender(
            "DoesNotExistException",
            "The session does not exist.",
        ))
    }
}

fn sessions(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let history = match input.required_text("State", INVALID)? {
        "Active" => false,
        "History" => true,
        _ => return Err(Refusal::sender(INVALID, "State is Active or History.")),
    };
    let known = context.gateway.sessions(context.account_id);
    let shown = known.iter().filter(|session| session.ended == history);
    Ok(record! { "Sessions": shown.map(described).collect::<Vec<_>>() })
}

fn described(session: &Known) -> Value {
    record! {
        "SessionId": &session.id,
        "Target": &session.target,
        "Status": if session.ended { "Terminated" } else { "Connected" },
        "StartDate": session.began,
        "Owner": &session.owner,
        "Reason": session.reason.as_ref(),
    }
}

/// Every simulated task runs on Fargate: there is no node to manage.
#[expect(
    clippy::unnecessary_wraps,
    reason = "an operation may refuse; this one never does"
)]
fn instances(_: &mut Context<'_>, _: Input<'_>) -> Result<Value, Refusal> {
    Ok(record! { "InstanceInformationList": Vec::new() })
}

fn answer(opened: Opened) -> Value {
    record! {
        "SessionId": opened.session_id,
        "StreamUrl": opened.stream_url,
        "TokenValue": opened.token,
    }
}
