//! The journal a team shares in a log group: what AWS takes at once and at which times, when to try
//! again, and how it stands.
//!
//! `PutLogEvents` takes at most 10,000 events and 1,048,576 bytes at once (each event counts 26 bytes
//! beside its words), in the order of their times, within 24 hours, none older than 14 days or the
//! group's retention and none more than 2 hours ahead.

use serde::Serialize;

use super::problem::ProblemKind;
use super::text::Text;
use super::{SignedDuration, Timestamp};

/// The most lines in one call.
pub const MOST_LINES: usize = 10_000;
/// The most bytes in one call.
pub const MOST_BYTES: usize = 1_048_576;
/// What a line counts beside its own bytes.
const LINE_BYTES: usize = 26;
/// The longest line AWS takes, in bytes.
pub const LONGEST_LINE: usize = MOST_BYTES - LINE_BYTES;
/// The longest span of the times in one call.
const LONGEST_SPAN: SignedDuration = SignedDuration::from_hours(24);
/// A line older than this is sent under the time it is sent at: AWS's 14 days, less one for clocks
/// and queues.
const OLDEST: SignedDuration = SignedDuration::from_hours(13 * 24);
/// A line further ahead, too: AWS's two hours, less one.
const AHEAD: SignedDuration = SignedDuration::from_hours(1);
/// A line that waits for so long is worth a word.
const LAGS: SignedDuration = SignedDuration::from_mins(1);

/// A line as it is sent: word for word, so that its seal can be checked wherever it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The time AWS files it under.
    pub at: Timestamp,
    /// The line.
    pub line: String,
}

/// A line as it was found in the group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The stream: one for each journal.
    pub stream: Text,
    /// The time AWS filed it under.
    pub at: Timestamp,
    /// The line, word for word. Not cleaned: its seal is over every byte.
    pub line: String,
}

/// The time AWS is to file a line under that was written at `at`: its own, unless AWS would reject
/// that. The line itself says when it was written.
pub fn filed_at(at: Option<Timestamp>, now: Timestamp) -> Timestamp {
    at.filter(|at| now - OLDEST <= *at && *at <= now + AHEAD)
        .unwrap_or(now)
}

/// How many of the first lines go into one call, by their times and bytes. At least one, where there
/// is any.
pub fn fitting(lines: impl IntoIterator<Item = (Timestamp, usize)>) -> usize {
    let (mut count, mut bytes) = (0, 0);
    let mut span: Option<(Timestamp, Timestamp)> = None;
    for (at, length) in lines {
        bytes += length + LINE_BYTES;
        let (first, last) = span.map_or((at, at), |(first, last)| (first.min(at), last.max(at)));
        let too_much = bytes > MOST_BYTES || last.duration_since(first) > LONGEST_SPAN;
        if count == MOST_LINES || (too_much && count > 0) {
            break;
        }
        span = Some((first, last));
        count += 1;
    }
    count
}

/// How long to leave AWS alone after so many failures in a row. A permission or a group somebody has
/// to bring is not waited for with haste; `jitter` is from 0 to 1.
pub fn pause(kind: &ProblemKind, failures: u32, jitter: f64) -> SignedDuration {
    let seconds: u32 = match kind {
        ProblemKind::Denied { .. } => 900,
        ProblemKind::NotFound | ProblemKind::ClockSkew => 300,
        ProblemKind::Expired | ProblemKind::NoCredentials | ProblemKind::NoRegion => 60,
        ProblemKind::Throttled
        | ProblemKind::Unreachable
        | ProblemKind::Unreadable
        | ProblemKind::Other => 5 << failures.saturating_sub(1).min(6),
    };
    SignedDuration::from_secs_f64(f64::from(seconds) * (0.75 + jitter.clamp(0.0, 1.0) / 2.0))
}

/// `1 entry`, `3 entries`.
pub fn entries(count: u64) -> String {
    match count {
        1 => "1 entry".to_owned(),
        many => format!("{many} entries"),
    }
}

/// How the shared copy of the journal stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sharing {
    /// The log group.
    pub group: Text,
    /// The journal's stream there; empty until there is a line.
    pub stream: Text,
    /// Lines that are there.
    pub shared: u64,
    /// When the last of them arrived.
    pub shared_at: Option<Timestamp>,
    /// Lines that wait.
    pub waiting: u64,
    /// When the oldest of them was written.
    pub oldest: Option<Timestamp>,
    /// Lines AWS takes from nobody, longer than a mebibyte: they stay on this machine.
    pub kept_back: u64,
    /// Why the last try failed.
    pub problem: Option<Text>,
    /// When it is tried again.
    pub next_try: Option<Timestamp>,
}

