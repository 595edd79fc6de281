//! What the settings say of a service: who owns it, who leans on it, what it may use.

use std::ops::Range;

use crate::estate::advice::Contact;
use crate::estate::catalogue::Known;
use crate::estate::text::Text;

use super::complaint::Complaint;
use super::section::Section;

/// Reads one `[[service]]`. Its owner and runbook are a contact like those of `[[contact]]`.
pub(super) fn read(
    section: &mut Section<'_, '_>,
    begin: &Range<usize>,
    earlier: &[Known],
) -> Option<(Known, Option<Contact>)> {
    let name = section.text("name");
    let text = |section: &mut Section<'_, '_>, key| section.text(key).map(|(text, _)| text.into());
    let owner: Option<Text> = text(section, "owner");
    let runbook: Option<Text> = text(section, "runbook");
    let dependants = section.texts("dependants").unwrap_or_default();
    let pool_size = section.count("pool_size", 1, 10_000);
    let database: Option<Text> = text(section, "database");
    if section.needs("name") {
        let advice = "add `name = \"NAME\"` or `name = \"CLUSTER/NAME\"`";
        section.complain(Complaint::new(
            begin.clone(),
            "a service needs a name",
            advice,
        ));
    }
    let (name, span) = name?;
    if earlier.iter().any(|one| *one.service == *name) {
        let what = format!("{name:?} is described twice");
        section.complain(Complaint::new(span, what, "keep one of them"));
    }
    let service = Text::from(name);
    let contact = (owner.is_some() || runbook.is_some()).then(|| Contact {
        service: Some(service.clone()),
        symptom: None,
        owner,
        runbook,
    });
    let known = Known {
        service,
        dependants: dependants.into_iter().map(Text::from).collect(),
        pool_size,
        database,
    };
    Some((known, contact))
}
