//! What of a query saved in Logs Insights can be followed: its log groups, and the conditions that a
//! line meets by itself. Pure.

use super::filter::Filter;
use crate::estate::id::LogGroup;
use crate::estate::text::Text;

/// A query saved in Logs Insights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedQuery {
    /// Its name; slashes make folders.
    pub name: Text,
    /// What it asks, as it was written.
    pub text: String,
    /// The log groups it is about.
    pub groups: Vec<LogGroup>,
}

/// Commands that say how lines are shown, not which: a tail has its own ways.
const SHOWS: [&str; 5] = ["fields", "display", "sort", "limit", "source"];

impl SavedQuery {
    /// Its conditions as a filter of ours.
    ///
    /// # Errors
    /// In a sentence that names what of it no tail can do: count, take lines apart, or choose
    /// between conditions.
    pub fn filter(&self) -> Result<Filter, String> {
        let refused =
            |what: &str| format!("the saved query {} cannot be followed: {what}", self.name);
        if self.groups.is_empty() {
            return Err(refused("it names no log group"));
        }
        let mut written = Vec::new();
        let lines = self.text.lines();
        let bare: Vec<&str> = lines
            .filter(|line| !line.trim_start().starts_with('#'))
            .collect();
        for command in pieces(&bare.join("\n"), |rest| rest.starts_with('|').then_some(1)) {
            let command = command.trim();
            let verb = command.split_whitespace().next().unwrap_or_default();
            match verb.to_ascii_lowercase().as_str() {
                "filter" => {
                    let conditions = &command[verb.len()..];
                    for condition in pieces(conditions, conjunction) {
                        written
                            .push(condition_of(condition.trim()).map_err(|what| refused(&what))?);
                    }
                }
                "" => {}
                other if SHOWS.contains(&other) => {}
                other => return Err(refused(&format!("a tail has no `{other}`"))),
            }
        }
        Filter::parse(&written.join(" ")).map_err(|error| refused(&error.to_string()))
    }
}

/// How many names are told of where none fits.
const TOLD: usize = 6;

