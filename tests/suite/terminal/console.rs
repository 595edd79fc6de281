//! The console over the demo estate, from outside.

use rustix::process::Signal;
use vt100::Screen;

use super::harness::{FIRSTLINE, Terminal, alone};

/// The board of the demo estate, drawn.
fn board(test: &str, columns: u16, rows: u16) -> Terminal {
    let mut console = Terminal::firstline(test, &["demo"], columns, rows);
    console.wait_until("board", is_board);
    console
}

/// Both environments, and in the last line of the screen the hints.
fn is_board(screen: &Screen) -> bool {
    let picture = screen.contents();
    screen.alternate_screen()
        && ["production", "staging"]
            .iter()
            .all(|name| picture.contains(name))
        && hints(screen).contains("help")
}

fn assert_given_back(console: &Terminal) {
    let left = console.left_behind();
    let picture = console.screen().contents();
    assert!(
        left.is_empty(),
        "left behind: {left:?}; the screen is\n{picture}"
    );
}

fn hints(screen: &Screen) -> String {
    let (rows, columns) = screen.size();
    let last = usize::from(rows.get() - 1);
    screen.rows(0, columns.get()).nth(last).unwrap_or_default()
}

#[test]
fn it_draws_and_quits() {
    let mut console = board("quits", 120, 40);
    console.press("q");
    assert!(console.end().success());
    assert_given_back(&console);
}

#[test]
fn help_opens_and_closes() {
    let mut console = board("help", 120, 40);
    console.press("?");
    console.wait_for("what every key does");
    console.press("\x1b");
    console.wait_until("board without the help", |screen| {
        is_board(screen) && !screen.contents().contains("what every key does")
    });
}

#[test]
fn it_fits_every_size_it_is_given() {
    let mut console = board("sizes", 120, 40);
    for (columns, rows) in [(80, 24), (250, 80), (20, 5), (120, 40)] {
        console.resize(columns, rows);
        if columns >= 80 {
            console.wait_until("board in its new size", is_board);
        }
    }
}

#[test]
fn an_ended_console_gives_the_terminal_back() {
    for signal in [Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT] {
        let mut console = board(&format!("ended-{}", signal.as_raw()), 80, 24);
        console.signal(signal);
        console.end();
        assert_given_back(&console);
    }
}

#[test]
fn a_closed_window_ends_the_console() {
    let mut console = board("closed", 80, 24);
    console.close();
    console.end();
}

/// Only a debug build knows `FIRSTLINE_PANIC`: it panics after the first frame.
#[cfg(debug_assertions)]
#[test]
fn a_panic_gives_the_terminal_back_and_is_told() {
    let command = alone(FIRSTLINE, "panic")
        .env("FIRSTLINE_PANIC", "1")
        .arg("demo");
    let mut console = Terminal::run(command, 80, 24);
    assert_eq!(console.end().code(), Some(101));
    assert_given_back(&console);
    assert!(
        console.screen().contents().contains("panicked"),
        "the panic is told"
    );
}

/// A shell with job control gets the terminal when the console is suspended, and gives it back.
#[test]
fn it_is_suspended_and_goes_on() {
    let script =
        r#"set -m; "$0" demo; echo suspended; read -r line; fg >/dev/null; echo "ended $?""#;
    let mut shell = Terminal::run(
        alone("bash", "suspend").args(["-c", script, FIRSTLINE]),
        80,
        24,
    );
    shell.wait_until("board", is_board);
    shell.press("\x1a");
    shell.wait_until("shell", |screen| {
        !screen.alternate_screen() && screen.contents().contains("suspended")
    });
    assert_given_back(&shell);
    shell.press("\r");
    shell.wait_until("board again", is_board);
    shell.press("q");
    shell.wait_for("ended 0");
    shell.end();
    assert_given_back(&shell);
}
