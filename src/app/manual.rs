//! What every key does, from the keymap itself.

use std::collections::BTreeSet;

use strum::IntoEnumIterator as _;

use super::action::{Action, Chapter};
use super::guide::beneath;
use super::keymap::spelled;
use super::model::Model;
use super::screen::Overlay;
use crate::policy::may_be_stopped;

/// One chapter of the help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpChapter {
    /// The chapter's name.
    pub chapter: Chapter,
    /// Whether its keys work on the screen beneath the help.
    pub here: bool,
    /// Its actions with all their keys.
    pub lines: Vec<HelpLine>,
}

/// One line of the help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpLine {
    /// All keys, each as printed; empty when only the palette reaches it.
    pub keys: Vec<String>,
    /// The action; its [`Action::help`] is the text.
    pub action: Action,
}

/// The whole help: the chapters that count here first.
pub fn manual(model: &Model) -> Vec<HelpChapter> {
    let here = beneath(model);
    let elsewhere = Chapter::iter().filter(|chapter| !here.contains(chapter));
    let order = here.iter().copied().chain(elsewhere);
    order
        .map(|chapter| HelpChapter {
            chapter,
            here: here.contains(&chapter),
            lines: help_lines(model, chapter),
        })
        .chain(unbound(model))
        .filter(|chapter| !chapter.lines.is_empty())
        .collect()
}

/// The lines of the help that have every word of its filter, in keys, chapter, name or text.
pub fn sifted(model: &Model) -> Vec<HelpChapter> {
    let typed = match &model.overlay {
        Some(Overlay::Help(help)) => help.sieve.text().to_lowercase(),
        _ => String::new(),
    };
    let words: Vec<&str> = typed.split_whitespace().collect();
    let mut chapters = manual(model);
    for chapter in &mut chapters {
        let title = chapter.chapter.to_string();
        chapter.lines.retain(|line| {
            let (name, help) = (line.action.name(), line.action.help());
            let told = format!("{title} {} {name} {help}", line.keys.join(" ")).to_lowercase();
            words.iter().all(|word| told.contains(word))
        });
    }
    chapters.retain(|chapter| !chapter.lines.is_empty());
    chapters
}

/// From this width on the help stands in two columns.
const MANUAL_ABREAST: u16 = 110;

/// In how many columns the help stands.
pub const fn manual_columns(model: &Model) -> u16 {
    if model.size.columns >= MANUAL_ABREAST {
        2
    } else {
        1
    }
}

/// How many places the help can be scrolled to: a title and a blank line for each chapter, over
/// its columns, less what is in sight between its borders.
pub(super) fn manual_places(model: &Model) -> usize {
    let lines = |chapter: &HelpChapter| chapter.lines.len() + 2;
    let all: usize = sifted(model).iter().map(lines).sum();
    let column = all.saturating_sub(1);
    let column = column.div_ceil(usize::from(manual_columns(model)));
    column.saturating_sub(usize::from(model.size.rows.saturating_sub(2))) + 1
}

fn help_lines(model: &Model, chapter: Chapter) -> Vec<HelpLine> {
    let bound = model.keymap.lines(chapter);
    let keys = |action: Action| {
        let mine = bound.iter().filter(|(_, other)| *other == action);
        mine.map(|(chords, _)| spelled(chords)).collect()
    };
    Action::iter()
        .map(|action| HelpLine {
            keys: keys(action),
            action,
        })
        .filter(|line| !line.keys.is_empty() && exists(model, line.action))
        .collect()
}

/// Whether there is such a verb here at all: where every environment is production, nothing can
/// be stopped, and no help speaks of it.
fn exists(model: &Model, action: Action) -> bool {
    let mut environments = model.look.snapshot.environments.iter();
    !matches!(action, Action::StopEnvironment | Action::StartEnvironment)
        || environments.any(|one| may_be_stopped(&one.environment))
}

/// The actions a person unbound everywhere: they still have a name for the palette.
fn unbound(model: &Model) -> Option<HelpChapter> {
    let bound: BTreeSet<Action> = Chapter::iter()
        .flat_map(|chapter| model.keymap.lines(chapter))
        .map(|(_, action)| action)
        .collect();
    let lines: Vec<HelpLine> = Action::iter()
        .filter(|action| !bound.contains(action) && exists(model, *action))
        .map(|action| HelpLine {
            keys: Vec::new(),
            action,
        })
        .collect();
    (!lines.is_empty()).then_some(HelpChapter {
        chapter: Chapter::Palette,
        here: false,
        lines,
    })
}
