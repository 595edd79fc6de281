//! Secrets in what a terminal shows, masked as well as a reader without context can.
//!
//! The text is taken word by word. A word is what stands between blanks and control characters; it
//! is kept until it is over, and a longer one than [`LONGEST`] is judged by its beginning.

/// What stands for a secret.
const MASKED: &str = "[masked]";
/// A word's length, in bytes, beyond which it is no longer kept.
const LONGEST: usize = 4096;
/// Parts of names whose values are secret.
const SECRET_NAMES: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "api_key",
    "apikey",
    "api-key",
    "access_key",
    "accesskey",
    "private_key",
    "credential",
    "authorization",
];

/// One direction of a terminal.
#[derive(Debug, Default)]
pub(super) struct Mask {
    secrets: Vec<String>,
    word: String,
    /// The word was too long, and what follows of it is like its beginning.
    cut: Option<bool>,
    /// The next word of this line is a value that is secret.
    value_follows: bool,
    key: PrivateKey,
}

/// How far into a private key in PEM we are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum PrivateKey {
    #[default]
    Outside,
    Begun,
    Private,
    Inside,
}

impl Mask {
    pub(super) fn new(secrets: &[String]) -> Self {
        let words = secrets.iter().flat_map(|secret| secret.split_whitespace());
        let long = words.filter(|word| word.len() >= 4);
        let mut secrets: Vec<String> = long.map(str::to_owned).collect();
        // The longer first: one may be the beginning of another.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Self {
            secrets,
            ..Self::default()
        }
    }

    /// All words that are over.
    pub(super) fn feed(&mut self, text: &str) -> String {
        let mut ready = String::with_capacity(text.len());
        for letter in text.chars() {
            if letter.is_whitespace() || letter.is_control() {
                self.end_word(&mut ready);
                if letter == '\n' {
                    self.value_follows = false;
                }
                ready.push(letter);
            } else if self.cut == Some(true) {
                // Already masked.
            } else {
                self.word.push(letter);
                if self.word.len() > LONGEST {
                    let before = ready.len();
                    self.put_word(&mut ready);
                    let masked = ready.get(before..).is_some_and(|put| put.contains(MASKED));
                    self.cut = Some(masked);
                }
            }
        }
        ready
    }

    /// The last word, over or not.
    pub(super) fn rest(&mut self) -> String {
        let mut ready = String::new();
        self.end_word(&mut ready);
        ready
    }

    fn end_word(&mut self, ready: &mut String) {
        self.put_word(ready);
        self.cut = None;
    }

    fn put_word(&mut self, ready: &mut String) {
        let word = std::mem::take(&mut self.word);
        if word.is_empty() {
            return;
        }
        if self.is_in_key(&word) {
            ready.push_str(MASKED);
            return;
        }
        if std::mem::take(&mut self.value_follows) {
            let only_marks = word.chars().all(|letter| "=:\"'{[".contains(letter));
            if only_marks || ["bearer", "basic"].contains(&word.to_lowercase().as_str()) {
                self.value_follows = true;
                ready.push_str(&word);
            } else {
                ready.push_str(MASKED);
            }
            return;
        }
        let word = self.without_known(word);
        let word = without_values(&word, &mut self.value_follows);
        let word = without_url_password(&word);
        let word = without_access_key(&word);
        ready.push_str(if is_json_web_token(&word) {
            MASKED
        } else {
            &word
        });
    }

    fn without_known(&self, word: String) -> String {
        let mut word = word;
        for secret in &self.secrets {
            if word.contains(secret.as_str()) {
                word = word.replace(secret.as_str(), MASKED);
            }
        }
        word
    }

    fn is_in_key(&mut self, word: &str) -> bool {
        use PrivateKey::{Begun, Inside, Outside, Private};
        self.key = match self.key {
            Outside if word.ends_with("-----BEGIN") => Begun,
            Begun if word == "PRIVATE" => Private,
            Begun if !word.contains('-') => Begun,
            Private if word == "KEY-----" => {
                self.key = Inside;
                return false;
            }
            Inside if word.contains("-----END") => Outside,
            Inside => Inside,
            Outside | Begun | Private => Outside,
        };
        self.key == Inside
    }
}

