//! What of a filter `CloudWatch` itself can look for.

use super::{Filter, Test};

/// Shorter words are in too many lines to be worth a pattern.
const SHORTEST: usize = 3;

impl Filter {
    /// A `CloudWatch` filter pattern that finds every line the filter passes, and perhaps more:
    /// the longest word looked for, in any case. `None` where it cannot narrow anything.
    ///
    /// `CloudWatch` tells upper from lower case, so the pattern is a regular expression of its own
    /// kind, between percent signs: sets of two letters, and nothing else.
    pub fn pattern(&self) -> Option<String> {
        let wanted = self.terms.iter().filter(|term| !term.excludes);
        let texts = wanted.filter_map(|term| match &term.test {
            Test::Matches(_) => plain(&term.written),
            Test::Level(..) | Test::Service(_) | Test::Task(_) | Test::Field { .. } => None,
        });
        let words = texts.flat_map(|text| text.split(|sign: char| !sign.is_ascii_alphanumeric()));
        let longest = words.max_by_key(|word| word.len())?;
        if longest.len() < SHORTEST {
            return None;
        }
        let any_case = |sign: char| {
            if sign.is_ascii_alphabetic() {
                let (upper, lower) = (sign.to_ascii_uppercase(), sign.to_ascii_lowercase());
                format!("[{upper}{lower}]")
            } else {
                sign.to_string()
            }
        };
        let letters: String = longest.chars().map(any_case).collect();
        Some(format!("%{letters}%"))
    }
}

/// The text of a term that looks for one. Of a regular expression nothing can be said for sure.
fn plain(written: &str) -> Option<&str> {
    let quoted = written
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let text = quoted.unwrap_or(written);
    (quoted.is_some() || !written.starts_with('/')).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_word_in_any_case_or_nothing() {
        for (filter, pattern) in [
            ("timeout", Some("%[Tt][Ii][Mm][Ee][Oo][Uu][Tt]%")),
            ("\"pool of 12\" level>=warn", Some("%[Pp][Oo][Oo][Ll]%")),
            ("req-8f2a", Some("%8[Ff]2[Aa]%")),
            ("-health", None),
            ("level>=warn status>=500", None),
            ("/time(out|d)/", None),
            ("ok", None),
            ("", None),
        ] {
            let of = Filter::parse(filter).unwrap().pattern();
            assert_eq!(of.as_deref(), pattern, "{filter}");
        }
    }
}
