//! Values over time.

use super::{SignedDuration, Timestamp};

/// One value of a metric, at the start of its period.
///
/// A console holds some hundred thousand of these, and a period starts at a whole second: the second
/// alone is two thirds of what a [`Timestamp`] would make of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    second: i64,
    /// The value, in the series' unit.
    pub value: f64,
}

impl Point {
    /// The value of the period that starts at `at`.
    pub fn new(at: Timestamp, value: f64) -> Self {
        let second = at.as_second();
        Self { second, value }
    }

    /// Start of the period.
    pub fn at(self) -> Timestamp {
        // A second that was a timestamp's is one.
        Timestamp::from_second(self.second).unwrap_or_default()
    }
}

/// How the values of a series were obtained, so that nothing missing is drawn as zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quality {
    /// AWS gave everything it has.
    #[default]
    Complete,
    /// AWS says more would come (`PartialData`).
    Partial,
    /// The caller may not read this metric (`Forbidden`).
    Forbidden,
    /// AWS failed to compute it (`InternalError`, or a status we do not know).
    Failed,
}

/// A metric's recent values, oldest first, no two at the same time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// The points AWS published; a minute without a point is a minute without a point.
    pub points: Vec<Point>,
    /// Length of a period; zero when nothing is known.
    pub period: SignedDuration,
    /// End of the window that was asked for: the values are as of this time.
    pub as_of: Option<Timestamp>,
    /// How they were obtained.
    pub quality: Quality,
}

impl Series {
    /// The newest point.
    pub fn last(&self) -> Option<Point> {
        self.points.last().copied()
    }

    /// Takes in a newer look at the same metric: its points replace older ones of the same
    /// minutes (late data overwrites), and everything before `keep_from` is dropped.
    pub fn absorb(&mut self, newer: &Series, keep_from: Timestamp) {
        let first_new = newer.points.first().map(|point| point.at());
        self.points
            .retain(|old| old.at() >= keep_from && first_new.is_none_or(|new| old.at() < new));
        let new = newer.points.iter().filter(|point| point.at() >= keep_from);
        // A window stays as long as it is: no room for twice as much.
        self.points.reserve_exact(new.clone().count());
        self.points.extend(new);
        self.period = newer.period;
        self.as_of = newer.as_of.or(self.as_of);
        self.quality = newer.quality;
    }

    /// One slot per period for the `slots` periods that end at `as_of`, oldest first; `None`
    /// where AWS published nothing.
    pub fn slots(&self, slots: usize) -> Vec<Option<f64>> {
        let mut values = vec![None; slots];
        let (Some(as_of), period) = (self.as_of, self.period.as_secs()) else {
            return values;
        };
        if period <= 0 {
            return values;
        }
        for point in &self.points {
            let back = (as_of.as_second() - point.at().as_second()) / period;
            if let Ok(back) = usize::try_from(back)
                && back >= 1
                && back <= slots
            {
                values[slots - back] = Some(point.value);
            }
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).unwrap()
    }

    fn series(points: &[(i64, f64)], as_of: i64) -> Series {
        Series {
            points: points
                .iter()
                .map(|&(minute, value)| Point::new(at(minute), value))
                .collect(),
            period: SignedDuration::from_secs(60),
            as_of: Some(at(as_of)),
            quality: Quality::Complete,
        }
    }

    #[test]
    fn late_data_overwrites_and_old_data_goes() {
        let mut kept = series(&[(1, 1.0), (2, 2.0), (3, 3.0)], 4);
        kept.absorb(&series(&[(3, 30.0), (4, 4.0)], 5), at(2));
        assert_eq!(kept, series(&[(2, 2.0), (3, 30.0), (4, 4.0)], 5));
    }

    #[test]
    fn a_minute_without_a_point_stays_empty() {
        let gappy = series(&[(1, 1.0), (3, 3.0)], 5);
        assert_eq!(gappy.slots(4), [Some(1.0), None, Some(3.0), None]);
        assert_eq!(gappy.slots(2), [Some(3.0), None]);
        assert_eq!(Series::default().slots(2), [None, None]);
    }
}
