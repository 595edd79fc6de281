//! The built binary in a real pseudo-terminal: it draws, acts, is resized, suspended and ended, and
//! leaves the terminal as it found it, each time.

mod console;
mod container;
mod credentials;
mod forward;
mod harness;
mod killed;
mod node;
mod plugin;
mod sealed;
mod session;
mod shell;

use std::os::unix::process::ExitStatusExt;

use pty_process::blocking::Command;
use rustix::process::Signal;

use harness::Terminal;

/// A shell as a stand-in for the console: the harness itself is under test.
fn shell(script: &str) -> Terminal {
    Terminal::run(Command::new("/bin/sh").args(["-c", script]), 80, 24)
}

#[test]
fn what_a_program_leaves_behind_is_seen() {
    let mut untidy =
        shell(r"stty raw -echo; printf '\033[?1049h\033[?25l\033[?2004h\033[?1003h\033[?1004h'");
    assert!(untidy.end().success());
    let left = [
        "alternate screen",
        "hidden cursor",
        "bracketed paste",
        "mouse reports",
        "focus reports",
        "raw mode",
    ];
    assert_eq!(untidy.left_behind(), left);

    let mut tidy =
        shell(r"printf '\033[?1049h\033[?25l\033[?1004h\033[?1004l\033[?25h\033[?1049l'");
    assert!(tidy.end().success());
    assert_eq!(tidy.left_behind(), [""; 0]);
}

#[test]
fn keys_and_sizes_reach_the_program() {
    let mut terminal = shell("stty size; read -r line; echo \"read $line\"; stty size");
    terminal.wait_for("24 80");
    terminal.resize(100, 30);
    terminal.press("keys\r");
    terminal.wait_for("read keys");
    terminal.wait_for("30 100");
    assert!(terminal.end().success());
}

#[test]
fn signals_and_a_closed_window_reach_the_program() {
    let mut terminal = shell("echo ready; read -r line");
    terminal.wait_for("ready");
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.end().signal(), Some(Signal::TERM.as_raw()));

    let mut terminal = shell("echo ready; read -r line");
    terminal.wait_for("ready");
    terminal.close();
    assert_eq!(terminal.end().signal(), Some(Signal::HUP.as_raw()));
}
