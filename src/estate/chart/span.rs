//! How far back a chart goes.

use strum::IntoEnumIterator as _;

use crate::estate::{SignedDuration, Timestamp};

/// How far back a chart goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, strum::EnumIter)]
pub enum Span {
    /// One hour.
    Hour,
    /// Three hours.
    #[default]
    ThreeHours,
    /// Twelve hours.
    HalfDay,
    /// A day.
    Day,
    /// A week.
    Week,
}

/// What a chart is compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, strum::EnumIter)]
pub enum Then {
    /// Nothing: these are the values up to now.
    #[default]
    Now,
    /// The same time the day before.
    Yesterday,
    /// The same time a week before.
    LastWeek,
}

/// CloudWatch keeps one-minute values so long …
const MINUTES_KEPT: SignedDuration = SignedDuration::from_hours(15 * 24);
/// … five-minute values so long, and whole hours 455 days (aws.md 2.5).
const FIVE_MINUTES_KEPT: SignedDuration = SignedDuration::from_hours(63 * 24);

impl Span {
    /// How long it is.
    pub const fn length(self) -> SignedDuration {
        SignedDuration::from_hours(match self {
            Self::Hour => 1,
            Self::ThreeHours => 3,
            Self::HalfDay => 12,
            Self::Day => 24,
            Self::Week => 7 * 24,
        })
    }

    /// How long one value of it is: fine enough for the widest screen, and no finer than what
    /// CloudWatch still keeps of a time that began `then` before.
    pub fn period(self, then: Then) -> SignedDuration {
        let wanted = SignedDuration::from_mins(match self {
            Self::Hour | Self::ThreeHours => 1,
            Self::HalfDay | Self::Day => 5,
            Self::Week => 15,
        });
        wanted.max(finest(self.length() + then.back()))
    }

    /// The window up to `now`, aligned to its periods: CloudWatch answers aligned ones faster,
    /// and a period that is not over would be drawn as a fall.
    pub fn window(self, now: Timestamp) -> (Timestamp, Timestamp) {
        let until = floor(now, self.period(Then::Now));
        (until - self.length(), until)
    }

    /// `3 h`.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Hour => "1 h",
            Self::ThreeHours => "3 h",
            Self::HalfDay => "12 h",
            Self::Day => "1 d",
            Self::Week => "1 w",
        }
    }

    /// The next longer one, if there is any.
    pub fn longer(self) -> Option<Self> {
        Self::iter().find(|one| *one > self)
    }

    /// The next shorter one, if there is any.
    pub fn shorter(self) -> Option<Self> {
        Self::iter().rev().find(|one| *one < self)
    }
}

/// The finest period CloudWatch has of a moment so long ago.
fn finest(ago: SignedDuration) -> SignedDuration {
    if ago <= MINUTES_KEPT {
        SignedDuration::from_mins(1)
    } else if ago <= FIVE_MINUTES_KEPT {
        SignedDuration::from_mins(5)
    } else {
        SignedDuration::from_hours(1)
    }
}

/// The beginning of the period `at` lies in.
pub(super) fn floor(at: Timestamp, period: SignedDuration) -> Timestamp {
    let second = at.as_second();
    let period = period.as_secs().max(1);
    Timestamp::from_second(second - second.rem_euclid(period)).unwrap_or(at)
}

impl Then {
    /// How long before.
    pub const fn back(self) -> SignedDuration {
        SignedDuration::from_hours(match self {
            Self::Now => 0,
            Self::Yesterday => 24,
            Self::LastWeek => 7 * 24,
        })
    }

    /// `yesterday`.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Yesterday => "yesterday",
            Self::LastWeek => "last week",
        }
    }

    /// The next to compare with, and after the last nothing again.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Now => Self::Yesterday,
            Self::Yesterday => Self::LastWeek,
            Self::LastWeek => Self::Now,
        }
    }
}
