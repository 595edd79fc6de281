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

#[test]
fn a_port_nobody_listens_on_is_said() {
    let estate = Estate::new("forward-refused");
    let (mut terminal, address) = forward(&estate, "1");
    assert_eq!(request(&address), "");
    terminal.press("\x03");
    terminal.end();
}

/// Bytes of every value come back as they went, over a line that loses and tears.
#[test]
fn bytes_come_back_as_they_went() {
    let estate = Estate::new("forward-bytes");
    estate.sim.set_line(
        "drop=0.01,duplicate=0.02,reorder=0.02,cut=400"
            .parse()
            .unwrap(),
    );
    estate.sim.set_dial(Arc::new(|_, _, _| {
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        tokio::spawn(async move {
            let (mut reading, mut writing) = tokio::io::split(theirs);
            let _ = tokio::io::copy(&mut reading, &mut writing).await;
        });
        Some(ours)
    }));
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
