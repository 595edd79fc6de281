//! Encrypted sessions, from outside: the key of KMS, the challenge, and every byte under AES-GCM.

use super::container::Estate;

/// The agent refuses whoever does not answer its random challenge, and it opens nothing that is not
/// sealed with the session's key.
#[test]
fn a_session_whose_agent_requires_the_challenge_is_encrypted_both_ways() {
    let estate = Estate::with_sh("sealed");
    estate.sim.set_line("kms".parse().unwrap());
    let output = estate.exec("billing", &["sh", "-c", "echo grüße; exit 3"]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert_eq!(output.stdout, "grüße\n".as_bytes());
    assert_eq!(estate.called("GenerateDataKey"), 1);
    estate.assert_ended(&["exit 3"]);
    let mut terminal = estate.shell("billing");
    terminal.press("echo sealed-$((40+2))\r");
    terminal.wait_for("sealed-42");
    terminal.press("exit\r");
    assert!(terminal.end().success());
    terminal.assert_given_back();
    estate.assert_ended(&["the shell ended"]);
}

#[test]
fn the_clusters_own_key_is_taken_and_a_bad_line_alters_nothing() {
    let estate = Estate::with_sh("sealed-line");
    let line = "drop=0.05,duplicate=0.05,reorder=0.05,cut=60";
    estate.sim.set_line(line.parse().unwrap());
    let output = estate.exec("report", &["seq", "1", "5000"]);
    let numbers: Vec<String> = (1..=5000).map(|number| number.to_string()).collect();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(output.stdout == (numbers.join("\n") + "\n").as_bytes());
    assert_eq!(estate.called("GenerateDataKey"), 1);
}

#[test]
fn without_the_key_the_missing_right_is_named_and_nothing_runs() {
    let estate = Estate::with_sh("sealed-denied");
    estate.sim.set_line("kms".parse().unwrap());
    let faults = "denied:kms.GenerateDataKey";
    estate.sim.set_faults(faults.parse().unwrap());
    let output = estate.exec("billing", &["echo", "out"]);
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(125), "{words}");
    assert!(words.contains("kms:GenerateDataKey"), "{words}");
    assert!(output.stdout.is_empty());
}
