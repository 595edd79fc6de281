//! What every key does, from the keymap itself.

use std::collections::BTreeSet;

use strum::IntoEnumIterator as _;

use super::action::{Action, Chapter};
use super::guide::beneath;
use super::keymap::spelled;
use super::model::Model;
use super::screen::Overlay;
use crate::estate::cut::wrap;
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

/// From these widths on the help stands in two columns, and in three.
const ABREAST: [u16; 2] = [110, 180];
/// Cells of a column at most, the borders' around all of them, and between two.
const COLUMN: u16 = 66;
const BORDERS: u16 = 4;
const BETWEEN: u16 = 2;
/// Cells of the keys; where an action has more of them its words begin further right.
const KEYS: usize = 14;

/// One line of the help as it stands on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Printed {
    /// A chapter's name, and whether its keys work on the screen beneath.
    Chapter(String, bool),
    /// Keys, and what they do; without keys it goes on with what the line before said.
    Key(String, &'static str),
    /// Nothing, between two chapters.
    Air,
}

/// The help as it stands on the screen: no word of it is cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Everything there is to say, top to bottom and column after column.
    pub lines: Vec<Printed>,
    /// In how many columns it stands.
    pub columns: u16,
    /// Cells of one column.
    pub width: u16,
    /// Cells of the keys in it.
    pub keys: u16,
}

impl Sheet {
    /// The help over a screen of the model's size.
    pub fn of(model: &Model) -> Self {
        let across = model.size.columns;
        let more = ABREAST.iter().filter(|from| across >= **from).count();
        let columns = u16::try_from(more).unwrap_or(0) + 1;
        let width = (across.saturating_sub(BORDERS) / columns).min(COLUMN);
        let chapters = sifted(model);
        let told = chapters.iter().flat_map(|chapter| &chapter.lines);
        let keys = told.map(|line| line.printed_keys().chars().count()).max();
        let keys = keys.unwrap_or(0).min(KEYS) + 2;
        let room = usize::from(width.saturating_sub(BETWEEN)).saturating_sub(keys);
        let mut lines = Vec::new();
        for chapter in chapters {
            if !lines.is_empty() {
                lines.push(Printed::Air);
            }
            let name = chapter.chapter.to_string().to_uppercase();
            lines.push(Printed::Chapter(name, chapter.here));
            for line in &chapter.lines {
                let mut said = line.printed_keys();
                let more = (said.chars().count() + 2).saturating_sub(keys);
                for words in wrap(line.action.help(), room.saturating_sub(more)) {
                    lines.push(Printed::Key(std::mem::take(&mut said), words));
                }
            }
        }
        Self {
            lines,
            columns,
            width,
            keys: u16::try_from(keys).unwrap_or(0),
        }
    }

    /// Lines of one column.
    pub fn height(&self) -> usize {
        self.lines.len().div_ceil(usize::from(self.columns))
    }
}

impl HelpLine {
    fn printed_keys(&self) -> String {
        self.keys.join("  ")
    }
}

/// How many places the help can be scrolled to: less what is in sight between its borders and the
/// strips of the screen.
pub(super) fn manual_places(model: &Model) -> usize {
    let in_sight = usize::from(model.size.rows.saturating_sub(6));
    Sheet::of(model).height().saturating_sub(in_sight) + 1
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
