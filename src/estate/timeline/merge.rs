//! What is told twice, what flaps and what repeats.

use std::collections::HashMap;

use super::Moment;
use crate::estate::SignedDuration;
use crate::estate::event::EventKind;
use crate::estate::id::{EnvironmentName, ServiceArn};
use crate::estate::text::Text;

/// Two sources mean the same deployment or alarm when they are no further apart.
const SAME: SignedDuration = SignedDuration::from_secs(90);
/// What repeats within this is one thing that goes on.
const RUN: SignedDuration = SignedDuration::from_mins(10);
/// More transitions of an alarm than this …
pub const CALM: usize = 3;
/// … within this are flapping (aws.md 3.6).
pub const FLAP: SignedDuration = SignedDuration::from_mins(30);

/// Tells everything once. `moments` come newest first and go so.
pub(super) fn merge(moments: Vec<Moment>) -> Vec<Moment> {
    let told = once(moments);
    let calm = flapping(&told);
    runs(calm)
}

/// What makes two moments the same when they are near: a deployment's revision with what became
/// of it, an alarm's name with its state.
fn subject(moment: &Moment) -> Option<String> {
    let words = moment.words.as_str();
    match moment.kind {
        EventKind::Deploy | EventKind::Alarm => {
            let mut first = words.split(' ');
            let (name, state) = (first.next()?, first.next()?);
            Some(format!(
                "{name} {}",
                state.trim_end_matches(':').to_lowercase()
            ))
        }
        EventKind::Stop
        | EventKind::Event
        | EventKind::Scaling
        | EventKind::Call
        | EventKind::Action => None,
    }
}

fn is_near(a: &Moment, b: &Moment) -> bool {
    a.at.duration_since(b.at).abs() <= SAME
}

/// Each deployment and alarm transition once; a call of `CloudTrail` that only repeats a
/// deployment or a deed gives it its caller and goes.
fn once(moments: Vec<Moment>) -> Vec<Moment> {
    let mut kept: Vec<Moment> = Vec::with_capacity(moments.len());
    let mut last: HashMap<(EnvironmentName, String, bool), usize> = HashMap::new();
    let (calls, others): (Vec<Moment>, Vec<Moment>) = moments
        .into_iter()
        .partition(|moment| moment.kind == EventKind::Call);
    for moment in others {
        let key = subject(&moment).map(|subject| {
            let deploy = moment.kind == EventKind::Deploy;
            let owner = moment
                .service
                .as_ref()
                .map(ServiceArn::as_str)
                .unwrap_or_default();
            let subject = if deploy {
                format!("{owner} {subject}")
            } else {
                subject
            };
            (moment.environment.clone(), subject, deploy)
        });
        if let Some(key) = key {
            let before = last.get(&key).and_then(|place| kept.get_mut(*place));
            if let Some(before) = before.filter(|before| is_near(before, &moment)) {
                if moment.words.len() > before.words.len() {
                    before.words = moment.words;
                }
                before.service = before.service.take().or(moment.service);
                continue;
            }
            last.insert(key, kept.len());
        }
        kept.push(moment);
    }
    for call in calls {
        let told = kept.iter_mut().find(|one| is_told_by(one, &call));
        match told {
            Some(told) if told.by.is_none() => told.by = call.by,
            Some(_) => {}
            None => kept.push(call),
        }
    }
    kept.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.words.cmp(&b.words)));
    kept
}

/// Whether `call` is what made `moment`: the beginning of a deployment, or a deed.
fn is_told_by(moment: &Moment, call: &Moment) -> bool {
    let began = match moment.kind {
        EventKind::Deploy => moment.words.ends_with(" started") && is_call(call, "UpdateService"),
        EventKind::Action => true,
        EventKind::Scaling => is_call(call, "UpdateService"),
        EventKind::Alarm | EventKind::Stop | EventKind::Event | EventKind::Call => false,
    };
    began && call.service.is_some() && moment.service == call.service && is_near(moment, call)
}

fn is_call(call: &Moment, name: &str) -> bool {
    call.words.split([' ', ',']).next() == Some(name)
}

/// An alarm with more than three transitions in thirty minutes is one line that says so.
fn flapping(moments: &[Moment]) -> Vec<Moment> {
    let name = |moment: &Moment| {
        let alarm = moment.kind == EventKind::Alarm;
        let name = moment.words.split(' ').next().filter(|_| alarm)?;
        Some((moment.environment.clone(), Text::from(name)))
    };
    let mut of: HashMap<(EnvironmentName, Text), Vec<usize>> = HashMap::new();
    for (place, moment) in moments.iter().enumerate() {
        if let Some(name) = name(moment) {
            of.entry(name).or_default().push(place);
        }
    }
    let mut gone = vec![false; moments.len()];
    let mut grouped: HashMap<usize, (usize, usize)> = HashMap::new();
    for places in of.values() {
        let mut start = 0;
        while let Some(newest) = places.get(start) {
            let within =
                |place: &&usize| moments[*newest].at.duration_since(moments[**place].at) <= FLAP;
            let run = places[start..].iter().take_while(within).count();
            if run > CALM {
                let oldest = places[start + run - 1];
                grouped.insert(*newest, (run, oldest));
                for place in &places[start + 1..start + run] {
                    gone[*place] = true;
                }
                start += run;
            } else {
                start += 1;
            }
        }
    }
    let mut calm = Vec::with_capacity(moments.len());
    for (place, moment) in moments.iter().enumerate() {
        if gone[place] {
            continue;
        }
        let mut moment = moment.clone();
        if let Some((times, oldest)) = grouped.get(&place) {
            moment.words = flap(&moment, *times).into();
            moment.first_at = moments[*oldest].at;
            moment.times = 1;
            moment.trouble = true;
        }
        calm.push(moment);
    }
    calm
}

fn flap(newest: &Moment, times: usize) -> String {
    let (name, state) = newest.words.split_once(' ').unwrap_or((&newest.words, ""));
    format!("{name} flapping: {times} transitions, now {state}")
}

/// The same words again and again, with nothing else of that service in between, are one thing
/// that goes on.
fn runs(moments: Vec<Moment>) -> Vec<Moment> {
    let mut kept: Vec<Moment> = Vec::with_capacity(moments.len());
    for moment in moments {
        match kept.last_mut() {
            Some(newer) if goes_on(newer, &moment) => {
                newer.times += 1;
                newer.first_at = moment.at;
                newer.words = repeated(newer);
            }
            _ => kept.push(moment),
        }
    }
    kept
}

fn goes_on(newer: &Moment, older: &Moment) -> bool {
    let repeats = matches!(older.kind, EventKind::Stop | EventKind::Event);
    repeats
        && newer.kind == older.kind
        && newer.service.is_some()
        && newer.service == older.service
        && newer.first_at.duration_since(older.at) <= RUN
        && essence(newer) == essence(older)
}

/// The words without the task they name.
fn essence(moment: &Moment) -> &str {
    let words = moment.words.as_str();
    if moment.kind == EventKind::Stop && moment.times == 1 {
        words.split_once(' ').map_or(words, |(_, why)| why)
    } else {
        words
    }
}

/// What is left of the words once a second one is counted: tasks have names of their own.
fn repeated(moment: &Moment) -> Text {
    if moment.kind == EventKind::Stop && moment.times == 2 {
        let words = moment.words.as_str();
        words.split_once(' ').map_or(words, |(_, why)| why).into()
    } else {
        moment.words.clone()
    }
}
