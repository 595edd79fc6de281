//! Shells of the console: entered, left alone, entered again, ended; a simulated AWS and behind it
//! a real `sh`.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use rustix::process::Signal;
use vt100::Screen;

use super::container::Estate;
use super::harness::Terminal;

/// The key that leaves a shell and keeps it open.
const LEAVE: &str = "\x1d";

/// A console over `estate`, on the page of billing.
fn console(estate: &Estate) -> Terminal {
    let mut console = estate.firstline(&[]);
    on_page(&mut console);
    console
}

/// Arms the console and turns to the page of billing.
pub(super) fn on_page(console: &mut Terminal) {
    console.wait_for("billing");
    console.press("A");
    console.wait_for("arm this console");
    wait_a_second(console);
    console.press("INC-42\x13");
    console.wait_for("ARMED");
    console.press("/billing\r");
    console.press("\r");
    console.wait_until("page of billing", is_page);
}

/// The page of billing, with nothing over it.
pub(super) fn is_page(screen: &Screen) -> bool {
    let picture = screen.contents();
    screen.alternate_screen()
        && picture.contains("DEPLOYMENTS")
        && picture.contains("right next tab")
}

/// The selected line of a picker.
fn selected(screen: &Screen) -> Option<String> {
    let picture = screen.contents();
    let row = picture.lines().find(|line| line.contains('▌'));
    row.map(str::to_owned)
}

/// The console's clock, at the end of its first line.
fn time(screen: &Screen) -> Option<String> {
    let first = screen.contents();
    let mut words = first.lines().next()?.split_whitespace();
    let is_time = |word: &&str| word.len() == 8 && word.matches(':').count() == 2;
    words.find(is_time).map(str::to_owned)
}

/// A dialog takes no key at once. When the console's clock has moved twice, a second is over.
pub(super) fn wait_a_second(console: &mut Terminal) {
    for _ in 0..2 {
        let before = time(console.screen());
        assert!(before.is_some(), "{}", console.screen().contents());
        console.wait_until("next second", |screen| time(screen) != before);
    }
}

/// Answers the dialog of production.
pub(super) fn answer(console: &mut Terminal, name: &str) {
    console.wait_for("say why");
    wait_a_second(console);
    console.press("INC-42\t");
    console.press(name);
    console.wait_for("everything is typed");
    console.press("\x13");
}

/// Opens a shell from the page; the terminal is lent to it.
fn shell(console: &mut Terminal) {
    console.press("s");
    console.wait_for("should work");
    console.press("\r");
    answer(console, "billing");
    console.wait_until("prompt of the shell", |screen| {
        !screen.alternate_screen() && screen.contents().contains("Ctrl-] goes back")
    });
    console.press("PS1=$(printf 're%s' 'ady> ')\r");
    console.wait_for("ready> ");
}

pub(super) fn quit(mut console: Terminal) {
    console.press("q");
    assert!(console.end().success());
    console.assert_given_back();
}

#[test]
fn the_console_steps_aside_and_comes_back() {
    let estate = Estate::with_sh("aside");
    let mut console = console(&estate);
    shell(&mut console);
    console.press("stty size\r");
    console.wait_for("30 100");
    console.resize(120, 40);
    console.press("echo again; stty size\r");
    console.wait_for("40 120");
    console.press("echo grüße-$((40+2))-日本\r");
    console.wait_for("grüße-42-日本");
    console.press("head -c 1000000 /dev/zero | tr '\\0' x; echo; echo all-$((40+2))\r");
    console.wait_for("all-42");
    console.press("sh -c 'echo going-$((40+2)); exec sleep 1000'\r");
    console.wait_for("going-42");
    console.press(&"\x03".repeat(50));
    console.wait_for("^C");
    // An interrupt throws away what was typed before it, so a quiet prompt is waited for.
    console.press("\r");
    console.wait_until("prompt after the storm", |screen| {
        let (row, _) = screen.cursor_position();
        let rows: Vec<String> = screen.rows(0, 120).collect();
        rows[usize::from(row)].trim_end() == "ready>"
    });
    console.press("exit 3\r");
    console.wait_until("page of billing", is_page);
    quit(console);
    estate.assert_ended(&["\"words\":\"the shell ended\""]);
}

