//! The secret that opens a data channel.

use std::fmt;

/// The `TokenValue` of a session: whoever has it has the session. It is never shown: not by
/// `Debug`, not in an error, not in a log. Only the open frame holds it
/// ([`wire::open_frame`](super::wire::open_frame)).
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// The token as AWS sent it; `None` when it is empty, which means the session is over.
    pub fn new(value: impl Into<String>) -> Option<Self> {
        let value = value.into();
        (!value.is_empty()).then_some(Self(value))
    }

    /// For the open frame alone.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_never_shown() {
        let token = Token::new("AAEAAbc-secret").unwrap();
        let shown = format!("{token:?} {:#?}", Some(&token));
        assert!(!shown.contains("secret"), "{shown}");
        assert_eq!(Token::new(""), None);
    }
}
