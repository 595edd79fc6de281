//! Secrets in lines, masked before anybody holds them: on the screen, in files and in reports.
//!
//! Every line passes here on its way in, so what is masked can be neither shown nor found nor saved.
//! A terminal's bytes, which come in pieces, have their own reader in the room of sessions.

use std::borrow::Cow;
use std::sync::Arc;

use regex::{Captures, Regex, RegexSet};

/// What stands for a secret.
const MASKED: &str = "[masked]";

/// What is built in: a name for those who read this, the pattern, and what of it is the secret.
/// A group `before` is kept, and so are the quotes around what follows.
const BUILT_IN: [(&str, &str); 9] = [
    (
        "a value whose name says what it is",
        r#"(?i)(?<before>(?:password|passwd|passphrase|\bpwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential)[a-z0-9_.-]*\\?["']?\s*[:=]\s*)(?:\\"(?:[^"\\]|\\[^"])*\\"|"(?:[^"\\]|\\.)*"|'[^']*'|[^\s,;&"'}\])]+)"#,
    ),
    (
        "Authorization, with its scheme",
        r#"(?i)(?<before>authorization\\?["']?\s*[:=]\s*\\?["']?(?:[a-z0-9-]+\s+)?)[^\s"',;\\]+"#,
    ),
    (
        "a bearer token anywhere",
        r"(?i)(?<before>\bbearer\s+)[a-z0-9._~+/=-]{8,}",
    ),
    (
        "the signature of a signed request",
        r"(?i)(?<before>signature=)[0-9a-f%]{32,}",
    ),
    ("an access key's id", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    (
        "a JSON web token",
        r"eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*",
    ),
    (
        "a private key, as far as the line has it",
        r"(?s)(?<before>-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)",
    ),
    (
        "a line of nothing but key material",
        r"^[A-Za-z0-9+/]{60,76}={0,2}$",
    ),
    (
        "a password in a connection string",
        r#"(?<before>[A-Za-z][A-Za-z0-9+.-]*://[^\s:/@"']*:)[^\s@/"']+(?<after>@)"#,
    ),
];

/// What is masked in every line.
#[derive(Clone, Debug)]
pub struct Masks {
    any: RegexSet,
    each: Arc<[Regex]>,
}

/// A mask of the settings that is no regular expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pattern:?} is no regular expression: {why}")]
pub struct MaskError {
    /// What was written.
    pub pattern: String,
    /// What is wrong with it.
    pub why: String,
}

impl Default for Masks {
    fn default() -> Self {
        Self::with(&[]).unwrap_or_else(|_| Self {
            any: RegexSet::empty(),
            each: Arc::new([]),
        })
    }
}

impl Masks {
    /// What is built in, and `own`: regular expressions, all of each match a secret, except what
    /// groups named `before` and `after` hold.
    pub fn with(own: &[String]) -> Result<Self, MaskError> {
        let built_in = BUILT_IN.iter().map(|(_, pattern)| *pattern);
        let patterns: Vec<&str> = built_in.chain(own.iter().map(String::as_str)).collect();
        let each = patterns.iter().map(|pattern| {
            Regex::new(pattern).map_err(|error| MaskError {
                pattern: (*pattern).to_owned(),
                why: last_line(&error.to_string()),
            })
        });
        let each: Vec<Regex> = each.collect::<Result<_, _>>()?;
        let any = RegexSet::new(&patterns).map_err(|error| MaskError {
            pattern: own.join(" "),
            why: last_line(&error.to_string()),
        })?;
        Ok(Self {
            any,
            each: each.into(),
        })
    }

    /// The line without its secrets. A JSON line stays one.
    pub fn apply<'a>(&self, line: &'a str) -> Cow<'a, str> {
        let found = self.any.matches(line);
        if !found.matched_any() {
            return Cow::Borrowed(line);
        }
        let mut masked = line.to_owned();
        for mask in found.iter().filter_map(|index| self.each.get(index)) {
            masked = mask.replace_all(&masked, replacement).into_owned();
        }
        Cow::Owned(masked)
    }
}

fn replacement(captures: &Captures<'_>) -> String {
    let group = |name| captures.name(name).map_or("", |found| found.as_str());
    let (before, after) = (group("before"), group("after"));
    let whole = captures.get(0).map_or("", |found| found.as_str());
    let secret = whole.strip_prefix(before).unwrap_or(whole);
    let secret = secret.strip_suffix(after).unwrap_or(secret);
    let ends = |quote: &str| secret.len() > quote.len() && secret.ends_with(quote);
    let quote = ["\\\"", "\"", "'"]
        .into_iter()
        .find(|quote| secret.starts_with(quote) && ends(quote))
        // A number under a quoted name: what stands in its place must be quoted.
        .or_else(|| before.trim_end().ends_with("\":").then_some("\""))
        .unwrap_or_default();
    format!("{before}{quote}{MASKED}{quote}{after}")
}

