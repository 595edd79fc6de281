//! What a million held lines take, as Linux counts it; elsewhere there is nothing to tell.

use std::fs;

use firstline::estate::log::{Held, Masks};

use crate::{HELD, line, plain};

pub(crate) fn measure() {
    let masks = Masks::default();
    // What a line needs on its way is there before it is counted.
    let _ = line(&masks, 0, &plain(0));
    let before = resident();
    let mut held = Held::new(1 << 30);
    for number in 0..HELD {
        held.push(&line(&masks, number, &plain(number)));
    }
    let took = resident().saturating_sub(before);
    let allowed = held.bytes() * 14 / 10 + HELD * 64;
    println!(
        "memory: {HELD} lines of {} bytes together took {took}, {} % of the {allowed} allowed",
        held.bytes(),
        took * 100 / allowed.max(1)
    );
}

/// Bytes resident.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    let kibibytes = line.and_then(|line| line.split_whitespace().nth(1));
    kibibytes.map_or(0, |count| count.parse::<usize>().unwrap_or(0) * 1024)
}
