//! How ages, counts, rates, percentages and money are said, on every screen and in every report.

use super::SignedDuration;

/// An age for a narrow column, in its largest unit: `3 s`, `6 m`, `2 h`, `4 d`.
pub fn age(age: SignedDuration) -> String {
    let seconds = age.as_secs().max(0);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} m", seconds / 60),
        3600..86400 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86400),
    }
}

/// A duration within a sentence: `40 s`, `1 min 40 s`, `14 min`, `2 h 5 min`, `3 d`.
pub fn duration(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..600 if seconds % 60 > 0 => format!("{minutes} min {} s", seconds % 60),
        60..3600 => format!("{minutes} min"),
        3600..86400 if minutes % 60 > 0 => format!("{hours} h {} min", minutes % 60),
        3600..86400 => format!("{hours} h"),
        _ => format!("{} d", seconds / 86400),
    }
}

/// A number and its noun, the noun in the plural unless there is exactly one: `1 task`,
/// `2 tasks`.
pub fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// A number in at most four digits and a letter: `405`, `1.2k`, `38k`, `4.1M`; one decimal
/// below ten when there is one.
pub fn number(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() {
        "–".to_owned()
    } else if size >= 1e9 {
        format!("{value:.1e}")
    } else if size >= 999_500.0 {
        scaled(value / 1e6, "M")
    } else if size >= 9_999.5 {
        scaled(value / 1e3, "k")
    } else if size >= 9.95 || value.fract().abs() < 0.05 {
        format!("{value:.0}")
    } else {
        format!("{value:.1}")
    }
}

fn scaled(value: f64, letter: &str) -> String {
    if value.abs() >= 9.95 {
        format!("{value:.0}{letter}")
    } else {
        format!("{value:.1}{letter}")
    }
}

/// Percent, without decimals: `97 %`. A share that is not quite everything or nothing never
/// says so: 99.7 is `99 %`, 0.2 is `<1 %`.
pub fn percent(value: f64) -> String {
    if !value.is_finite() {
        "–".to_owned()
    } else if value > 0.0 && value < 1.0 {
        "<1 %".to_owned()
    } else if (99.0..100.0).contains(&value) {
        "99 %".to_owned()
    } else {
        format!("{value:.0} %")
    }
}

/// Something that happens so many times a minute: `3.1/s` from six a minute on, `4/min` below.
pub fn rate(per_minute: f64) -> String {
    if per_minute >= 6.0 {
        format!("{}/s", number(per_minute / 60.0))
    } else {
        format!("{}/min", number(per_minute))
    }
}

/// Seconds of latency: `4.9 s`, `120 ms`.
pub fn latency(seconds: f64) -> String {
    if !seconds.is_finite() {
        "–".to_owned()
    } else if seconds >= 9.95 {
        format!("{seconds:.0} s")
    } else if seconds >= 0.9995 {
        format!("{seconds:.1} s")
    } else {
        format!("{:.0} ms", seconds * 1000.0)
    }
}

/// An amount of memory or disk: `2.4 GiB`, `310 MiB`.
pub fn bytes(bytes: f64) -> String {
    const MIB: f64 = 1_048_576.0;
    if !bytes.is_finite() {
        "–".to_owned()
    } else if bytes.abs() >= MIB * 1024.0 {
        format!("{} GiB", number(bytes / MIB / 1024.0))
    } else {
        format!("{} MiB", number(bytes / MIB))
    }
}

/// What something costs by the hour: `~$0.06/h`.
pub fn dollars_per_hour(dollars: f64) -> String {
    format!("~${dollars:.2}/h")
}

/// At most `length` characters, cut at a word, with `…` where something is missing.
pub fn shortened(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    let kept: String = text.chars().take(length.saturating_sub(1)).collect();
    let cut = kept.rfind(' ').filter(|&at| at > 0).unwrap_or(kept.len());
    let kept = kept.get(..cut).unwrap_or(&kept);
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_as_people_say_them() {
        let seconds = SignedDuration::from_secs;
        assert_eq!(
            [3, 360, 7200, 400_000, -5].map(|s| age(seconds(s))),
            ["3 s", "6 m", "2 h", "4 d", "0 s"]
        );
        assert_eq!(
            [40, 60, 100, 840, 845, 7500, 7200, 300_000].map(|s| duration(seconds(s))),
            [
                "40 s",
                "1 min",
                "1 min 40 s",
                "14 min",
                "14 min",
                "2 h 5 min",
                "2 h",
                "3 d"
            ]
        );
        assert_eq!(
            [
                0.0,
                3.1,
                9.97,
                405.0,
                9999.0,
                12_345.0,
                38_000.0,
                4.1e6,
                f64::NAN
            ]
            .map(number),
            ["0", "3.1", "10", "405", "9999", "12k", "38k", "4.1M", "–"]
        );
        assert_eq!(
            [0.0, 0.2, 97.4, 99.7, 100.0, 130.0].map(percent),
            ["0 %", "<1 %", "97 %", "99 %", "100 %", "130 %"]
        );
        assert_eq!(
            [0.0, 3.0, 24.0, 186.0].map(rate),
            ["0/min", "3/min", "0.4/s", "3.1/s"]
        );
        assert_eq!(
            [0.12, 0.9996, 4.9, 61.0].map(latency),
            ["120 ms", "1.0 s", "4.9 s", "61 s"]
        );
        assert_eq!(dollars_per_hour(0.061), "~$0.06/h");
        assert_eq!(
            [counted(1, "task"), counted(0, "task")],
            ["1 task", "0 tasks"]
        );
    }

    #[test]
    fn a_cut_sentence_ends_at_a_word() {
        assert_eq!(shortened("one two three", 9), "one two…");
        assert_eq!(shortened("onetwothree", 5), "onet…");
        assert_eq!(shortened("ünï", 3), "ünï");
    }
}
