//! Tells a team that somebody broke the glass.

use std::io::Write as _;
use std::process::{Command, Stdio};

/// Runs `notify`, a program with its arguments, and gives it `words` on standard input. Waits for its
/// end: call it on a thread of its own. Says in a sentence what went wrong.
pub fn ring(notify: &[String], words: &str) -> Result<(), String> {
    let Some((program, arguments)) = notify.split_first() else {
        return Ok(());
    };
    let rung = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .and_then(|mut child| {
            if let Some(mut input) = child.stdin.take() {
                // A program that does not read is told by being run.
                let _ = writeln!(input, "{words}");
            }
            child.wait()
        });
    match rung {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{program} did not tell the team: {status}")),
        Err(error) => Err(format!("{program} cannot be run, nobody was told: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_run_and_its_failure_is_told() {
        let program = |words: &[&str]| words.iter().map(|&one| one.to_owned()).collect::<Vec<_>>();
        let listens = program(&["sh", "-c", "read line && test \"$line\" = 'glass broken'"]);
        assert_eq!(ring(&listens, "glass broken"), Ok(()));
        assert!(ring(&program(&["sh", "-c", "exit 3"]), "x").is_err());
        assert!(ring(&program(&["/no/such/program"]), "x").is_err());
        assert_eq!(ring(&[], "x"), Ok(()));
    }
}
