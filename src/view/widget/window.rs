//! Which part of a long list is in sight.

use std::ops::Range;

/// The lines in sight when the list scrolls with its selection: the selected line stands in the
/// middle as soon as the list is longer than the window. So when rows change their places, it
/// is the others that move, and not the one under the cursor.
pub(in crate::view) fn around(selected: usize, total: usize, height: usize) -> Range<usize> {
    let last = total.saturating_sub(height);
    from(selected.saturating_sub(height / 2).min(last), total, height)
}

/// The lines in sight from `top`, which is moved up if the list would end above the window's end.
pub(in crate::view) fn from(top: usize, total: usize, height: usize) -> Range<usize> {
    let start = top.min(total.saturating_sub(height));
    start..total.min(start + height)
}

/// `3–12 of 40`, when not everything is in sight.
pub(in crate::view) fn position(window: &Range<usize>, total: usize) -> Option<String> {
    (window.len() < total).then(|| format!("{}–{} of {total}", window.start + 1, window.end))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_selected_line_is_in_sight(total in 1_usize..500, at in 0_usize..500, height in 1_usize..80) {
            let selected = at % total;
            let window = around(selected, total, height);
            prop_assert!(window.contains(&selected));
            prop_assert_eq!(window.len(), height.min(total));
        }
    }

    #[test]
    fn a_window_never_looks_past_the_end() {
        assert_eq!(from(90, 20, 5), 15..20);
        assert_eq!(from(0, 3, 5), 0..3);
        assert_eq!(position(&(0..3), 3), None);
        assert_eq!(position(&(2..12), 40).as_deref(), Some("3–12 of 40"));
    }
}