impl Sharing {
    /// Whether somebody should know: a try failed, or a line has waited for long.
    pub fn lags(&self, now: Timestamp) -> bool {
        let old = |oldest: Timestamp| now.duration_since(oldest) > LAGS;
        self.waiting > 0 && (self.problem.is_some() || self.oldest.is_some_and(old))
    }

    /// What waits, in words (`3 entries wait, the oldest for 12 min`); `None` where nothing does.
    pub fn lag(&self, now: Timestamp) -> Option<String> {
        let entries = match self.waiting {
            0 => return None,
            1 => "1 entry waits".to_owned(),
            many => format!("{} wait", entries(many)),
        };
        let oldest = self.oldest.map(|oldest| now.duration_since(oldest));
        let minutes = oldest.map_or(0, |length| length.as_mins());
        Some(match minutes {
            ..=0 => entries,
            1..=119 => format!("{entries}, the oldest for {minutes} min"),
            _ => format!("{entries}, the oldest for {} h", minutes / 60),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_795_269_600 + second).unwrap()
    }

    #[test]
    fn a_line_aws_would_reject_is_filed_under_now() {
        let now = at(0);
        let day = 86_400;
        for kept in [0, -12 * day, 1_800] {
            assert_eq!(filed_at(Some(at(kept)), now), at(kept));
        }
        for moved in [-14 * day, -400 * day, 7_000] {
            assert_eq!(filed_at(Some(at(moved)), now), now);
        }
        assert_eq!(filed_at(None, now), now, "a line nobody can read");
    }

    proptest! {
        #[test]
        fn what_goes_into_one_call_is_within_its_limits(
            lines in proptest::collection::vec((0_i64..200_000, 0_usize..LONGEST_LINE), 1..40)
        ) {
            let all = lines.iter().map(|(second, length)| (at(*second), *length));
            let count = fitting(all);
            prop_assert!(count >= 1);
            let (taken, rest) = lines.split_at(count);
            let bytes = |lines: &[(i64, usize)]| -> usize {
                lines.iter().map(|(_, length)| length + LINE_BYTES).sum()
            };
            let span = |lines: &[(i64, usize)]| {
                let times = lines.iter().map(|(second, _)| *second);
                times.clone().max().unwrap() - times.min().unwrap()
            };
            prop_assert!(bytes(taken) <= MOST_BYTES && span(taken) <= 86_400);
            if !rest.is_empty() {
                let more = &lines[..=count];
                prop_assert!(bytes(more) > MOST_BYTES || span(more) > 86_400);
            }
        }
    }

    #[test]
    fn many_short_lines_are_many_calls() {
        assert_eq!(fitting((0..25_000).map(|_| (at(0), 5))), MOST_LINES);
        assert_eq!(fitting([]), 0);
    }

    #[test]
    fn outages_are_tried_again_soon_and_permissions_seldom() {
        let denied = ProblemKind::Denied { action: "x".into() };
        let seconds = |kind, failures, jitter| pause(kind, failures, jitter).as_secs();
        let silent = ProblemKind::Unreachable;
        assert_eq!(seconds(&silent, 1, 0.5), 5);
        assert_eq!(seconds(&silent, 3, 0.5), 20);
        assert_eq!(seconds(&silent, 99, 0.5), 320, "no longer than minutes");
        assert_eq!(seconds(&denied, 1, 0.5), 900);
        assert!(seconds(&silent, 4, 0.0) < seconds(&silent, 4, 1.0));
    }

    #[test]
    fn a_lag_is_told_when_it_is_one() {
        let waits = |waiting, oldest, problem: Option<&str>| Sharing {
            waiting,
            oldest: Some(at(oldest)),
            problem: problem.map(Into::into),
            ..Sharing::default()
        };
        assert!(!waits(0, 0, Some("denied")).lags(at(900)), "nothing waits");
        assert!(!waits(1, 0, None).lags(at(30)));
        assert!(waits(1, 0, None).lags(at(90)));
        assert!(waits(1, 0, Some("denied")).lags(at(1)));
        let told = |waiting, now| waits(waiting, 0, None).lag(at(now));
        assert_eq!(told(0, 60), None);
        assert_eq!(told(1, 5).unwrap(), "1 entry waits");
        assert_eq!(
            told(3, 720).unwrap(),
            "3 entries wait, the oldest for 12 min"
        );
        assert_eq!(
            told(3, 90_000).unwrap(),
            "3 entries wait, the oldest for 25 h"
        );
    }
}
