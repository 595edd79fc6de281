//! What lets somebody into a container, and must never be seen.

use std::fmt;

use crate::estate::text::Text;
use crate::session::Token;

/// An opened session: only [`super::Link::open`] makes one, out of an approval.
///
/// ```compile_fail,E0451
/// use firstline::cloud::Grant;
/// fn forge(grant: Grant) -> Grant {
///     Grant { session_id: "other".into(), ..grant }
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Grant {
    pub(super) session_id: Text,
    pub(super) stream_url: String,
    pub(super) token: Token,
    pub(super) target: Option<String>,
}

impl Grant {
    /// AWS's id of the session.
    pub fn session_id(&self) -> &Text {
        &self.session_id
    }

    /// Where its data channel is. May carry a signature, so it is as secret as the token.
    pub fn stream_url(&self) -> &str {
        &self.stream_url
    }

    /// What Session Manager calls the place the session leads to, where that is known.
    pub fn target(&self) -> Option<&str> {
        self.target.as_deref()
    }

    /// What opens the data channel.
    pub const fn token(&self) -> &Token {
        &self.token
    }
}

impl fmt::Debug for Grant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Grant({}, …)", self.session_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_token_nor_url_can_be_printed() {
        let grant = Grant {
            session_id: "alice-0a1b".into(),
            stream_url: "wss://host/?X-Amz-Signature=hush".to_owned(),
            token: Token::new("AAEAA-hush").unwrap(),
            target: None,
        };
        assert_eq!(format!("{grant:?}"), "Grant(alice-0a1b, …)");
        assert!(!format!("{:?}", grant.token()).contains("hush"));
    }
}
