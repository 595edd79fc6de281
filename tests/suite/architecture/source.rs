//! A source file as the rules see it: its code, without comments, texts and tests.

use std::fs;
use std::path::Path;

/// One file under `src/`. Every line keeps its number; what is not code is blank.
pub(super) struct Source {
    /// Relative to the top of the project, `/` between parts.
    pub(super) path: String,
    /// The module it is, from the crate's root: `["sim", "wire", "json"]`; empty for `lib.rs` and
    /// `main.rs`.
    pub(super) module: Vec<String>,
    /// As written.
    pub(super) text: String,
    pub(super) code: String,
}

impl Source {
    pub(super) fn new(path: &str, text: String) -> Self {
        let inside = path.trim_start_matches("src/").trim_end_matches(".rs");
        let mut module: Vec<String> = inside.split('/').map(str::to_owned).collect();
        module.pop_if(|last| ["mod", "lib", "main"].contains(&last.as_str()));
        let code = without_tests(&without_comments_and_texts(&text));
        Self {
            path: path.to_owned(),
            module,
            text,
            code,
        }
    }

    /// The room it stands in; `lib.rs` and `main.rs` stand in none.
    pub(super) fn room(&self) -> Option<&str> {
        self.module.first().map(String::as_str)
    }

    /// Every path that names something of ours, from the crate's root (`estate::service::Service`),
    /// with its line. The groups of a `use` are taken apart.
    pub(super) fn own_paths(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for (at, word) in words(&self.code) {
            let after = &self.code[at + word.len()..];
            let climbs = self.code[..at].trim_end().ends_with("super::");
            let tree = match word {
                "crate" | "firstline" => after.trim_start().strip_prefix("::"),
                "super" if !climbs => self.above(after),
                _ => None,
            };
            let mut leaves = Vec::new();
            if let Some(mut tree) = tree {
                take_leaves(&mut tree, "", &mut leaves);
            }
            let line = line_of(&self.code, at);
            found.extend(leaves.into_iter().map(|leaf| (line, leaf)));
        }
        found
    }

    /// What follows a chain of `super::` that climbs out of the room, to the crate's root.
    fn above<'code>(&self, after: &'code str) -> Option<&'code str> {
        let mut rest = after.strip_prefix("::")?;
        let mut climbed = 1;
        while let Some(higher) = rest.strip_prefix("super::") {
            rest = higher;
            climbed += 1;
        }
        (climbed >= self.module.len()).then_some(rest)
    }

    /// Where the code has `text`, not in the middle of a longer word.
    pub(super) fn lines_with(&self, text: &str) -> Vec<usize> {
        let found = self.code.match_indices(text);
        let whole = found
            .filter(|(at, _)| !text.starts_with(is_word) || !self.code[..*at].ends_with(is_word));
        whole.map(|(at, _)| line_of(&self.code, at)).collect()
    }

    /// The modules in files of their own that it declares for tests only.
    fn modules_of_tests(&self) -> Vec<Vec<String>> {
        let lines: Vec<&str> = self.text.lines().map(str::trim).collect();
        let declared = lines.windows(2).filter(|pair| pair[0] == "#[cfg(test)]");
        let names = declared.filter_map(|pair| pair[1].strip_suffix(';')?.rsplit_once("mod "));
        names
            .map(|(_, name)| [&self.module[..], &[name.to_owned()]].concat())
            .collect()
    }

    /// How many lines are code.
    pub(super) fn length(&self) -> usize {
        self.code
            .lines()
            .filter(|line| !line.trim().is_empty())
            .count()
    }
}

/// Every source of the program. Files that only tests compile are left out.
pub(super) fn read_all(top: &Path) -> Vec<Source> {
    let mut folders = vec![top.join("src")];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let relative = path.strip_prefix(top).unwrap().to_str().unwrap();
                sources.push(Source::new(relative, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let only_tests: Vec<_> = sources.iter().flat_map(Source::modules_of_tests).collect();
    sources.retain(|source| {
        !only_tests
            .iter()
            .any(|tests| source.module.starts_with(tests))
    });
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    sources
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn line_of(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}

fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let pieces = code
        .split(|letter| !is_word(letter))
        .filter(|word| !word.is_empty());
    pieces.map(move |word| (word.as_ptr() as usize - code.as_ptr() as usize, word))
}

/// Reads one tree of a path (`a::{b, c::{d, e}}`), and leaves the rest in `rest`.
fn take_leaves(rest: &mut &str, above: &str, leaves: &mut Vec<String>) {
    *rest = rest.trim_start();
    if let Some(group) = rest.strip_prefix('{') {
        *rest = group;
        while !rest.trim_start().starts_with('}') && !rest.trim().is_empty() {
            take_leaves(rest, above, leaves);
            // `as another_name` is no concern of the rules.
            *rest = rest.find([',', '}']).map_or("", |end| &rest[end..]);
            *rest = rest.strip_prefix(',').unwrap_or(rest);
        }
        *rest = rest.trim_start().strip_prefix('}').unwrap_or("");
        return;
    }
    let end = rest
        .find(|letter| !is_word(letter) && letter != '*')
        .unwrap_or(rest.len());
    let (word, after) = rest.split_at(end);
    let path = if above.is_empty() {
        word.to_owned()
    } else {
        format!("{above}::{word}")
    };
    *rest = after;
    match after.strip_prefix("::") {
        Some(below) if !below.starts_with('<') => {
            *rest = below;
            take_leaves(rest, &path, leaves);
        }
        _ => leaves.push(path),
    }
}

/// Comments, strings and characters become blanks; lines stay lines.
fn without_comments_and_texts(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let inside_word = code.ends_with(is_word);
        let length = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => block_comment(rest),
            '"' => text(rest),
            'r' | 'b' | 'c' if !inside_word => raw_text(rest).unwrap_or(0),
            '\'' => character(rest).unwrap_or(0),
            _ => 0,
        };
        if length == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            let (gone, after) = rest.split_at(length);
            code.extend(
                gone.chars()
                    .map(|letter| if letter == '\n' { '\n' } else { ' ' }),
            );
            rest = after;
        }
    }
    code
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    at
}

