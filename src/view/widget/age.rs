//! Ages as people say them: `6 m`, never `0:06:12`.

use crate::estate::{SignedDuration, Timestamp};

/// How long before `now` something happened, in its largest whole unit: `3 s`, `6 m`, `2 h`,
/// `4 d`. What seems to lie in the future (clocks differ) is `0 s` old.
pub(in crate::view) fn age(then: Timestamp, now: Timestamp) -> String {
    span(now.duration_since(then))
}

/// A length of time in its largest whole unit.
pub(in crate::view) fn span(length: SignedDuration) -> String {
    let seconds = length.as_secs().max(0);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} m", seconds / 60),
        3_600..86_400 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_one_number_and_one_unit() {
        let said = |seconds| span(SignedDuration::from_secs(seconds));
        assert_eq!(said(-5), "0 s");
        assert_eq!(said(59), "59 s");
        assert_eq!(said(372), "6 m");
        assert_eq!(said(7_300), "2 h");
        assert_eq!(said(400_000), "4 d");
    }
}
