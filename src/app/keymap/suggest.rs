//! What somebody probably meant.

/// The one of `known` that differs least from `written`, when any is near enough.
pub(in crate::app) fn nearest<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let near = written.chars().count() / 3 + 1;
    known
        .into_iter()
        .map(|one| (distance(written, one), one))
        .filter(|(far, _)| *far <= near)
        .min_by_key(|(far, _)| *far)
        .map(|(_, one)| one)
}

/// Levenshtein's distance: how many characters must be typed anew, added or left out.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, one) in left.chars().enumerate() {
        let mut corner = row[0];
        row[0] = line + 1;
        for (place, other) in right.iter().enumerate() {
            let cost = corner + usize::from(one != *other);
            corner = row[place + 1];
            row[place + 1] = cost.min(corner + 1).min(row[place] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}
