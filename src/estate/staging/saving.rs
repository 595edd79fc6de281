//! What it costs to leave an environment running.

use serde::Serialize;

use super::orders::Price;
use super::plan::Goal;

/// CPU and memory of one task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Size {
    /// CPU units, 1024 to a virtual CPU.
    pub units: u32,
    /// MiB of memory.
    pub mebibytes: u32,
}

impl Size {
    /// Dollars an hour of one task.
    fn dollars(self, price: &Price) -> f64 {
        let of = |part: u32, micros: u32| f64::from(part) / 1024.0 * f64::from(micros) / 1e6;
        of(self.units, price.vcpu_hour) + of(self.mebibytes, price.gib_hour)
    }
}

/// What is not spent while an environment is stopped.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Saving {
    /// Dollars an hour, of the tasks whose size and price are known; `None` when none is.
    pub dollars_per_hour: Option<f64>,
    /// Tasks without a known size or price: EC2, an unknown region, no permission.
    pub unpriced: u32,
    /// Where the price comes from, with its date.
    pub source: Option<String>,
}

/// Hours of a night, from 18:00 to 08:00.
const NIGHT: f64 = 14.0;

impl Saving {
    /// The saving of so many tasks of each size.
    pub fn of(tasks: impl Iterator<Item = (u32, Option<Size>)>, price: Option<&Price>) -> Self {
        let mut saving = Self {
            source: price.map(|price| format!("{}, {}", price.source, price.region)),
            ..Self::default()
        };
        for (count, size) in tasks.filter(|(count, _)| *count > 0) {
            match (size, price) {
                (Some(size), Some(price)) => {
                    let all = f64::from(count) * size.dollars(price);
                    *saving.dollars_per_hour.get_or_insert(0.0) += all;
                }
                _ => saving.unpriced += count,
            }
        }
        saving
    }

    /// The saving in a few words, for a line that says more; what is unknown is said.
    pub fn brief(&self) -> String {
        match (self.dollars_per_hour, self.unpriced) {
            (Some(dollars), 0) => format!("saves about ${:.2} a night", dollars * NIGHT),
            (Some(dollars), _) => format!("saves over ${:.2} a night", dollars * NIGHT),
            (None, _) => "saving unknown".to_owned(),
        }
    }

    /// What a stop saves, or what runs again after a start, in a sentence; what is unknown is
    /// said, not guessed.
    pub fn told(&self, goal: Goal) -> String {
        let unpriced = match self.unpriced {
            0 => String::new(),
            1 => "; 1 task has no known price".to_owned(),
            many => format!("; {many} tasks have no known price"),
        };
        match (self.dollars_per_hour, &self.source) {
            (Some(dollars), Some(source)) => {
                let night = dollars * NIGHT;
                let verb = match goal {
                    Goal::Stop => "saves",
                    Goal::Start => "left running it costs",
                };
                format!("{verb} about ${night:.2} a night ({source}){unpriced}")
            }
            _ if self.unpriced == 0 => "nothing runs".to_owned(),
            _ => "what that is worth is not known: no price or no task size".to_owned(),
        }
    }
}