#[test]
fn a_shell_is_left_and_entered_again() {
    let estate = Estate::with_sh("left-open");
    let mut console = console(&estate);
    shell(&mut console);
    console.press("first=$((40+2)); echo first-$first\r");
    console.wait_for("first-42");
    // The key typed right behind the one that leaves is the console's.
    console.press(&format!("{LEAVE}o"));
    console.wait_for("open sessions");
    assert!(console.screen().alternate_screen());
    console.press("\r");
    console.wait_until("shell as it was", |screen| {
        !screen.alternate_screen() && screen.contents().contains("first-42")
    });
    console.press("echo still-$first\r");
    console.wait_for("still-42");
    // What comes meanwhile is bounded, and its end is shown.
    console.press("sleep 1; seq 1 100000; echo late-$((40+2))\r");
    console.press(LEAVE);
    console.wait_for("KiB new");
    console.press("\r");
    console.wait_for("late-42");
    console.press("exit\r");
    console.wait_for("the shell ended");
    console.wait_for("nothing is open");
    console.press("\x1b");
    console.wait_until("page of billing", is_page);
    quit(console);
    assert_eq!(estate.called("ExecuteCommand"), 1);
    estate.assert_ended(&["the shell ended"]);
}

#[test]
fn several_are_open_and_one_is_ended_from_the_list() {
    let estate = Estate::with_sh("several");
    let mut console = console(&estate);
    for name in ["one", "two"] {
        shell(&mut console);
        console.press(&format!("me={name}; clear; echo I-am-$me\r"));
        console.wait_for(&format!("I-am-{name}"));
        console.press(LEAVE);
        console.wait_until("page of billing", is_page);
    }
    console.press("oj\r");
    console.wait_for("I-am-two");
    // Back where it was entered from: in the list, on the same line.
    console.press(&format!("{LEAVE}x"));
    console.wait_for("ended from the console's list");
    console.press("\r");
    console.wait_until("shell", |screen| !screen.alternate_screen());
    console.press("echo this-is-$me\r");
    console.wait_for("this-is-one");
    console.press(&format!("{LEAVE}\x1b"));
    console.wait_until("page of billing", is_page);
    // Leaving asks, and ends what is open.
    console.press("q");
    console.wait_for("quit with 1 session open?");
    console.press("\x1b");
    console.wait_until("page of billing", is_page);
    console.press("q");
    console.wait_for("quit with 1 session open?");
    console.press("\x13");
    assert!(console.end().success());
    console.assert_given_back();
    estate.assert_ended(&["ended from the console's list", "the console ended"]);
}

#[test]
fn every_ending_of_the_console_ends_its_shells() {
    for signal in [Signal::TERM, Signal::HUP] {
        for away in [false, true] {
            let estate = Estate::with_sh(&format!("told-{}-{away}", signal.as_raw()));
            let mut console = console(&estate);
            shell(&mut console);
            if away {
                console.press(LEAVE);
                console.wait_until("page of billing", is_page);
            }
            console.signal(signal);
            console.end();
            console.assert_given_back();
            estate.assert_ended(&["the console ended"]);
        }
    }
}

#[test]
fn a_shell_that_is_killed_gives_the_console_back() {
    let estate = Estate::with_sh("killed");
    let mut console = console(&estate);
    shell(&mut console);
    // A program that leaves everything switched on when it dies.
    console.press("printf '\\033[?1049h\\033[?25l\\033[?1000h\\033[?2004h'; kill -9 $$\r");
    console.wait_until("page of billing", is_page);
    quit(console);
    assert_eq!(estate.ends().len(), 1);
}

#[test]
fn a_lost_line_is_resumed() {
    let estate = Estate::with_sh("torn");
    estate.sim.set_line("cut=40".parse().unwrap());
    let mut console = console(&estate);
    shell(&mut console);
    console.press("seq 1 5000; echo all-$((40+2))\r");
    console.wait_for("all-42");
    console.press(&format!("{LEAVE}o"));
    console.wait_for("resumed, nothing was lost");
    console.press("\r");
    console.wait_until("shell", |screen| !screen.alternate_screen());
    console.press("exit\r");
    console.wait_for("nothing is open");
    console.press("\x1b");
    console.wait_until("page of billing", is_page);
    quit(console);
}

