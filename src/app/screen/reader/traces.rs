//! Lines that go on from the one above, folded under it.

use crate::estate::log::{HeldLine, goes_on};

use super::Reader;

/// Lines looked at to find those that go on: other streams' lines stand in between.
const AHEAD: usize = 400;

impl Reader {
    /// Whether a line has a row of its own. With a filter every line that passes has.
    pub(super) fn stands(&self, line: &HeldLine<'_>) -> bool {
        self.looks.unfolded || !self.filter.is_empty() || !goes_on(line.message)
    }

    /// The lines that go on from `head` in its stream, in order.
    pub fn follow_ups<'a>(&'a self, head: HeldLine<'a>) -> impl Iterator<Item = HeldLine<'a>> {
        let after = self.lines.from(self.after(head.key)).take(AHEAD);
        let same = after.filter(move |line| line.stream == head.stream);
        same.take_while(|line| goes_on(line.message))
    }
}
