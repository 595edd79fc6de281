//! `[policy]`: what a team decides. Every key only adds to the built-in guards.

use std::ops::Range;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::estate::environment::Tier;
use crate::estate::staging::Hours;
use crate::estate::text::Text;
use crate::estate::{SignedDuration, Timestamp};
use crate::policy::{Callers, Clause, Freeze, Role, Ruling, Terms, VERBS, Window};

use super::complaint::{Complaint, nearest};
use super::section::Section;

const RULINGS: [Ruling; 3] = [Ruling::Deny, Ruling::Ask, Ruling::Allow];
const TIERS: [Tier; 3] = [Tier::Production, Tier::Staging, Tier::Development];

/// Reads the `[policy]` table.
pub(super) fn read(section: &mut Section<'_, '_>) -> Terms {
    let built_in = Terms::BUILT_IN;
    let minutes = |read: Option<i64>| read.map(SignedDuration::from_mins);
    let mut terms = Terms {
        arming: minutes(section.whole("arm_minutes", 1..=120)).unwrap_or(built_in.arming),
        cooldown: minutes(section.whole("cooldown_minutes", 0..=1440)).unwrap_or(built_in.cooldown),
        pace: section
            .whole("services_per_10_minutes", 1..=1000)
            .and_then(|number| u32::try_from(number).ok())
            .unwrap_or(built_in.pace),
        protected: texts(section, "protected"),
        notify: section
            .texts("notify")
            .unwrap_or_default()
            .into_iter()
            .map(str::to_owned)
            .collect(),
        ..built_in
    };
    for (mut table, begin) in section.tables("caller") {
        terms.callers.extend(callers(&mut table, &begin));
        section.absorb(table);
    }
    for (mut table, begin) in section.tables("freeze") {
        terms.freezes.extend(freeze(&mut table, &begin));
        section.absorb(table);
    }
    for (mut table, begin) in section.tables("rule") {
        terms.clauses.extend(clause(&mut table, &begin));
        section.absorb(table);
    }
    terms
}

fn texts(section: &mut Section<'_, '_>, key: &'static str) -> Vec<Text> {
    let listed = section.texts(key).unwrap_or_default();
    listed.into_iter().map(Text::from).collect()
}

fn callers(table: &mut Section<'_, '_>, begin: &Range<usize>) -> Option<Callers> {
    let pattern = needed(
        table,
        "arn",
        begin,
        "whose role it is, `*` stands for anything",
    );
    let role = table.word("role", &Role::ALL.map(|role| (role.word(), role)));
    if table.lacks("role") {
        let what = "a caller needs a role";
        table.complain(Complaint::new(
            begin.clone(),
            what,
            "add `role = \"operator\"`",
        ));
    }
    Some(Callers {
        pattern: pattern?,
        role: role?,
    })
}

fn freeze(table: &mut Section<'_, '_>, begin: &Range<usize>) -> Option<Freeze> {
    let name = needed(table, "name", begin, "what people call it");
    let environments = texts(table, "environments");
    let (from, until) = (moment(table, "from"), moment(table, "until"));
    let weekly = table.text("weekly");
    let hours = weekly.as_ref().and_then(|(text, span)| {
        let hours = Hours::read(text);
        if hours.is_none() {
            let what = format!("`weekly` cannot be {text:?}");
            let advice = "for example \"fri-sun 16:00-23:59 Europe/Berlin\"";
            table.complain(Complaint::new(span.clone(), what, advice));
        }
        hours
    });
    let told = [table.lacks("from"), table.lacks("until"), weekly.is_none()];
    let when = match told {
        [true, true, false] => Window::Weekly(hours?),
        [false, false, true] => once(table, from?, until?)?,
        _ => {
            let what = "a freeze is from and until, or weekly";
            let advice = "give `from` and `until`, or `weekly` alone";
            table.complain(Complaint::new(begin.clone(), what, advice));
            return None;
        }
    };
    Some(Freeze {
        name: name?,
        when,
        environments,
    })
}

