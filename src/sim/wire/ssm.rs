//! Systems Manager: sessions, the nodes it manages, change calendars.

use jiff::Timestamp;

use super::ecs::{AGENT, place, spare_key, task_called};
use super::paging::Limits;
use super::value::{Value, record};
use super::{Context, Input, Operation, Refusal};
use crate::sim::agent::{Asking, Known, Opened, Opening, Place, Purpose};
use crate::sim::world::{Node, Ping, calendar};

/// Every operation, by name.
pub(super) const OPERATIONS: &[(&str, Operation)] = &[
    ("DescribeInstanceInformation", instances),
    ("DescribeSessions", sessions),
    ("GetCalendarState", calendar_state),
    ("ResumeSession", resume),
    ("StartSession", start),
    ("TerminateSession", terminate),
];

const INVALID: &str = "ValidationException";

/// Pages of `DescribeInstanceInformation`.
const NODES: Limits = Limits {
    default: 50,
    smallest: 5,
    largest: 50,
    code: "InvalidNextToken",
};

fn calendar_state(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let names = input.texts("CalendarNames")?;
    if names.is_empty() {
        return Err(Refusal::sender(INVALID, "CalendarNames can not be empty."));
    }
    let at = match input.text("AtTime")? {
        Some(text) => text
            .parse()
            .map_err(|_| Refusal::sender(INVALID, "AtTime is not in ISO 8601."))?,
        None => context.world.now(),
    };
    let (open, next) = calendar::state(&names, at).map_err(|name| {
        let message = format!("Document with name {name} does not exist.");
        Refusal::sender("InvalidDocument", message)
    })?;
    Ok(record! {
        "State": if open { "OPEN" } else { "CLOSED" },
        "AtTime": at.to_string(),
        "NextTransitionTime": next.map(|at| at.to_string()),
    })
}

fn start(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let target = input.required_text("Target", INVALID)?.to_owned();
    let reason = input.text("Reason")?.map(str::to_owned);
    let account = context.account()?;
    let node = account.nodes.iter().find(|node| node.id == target);
    let node = node.filter(|node| node.ping == Ping::Online);
    let task = task_called(account, &target);
    let spare_key = spare_key(account);
    let (place, agent) = match (node, task) {
        (Some(node), _) => (on_node(node, context.world.now()), node.agent.clone()),
        (None, Some(task)) => {
            let place = place(context.world, context.account_id, task);
            (place, AGENT.to_owned())
        }
        (None, None) => {
            let message = format!("{target} is not connected.");
            return Err(Refusal::sender("TargetNotConnected", message));
        }
    };
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
        agent,
        key: None,
        spare_key,
    };
    let opened = context.gateway.open(asking, purpose, context.dice);
    opened.map(answer).ok_or_else(|| Refusal::receiver(500))
}

/// What a session on `node` finds.
fn on_node(node: &Node, now: Timestamp) -> Place {
    Place {
        node: true,
        service: node.name.clone(),
        cluster: String::new(),
        task: node.id.clone(),
        container: String::new(),
        address: node.address.clone(),
        port: 22,
        healthy: true,
        memory: 2048,
        environment: Vec::new(),
        log: Vec::new(),
        since: node.registered_at,
        now,
    }
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

fn instances(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let wanted = node_filter(input)?;
    let now = context.world.now();
    let nodes = context.account()?.nodes.iter().filter(|node| {
        wanted.iter().all(|(key, values)| {
            let own = if *key == "PingStatus" {
                node.ping.word()
            } else {
                &node.id
            };
            values.contains(&own)
        })
    });
    let nodes = nodes.map(|node| instance(node, now));
    let (size, token) = (input.integer("MaxResults")?, input.text("NextToken")?);
    let page = NODES.page(nodes, size, token)?;
    Ok(record! { "InstanceInformationList": page.items, "NextToken": page.next })
}

/// What is asked for, of the filters that are known.
fn node_filter(input: Input<'_>) -> Result<Vec<(&str, Vec<&str>)>, Refusal> {
    let mut wanted = Vec::new();
    for filter in input.list("Filters")? {
        let key = filter.required_text("Key", INVALID)?;
        if !["InstanceIds", "PingStatus"].contains(&key) {
            let message = format!("The filter key {key} is not valid.");
            return Err(Refusal::sender("InvalidFilterKey", message));
        }
        wanted.push((key, filter.texts("Values")?));
    }
    Ok(wanted)
}

fn instance(node: &Node, now: Timestamp) -> Value {
    let (name, version) = &node.platform;
    let elsewhere = node.id.starts_with("mi-");
    record! {
        "InstanceId": &node.id,
        "PingStatus": node.ping.word(),
        "LastPingDateTime": node.silent_since.unwrap_or(now),
        "AgentVersion": &node.agent,
        "IsLatestVersion": node.agent.starts_with("3.3."),
        "PlatformType": "Linux",
        "PlatformName": name,
        "PlatformVersion": version,
        "RegistrationDate": elsewhere.then_some(node.registered_at),
        "ResourceType": if elsewhere { "ManagedInstance" } else { "EC2Instance" },
        "Name": elsewhere.then_some(&node.name),
        "IPAddress": &node.address,
        "ComputerName": format!("{}.eu-central-1.compute.internal", node.name),
    }
}

fn answer(opened: Opened) -> Value {
    record! {
        "SessionId": opened.session_id,
        "StreamUrl": opened.stream_url,
        "TokenValue": opened.token,
    }
}
