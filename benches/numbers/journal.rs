//! How long checking 10,000 lines takes.

use std::time::Instant;

use firstline::journal::{Ending, Journal, Outcome, Who};
use firstline::runtime::Clock;

use crate::watch;

const LINES: usize = 10_000;

pub(crate) fn measure() {
    let who = Who {
        user: "bench".into(),
        host: "bench".into(),
    };
    let folder = watch::folder("journal-lines");
    let journal = Journal::open(&folder, who);
    let clock = Clock::system();
    let began = Instant::now();
    for line in 0..LINES {
        let outcome = Outcome {
            intent: serde_json::from_str(&format!("\"{line:012}\"")).expect("an id"),
            ending: Ending::Done,
            words: "AWS took it; the rollout is on the board".into(),
            request_id: Some("6e7f763b-34b8-4058-aaa8-65f4af933dcc".into()),
            deployment: None,
            service_deployment: None,
            session_id: None,
            milliseconds: 27,
        };
        journal
            .outcome(outcome, clock.now())
            .expect("a folder of our own");
    }
    let each = began.elapsed() / u32::try_from(LINES).expect("few");
    println!("  a line is written and on the disk after {each:?} on average");
    let began = Instant::now();
    assert_eq!(journal.verify().expect("a whole journal"), LINES);
    println!("  {LINES} lines are checked in {:?}", began.elapsed());
    let began = Instant::now();
    let open = journal.in_flight(clock.now()).expect("a whole journal");
    assert!(open.is_empty(), "nothing was asked");
    println!("  a start reads {LINES} lines in {:?}", began.elapsed());
    let _ = std::fs::remove_dir_all(folder);
}