type Moment = (Timestamp, Range<usize>);

fn once(table: &mut Section<'_, '_>, from: Moment, until: Moment) -> Option<Window> {
    let ((from, _), (until, span)) = (from, until);
    if from >= until {
        let what = "this freeze ends before it begins";
        table.complain(Complaint::new(span, what, "exchange `from` and `until`"));
        return None;
    }
    Some(Window::Once { from, until })
}

/// `2026-12-19 18:00 Europe/Berlin`; without a zone it is UTC.
fn moment(table: &mut Section<'_, '_>, key: &'static str) -> Option<Moment> {
    let (text, span) = table.text(key)?;
    let read = || {
        let mut words = text.split_whitespace();
        let (date, time) = (words.next()?, words.next()?);
        let local: DateTime = format!("{date}T{time}").parse().ok()?;
        let zone = match words.next() {
            Some(name) => TimeZone::get(name).ok()?,
            None => TimeZone::UTC,
        };
        words.next().is_none().then_some(())?;
        Some(local.to_zoned(zone).ok()?.timestamp())
    };
    let found = read();
    if found.is_none() {
        let what = format!("`{key}` cannot be {text:?}");
        let advice = "for example \"2026-12-19 18:00 Europe/Berlin\"";
        table.complain(Complaint::new(span.clone(), what, advice));
    }
    found.map(|moment| (moment, span))
}

fn clause(table: &mut Section<'_, '_>, begin: &Range<usize>) -> Option<Clause> {
    let name = needed(table, "name", begin, "what people call it");
    let because = needed(table, "because", begin, "why, for whoever is refused");
    let verbs = words(table, "verbs", &VERBS.map(|verb| (verb, verb)));
    let tiers = words(table, "tiers", &TIERS.map(|tier| (tier.word(), tier)));
    let roles = words(table, "roles", &Role::ALL.map(|role| (role.word(), role)));
    let (environments, services) = (texts(table, "environments"), texts(table, "services"));
    let ruling = table.word("decision", &RULINGS.map(|one| (one.word(), one)));
    if table.lacks("decision") {
        let what = "a rule decides something";
        let advice = "add `decision = \"deny\"`";
        table.complain(Complaint::new(begin.clone(), what, advice));
    }
    if ruling == Some(Ruling::Allow) && (tiers.is_empty() || tiers.contains(&Tier::Production)) {
        let what = "production is always asked: `allow` must name other tiers";
        let advice = "add `tiers = [\"staging\", \"development\"]`";
        table.complain(Complaint::new(begin.clone(), what, advice));
    }
    Some(Clause {
        name: name?,
        verbs: verbs.into_iter().map(Text::from).collect(),
        tiers,
        environments,
        services,
        roles,
        ruling: ruling?,
        because: because?,
    })
}

/// A text that must be there.
fn needed(
    table: &mut Section<'_, '_>,
    key: &'static str,
    begin: &Range<usize>,
    meaning: &str,
) -> Option<Text> {
    if table.lacks(key) {
        let what = format!("`{key}` is missing: {meaning}");
        let advice = format!("add `{key} = \"…\"`");
        table.complain(Complaint::new(begin.clone(), what, advice));
    }
    table.text(key).map(|(text, _)| text.into())
}

/// A list of words out of `choices`.
fn words<T: Copy>(
    table: &mut Section<'_, '_>,
    key: &'static str,
    choices: &[(&'static str, T)],
) -> Vec<T> {
    let mut found = Vec::new();
    for (word, span) in table.texts_with_places(key).unwrap_or_default() {
        if let Some((_, value)) = choices.iter().find(|(known, _)| *known == word) {
            found.push(*value);
            continue;
        }
        let known: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        let what = format!("`{key}` cannot hold {word:?}");
        let advice = nearest(word, &known).map_or_else(
            || format!("one of {}", known.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        table.complain(Complaint::new(span, what, advice));
    }
    found
}
