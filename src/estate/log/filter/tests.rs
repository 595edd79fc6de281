use proptest::prelude::*;

use super::*;

fn passes(filter: &str, message: &str) -> bool {
    let line = Looked {
        level: crate::estate::log::level(message),
        service: "orders",
        stream: "ecs/app/3f9c1c5566b04cc8a9b5e4d3c2b1a098",
        message,
    };
    Filter::parse(filter).unwrap().passes(line)
}

#[test]
fn what_passes_and_what_does_not() {
    let json =
        r#"{"level":"warn","status":503,"path":"/pay/x","user":{"id":"42"},"msg":"pool Timeout"}"#;
    for (filter, line, expected) in [
        ("", json, true),
        ("timeout", json, true),
        ("TIMEOUT pool", json, true),
        ("\"pool timeout\"", json, true),
        ("\"timeout pool\"", json, false),
        ("-timeout", json, false),
        ("-absent", json, true),
        ("/Time(out|d)/", json, true),
        ("/time(out|d)/", json, false),
        ("/pay", json, true),
        ("/pay/x", json, true),
        ("level>=warn", json, true),
        ("level=error", json, false),
        ("level>=warn status>=500 path~\"^/pay\"", json, true),
        ("status<500", json, false),
        ("status!=200", json, true),
        ("-status=503", json, false),
        ("user.id=42", json, true),
        ("user.id!=42", json, false),
        ("absent=1", json, false),
        ("absent!=1", json, true),
        ("path!~^/health", json, true),
        ("service=orders", json, true),
        ("service=billing", json, false),
        ("task=3f9c", json, true),
        ("task=9c1c", json, false),
        ("status=200", "level=info status=200 took=3", true),
        ("took>2.5", "level=info status=200 took=3", true),
        ("status>=500", "level=info status=big", false),
    ] {
        assert_eq!(passes(filter, line), expected, "{filter} on {line}");
    }
}

#[test]
fn what_cannot_be_meant_is_said() {
    for (filter, words) in [
        ("\"open", "\"open is not closed"),
        ("/a(b/", "a(b is no regular expression: unclosed group"),
        (
            "level>=loud",
            "\"loud\" is no level; there are debug, info, warn and error",
        ),
        ("level~x", "level cannot be compared with ~"),
        ("status>=", "status>= lacks what to look for"),
    ] {
        assert_eq!(Filter::parse(filter).unwrap_err().to_string(), words);
    }
}

#[test]
fn conditions_stack_and_go_one_by_one() {
    let mut filter = Filter::parse("level>=warn -health").unwrap();
    filter.stack(Filter::parse("\"two words\" a~/b c/").unwrap());
    assert_eq!(
        filter.to_string(),
        "level>=warn -health \"two words\" a~/b c/"
    );
    let again = Filter::parse(&filter.to_string()).unwrap();
    assert_eq!(again.terms().len(), 4);
    assert!(filter.pop() && filter.terms().len() == 3);
    assert_eq!(
        Filter::default().at_least(LogLevel::Warn).to_string(),
        "level>=warn"
    );
}

#[test]
fn matches_are_marked_and_exclusions_are_not() {
    let filter = Filter::parse("pool /t.m/ -x pool").unwrap();
    assert_eq!(filter.marks("a Pool tim pool"), [2..6, 7..10, 11..15]);
}

proptest! {
    #[test]
    fn any_filter_is_read_or_refused(written in "\\PC{0,60}", line in "\\PC{0,80}") {
        if let Ok(filter) = Filter::parse(&written) {
            let looked = Looked { level: LogLevel::Info, service: "s", stream: "t", message: &line };
            let _ = filter.passes(looked);
            let _ = filter.marks(&line);
            // What is shown can be typed again.
            let again = Filter::parse(&filter.to_string()).unwrap();
            prop_assert_eq!(again.passes(looked), filter.passes(looked), "{}", filter);
        }
    }
}