/// The crate draws the pattern with a caret; the last line says what is wrong.
fn last_line(error: &str) -> String {
    let last = error.lines().last().unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_masked() {
        let masks = Masks::default();
        for (said, shown) in [
            ("DB_PASSWORD=x1 USER=bob", "DB_PASSWORD=[masked] USER=bob"),
            (
                r#"{"password":"s\"3","a":1}"#,
                r#"{"password":"[masked]","a":1}"#,
            ),
            (
                r#"{"pin":1,"secret":12345}"#,
                r#"{"pin":1,"secret":"[masked]"}"#,
            ),
            (
                r#"{"body":"{\"token\":\"abc\",\"a\":1}"}"#,
                r#"{"body":"{\"token\":\"[masked]\",\"a\":1}"}"#,
            ),
            (
                "Authorization: Bearer abc.def rest",
                "Authorization: Bearer [masked] rest",
            ),
            (
                "authorization=Basic dXNlcjpwdw==",
                "authorization=Basic [masked]",
            ),
            (
                r#"{"Authorization":"Bearer x.y"}"#,
                r#"{"Authorization":"Bearer [masked]"}"#,
            ),
            ("sent Bearer 0123456789abcdef", "sent Bearer [masked]"),
            ("key AKIAIOSFODNN7EXAMPLE used", "key [masked] used"),
            (
                "jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln end",
                "jwt [masked] end",
            ),
            (
                "-----BEGIN RSA PRIVATE KEY----- MIIE -----END RSA PRIVATE KEY----- ok",
                "-----BEGIN RSA PRIVATE KEY-----[masked] ok",
            ),
            (
                "-----BEGIN PRIVATE KEY-----",
                "-----BEGIN PRIVATE KEY-----[masked]",
            ),
            (
                "postgres://bob:pw@db:5432/x failed",
                "postgres://bob:[masked]@db:5432/x failed",
            ),
            ("redis://:pw@cache", "redis://:[masked]@cache"),
            (
                "Server=db;Pwd=x;Database=y",
                "Server=db;Pwd=[masked];Database=y",
            ),
            (
                "?X-Amz-Signature=0123456789abcdef0123456789abcdef&a=1",
                "?X-Amz-Signature=[masked]&a=1",
            ),
        ] {
            assert_eq!(masks.apply(said), shown, "{said}");
        }
        let material = "MIIEpAIBAAKCAQEA7bq0xVd1yq8JgY3o9wB4m1Qm0o6bYy3E0bq4mQfKQk1c2l0a";
        assert_eq!(masks.apply(material), MASKED);
    }

    #[test]
    fn what_is_left_alone() {
        let masks = Masks::default();
        for line in [
            "GET /items 200 in 3 ms",
            "http://host:8080/x?y=z@w AKIA AKIAshort",
            "wrong password",
            r#"{"level":"info","msg":"signed in"}"#,
            "-----BEGIN CERTIFICATE-----",
        ] {
            assert!(matches!(masks.apply(line), Cow::Borrowed(_)), "{line}");
        }
    }

    #[test]
    fn own_masks_come_on_top_and_a_broken_one_is_an_error() {
        let own = Masks::with(&[r"(?<before>iban )\w+".to_owned()]).unwrap();
        assert_eq!(
            own.apply("iban DE02 password=x"),
            "iban [masked] password=[masked]"
        );
        let error = Masks::with(&["a(".to_owned()]).unwrap_err();
        assert_eq!(
            (error.pattern.as_str(), error.why.as_str()),
            ("a(", "unclosed group")
        );
    }

    proptest! {
        #[test]
        fn any_line_can_be_masked_and_twice_is_once(line in "\\PC{0,120}") {
            let masks = Masks::default();
            let once = masks.apply(&line).into_owned();
            let twice = masks.apply(&once);
            prop_assert_eq!(twice.contains(MASKED), once.contains(MASKED));
        }

        #[test]
        fn a_json_line_stays_one(value in "\\PC{0,20}", key in "password|token|a|authorization") {
            let line = serde_json::json!({key: value, "n": 1}).to_string();
            let masked = Masks::default().apply(&line).into_owned();
            prop_assert!(serde_json::from_str::<serde_json::Value>(&masked).is_ok(), "{}", masked);
        }
    }
}