impl SavedQuery {
    /// What is to be said where no query was saved under `name`.
    pub fn unknown(name: &str, known: &[Self]) -> String {
        let mut names: Vec<&str> = known.iter().map(|one| one.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let more = names.len().saturating_sub(TOLD);
        names.truncate(TOLD);
        match (names.is_empty(), more) {
            (true, _) => format!("no query is saved in Logs Insights, so none as {name:?}"),
            (false, 0) => format!(
                "no query is saved as {name:?}; there are: {}",
                names.join(", ")
            ),
            (false, more) => format!(
                "no query is saved as {name:?}; there are: {} and {more} more",
                names.join(", ")
            ),
        }
    }
}

/// ` and `, as a word of its own.
fn conjunction(rest: &str) -> Option<usize> {
    let word = rest.get(..5)?;
    let whole = word.to_ascii_lowercase();
    (whole.trim() == "and" && whole.len() == whole.trim().len() + 2).then_some(5)
}

/// `text` cut wherever `ends` says how long a separator is, outside quotes and patterns.
fn pieces(text: &str, ends: impl Fn(&str) -> Option<usize>) -> Vec<&str> {
    let (mut found, mut start, mut quote) = (Vec::new(), 0, None);
    let mut escaped = false;
    let mut skip = 0;
    for (at, sign) in text.char_indices() {
        if at < skip {
            continue;
        }
        if let Some(open) = quote {
            if sign == open && !escaped {
                quote = None;
            }
            escaped = sign == '\\' && !escaped;
        } else if matches!(sign, '"' | '\'' | '/' | '`') {
            (quote, escaped) = (Some(sign), false);
        } else if let Some(length) = ends(&text[at..]) {
            found.push(&text[start..at]);
            start = at + length;
            skip = start;
        }
    }
    found.push(&text[start..]);
    found
}

/// One condition in our grammar.
fn condition_of(written: &str) -> Result<String, String> {
    let name_end = written
        .find(|sign: char| !(sign.is_alphanumeric() || "@_.-".contains(sign)))
        .unwrap_or(written.len());
    let (name, rest) = (&written[..name_end], written[name_end..].trim_start());
    let unknown = || format!("`{written}` is no single condition on a field");
    let (sign, value) = operator(rest).ok_or_else(unknown)?;
    let value = value.trim();
    let (inside, pattern) = operand(value).ok_or_else(unknown)?;
    let (matches, differs) = (sign == "like", sign == "not like");
    if name == "@message" {
        let minus = match sign {
            "like" | "=~" => "",
            "not like" => "-",
            _ => return Err(unknown()),
        };
        return Ok(format!("{minus}{}", as_pattern(inside, pattern)));
    }
    if name.is_empty() || name.starts_with('@') {
        return Err(format!(
            "`{written}` asks for what a line does not say itself"
        ));
    }
    if matches || differs || sign == "=~" {
        let not = if differs { "!" } else { "" };
        let looked = if pattern {
            inside.to_owned()
        } else {
            escaped(inside)
        };
        return Ok(format!("{name}{not}~\"{}\"", looked.replace('"', "\\\"")));
    }
    if pattern {
        return Err(unknown());
    }
    Ok(format!("{name}{sign}\"{}\"", inside.replace('"', "\\\"")))
}

/// What stands between a field and a value.
fn operator(rest: &str) -> Option<(&'static str, &str)> {
    let lower = rest.to_ascii_lowercase();
    for word in ["not like", "like"] {
        if lower.starts_with(word) {
            return Some((word, rest.get(word.len()..)?));
        }
    }
    ["!=", ">=", "<=", "=~", "=", ">", "<"]
        .into_iter()
        .find_map(|sign| Some((sign, rest.strip_prefix(sign)?)))
}

/// A value, and whether it is a pattern: one in quotes, between slashes, or a number.
fn operand(value: &str) -> Option<(&str, bool)> {
    for (quote, pattern) in [('"', false), ('\'', false), ('/', true)] {
        if let Some(rest) = value.strip_prefix(quote) {
            let inside = rest.strip_suffix(quote)?;
            let again = pieces(inside, |rest| rest.starts_with(quote).then_some(1)).len() > 1;
            return (!again).then_some((inside, pattern));
        }
    }
    value.parse::<f64>().ok().map(|_| (value, false))
}

/// Text in a saved query tells upper from lower case; so does a pattern of ours.
fn as_pattern(inside: &str, pattern: bool) -> String {
    let looked = if pattern {
        inside.to_owned()
    } else {
        escaped(inside)
    };
    format!("/{}/", looked.replace('/', "\\/").replace("\\\\/", "\\/"))
}

fn escaped(text: &str) -> String {
    regex::escape(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> SavedQuery {
        SavedQuery {
            name: "shop/pool".into(),
            text: text.to_owned(),
            groups: vec!["/ecs/orders".into()],
        }
    }

    #[test]
    fn conditions_on_lines_and_fields_become_a_filter() {
        for (text, filter) in [
            (
                "fields @timestamp, @message\n| sort @timestamp desc\n| limit 20",
                "",
            ),
            (
                "filter @message like /timeout|heap/ and @message not like \"GET /status\"",
                "/timeout|heap/ -/GET \\/status/",
            ),
            (
                "# a remark | with a bar\nfilter status >= 500 AND path like '/pay'\n| filter user != \"a and b\"",
                "status>=\"500\" path~\"/pay\" user!=\"a and b\"",
            ),
            ("filter http.status = 503", "http.status=\"503\""),
            (
                "filter kind not like /deb|inf/ | display kind",
                "kind!~\"deb|inf\"",
            ),
            ("filter @message like /a\\/b/", "/a\\/b/"),
        ] {
            let read = query(text).filter().unwrap();
            assert_eq!(read.to_string(), filter, "{text}");
        }
    }

    #[test]
    fn a_filter_of_a_saved_query_passes_what_the_query_finds() {
        let passes = |text: &str, message| {
            let looked = super::super::filter::Looked {
                level: super::super::LogLevel::None,
                service: "/ecs/orders",
                stream: "s",
                message,
            };
            query(text).filter().unwrap().passes(looked)
        };
        let text = "filter @message like /pool (timeout|gone)/ and status >= 500";
        assert!(passes(text, "pool timeout status=503"));
        assert!(!passes(text, "pool timeout status=404"));
        assert!(
            !passes(text, "Pool timeout status=503"),
            "upper and lower case differ"
        );
        assert!(passes("filter @message like \"a/b (c)\"", "x a/b (c) y"));
    }

    #[test]
    fn what_no_tail_can_do_is_said() {
        for (text, words) in [
            ("stats count(*) by bin(1h)", "a tail has no `stats`"),
            (
                "parse @message \"* *\" as a, b | filter a = 1",
                "a tail has no `parse`",
            ),
            ("filter a = 1 or b = 2", "no single condition"),
            ("filter (a = 1)", "no single condition"),
            ("filter a in [1, 2]", "no single condition"),
            ("filter strlen(@message) > 9", "no single condition"),
            (
                "filter @logStream like /x/",
                "what a line does not say itself",
            ),
            ("filter @message = 'x'", "no single condition"),
        ] {
            let refused = query(text).filter().unwrap_err();
            assert!(refused.contains(words), "{text}: {refused}");
        }
        let nowhere = SavedQuery {
            groups: Vec::new(),
            ..query("limit 5")
        };
        assert!(nowhere.filter().unwrap_err().contains("no log group"));
    }

    proptest::proptest! {
        #[test]
        fn any_query_is_read_or_refused(text in "[a-z@ |/\"'=<>!()~\\\\\n#-]{0,60}", more in "\\PC{0,40}") {
            let _ = query(&text).filter();
            let _ = query(&more).filter();
            let _ = query(&format!("filter {more}")).filter();
        }
    }
}
