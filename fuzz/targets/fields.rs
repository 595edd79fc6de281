//! Any bytes as a line of JSON or logfmt: every field that is read can be asked for.
#![no_main]

use firstline::estate::log::Fields;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (name, line) = text.split_once('\n').unwrap_or(("level", &text));
    let fields = Fields::of(line);
    let _ = fields.get(name);
    match &fields {
        Fields::Json(all) => {
            for key in all.keys() {
                assert!(fields.get(key).is_some(), "{key:?}");
            }
        }
        Fields::Logfmt(pairs) => {
            assert!(!pairs.is_empty());
            for (key, _) in pairs {
                assert!(!key.is_empty() && fields.get(key).is_some(), "{key:?}");
            }
        }
        Fields::None => assert!(fields.get(name).is_none()),
    }
});
