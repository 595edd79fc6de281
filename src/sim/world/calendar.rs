//! Change calendars of Systems Manager: three that every account has.

use jiff::civil::{Time, Weekday, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// When a calendar lets nothing be changed, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Closed {
    /// On Saturdays and Sundays.
    Weekends,
    /// From the first time of day to the second, over midnight.
    Nights(Time, Time),
    /// From the first day of December to the second, both closed.
    December(i8, i8),
}

const CALENDARS: [(&str, Closed); 3] = [
    ("acme-holidays", Closed::December(24, 26)),
    ("acme-weekends", Closed::Weekends),
    (
        "acme-nights",
        Closed::Nights(time(22, 0, 0, 0), time(5, 0, 0, 0)),
    ),
];

/// A year of hours: no calendar here stays the same for so long.
const FAR: i64 = 24 * 366;

impl Closed {
    fn is_open(self, at: Timestamp) -> bool {
        let now = at.to_zoned(TimeZone::UTC);
        match self {
            Self::Weekends => !matches!(now.weekday(), Weekday::Saturday | Weekday::Sunday),
            Self::Nights(from, until) => (until..from).contains(&now.time()),
            Self::December(from, until) => {
                now.month() != 12 || !(from..=until).contains(&now.day())
            }
        }
    }
}

/// Whether every one of the calendars, by name or ARN, is open at that time, and when that changes
/// next, to the hour; the first name that is no calendar is the error.
pub fn state<'a>(names: &[&'a str], at: Timestamp) -> Result<(bool, Option<Timestamp>), &'a str> {
    let mut asked = Vec::new();
    for name in names {
        let short = name.rsplit('/').next().unwrap_or(name);
        let known = CALENDARS.iter().find(|(one, _)| *one == short);
        asked.push(known.ok_or(*name)?.1);
    }
    let is_open = |at: Timestamp| asked.iter().all(|one| one.is_open(at));
    let now = is_open(at);
    let hour = at.as_second().div_euclid(3600) * 3600;
    let next = (1..FAR)
        .filter_map(|hours| {
            Timestamp::from_second(hour)
                .ok()?
                .checked_add(SignedDuration::from_hours(hours))
                .ok()
        })
        .find(|later| is_open(*later) != now);
    Ok((now, next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendars_open_and_close_on_the_hour() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        // A Saturday.
        let noon = at("2026-11-21T12:30:00Z");
        assert_eq!(
            state(&["acme-weekends"], noon),
            Ok((false, Some(at("2026-11-23T00:00:00Z"))))
        );
        assert_eq!(
            state(&["acme-nights"], noon),
            Ok((true, Some(at("2026-11-21T22:00:00Z"))))
        );
        assert_eq!(
            state(&["acme-holidays"], noon),
            Ok((true, Some(at("2026-12-24T00:00:00Z"))))
        );
        assert_eq!(
            state(&["acme-holidays"], at("2026-12-26T23:59:00Z")),
            Ok((false, Some(at("2026-12-27T00:00:00Z"))))
        );
        let both = [
            "acme-nights",
            "arn:aws:ssm:eu-central-1:1:document/acme-weekends",
        ];
        assert_eq!(
            state(&both, noon),
            Ok((false, Some(at("2026-11-23T05:00:00Z"))))
        );
        assert_eq!(state(&["acme-nights", "gone"], noon), Err("gone"));
    }
}