#[test]
fn a_port_is_forwarded_counted_and_closed() {
    let estate = Estate::new("port");
    let mut console = console(&estate);
    console.press("f");
    console.wait_for("forward billing");
    console.press("billing-db.internal:5432\r");
    console.wait_for("should work");
    console.press("\r");
    answer(&mut console, "billing");
    console.wait_for("is port 5432 of billing-db.internal");
    let picture = console.screen().contents();
    let told = picture
        .lines()
        .find_map(|line| line.split_once(" is port "));
    let address = told.expect("where it listens").0;
    let address = address.rsplit(' ').next().unwrap().to_owned();
    let mut stream = TcpStream::connect(&address).expect("the forward listens");
    stream
        .write_all(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n")
        .unwrap();
    let mut back = String::new();
    let _ = stream.read_to_string(&mut back);
    assert!(back.contains("\"service\":\"billing\""), "{back}");
    console.wait_for("1 connection, 0 with an error; 33 B up");
    console.press("x");
    console.wait_for("is no longer forwarded");
    assert!(TcpStream::connect(&address).is_err(), "it still listens");
    console.press("\x1b");
    console.wait_until("page of billing", is_page);
    quit(console);
    assert_eq!(estate.ends().len(), 1);
}

#[test]
fn what_is_missing_is_said_before_anybody_tries() {
    let estate = Estate::new("missing");
    let mut console = estate.firstline(&[]);
    console.wait_for("billing");
    console.press(":shell web\r");
    console.wait_for("cannot work: ECS Exec");
    console.wait_for("mend: ");
    console.press("\r");
    console.wait_for("rule session-cannot-work");
    wait_a_second(&mut console);
    console.press("\x1b");
    console.wait_until("board", |screen| {
        !screen.contents().contains("rule session")
    });
    quit(console);
    assert_eq!(estate.called("ExecuteCommand"), 0);
}

/// Opens the nodes beside a service's containers; those that answer come first, and none is taken
/// unasked while several do.
#[test]
fn a_node_is_picked_by_its_ping_and_entered() {
    let estate = Estate::with_sh("console-node");
    let id = super::node::node(&estate, "warehouse-gw");
    let mut console = console(&estate);
    console.press("s");
    console.wait_for("should work");
    console.press("\t");
    console.wait_for("bastion-b");
    let picture = console.screen().contents();
    let row = |name: &str| {
        let row = picture.lines().find(|line| line.contains(name));
        row.unwrap_or_default().to_owned()
    };
    assert!(row("bastion-a").contains("✔ online"), "{picture}");
    assert!(row("bastion-b").contains("connection lost"), "{picture}");
    assert!(row("bastion-b").contains("cannot work: agent"), "{picture}");
    assert!(picture.contains("select the one you mean"), "{picture}");
    assert!(!picture.contains('▌'), "one is selected: {picture}");
    // From the containers back to the nodes, then the line of the gateway.
    console.press("\t");
    console.wait_for("EXEC");
    console.press("\t");
    console.wait_for("bastion-b");
    while !selected(console.screen()).is_some_and(|row| row.contains("warehouse-gw")) {
        let before = selected(console.screen());
        console.press("j");
        console.wait_until("another line", |screen| selected(screen) != before);
    }
    console.press("\r");
    answer(&mut console, &id);
    console.wait_until("banner", |screen| {
        !screen.alternate_screen() && screen.contents().contains("Ctrl-] goes back")
    });
    console.press("echo here-$((40+2))\r");
    console.wait_for("here-42");
    console.press(&format!("{LEAVE}o"));
    console.wait_for("open sessions");
    console.wait_for("warehouse-gw");
    console.press("\r");
    console.wait_until("shell", |screen| !screen.alternate_screen());
    console.press("exit\r");
    console.wait_for("nothing is open");
    console.press("\x1b");
    console.wait_until("page of billing", is_page);
    quit(console);
    assert_eq!(
        (
            estate.called("ExecuteCommand"),
            estate.called("StartSession")
        ),
        (0, 1)
    );
    estate.assert_ended(&["the shell ended"]);
    assert!(estate.journal().contains(&id));
}

#[test]
fn a_lost_node_is_refused_in_the_console_with_its_mend() {
    let estate = Estate::new("console-lost");
    let mut console = console(&estate);
    console.press(":shell bastion-b --instance\r");
    console.wait_for("cannot work: agent");
    console.wait_for("mend: ");
    console.press("\r");
    console.wait_for("node-cannot-work");
    wait_a_second(&mut console);
    console.press("\x1b");
    console.wait_until("page of billing", is_page);
    quit(console);
    assert_eq!(estate.called("StartSession"), 0);
}

/// The key that leaves and the next ones come in pieces, each read for itself.
#[test]
fn keys_right_behind_the_one_that_leaves_are_the_consoles() {
    let estate = Estate::with_sh("first-keys");
    let mut console = console(&estate);
    shell(&mut console);
    for _ in 0..10 {
        console.press(LEAVE);
        console.press("o");
        console.wait_for("open sessions");
        console.press("\r");
        console.wait_until("shell", |screen| !screen.alternate_screen());
    }
    console.press("exit\r");
    console.wait_for("nothing is open");
    console.press("\x1b");
    console.wait_until("page of billing", is_page);
    quit(console);
}

/// Keys typed while the console takes its screen again.
#[test]
fn keys_typed_while_the_console_comes_back_are_not_lost() {
    let estate = Estate::with_sh("back-keys");
    let mut console = console(&estate);
    for _ in 0..5 {
        shell(&mut console);
        console.press("exit\r");
        console.wait_until("alternate screen", Screen::alternate_screen);
        console.press("?");
        // Its last line: a frame comes in pieces.
        console.wait_for("esc back   / filter");
        console.press("\x1b");
        console.wait_until("page of billing", is_page);
    }
    quit(console);
}

/// A shell that ignores a storm, and one whose program dies of it.
#[test]
fn a_storm_of_interrupts_ends_nothing_but_what_runs() {
    let estate = Estate::with_sh("storm");
    let mut console = console(&estate);
    shell(&mut console);
    console
        .press("trap '' INT; echo deaf-$((40+2)); sleep 0.2; trap - INT; echo hears-$((40+2))\r");
    console.wait_for("deaf-42");
    for _ in 0..20 {
        console.press(&"\x03".repeat(10));
    }
    console.wait_for("hears-42");
    console.press("\r");
    console.wait_until("prompt", |screen| {
        let (row, _) = screen.cursor_position();
        let rows: Vec<String> = screen.rows(0, 100).collect();
        rows[usize::from(row)].trim_end() == "ready>"
    });
    // A storm that outlives the shell: where the console is back, Ctrl-C would leave it.
    console.press("trap '' INT; echo bye-$((40+2)); sleep 0.2; exit\r");
    console.wait_for("bye-42");
    for _ in 0..20 {
        console.press(&"\x03".repeat(10));
    }
    console.wait_until("console", Screen::alternate_screen);
    console.press(&"\x03".repeat(10));
    console.wait_until("page of billing", is_page);
    quit(console);
    estate.assert_ended(&["the shell ended"]);
}

/// Nobody of this estate hears of a shell whose task goes away without being told.
#[test]
fn a_task_that_is_stopped_under_a_shell_is_announced() {
    let estate = Estate::with_sh("stopped");
    let mut console = console(&estate);
    shell(&mut console);
    estate.stop_tasks("billing");
    console.wait_for("the task is being stopped: this session will end with it");
    console.press(LEAVE);
    console.wait_until("console", Screen::alternate_screen);
    console.press("o");
    console.wait_for("last said");
    console.wait_for("is being stopped");
    console.press("x");
    console.wait_for("nothing is open");
    console.press("\x1b");
    console.wait_until("page of billing", is_page);
    quit(console);
    estate.assert_ended(&["ended from the console's list"]);
}

#[test]
fn an_encrypted_shell_of_the_console() {
    let estate = Estate::with_sh("console-sealed");
    estate
        .sim
        .set_line("kms,drop=0.02,cut=100".parse().unwrap());
    let mut console = console(&estate);
    shell(&mut console);
    console.press("echo grüße-$((40+2))-日本; seq 1 2000; echo all-$((40+2))\r");
    console.wait_for("all-42");
    console.press("exit\r");
    console.wait_until("page of billing", is_page);
    quit(console);
    assert_eq!(estate.called("GenerateDataKey"), 1);
    estate.assert_ended(&["the shell ended"]);
}

/// After a console with a shell and a forwarded port, a token is nowhere: not on the screen, in no
/// argument or variable of the console, in no file, recordings and their heads included.
#[test]
fn the_token_is_nowhere_in_a_consoles_life() {
    let estate = Estate::with_sh("console-token");
    estate.sim.set_line("cut=40".parse().unwrap());
    let mut console = console(&estate);
    let process = console.pid().as_raw_pid();
    let mut seen = Vec::new();
    shell(&mut console);
    console.press("seq 1 5000; echo all-$((40+2))\r");
    console.wait_for("all-42");
    seen.push(console.screen().contents());
    console.press(LEAVE);
    console.wait_until("page of billing", is_page);
    console.press("f");
    console.wait_for("forward billing");
    console.press("8080\r");
    console.wait_for("should work");
    console.press("\r");
    answer(&mut console, "billing");
    console.wait_for("is port 8080");
    seen.push(console.screen().contents());
    for file in ["cmdline", "environ"] {
        let bytes = std::fs::read(format!("/proc/{process}/{file}")).unwrap();
        seen.push(String::from_utf8_lossy(&bytes).into_owned());
    }
    console.press("x");
    console.wait_for("is no longer forwarded");
    console.press("\r");
    console.wait_until("shell", |screen| !screen.alternate_screen());
    console.press("exit\r");
    console.wait_for("nothing is open");
    console.press("\x1b");
    console.wait_until("page of billing", is_page);
    seen.push(console.screen().contents());
    quit(console);
    assert!(
        estate.called("ResumeSession") > 0,
        "no second token was given"
    );
    let files = estate.files();
    let recorded = files.iter().any(|(path, _)| path.contains(".cast"));
    assert!(recorded, "a recording");
    for text in seen.iter().chain(files.iter().map(|(_, text)| text)) {
        // The simulator's tokens all begin so.
        assert!(!text.contains("AAEAA"), "a token in {text}");
    }
    assert_eq!(estate.ends().len(), 2);
}
