//! A forwarded port, from outside.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::thread;

use super::container::Estate;
use super::harness::Terminal;

fn forward(estate: &Estate, remote: &str) -> (Terminal, String) {
    let words = [
        "forward",
        "billing",
        remote,
        "--reason",
        "INC-42",
        "--confirm",
        "billing",
    ];
    let mut terminal = estate.firstline(&words);
    terminal.wait_for("Ctrl-C ends it");
    let screen = terminal.screen().contents();
    let address = screen.lines().find_map(|line| line.split_once(" is port "));
    let address = address.expect("where it listens").0.to_owned();
    (terminal, address)
}

fn request(address: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("the forward listens");
    stream
        .write_all(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n")
        .expect("it takes a request");
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}

#[test]
fn several_connections_go_through_and_it_ends_with_ctrl_c() {
    let estate = Estate::new("forward");
    let (mut terminal, address) = forward(&estate, "billing-db.internal:5432");
    for _ in 0..3 {
        assert!(request(&address).contains("\"service\":\"billing\""));
    }
    terminal.press("\x03");
    assert!(terminal.end().success());
    assert!(estate.ends()[0].contains("told to end"));
    assert_eq!(estate.called("TerminateSession").min(1), 1);
    assert!(TcpStream::connect(&address).is_err(), "it still listens");
}

/// Each far end is a session of its own, asked for, opened, counted and ended.
#[test]
fn several_far_ends_are_forwarded_at_once() {
    let estate = Estate::new("forward-several");
    let words = [
        "forward",
        "billing",
        "8080",
        "db.internal:5432",
        "--reason",
        "INC-42",
        "--confirm",
        "billing",
    ];
    let mut terminal = estate.firstline(&words);
    terminal.wait_for("Ctrl-C ends it");
    let screen = terminal.screen().contents();
    let addresses: Vec<String> = screen
        .lines()
        .filter_map(|line| line.split_once(" is port "))
        .map(|(address, _)| address.to_owned())
        .collect();
    assert_eq!(addresses.len(), 2, "{screen}");
    for address in &addresses {
        assert!(request(address).contains("\"service\":\"billing\""));
    }
    terminal.wait_for("0 open of 1, 0 failed");
    terminal.press("\x03");
    assert!(terminal.end().success());
    assert_eq!(estate.called("StartSession"), 2);
    let ends = estate.ends();
    assert_eq!(ends.len(), 2);
    assert!(
        ends.iter().all(|end| end.contains("told to end")),
        "{ends:?}"
    );
}

#[test]
fn a_port_nobody_listens_on_is_said() {
    let estate = Estate::new("forward-refused");
    let (mut terminal, address) = forward(&estate, "1");
    assert_eq!(request(&address), "");
    terminal.wait_for("does anything listen there?");
    terminal.press("\x03");
    terminal.end();
}

/// Whatever is sent there comes back.
fn echoing(test: &str, line: &str) -> Estate {
    let estate = Estate::new(test);
    estate.sim.set_line(line.parse().unwrap());
    estate.sim.set_dial(Arc::new(|_, _, _| {
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        tokio::spawn(async move {
            let (mut reading, mut writing) = tokio::io::split(theirs);
            let _ = tokio::io::copy(&mut reading, &mut writing).await;
        });
        Some(ours)
    }));
    estate
}

/// The official plugin turns a line feed that travels alone into a carriage return.
#[test]
fn a_lone_line_feed_stays_one() {
    let estate = echoing("forward-feed", "");
    let (mut terminal, address) = forward(&estate, "7");
    let mut stream = TcpStream::connect(&address).unwrap();
    for byte in [b'\n', b'\r', b'\n', 0] {
        stream.write_all(&[byte]).unwrap();
        let mut back = [1];
        stream.read_exact(&mut back).unwrap();
        assert_eq!(back, [byte]);
    }
    terminal.press("\x03");
    terminal.end();
}

/// An agent that knows no frames carries one connection after the other.
#[test]
fn an_old_agent_is_forwarded_through_as_well() {
    let estate = echoing("forward-basic", "agent=3.0.196.0");
    let (mut terminal, address) = forward(&estate, "7");
    for words in [&b"one\n"[..], b"\n", b"three"] {
        let mut stream = TcpStream::connect(&address).unwrap();
        stream.write_all(words).unwrap();
        let mut back = vec![0; words.len()];
        stream.read_exact(&mut back).unwrap();
        assert_eq!(back, words);
    }
    terminal.press("\x03");
    assert!(terminal.end().success());
}

#[test]
fn an_account_that_denies_it_is_explained() {
    let estate = Estate::new("forward-denied");
    let faults = "denied:ssm.StartSession";
    estate.sim.set_faults(faults.parse().unwrap());
    let words = [
        "forward",
        "billing",
        "8080",
        "--reason",
        "INC-42",
        "--confirm",
        "billing",
    ];
    let output = estate.output(&words);
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{words}");
    assert!(
        words.contains("many accounts deny ssm:StartSession on tasks"),
        "{words}"
    );
}

/// Bytes of every value come back as they went, over a line that loses and tears.
#[test]
fn bytes_come_back_as_they_went() {
    let estate = echoing(
        "forward-bytes",
        "drop=0.01,duplicate=0.02,reorder=0.02,cut=400",
    );
    let (mut terminal, address) = forward(&estate, "7");
    let sent: Vec<u8> = (0..200_000_u32)
        .map(|number| (number * 7 % 251) as u8)
        .collect();
    let mut stream = TcpStream::connect(&address).unwrap();
    let mut writing = stream.try_clone().unwrap();
    let bytes = sent.clone();
    let writer = thread::spawn(move || writing.write_all(&bytes));
    let mut back = vec![0; sent.len()];
    stream.read_exact(&mut back).unwrap();
    writer.join().unwrap().unwrap();
    assert!(back == sent, "what came back is something else");
    terminal.press("\x03");
    terminal.end();
}

/// Ten megabytes each way by their SHA-256, through the listener itself and over the worst line: 5 %
/// lost, doubled and turned round, and torn every few seconds. The agent looks more often than AWS's,
/// which sends again one message in 200 ms: with that it is the same and takes four minutes.
#[test]
fn ten_megabytes_each_way_survive_the_worst_line() {
    use sha2::{Digest as _, Sha256};

    let line = "drop=0.05,duplicate=0.05,reorder=0.05,cut=3000,tick=1";
    let estate = echoing("forward-worst", line);
    let (mut terminal, address) = forward(&estate, "7");
    let mut dice = fastrand::Rng::with_seed(8);
    let mut sent = vec![0; 10_000_000];
    dice.fill(&mut sent);
    let mut stream = TcpStream::connect(&address).unwrap();
    let mut writing = stream.try_clone().unwrap();
    let bytes = sent.clone();
    let writer = thread::spawn(move || writing.write_all(&bytes));
    let mut back = vec![0; sent.len()];
    stream.read_exact(&mut back).unwrap();
    writer.join().unwrap().unwrap();
    assert_eq!(Sha256::digest(&back), Sha256::digest(&sent));
    assert!(estate.called("ResumeSession") > 3);
    terminal.press("\x03");
    terminal.end();
}