/// `NAME=value`, `"name":"value"`: whatever follows a secret's name is masked. With nothing after
/// it, the value is the next word.
fn without_values(word: &str, value_follows: &mut bool) -> String {
    let mut name_begins = 0;
    for (at, separator) in word.match_indices(['=', ':']) {
        let name = word.get(name_begins..at).unwrap_or_default().to_lowercase();
        let end = at + separator.len();
        if SECRET_NAMES.iter().any(|secret| name.contains(secret)) {
            let (before, value) = word.split_at(end);
            if value.trim_matches(['"', '\'', '=', ':']).is_empty() {
                *value_follows = true;
                return word.to_owned();
            }
            return format!("{before}{MASKED}");
        }
        name_begins = end;
    }
    word.to_owned()
}

/// `scheme://user:password@host`.
fn without_url_password(word: &str) -> String {
    let masked = || {
        let (scheme, rest) = word.split_once("://")?;
        let (user, host) = rest
            .split_once('@')
            .filter(|(user, _)| !user.contains('/'))?;
        let (name, _) = user.split_once(':')?;
        Some(format!("{scheme}://{name}:{MASKED}@{host}"))
    };
    masked().unwrap_or_else(|| word.to_owned())
}

/// An access key id: `AKIA` or `ASIA` and sixteen more.
fn without_access_key(word: &str) -> String {
    let mut masked = word.to_owned();
    for start in ["AKIA", "ASIA"] {
        while let Some(at) = masked.find(start) {
            let rest = masked.get(at + 4..).unwrap_or_default();
            let upper = |letter: &char| letter.is_ascii_uppercase() || letter.is_ascii_digit();
            if rest.chars().take_while(upper).count() < 16 {
                break;
            }
            masked.replace_range(at..at + 20, MASKED);
        }
    }
    masked
}

fn is_json_web_token(word: &str) -> bool {
    word.len() > 40 && word.contains("eyJ") && word.matches('.').count() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> String {
        let mut mask = Mask::new(&["correct horse".to_owned(), "abc".to_owned()]);
        mask.feed(text) + &mask.rest()
    }

    #[test]
    fn what_is_masked() {
        for (shown, recorded) in [
            (
                "DB_PASSWORD=x1 USER=bob\n",
                "DB_PASSWORD=[masked] USER=bob\n",
            ),
            ("--env=API_KEY=k", "--env=API_KEY=[masked]"),
            ("{\"password\": \"s3\", ", "{\"password\": [masked] "),
            ("{\"Token\":\"s3\",\"a\":1}", "{\"Token\":[masked]"),
            ("secret: = s3 rest", "secret: = [masked] rest"),
            (
                "Authorization: Bearer abc.def",
                "Authorization: Bearer [masked]",
            ),
            ("postgres://bob:pw@db/x", "postgres://bob:[masked]@db/x"),
            (
                "\u{1b}[1mAKIAIOSFODNN7EXAMPLE\u{1b}[0m",
                "\u{1b}[1m[masked]\u{1b}[0m",
            ),
            ("correct horse", "[masked] [masked]"),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nxyz\n-----END RSA PRIVATE KEY-----\nok",
                "-----BEGIN RSA PRIVATE KEY-----\n[masked]\n[masked]\n-----END RSA PRIVATE KEY-----\nok",
            ),
            (
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlc2lnbmF0dXJl",
                "[masked]",
            ),
        ] {
            assert_eq!(masked(shown), recorded);
        }
    }

    #[test]
    fn what_is_left_alone() {
        for text in [
            "total 4\ndrwxr-xr-x 2 root root 4096 .\n",
            "Password:\nhello\n",
            "https://host:8080/x?y=z@w abc AKIA AKIAshort",
            "-----BEGIN CERTIFICATE-----\nMIIE\n",
        ] {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn a_word_without_end_is_not_kept() {
        let mut mask = Mask::new(&[]);
        let long = "x".repeat(3 * LONGEST);
        assert!(mask.feed(&long).len() > 2 * LONGEST);
        let secret = format!("PASSWORD={long}");
        assert_eq!(masked(&secret), "PASSWORD=[masked]");
        assert!(mask.word.len() <= LONGEST);
    }
}
