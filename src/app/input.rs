//! One line of text being typed.

use crate::estate::text::Text;

use super::action::Action;

/// Longer than anything typed on purpose; a paste beyond it is cut.
const LONGEST: usize = 500;

/// A line and the place of its cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    before: String,
    after: String,
}

impl Input {
    /// A line that already holds `text`, the cursor at its end.
    pub fn holding(text: &str) -> Self {
        let mut input = Self::default();
        input.insert(text);
        input
    }

    /// The whole line.
    pub fn text(&self) -> String {
        format!("{}{}", self.before, self.after)
    }

    /// What stands before the cursor.
    pub fn before(&self) -> &str {
        &self.before
    }

    /// What stands after the cursor.
    pub fn after(&self) -> &str {
        &self.after
    }

    /// Whether nothing is typed.
    pub fn is_empty(&self) -> bool {
        self.before.is_empty() && self.after.is_empty()
    }

    /// Types `raw`, made safe and kept to one line. Says whether anything came of it.
    pub fn insert(&mut self, raw: &str) -> bool {
        let room = LONGEST.saturating_sub(self.before.chars().count() + self.after.chars().count());
        let one_line = raw
            .trim_end_matches(['\n', '\r'])
            .replace(['\n', '\r'], " ");
        let before = self.before.len();
        self.before
            .extend(Text::clean(&one_line).chars().take(room));
        self.before.len() != before
    }

    /// Edits as `action` says. `None` when `action` does not edit, otherwise whether it changed
    /// anything.
    pub fn edit(&mut self, action: Action) -> Option<bool> {
        let old = (self.before.len(), self.after.len());
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "only a few actions edit; the others are not this type's business"
        )]
        match action {
            Action::EraseCharacter => {
                self.before.pop();
            }
            Action::EraseWord => {
                let kept = self.before.trim_end();
                let start = kept.rfind(char::is_whitespace).map_or(0, |space| {
                    space + kept[space..].chars().next().map_or(1, char::len_utf8)
                });
                self.before.truncate(start);
            }
            Action::EraseLine => self.before.clear(),
            Action::CursorLeft => {
                if let Some(one) = self.before.pop() {
                    self.after.insert(0, one);
                }
            }
            Action::CursorRight => {
                if !self.after.is_empty() {
                    self.before.push(self.after.remove(0));
                }
            }
            Action::CursorStart => {
                self.after.insert_str(0, &std::mem::take(&mut self.before));
            }
            Action::CursorEnd => self.before.push_str(&std::mem::take(&mut self.after)),
            _ => return None,
        }
        Some(old != (self.before.len(), self.after.len()))
    }
}
