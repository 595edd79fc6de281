//! A shell in a container, from outside: the built binary in a real terminal, a simulated AWS,
//! and behind it a real `sh`.

use rustix::process::Signal;

use super::container::Estate;

#[test]
fn a_real_shell_is_resized_interrupted_and_ended() {
    let estate = Estate::with_sh("real");
    let mut terminal = estate.shell("billing");
    terminal.press("stty size\r");
    terminal.wait_for("30 100");
    terminal.resize(120, 40);
    terminal.press("echo again; stty size\r");
    terminal.wait_for("40 120");
    terminal.press("echo grüße-$((40+2))-日本\r");
    terminal.wait_for("grüße-42-日本");
    // Said by what is to be interrupted: a shell that is interrupted while it still hands the terminal
    // to its child waits for a child that heard nothing.
    terminal.press("sh -c 'echo going-$((40+2)); exec sleep 1000'\r");
    terminal.wait_for("going-42");
    // One: each interrupt throws away what was typed ahead of it, the next line here included.
    terminal.press("\x03");
    terminal.wait_for("^C");
    terminal.press("echo after-$((40+2))\r");
    terminal.wait_for("after-42");
    terminal.press("head -c 1000000 /dev/zero | tr '\\0' x; echo; echo all-$((40+2))\r");
    terminal.wait_for("all-42");
    terminal.press("exit 3\r");
    assert!(terminal.end().success());
    assert!(terminal.screen().contents().contains("the shell ended"));
    terminal.assert_given_back();
    estate.assert_ended(&["\"words\":\"the shell ended\""]);
}

#[test]
fn every_ending_gives_the_terminal_back_and_is_written_down() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT] {
        let estate = Estate::with_sh(&format!("signal-{}", signal.as_raw()));
        let mut terminal = estate.shell("billing");
        terminal.press("echo up-$((40+2))\r");
        terminal.wait_for("up-42");
        terminal.signal(signal);
        terminal.end();
        terminal.assert_given_back();
        estate.assert_ended(&["the terminal or the process ended"]);
    }
    let estate = Estate::with_sh("left");
    let mut terminal = estate.shell("billing");
    terminal.press("\x1d");
    assert!(terminal.end().success());
    terminal.assert_given_back();
    estate.assert_ended(&["left with Ctrl-]"]);
}

#[test]
fn a_closed_window_ends_the_session() {
    let estate = Estate::with_sh("window");
    let mut terminal = estate.shell("billing");
    terminal.close();
    terminal.end();
    estate.assert_ended(&["the terminal or the process ended"]);
}

/// Whoever writes hears that the terminal is gone before the signal comes.
#[test]
fn a_window_closed_under_output_ends_the_session_in_the_same_words() {
    let estate = Estate::with_sh("window-output");
    let mut terminal = estate.shell("billing");
    terminal.press("yes $((40+2))\r");
    terminal.wait_for("42\n42\n42\n42\n42\n42\n42\n42");
    terminal.close();
    terminal.end();
    estate.assert_ended(&["the terminal or the process ended"]);
}

#[test]
fn bash_is_taken_where_there_is_one_and_sh_where_not() {
    for (programs, shell) in [(&["sh", "bash"][..], "bash-5"), (&["sh"], "bash-none")] {
        let estate = Estate::with_programs(&format!("choice-{}", programs.len()), programs);
        let mut terminal = estate.shell("billing");
        terminal.press("v=${BASH_VERSION:-none}; echo \"bash-${v%%.*}\"\r");
        terminal.wait_for(shell);
        terminal.press("exit\r");
        assert!(terminal.end().success());
    }
}

#[test]
fn a_silent_start_takes_what_is_typed() {
    let estate = Estate::new("silent");
    estate.sim.set_line("silent".parse().unwrap());
    let mut terminal = estate.shell("billing");
    terminal.press("echo heard\r");
    terminal.wait_for("heard");
    terminal.press("exit\r");
    assert!(terminal.end().success());
}

