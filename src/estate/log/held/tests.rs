use proptest::prelude::*;

use super::*;
use crate::estate::SignedDuration;

fn line(milliseconds: i64, message: &str) -> LogLine {
    let at = Timestamp::from_millisecond(1_800_000_000_000 + milliseconds).unwrap();
    LogLine {
        id: message.into(),
        at,
        ingested_at: Some(at + SignedDuration::from_millis(5)),
        stream: format!("app/app/{}", milliseconds % 3).into(),
        service: "arn:aws:ecs:x:1:service/main/a".into(),
        level: if milliseconds % 2 == 0 {
            LogLevel::Error
        } else {
            LogLevel::Info
        },
        late: false,
        message: message.into(),
    }
}

#[test]
fn a_line_comes_out_as_it_went_in() {
    let mut held = Held::default();
    let one = LogLine {
        late: true,
        ..line(4, "GET / 200")
    };
    let (key, after) = held.push(&one);
    let found = held.get(0).unwrap();
    assert_eq!((found.key, found.at(), after), (key, one.at, 0));
    assert_eq!(
        (found.ingested_at, found.level),
        (one.ingested_at, one.level)
    );
    assert_eq!((found.stream, found.service), (&one.stream, &one.service));
    assert_eq!((found.message, found.late), ("GET / 200", true));
    assert_eq!(held.by_key(key).unwrap().message, "GET / 200");
    let other = Key { number: 9, ..key };
    assert!(held.by_key(other).is_none() && held.get(1).is_none());
}

#[test]
fn the_oldest_make_room_and_are_counted() {
    let mut held = Held::new(200_000);
    for number in 0..10_000 {
        held.push(&line(number, &format!("{number:0>100}")));
    }
    assert!(
        held.bytes() <= 200_000 && held.bytes() > 100_000,
        "{}",
        held.bytes()
    );
    assert_eq!(held.len() as u64 + held.dropped(), 10_000);
    let first = held.get(0).unwrap().message.trim_start_matches('0');
    assert_eq!(first.parse::<u64>().unwrap(), held.dropped());
    let counted: u32 = held.seconds().map(|(_, second)| second.lines).sum();
    assert_eq!(counted as usize, held.len());
    let errors = held
        .iter()
        .filter(|one| one.level == LogLevel::Error)
        .count();
    let counted: u32 = held.seconds().map(|(_, second)| second.errors).sum();
    assert_eq!(counted as usize, errors);
}

#[test]
fn one_line_beyond_the_limit_is_still_held() {
    let mut held = Held::new(10);
    held.push(&line(1, &"x".repeat(1_000)));
    assert_eq!(held.len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever the order they come in: by time, then by arrival; every question about places
    /// agrees with a plain list.
    #[test]
    fn it_is_a_sorted_list(times in prop::collection::vec(0i64..400, 1..3_000)) {
        let mut held = Held::default();
        let mut plain: Vec<(Key, String)> = Vec::new();
        for (number, at) in times.iter().enumerate() {
            let message = number.to_string();
            let (key, after) = held.push(&line(*at, &message));
            let place = plain.partition_point(|(other, _)| *other <= key);
            plain.insert(place, (key, message));
            prop_assert_eq!(after, plain.len() - place - 1);
        }
        let seen: Vec<(Key, String)> =
            held.iter().map(|one| (one.key, one.message.to_owned())).collect();
        prop_assert_eq!(&seen, &plain);
        let back: Vec<Key> = held.back_from(held.len()).map(|one| one.key).collect();
        prop_assert!(back.iter().rev().eq(plain.iter().map(|(key, _)| key)));
        for index in [0, plain.len() / 3, plain.len() - 1] {
            let key = plain[index].0;
            prop_assert_eq!(held.get(index).unwrap().key, key);
            prop_assert_eq!(held.first_from(key), index);
            prop_assert_eq!(held.from(index).next().unwrap().key, key);
            let before = held.back_from(index).next().map(|one| one.key);
            prop_assert_eq!(before, index.checked_sub(1).map(|one| plain[one].0));
        }
    }
}
