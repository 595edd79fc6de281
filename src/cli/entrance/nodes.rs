//! The nodes of Session Manager: listed, and one of them picked.

use std::sync::Arc;

use futures::future::join_all;

use crate::cli::exit::Exit;
use crate::cli::look;
use crate::cli::open::Opened;
use crate::cli::print;
use crate::cloud::Link;
use crate::estate::node::{Node, Ping, find};
use crate::estate::part::Read;
use crate::estate::session::node_target;

use super::pick::{Picked, Spot};

/// Who is asking: all that a decision about a node needs of a look at the estate.
pub(super) const CALLER: [Read; 1] = [Read::Identity];

/// The nodes of the estate, each with the environment it was found in, and what went wrong.
struct Found {
    nodes: Vec<(Arc<Link>, Node)>,
    problems: Vec<String>,
}

/// Asks every environment. Two of one account and region see the same nodes: the first has them.
async fn all(opened: &Opened) -> Found {
    let links = opened.cloud.links();
    let answers = join_all(links.iter().map(|link| link.nodes())).await;
    let mut found = Found {
        nodes: Vec::new(),
        problems: Vec::new(),
    };
    for (link, answer) in links.iter().zip(answers) {
        match answer {
            Ok(nodes) => {
                for node in nodes {
                    if !found.nodes.iter().any(|(_, other)| other.id == node.id) {
                        found.nodes.push((Arc::clone(link), node));
                    }
                }
            }
            Err(problem) => {
                let name = &link.environment().name;
                found.problems.push(format!("{name}: {}", problem.sentence));
            }
        }
    }
    found
}

/// Prints the nodes there are, and how they answer.
pub(in crate::cli) async fn list(opened: &Opened, json: bool) -> anyhow::Result<Exit> {
    let found = all(opened).await;
    if json {
        print::line(&as_json(&found).to_string())?;
        return Ok(exit(&found));
    }
    for problem in &found.problems {
        print::problem(problem);
    }
    let head = ["NODE", "NAME", "PING", "AGENT", "SYSTEM", "ENVIRONMENT"].map(str::to_owned);
    let rows = found.nodes.iter().map(|(link, node)| {
        [
            node.id.to_string(),
            node.name.to_string(),
            node.ping_words((opened.clock)()),
            node.agent.to_string(),
            node.platform.to_string(),
            link.environment().name.to_string(),
        ]
    });
    let rows: Vec<[String; 6]> = [head].into_iter().chain(rows).collect();
    print::table(&rows)?;
    Ok(exit(&found))
}

fn exit(found: &Found) -> Exit {
    let lost = found
        .nodes
        .iter()
        .any(|(_, node)| node.ping != Ping::Online);
    match (found.problems.is_empty(), lost) {
        (false, _) => Exit::Unknown,
        (true, true) => Exit::Degraded,
        (true, false) => Exit::Good,
    }
}

/// The nodes for programs.
fn as_json(found: &Found) -> serde_json::Value {
    let nodes = found.nodes.iter().map(|(link, node)| {
        serde_json::json!({
            "node": node.id.as_str(),
            "name": node.name.as_str(),
            "ping": node.ping.words(),
            "pinged_at": node.pinged_at,
            "agent": node.agent.as_str(),
            "system": node.platform.as_str(),
            "environment": link.environment().name.as_str(),
        })
    });
    let nodes: Vec<serde_json::Value> = nodes.collect();
    serde_json::json!({ "nodes": nodes, "problems": found.problems })
}

/// The node somebody means by id or name, or a sentence why it is none.
pub(super) async fn pick(opened: &Opened, written: &str) -> Result<Picked, String> {
    let found = all(opened).await;
    let nodes: Vec<Node> = found.nodes.iter().map(|(_, node)| node.clone()).collect();
    let node = find(&nodes, written).map_err(|sentence| {
        let problems = found.problems.iter();
        problems.fold(sentence, |all, problem| format!("{all}\n{problem}"))
    })?;
    let mut links = found.nodes.iter();
    let link = links.find_map(|(link, one)| (one.id == node.id).then_some(link));
    let link = link.ok_or("there is no connection to it")?;
    let snapshot = look::look_at(opened, &CALLER).await;
    let environment = snapshot.environment(&link.environment().name);
    let caller = environment.and_then(|one| one.identity.as_ref());
    let caller = caller.ok_or("AWS has not said who is asking")?;
    let target = node_target(link.environment(), caller, &node.id)
        .ok_or("AWS gave the caller an ARN nobody can read")?;
    Ok(Picked {
        link: Arc::clone(link),
        target,
        spot: Spot::Node(Box::new(node.clone())),
        choice: None,
        snapshot,
    })
}