#[test]
fn a_command_ends_as_it_ended_there() {
    let estate = Estate::with_sh("exec");
    let output = estate.exec("billing", &["sh", "-c", "echo out; exit 3"]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(output.stdout, b"out\n");
}

/// Everything arrives once and in order over a line that loses, doubles, turns round and tears.
#[test]
fn nothing_is_lost_on_a_bad_line() {
    let numbers: Vec<String> = (1..=20_000).map(|number| number.to_string()).collect();
    let numbers = numbers.join("\n") + "\n";
    for line in [
        "lost-acks=0.3",
        "drop=0.05,duplicate=0.05,reorder=0.05,malformed",
        "cut=60",
        "bye=60",
        "pause=60,oversize,malformed",
    ] {
        let estate = Estate::with_sh("line");
        estate.sim.set_line(line.parse().unwrap());
        let output = estate.exec("billing", &["seq", "1", "20000"]);
        let words = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{line}: {words}");
        assert!(output.stdout == numbers.as_bytes(), "{line}");
    }
}

#[test]
fn the_token_is_nowhere() {
    let estate = Estate::with_sh("token");
    estate.sim.set_line("cut=40".parse().unwrap());
    let mut terminal = estate.shell("billing");
    terminal.press("seq 1 500; echo all-$((40+2))\r");
    terminal.wait_for("all-42");
    let process = terminal.pid().as_raw_pid();
    for file in ["cmdline", "environ"] {
        let text = std::fs::read(format!("/proc/{process}/{file}")).unwrap();
        assert_no_token(file, &String::from_utf8_lossy(&text));
    }
    terminal.press("exit\r");
    terminal.end();
    assert_no_token("the screen", &terminal.screen().contents());
    let files = estate.files();
    assert!(
        files.iter().any(|(path, _)| path.contains("/recordings/")),
        "a recording"
    );
    for (path, text) in &files {
        assert_no_token(path, text);
    }
}

/// The simulator's tokens all begin so.
fn assert_no_token(place: &str, text: &str) {
    assert!(!text.contains("AAEAA"), "a token in {place}");
}

#[test]
fn a_session_of_another_client_is_carried() {
    let estate = Estate::with_sh("attach");
    let answer = estate.start_session(&estate.target("billing"));
    let mut terminal = estate.firstline(&["session-attach"]);
    terminal.press(&format!("{answer}\n"));
    terminal.wait_for("$ ");
    terminal.press("echo carried-$((40+2))\r");
    terminal.wait_for("carried-42");
    terminal.press("exit\r");
    assert!(terminal.end().success());
    terminal.assert_given_back();
}

#[test]
fn the_doctor_names_what_is_missing_and_a_shell_is_refused() {
    let estate = Estate::new("doctor");
    let well = estate.output(&["shell", "billing", "--doctor"]);
    assert_eq!(well.status.code(), Some(0));
    let encrypted = estate.output(&["shell", "report", "--doctor"]);
    let words = String::from_utf8_lossy(&encrypted.stdout);
    assert!(words.contains("kms:GenerateDataKey"), "{words}");
    let output = estate.output(&["shell", "web", "--doctor"]);
    let words = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(2), "{words}");
    assert!(
        words.contains("missing  ECS Exec") && words.contains("mend: "),
        "{words}"
    );
    let refused = estate.exec("web", &["ls"]);
    assert_eq!(refused.status.code(), Some(125));
    assert_eq!(estate.called("ExecuteCommand"), 0);
}

/// Ctrl-C and Ctrl-D at the question are both a no.
#[test]
fn whoever_gives_no_answer_opens_nothing() {
    let estate = Estate::new("no-answer");
    let mut asked = estate.firstline(&["shell", "billing"]);
    asked.wait_for("reason: ");
    asked.press("\x04");
    assert!(!asked.end().success());
    assert!(
        asked
            .screen()
            .contents()
            .contains("nobody answered, so nothing was done")
    );
    asked.assert_given_back();
    let mut asked = estate.firstline(&["shell", "billing", "--reason", "INC-42"]);
    asked.wait_for("type billing to go on: ");
    asked.press("\x03");
    assert!(!asked.end().success());
    asked.assert_given_back();
    assert_eq!(estate.called("ExecuteCommand"), 0);
    assert!(!estate.journal().contains("intent"), "{}", estate.journal());
}

#[test]
fn nobody_gets_in_without_a_reason_or_read_only() {
    let estate = Estate::new("refused");
    for words in [
        &["exec", "billing", "--confirm", "billing", "--", "ls"][..],
        &["exec", "billing", "--reason", "x", "--", "ls"],
        &[
            "--read-only",
            "exec",
            "billing",
            "--reason",
            "x",
            "--confirm",
            "billing",
            "--",
            "ls",
        ],
        &[
            "exec",
            "billing",
            "--reason",
            "x",
            "--confirm",
            "billing",
            "--minutes",
            "600",
            "--",
            "ls",
        ],
    ] {
        let output = estate.output(words);
        assert_eq!(output.status.code(), Some(125), "{words:?}");
    }
    assert_eq!(estate.called("ExecuteCommand"), 0);
}
