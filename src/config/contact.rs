//! Whom to call and what to read when a service, or a kind of trouble, needs it.

use std::ops::Range;

use strum::IntoEnumIterator as _;

use crate::estate::advice::{Contact, Symptom};

use super::complaint::{Complaint, nearest};
use super::section::Section;

/// Reads one `[[contact]]`.
pub(super) fn read(section: &mut Section<'_, '_>, begin: &Range<usize>) -> Contact {
    let text = |section: &mut Section<'_, '_>, key| section.text(key).map(|(text, _)| text.into());
    let contact = Contact {
        service: text(section, "service"),
        symptom: symptom(section),
        owner: text(section, "owner"),
        runbook: text(section, "runbook"),
    };
    if section.lacks("owner") && section.lacks("runbook") {
        let what = "a contact names an owner, a runbook or both";
        let advice = "add `owner = \"…\"` or `runbook = \"https://…\"`";
        section.complain(Complaint::new(begin.clone(), what, advice));
    }
    contact
}

/// A symptom by its word.
fn symptom(section: &mut Section<'_, '_>) -> Option<Symptom> {
    let (text, span) = section.text("symptom")?;
    let found = text.parse().ok();
    if found.is_none() {
        let words: Vec<String> = Symptom::iter().map(|one| one.to_string()).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let near = nearest(text, &words).map(|one| format!("did you mean {one:?}?"));
        let advice = near.unwrap_or_else(|| format!("one of {}", words.join(", ")));
        let what = format!("`symptom` cannot be {text:?}");
        section.complain(Complaint::new(span, what, advice));
    }
    found
}