fn text(rest: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// `r"…"`, `r#"…"#`, `br"…"`, `cr"…"`: no escapes, ended by as many `#` as it began with.
fn raw_text(rest: &str) -> Option<usize> {
    let start = rest.find('r').filter(|at| *at <= 1)? + 1;
    let hashes = rest[start..].len() - rest[start..].trim_start_matches('#').len();
    rest[start + hashes..].strip_prefix('"')?;
    let open = start + hashes + 1;
    let close = format!("\"{}", "#".repeat(hashes));
    Some(
        rest[open..]
            .find(&close)
            .map_or(rest.len(), |at| open + at + close.len()),
    )
}

/// `'x'` or `'\n'`; `None` for a lifetime.
fn character(rest: &str) -> Option<usize> {
    let mut letters = rest.char_indices().skip(1);
    let (_, first) = letters.next()?;
    if first == '\\' {
        letters.next()?;
        return letters
            .find(|(_, letter)| *letter == '\'')
            .map(|(at, _)| at + 1);
    }
    letters
        .next()
        .filter(|(_, letter)| *letter == '\'')
        .map(|(at, _)| at + 1)
}

/// An item under `#[cfg(test)]` becomes blank lines. The house's format is trusted: an item of
/// several lines ends with a brace in the column where it began.
fn without_tests(code: &str) -> String {
    let mut kept = String::with_capacity(code.len());
    let mut lines = code.lines();
    while let Some(line) = lines.next() {
        if line.trim() == "#[cfg(test)]" {
            let indent = &line[..line.len() - line.trim_start().len()];
            let last = format!("{indent}}}");
            kept.push('\n');
            let mut first = true;
            for skipped in lines.by_ref() {
                kept.push('\n');
                let attribute = skipped.trim_start().starts_with("#[");
                let item = first && !attribute && !skipped.trim().is_empty();
                if skipped == last || (item && skipped.trim_end().ends_with([';', '}'])) {
                    break;
                }
                first = first && !item;
            }
        } else {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

mod tests {
    use super::*;

    fn paths(path: &str, text: &str) -> Vec<(usize, String)> {
        Source::new(path, text.to_owned()).own_paths()
    }

    #[test]
    fn groups_are_taken_apart() {
        let text = "use std::fmt;\nuse crate::{\n  estate::{id::*, service::Service as S},\n  policy,\n};\n";
        let found = paths("src/app/mod.rs", text);
        let names: Vec<&str> = found.iter().map(|(_, path)| path.as_str()).collect();
        assert_eq!(
            names,
            ["estate::id::*", "estate::service::Service", "policy"]
        );
        assert_eq!(found[0].0, 2);
    }

    #[test]
    fn a_path_in_the_middle_of_code_counts() {
        let found = paths(
            "src/app/mod.rs",
            "fn f(x: Vec<crate::cloud::Fleet<crate::sim::World>>) {}",
        );
        assert_eq!(
            found,
            [(1, "cloud::Fleet".to_owned()), (1, "sim::World".to_owned())]
        );
    }

    #[test]
    fn climbing_out_of_a_room_counts_and_climbing_inside_does_not() {
        let out = paths("src/app/board.rs", "use super::super::cloud::Fleet;");
        assert_eq!(out, [(1, "cloud::Fleet".to_owned())]);
        assert_eq!(paths("src/app/board.rs", "use super::model::Model;"), []);
        assert_eq!(
            paths("src/app/mod.rs", "use super::cloud;"),
            [(1, "cloud".to_owned())]
        );
    }

    #[test]
    fn comments_texts_and_tests_are_not_code() {
        let text = r##"
// crate::cloud
/* crate::cloud /* crate::cloud */ crate::cloud */
const A: &str = "crate::cloud \" crate::cloud";
const B: &str = r#"crate::cloud " crate::cloud"#;
fn f<'a>(x: &'a str) -> bool { x.contains(['"', '\'', '\u{22}']) }
#[cfg(test)]
mod tests;
use crate::estate;
#[cfg(test)]
mod more {
    use crate::cloud;
    fn g() {
    }
}
use crate::policy;
"##;
        let found = paths("src/app/mod.rs", text);
        assert_eq!(found, [(9, "estate".to_owned()), (16, "policy".to_owned())]);
    }

    #[test]
    fn a_module_for_tests_is_known_by_its_declaration() {
        let text =
            "#[cfg(test)]\npub(crate) mod example;\nmod table;\n#[cfg(test)]\nmod tests {\n}\n";
        let source = Source::new("src/policy/mod.rs", text.to_owned());
        assert_eq!(source.modules_of_tests(), [["policy", "example"]]);
    }

    #[test]
    fn a_word_is_found_whole() {
        let source = Source::new(
            "src/app/mod.rs",
            "let a = laws_of;\nlet b = aws_x::y;".to_owned(),
        );
        assert_eq!(source.lines_with("aws_"), [2]);
        assert_eq!(source.length(), 2);
    }
}
