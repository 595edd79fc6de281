//! Session Manager into a managed node, from outside.

use super::container::Estate;

/// The id of the demo's node of this name.
pub(super) fn node(estate: &Estate, name: &str) -> String {
    estate.sim.with_world(|world| {
        let mut nodes = world.accounts.iter().flat_map(|account| &account.nodes);
        let found = nodes.find(|node| node.name == name);
        found.expect("a node of the demo").id.clone()
    })
}

#[test]
fn the_nodes_are_listed_with_their_ping() {
    let estate = Estate::new("nodes");
    let output = estate.output(&["nodes"]);
    let words = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        output.status.code(),
        Some(1),
        "one is not heard of: {words}"
    );
    let row = |name: &str| {
        let row = words.lines().find(|line| line.contains(name));
        row.unwrap_or_default().to_owned()
    };
    assert!(row("bastion-a").contains("online"), "{words}");
    let lost = row("bastion-b");
    assert!(
        lost.contains("connection lost, last heard 74 min ago"),
        "{words}"
    );
    assert!(row("warehouse-gw").starts_with("mi-"), "{words}");
    assert!(!words.contains("bastion-s"), "another account's: {words}");
}

#[test]
fn a_shell_on_a_node_is_guarded_opened_and_written_down() {
    let estate = Estate::with_sh("node");
    let id = node(&estate, "bastion-a");
    let words = ["shell", &id, "--reason", "INC-42", "--confirm", &id];
    let mut terminal = estate.firstline(&words);
    terminal.wait_for("Ctrl-] leaves");
    terminal.press("echo here-$((40+2))\r");
    terminal.wait_for("here-42");
    terminal.press("exit\r");
    assert!(terminal.end().success());
    assert_eq!(estate.called("ExecuteCommand"), 0);
    assert_eq!(estate.called("StartSession"), 1);
    let ends = estate.ends();
    assert!(ends[0].contains("the shell ended"), "{}", ends[0]);
    let journal = estate.journal();
    assert!(
        journal.contains(&format!(":instance/{id}")) && journal.contains("INC-42"),
        "{journal}"
    );
}

#[test]
fn a_command_on_a_node_ends_as_it_ended_there() {
    let estate = Estate::with_sh("node-exec");
    let id = node(&estate, "warehouse-gw");
    let why = ["--reason", "INC-42", "--confirm", &id];
    let words = [
        &["exec", &id][..],
        &why,
        &["--", "sh", "-c", "echo out; exit 3"],
    ]
    .concat();
    let output = estate.output(&words);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert_eq!(output.stdout, b"out\n");
}

#[test]
fn a_lost_node_is_refused_with_its_mend() {
    let estate = Estate::new("node-lost");
    let id = node(&estate, "bastion-b");
    let doctor = estate.output(&["shell", "bastion-b", "--instance", "--doctor"]);
    let words = String::from_utf8_lossy(&doctor.stdout);
    assert_eq!(doctor.status.code(), Some(2), "{words}");
    assert!(
        words.contains("missing  agent") && words.contains("instance profile"),
        "{words}"
    );
    let why = ["--reason", "INC-42", "--confirm", &id];
    let words = [&["exec", &id][..], &why, &["--", "ls"]].concat();
    let refused = estate.output(&words);
    let words = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(125), "{words}");
    assert!(words.contains("refused (node-cannot-work)"), "{words}");
    assert_eq!(estate.called("StartSession"), 0);
}
