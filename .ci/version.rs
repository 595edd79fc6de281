//! Says which commit a release was built from; cargo runs it before it compiles the crate. A build
//! for development says nothing of it, so that a commit alone compiles nothing anew.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "cargo speaks to a build script by variables and its standard output"
)]

use std::process::Command;

fn main() {
    let version = std::env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let commit = if release { commit() } else { None };
    let told = commit.map_or(version.clone(), |commit| format!("{version} ({commit})"));
    println!("cargo::rustc-env=FIRSTLINE_VERSION={told}");
    println!("cargo::rerun-if-changed=.ci/version.rs");
    if release {
        for part in ["HEAD", "index"] {
            if let Some(path) = git(&["rev-parse", "--git-path", part]) {
                println!("cargo::rerun-if-changed={path}");
            }
        }
    }
}

/// The commit, and whether something was changed since.
fn commit() -> Option<String> {
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
    let changed = git(&["status", "--porcelain", "--untracked-files=no"])?;
    let mark = if changed.is_empty() { "" } else { ", changed" };
    Some(format!("{commit}{mark}"))
}

fn git(words: &[&str]) -> Option<String> {
    let output = Command::new("git").args(words).output().ok()?;
    let told = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| told.trim().to_owned())
}
