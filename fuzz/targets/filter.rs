//! Any bytes as a filter over any line: what is read is written the same, and marks lie within.
#![no_main]

use firstline::estate::log::filter::{Filter, Looked};
use firstline::estate::log::level;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (written, message) = text.split_once('\n').unwrap_or((&text, "level=warn status=500"));
    let Ok(filter) = Filter::parse(written) else {
        return;
    };
    let looked = |message| Looked {
        level: level(message),
        service: "orders",
        stream: "orders/app/3f9c1c5566b04cc8a9b5e4d3c2b1a098",
        message,
    };
    let passes = filter.passes(looked(message));
    let again = Filter::parse(&filter.to_string()).expect("what was read can be read again");
    assert_eq!(again.to_string(), filter.to_string());
    assert_eq!(again.passes(looked(message)), passes);
    let mut end = 0;
    for mark in filter.marks(message) {
        assert!(end <= mark.start && !message[mark.clone()].is_empty());
        end = mark.end;
    }
    if filter.terms().is_empty() {
        assert!(passes);
    }
    let _ = filter.pattern();
});
