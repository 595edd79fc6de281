//! A series in one line: height is the value, colour says where it crossed its thresholds.

use super::pen::Pen;
use crate::estate::kpi::{Kpi, reached_by};
use crate::view::theme::Tone;

/// One character an eighth.
const EIGHTHS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// Draws the newest `width` periods of `kpi`, from zero to its ceiling, or to its highest value
/// where it has none. A period without a point is a faint dot, which is not a
/// zero; what lies before the first point known stays empty.
pub(in crate::view) fn sparkline(pen: &mut Pen<'_>, kpi: &Kpi, width: u16) {
    let slots = kpi.series.slots(usize::from(width));
    let highest = slots.iter().flatten().copied().fold(0.0_f64, f64::max);
    let top = kpi
        .ceiling
        .map_or(highest, |ceiling| ceiling.value.max(highest));
    let first = slots.iter().position(Option::is_some);
    for (place, slot) in slots.into_iter().enumerate() {
        match slot {
            Some(value) if value.is_finite() => {
                pen.put(EIGHTHS[eighth(value, top)], tone(kpi, value))
            }
            _ if first.is_some_and(|first| place > first) => pen.put("·", Tone::Faint),
            _ => pen.gap(1),
        };
    }
}

/// Which of the eight characters stands for `value`, when `top` is the highest.
fn eighth(value: f64, top: f64) -> usize {
    if top <= 0.0 {
        return 0;
    }
    let steps = [0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875];
    steps.iter().filter(|&&step| value / top > step).count()
}

/// The tone of one value against the KPI's own thresholds.
fn tone(kpi: &Kpi, value: f64) -> Tone {
    let thresholds = kpi.thresholds.as_ref();
    let level = thresholds.and_then(|thresholds| reached_by(kpi, value, thresholds));
    level.map_or(Tone::Muted, Tone::of_level)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn height_is_measured_from_zero() {
        assert_eq!(eighth(0.0, 0.0), 0);
        assert_eq!(eighth(0.0, 100.0), 0);
        assert_eq!(eighth(50.0, 100.0), 3);
        assert_eq!(eighth(51.0, 100.0), 4);
        assert_eq!(eighth(100.0, 100.0), 7);
    }
}
