//! How an environment is stopped and started.

use crate::estate::staging::{Hours, Orders, Price};
use crate::estate::text::Text;

use super::complaint::Complaint;
use super::section::Section;

/// Reads what an `[[environment]]` says about being stopped and started.
pub(super) fn read(section: &mut Section<'_, '_>, region: &str) -> Orders {
    let tiers = section.texts("order").unwrap_or_default();
    let databases = section.texts("stop_databases").unwrap_or_default();
    let mute = section.texts("mute_alarms").unwrap_or_default();
    Orders {
        order: tiers.into_iter().map(names).collect(),
        allow_unattended: section.flag("allow_unattended").unwrap_or(false),
        databases: databases.into_iter().map(Text::from).collect(),
        mute_alarms: mute.into_iter().map(Text::from).collect(),
        hours: hours(section),
        price: price(section, region),
    }
}

/// Names between spaces or commas.
fn names(tier: &str) -> Vec<Text> {
    let words = tier.split([' ', ',']).filter(|word| !word.is_empty());
    words.map(Text::from).collect()
}

fn hours(section: &mut Section<'_, '_>) -> Option<Hours> {
    let (text, span) = section.text("hours")?;
    let hours = Hours::read(text);
    if hours.is_none() {
        let what = format!("`hours` cannot be {text:?}");
        let advice = "for example \"mon-fri 07:00-19:00 Europe/Berlin\"";
        section.complain(Complaint::new(span, what, advice));
    }
    hours
}

/// `price = { vcpu_hour = "0.04656", gib_hour = "0.00511", source = "…" }`: dollars as text, so
/// that no digit is lost.
fn price(section: &mut Section<'_, '_>, region: &str) -> Option<Price> {
    let mut table = section.table("price")?;
    let vcpu = dollars(&mut table, "vcpu_hour");
    let gib = dollars(&mut table, "gib_hour");
    let source = table.text("source").map(|(text, _)| text.to_owned());
    section.absorb(table);
    Some(Price {
        region: region.to_owned(),
        vcpu_hour: vcpu?,
        gib_hour: gib?,
        source: source.unwrap_or_else(|| "from the settings".to_owned()),
    })
}

/// Dollars as millionths.
fn dollars(table: &mut Section<'_, '_>, key: &'static str) -> Option<u32> {
    let (text, span) = table.text(key)?;
    let micros = micros(text);
    if micros.is_none() {
        let what = format!("`{key}` is no price");
        let advice = "dollars an hour with up to six decimals, for example \"0.04656\"";
        table.complain(Complaint::new(span, what, advice));
    }
    micros
}

fn micros(text: &str) -> Option<u32> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > 6 || !digits(whole) || !digits(part) {
        return None;
    }
    let micros: u32 = format!("{part:0<6}").parse().ok()?;
    whole
        .parse::<u32>()
        .ok()?
        .checked_mul(1_000_000)?
        .checked_add(micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_keeps_its_digits() {
        assert_eq!(micros("0.04656"), Some(46_560));
        assert_eq!(micros("1"), Some(1_000_000));
        for bad in ["", ".5", "-1", "0.1234567", "1,5", "9999999"] {
            assert_eq!(micros(bad), None, "{bad}");
        }
    }
}
