//! From `git clone` to a board with two environments, by the commands of the README, as they stand
//! there. `.ci/run` sets `CLONE_BUILDS`, and then cargo builds what was cloned; otherwise the binary
//! that is built already stands for `cargo run --`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::shell::Home;
use crate::endpoints::{Server, seed};

const README: &str = include_str!("../../../README.md");

/// How many commands it may take.
const MOST: usize = 6;

/// The commands below the heading, without what is said about them.
fn commands() -> Vec<&'static str> {
    let (_, below) = README
        .split_once("## From a clone to your own board")
        .expect("the heading is there");
    let (_, block) = below.split_once("```sh\n").expect("a block of commands");
    let block = block.split("```").next().unwrap_or_default();
    let lines = block.lines().map(|line| line.split("  #").next());
    lines.flatten().map(str::trim).collect()
}

/// A shell in a folder, with nothing around it but what a person has.
fn shell(folder: &Path, home: &Path, line: &str) -> Command {
    let builds = std::env::var_os("CLONE_BUILDS").is_some();
    let line = if builds {
        line.to_owned()
    } else {
        line.replace("cargo run --", env!("CARGO_BIN_EXE_firstline"))
    };
    let mut command = Command::new("sh");
    command
        .args(["-e", "-c", &line])
        .current_dir(folder)
        .env_clear()
        .env("HOME", home)
        .env("LANG", "C.UTF-8")
        .env("USER", "alice")
        // The checkout may be somebody else's, as on a builder.
        .env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", "safe.directory")
        .env("GIT_CONFIG_VALUE_0", "*")
        .env("REPOSITORY", env!("CARGO_MANIFEST_DIR"))
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .stdin(Stdio::null());
    // The toolchain is the machine's, and so is the target folder: the AWS SDK is compiled once.
    let own = PathBuf::from(std::env::var_os("HOME").expect("somebody runs this"));
    let kept = |name: &str, default: &str| {
        std::env::var_os(name).map_or_else(|| own.join(default), PathBuf::from)
    };
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .expect("it has one");
    command
        .env("PATH", std::env::var_os("PATH").expect("a path"))
        .env("CARGO_HOME", kept("CARGO_HOME", ".cargo"))
        .env("RUSTUP_HOME", kept("RUSTUP_HOME", ".rustup"))
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_INCREMENTAL", "0");
    command
}

#[test]
fn the_commands_of_the_readme_lead_from_a_clone_to_a_board_with_two_environments() {
    let Some(ministack) = Server::ministack() else {
        return;
    };
    for account in ["123456789012", "210987654321"] {
        seed(&ministack, account, 4, None);
    }
    let home = Home::new("clone");
    home.file(
        ".aws/config",
        "[default]\nregion = us-east-1\n[profile acme-staging]\nregion = us-east-1\n",
    );
    home.file(
        ".aws/credentials",
        "[default]\naws_access_key_id = 123456789012\naws_secret_access_key = x\n\
         [acme-staging]\naws_access_key_id = 210987654321\naws_secret_access_key = x\n",
    );
    let commands = commands();
    assert!(commands.len() <= MOST, "{commands:?}");
    let mut folder = home.path("");
    let mut printed = String::new();
    for line in &commands {
        if let Some(into) = line.strip_prefix("cd ") {
            folder = folder.join(into);
            assert!(folder.join("Cargo.toml").is_file(), "{into} is the clone");
            continue;
        }
        let mut command = shell(&folder, &home.path(""), line);
        command.env("AWS_ENDPOINT_URL", &ministack.url);
        let ended = command.output().expect("a shell");
        let err = String::from_utf8_lossy(&ended.stderr);
        // Healthy or not, it could be read.
        let code = ended.status.code().expect("it ends by itself");
        assert!((0..3).contains(&code), "{line} ended with {code}: {err}");
        printed = String::from_utf8_lossy(&ended.stdout).into_owned();
        assert!(
            !printed.is_empty() || line.contains("git") || line.contains(">>"),
            "{line}: {err}"
        );
    }
    let settings = fs::read_to_string(folder.join("firstline.toml")).expect("it was written");
    assert_eq!(settings.matches("[[environment]]").count(), 2, "{settings}");
    for environment in ["default", "acme-staging"] {
        assert!(printed.contains(environment), "{environment}:\n{printed}");
    }
}
