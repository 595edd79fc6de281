//! `cargo build` and `cargo test` share what they compile: above all the AWS SDK, which is minutes.

use std::collections::BTreeSet;
use std::process::Command;

/// Crates that may be compiled once more for the tests. All lie beneath nothing but the program's
/// log, and switching their features on for the program would make its own first build longer.
const COMPILED_TWICE: &[&str] = &["regex-automata", "regex-syntax"];

/// Crates with their version and features, as compiled when these kinds of dependency are wanted.
fn compiled(edges: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--locked",
            "--offline",
            "--prefix",
            "none",
            "--no-dedupe",
        ])
        .args(["--format", "{p} {f}", "--edges", edges])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo tree failed:\n{complaint}");
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_dev_dependency_changes_no_feature_of_the_program() {
    let program = compiled("normal,build");
    let tests = compiled("normal,build,dev");
    assert!(
        program.iter().any(|line| line.starts_with("aws-sdk-ecs ")),
        "{program:?}"
    );
    let twice = |line: &&String| {
        !COMPILED_TWICE
            .iter()
            .any(|name| line.starts_with(&format!("{name} ")))
    };
    let changed: Vec<&String> = program.difference(&tests).filter(twice).collect();
    assert!(
        changed.is_empty(),
        "a dev-dependency switches on more features of {changed:#?}\n\
         so `cargo test` compiles them, and all that stands on them, once more: \
         switch the features on in [dependencies] too, or take another dev-dependency"
    );
}
