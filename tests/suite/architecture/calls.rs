//! Every operation the sources of `cloud` ask AWS for stands in its list: the policies that are
//! printed and the permissions that are tried come from there.

use std::collections::BTreeSet;

use firstline::cloud::permissions;

use super::source::read_all;
use super::top;

/// The clients' names in `cloud::clients`, and what makes one for another region.
const CLIENTS: [&str; 12] = [
    "ecs",
    "cloudwatch",
    "logs",
    "balancers",
    "databases",
    "caches",
    "managed",
    "keys",
    "callers",
    "scaling",
    "trail",
    "images",
];

/// `describe_services` as AWS spells it; RDS writes its `DB` in capitals.
fn spelled(snake: &str) -> String {
    let words = snake.split('_').map(|word| match word {
        "db" => "DB".to_owned(),
        word => {
            let (first, rest) = word.split_at(1);
            format!("{}{rest}", first.to_uppercase())
        }
    });
    words.collect()
}

/// The operations a source asks a client for: `ecs.list_clusters()`, also over several lines.
fn asked(text: &str) -> BTreeSet<String> {
    let verbs = [
        "assume",
        "create",
        "delete",
        "describe",
        "execute",
        "filter",
        "generate",
        "get",
        "list",
        "lookup",
        "put",
        "register",
        "resume",
        "start",
        "stop",
        "tag",
        "terminate",
        "untag",
        "update",
    ];
    let dense: String = text.split_whitespace().collect();
    // A macro of the databases takes the call's name alone.
    let named = [
        "stop_db_instance",
        "start_db_instance",
        "stop_db_cluster",
        "start_db_cluster",
    ];
    let named = named
        .iter()
        .filter(|name| dense.contains(&format!(",{name}.")));
    let mut found: BTreeSet<String> = named.map(|name| spelled(name)).collect();
    for (at, _) in dense.match_indices('.') {
        let rest = &dense[at + 1..];
        let Some(end) = rest.find("()") else { continue };
        let name = &rest[..end];
        let verb = name.split('_').next().unwrap_or_default();
        let plain = name
            .bytes()
            .all(|one| one.is_ascii_lowercase() || one == b'_');
        let of_client = CLIENTS.iter().any(|client| dense[..at].ends_with(client))
            || dense[..at].ends_with("_in(&region)")
            || dense[..at].ends_with("_in(&place.region)")
            || dense[..at].ends_with("client");
        if plain && of_client && verbs.contains(&verb) && name.contains('_') {
            found.insert(spelled(name));
        }
    }
    found
}

#[test]
fn every_call_is_in_the_list_and_every_entry_is_called() {
    let listed: BTreeSet<String> = permissions()
        .iter()
        .map(|one| one.operation.to_owned())
        .chain(["GetCallerIdentity".to_owned()])
        .collect();
    let sources = read_all(top());
    let cloud = sources
        .iter()
        .filter(|one| one.path.starts_with("src/cloud/"));
    let called: BTreeSet<String> = cloud
        .filter(|one| !one.path.contains("/tests") && !one.path.contains("/trial/"))
        .flat_map(|one| asked(&one.text))
        .collect();
    assert!(called.len() > 40, "{called:?}");
    assert_eq!(
        called, listed,
        "the calls (left) and the list in cloud/gate.rs (right)"
    );
}

#[test]
fn a_call_is_seen_over_several_lines() {
    let text =
        "self\n    .clients\n    .databases\n    .stop_db_instance()\n    .send(); x.end_time();";
    assert_eq!(asked(text), ["StopDBInstance".to_owned()].into());
}
