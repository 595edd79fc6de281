//! Any bytes as lines of a log: prepared, held, told apart and spoken; and harmless on a terminal.
#![no_main]

use std::sync::LazyLock;

use firstline::estate::Timestamp;
use firstline::estate::log::pattern::Patterns;
use firstline::estate::log::{Held, LogLine, Masks, first_line, goes_on, level, spoken};
use firstline::estate::text::Text;
use firstline::tail::{cut, unwrapped};

static MASKS: LazyLock<Masks> = LazyLock::new(Masks::default);

fn line(number: i64, raw: &str) -> LogLine {
    let bare = unwrapped(raw);
    let message = MASKS.apply(bare.as_deref().unwrap_or(raw));
    assert!(MASKS.apply(&message).contains("[masked]") == message.contains("[masked]"));
    LogLine {
        id: "".into(),
        at: Timestamp::from_millisecond(number).unwrap(),
        ingested_at: None,
        stream: raw.into(),
        service: "arn:aws:ecs:eu-central-1:1:service/main/orders".into(),
        level: level(&message),
        late: false,
        message: cut(&message).into(),
    }
}

fn harmless(text: &str) -> bool {
    Text::clean(text).as_str() == text
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let mut held = Held::new(4_096);
    let mut newest = Vec::new();
    for (number, raw) in (0i64..).zip(text.split('\u{1e}')) {
        let line = line(number, raw);
        assert!(harmless(&line.message) && harmless(&line.stream));
        assert!(harmless(&spoken(&line.message)));
        let (first, _) = first_line(&line.message);
        assert!(line.message.starts_with(first));
        let _ = goes_on(&line.message);
        held.push(&line);
        newest.push(line.message);
    }
    for (one, said) in held.back_from(held.len()).zip(newest.iter().rev()) {
        assert_eq!(one.message, said.as_str());
    }
    let lines = held.iter().map(|line| (line.key, line.level, line.message));
    let patterns = Patterns::of(lines, Timestamp::UNIX_EPOCH);
    let told: u64 = patterns.ranked(None).iter().map(|one| one.count).sum();
    assert_eq!(told + patterns.untold(), held.len() as u64);
});
