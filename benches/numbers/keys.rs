//! From a key to its first byte on the terminal, while every request hangs for 2 s.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{Command, Pty};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use vt100::Parser;

use crate::{endpoint, watch};

const KEYS: usize = 60;
const SERVICES: usize = 30;

pub(crate) fn measure() {
    let (url, sim) = endpoint::start(SERVICES, 1);
    let (mut pty, side) = pty_process::blocking::open().expect("a pseudo-terminal");
    pty.resize(Size::new(40, 120)).expect("a size");
    let home = watch::folder("keys");
    let mut console = Command::new(env!("CARGO_BIN_EXE_firstline"))
        .args(["--endpoint-url", &url, "--region", "eu-central-1"])
        .env_clear()
        .env("HOME", &home)
        .env("TERM", "xterm-256color")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_ACCESS_KEY_ID", "123456789012")
        .env("AWS_SECRET_ACCESS_KEY", "simulated")
        .spawn(side)
        .expect("the binary is built");
    let mut screen = Parser::new_with_callbacks(
        40.try_into().expect("rows"),
        120.try_into().expect("columns"),
        0,
        (),
    );
    while !screen
        .screen()
        .contents()
        .contains(&format!("of {SERVICES}"))
    {
        take(&mut pty, &mut screen, Duration::from_secs(20));
    }
    sim.set_faults("latency=2s".parse().expect("a fault"));
    let mut took = Vec::new();
    let mut hung = 0;
    for number in 0..KEYS {
        if number % 10 == 0 {
            // Everything is asked for anew, and hangs.
            sim.forget_calls();
            press(&mut pty, "\x12");
            std::thread::sleep(Duration::from_millis(200));
        }
        while take(&mut pty, &mut screen, Duration::from_millis(40)) {}
        let under_way = sim
            .calls()
            .iter()
            .filter(|call| call.answered.is_none())
            .count();
        hung += usize::from(under_way > 0);
        let began = Instant::now();
        press(&mut pty, if number % 2 == 0 { "j" } else { "k" });
        assert!(
            take(&mut pty, &mut screen, Duration::from_secs(5)),
            "a key is drawn"
        );
        took.push(began.elapsed());
    }
    press(&mut pty, "q");
    while take(&mut pty, &mut screen, Duration::from_secs(2)) {}
    console.wait().expect("our own child");
    tell(took, hung);
}

fn tell(mut took: Vec<Duration>, hung: usize) {
    took.sort_unstable();
    let milliseconds = |place: usize| took[place].as_secs_f64() * 1000.0;
    println!(
        "  {KEYS} keys, {hung} of them with requests hanging: median {:.1} ms, 95 % under {:.1} ms, slowest {:.1} ms",
        milliseconds(KEYS / 2),
        milliseconds(KEYS * 95 / 100),
        milliseconds(KEYS - 1)
    );
}

fn press(pty: &mut Pty, keys: &str) {
    pty.write_all(keys.as_bytes()).expect("it reads its keys");
}

/// Waits for something to be drawn. `false`: nothing was.
fn take(pty: &mut Pty, screen: &mut Parser, longest: Duration) -> bool {
    let longest = Timespec::try_from(longest).expect("a bound of seconds");
    let waited = poll(&mut [PollFd::new(pty, PollFlags::IN)], Some(&longest));
    if waited.expect("an open terminal can be waited for") == 0 {
        return false;
    }
    let mut bytes = [0; 16384];
    let length = pty.read(&mut bytes).unwrap_or(0);
    screen.process(&bytes[..length]);
    length > 0
}
