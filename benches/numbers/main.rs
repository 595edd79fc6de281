//! The numbers that are no micro-benchmark, as the README's table has them:
//! `cargo bench --bench numbers`, or one chapter of it: `… -- start`.
//!
//! | chapter | says |
//! |---|---|
//! | `start` | from nothing to service rows and to a complete board, with 80 ms for each request |
//! | `keys` | from a key to its first byte on the terminal, while every request hangs for 2 s |
//! | `memory` | what the console holds with 500 services and 100,000 log lines |
//! | `journal` | how long checking 10,000 lines takes |
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a harness that cannot go on stops; it reads the clock and prints because that is its work"
)]

mod endpoint;
mod journal;
mod keys;
mod memory;
mod start;
mod watch;

/// A chapter's name and what measures it.
type Chapter = (&'static str, fn());

fn main() {
    // `cargo bench` adds `--bench`.
    let asked: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    if let [serve, services] = asked.as_slice()
        && serve == "serve"
    {
        endpoint::serve_until_killed(services.parse().expect("a number of services"));
    }
    let chapters: [Chapter; 4] = [
        ("start", start::measure),
        ("keys", keys::measure),
        ("memory", memory::measure),
        ("journal", journal::measure),
    ];
    for (name, measure) in chapters {
        if asked.is_empty() || asked.iter().any(|one| one == name) {
            println!("\n{name}");
            measure();
        }
    }
}
