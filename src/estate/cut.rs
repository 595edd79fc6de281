//! Cutting a sentence so that what remains can still be read.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The start of `text` that fits into `width` columns, and whether anything was cut. When
/// something is cut, one column is left for `…`, and the cut falls between words unless that
/// would throw away more than a third.
pub fn cut(text: &str, width: usize) -> (&str, bool) {
    if text.len() <= width || text.width() <= width {
        return (text, false);
    }
    let room = width.saturating_sub(1);
    let mut used = 0;
    let mut end = 0;
    let mut word_end = 0;
    for (start, character) in text.char_indices() {
        let columns = character.width().unwrap_or(0);
        if used + columns > room {
            if character == ' ' {
                word_end = end;
            }
            break;
        }
        if character == ' ' {
            word_end = start;
        }
        used += columns;
        end = start + character.len_utf8();
    }
    let head = &text[..end];
    let words = text[..word_end].trim_end_matches([' ', ',', ';', ':']);
    let enough = words.width() * 3 >= room * 2;
    (if enough { words } else { head }, true)
}

/// `text` in lines of at most `width` columns, broken between words where that can be.
pub fn wrap(text: &str, width: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (head, shorter) = cut(rest, width.max(4));
        let taken = if shorter && head.is_empty() {
            rest
        } else {
            head
        };
        let (line, after) = rest.split_at(with_its_comma(rest, taken.len(), width));
        lines.push(line);
        rest = after.trim_start();
    }
    lines
}

/// The end of the line that ends at `end` together with the comma after it, where it fits: no line
/// begins with one.
fn with_its_comma(text: &str, end: usize, width: usize) -> usize {
    let marks = text[end..].chars().take_while(|one| ",;:".contains(*one));
    let after = end + marks.map(char::len_utf8).sum::<usize>();
    if text[..after].width() <= width {
        after
    } else {
        end
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_sentence_is_cut_between_words() {
        let evidence = "last stop OutOfMemory (137), 6 stops in 10 min";
        assert_eq!(cut(evidence, 80), (evidence, false));
        assert_eq!(cut(evidence, 32), ("last stop OutOfMemory (137), 6", true));
        assert_eq!(cut(evidence, 30), ("last stop OutOfMemory (137)", true));
        assert_eq!(cut("arn:aws:ecs:eu-central-1:1", 10), ("arn:aws:e", true));
        assert_eq!(cut("one", 0), ("", true));
    }

    #[test]
    fn a_sentence_is_wrapped_and_nothing_of_it_is_lost() {
        let command = "aws ecs update-service --cluster prod --service orders";
        assert_eq!(
            wrap(command, 30),
            [
                "aws ecs update-service",
                "--cluster prod --service",
                "orders"
            ]
        );
        assert!(wrap("", 30).is_empty());
        let passed = "13: controller, service, deployment";
        assert_eq!(wrap(passed, 25), ["13: controller, service,", "deployment"]);
    }

    proptest! {
        #[test]
        fn what_is_left_fits(text in any::<String>(), width in 0_usize..40) {
            let (head, shorter) = cut(&text, width);
            let columns: usize = head.chars().map(|one| one.width().unwrap_or(0)).sum();
            prop_assert!(!shorter || columns < width.max(1));
            prop_assert!(text.starts_with(head));
        }
    }
}
