//! Filter patterns of unstructured events: terms, phrases, exclusions, alternatives, and one
//! regular expression alone.

use regex::Regex;

use super::INVALID;
use crate::sim::wire::Refusal;

/// A filter pattern; matching is case-sensitive.
#[derive(Debug, Default)]
pub(crate) struct Pattern {
    matching: Option<Regex>,
    all: Vec<String>,
    any: Vec<String>,
    none: Vec<String>,
}

impl Pattern {
    /// Reads a pattern. JSON (`{…}`) and space-delimited ones (`[…]`) are beyond the simulator and
    /// refused, and so are regular expressions (`%…%`) beside anything else.
    pub(crate) fn parse(text: &str) -> Result<Self, Refusal> {
        let mut pattern = Self::default();
        let mut rest = text.trim();
        let inner = rest
            .strip_prefix('%')
            .and_then(|rest| rest.strip_suffix('%'));
        if let Some(inner) = inner.filter(|inner| !inner.is_empty() && !inner.contains('%')) {
            pattern.matching = Some(Regex::new(inner).map_err(|_| {
                Refusal::sender(INVALID, "Invalid filter pattern: no regular expression.")
            })?);
            return Ok(pattern);
        }
        if rest.starts_with(['{', '[', '%']) {
            let message = "Invalid filter pattern: the simulator knows terms only.";
            return Err(Refusal::sender(INVALID, message));
        }
        while !rest.is_empty() {
            let (list, after) = match rest.split_at_checked(1) {
                Some(("?", after)) => (&mut pattern.any, after),
                Some(("-", after)) => (&mut pattern.none, after),
                _ => (&mut pattern.all, rest),
            };
            let (term, after) = match after.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').ok_or_else(|| {
                    Refusal::sender(INVALID, "Invalid filter pattern: open quote.")
                })?,
                None => after.split_once(char::is_whitespace).unwrap_or((after, "")),
            };
            if !term.is_empty() {
                list.push(term.to_owned());
            }
            rest = after.trim_start();
        }
        Ok(pattern)
    }

    /// Whether a message passes.
    pub(crate) fn accepts(&self, message: &str) -> bool {
        self.matching
            .as_ref()
            .is_none_or(|regex| regex.is_match(message))
            && self.all.iter().all(|term| message.contains(term))
            && (self.any.is_empty() || self.any.iter().any(|term| message.contains(term)))
            && !self.none.iter().any(|term| message.contains(term))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(pattern: &str, message: &str) -> bool {
        Pattern::parse(pattern).unwrap().accepts(message)
    }

    #[test]
    fn terms_phrases_exclusions_and_alternatives() {
        let line = "ERROR payment refused: card expired";
        for pattern in [
            "",
            "ERROR",
            "ERROR card",
            "\"card expired\"",
            "?WARN ?ERROR",
            "ERROR -ok",
            "%[Pp][Aa][Yy]m.nt%",
        ] {
            assert!(accepts(pattern, line), "{pattern}");
        }
        for pattern in [
            "error",
            "ERROR ok",
            "\"expired card\"",
            "?WARN ?INFO",
            "ERROR -card",
            "%[Pp][Aa][Yy]day%",
        ] {
            assert!(!accepts(pattern, line), "{pattern}");
        }
    }

    #[test]
    fn what_it_cannot_do_it_refuses() {
        for pattern in [
            "{ $.level = \"ERROR\" }",
            "[ip, user]",
            "%ERR.R% card",
            "%[A%",
            "\"open",
        ] {
            assert!(Pattern::parse(pattern).is_err(), "{pattern}");
        }
    }
}
