//! From a key to an action, or into a text field.

use super::act;
use super::action::Action;
use super::chord::{Chord, Key, Named};
use super::effect::Effect;
use super::guide;
use super::input::Input;
use super::keymap::Found;
use super::model::Model;
use super::screen::Overlay;
use super::screen::dialog;
use super::screen::second;

/// A key was pressed.
pub(super) fn press(model: &mut Model, chord: Chord) -> Vec<Effect> {
    if dialog::just_opened(model) {
        return Vec::new();
    }
    if !model.pending.is_empty() && chord == Chord::of(Key::Named(Named::Esc)) {
        model.pending.clear();
        model.touch(true);
        return Vec::new();
    }
    let chapters = guide::chapters(model);
    if let Some(typed) = chord.typed()
        && model.pending.is_empty()
        && guide::takes_text(model)
    {
        // Global keys are not looked at: a `q` in a reason is a letter.
        let [own @ .., _global] = chapters else {
            return Vec::new();
        };
        if model.keymap.find(own, &[chord]) == Found::Nothing {
            write(model, typed.encode_utf8(&mut [0; 4]));
            return Vec::new();
        }
    }
    let waited = !model.pending.is_empty();
    model.pending.push(chord);
    match model.keymap.find(chapters, &model.pending) {
        Found::Action(action) => {
            model.pending.clear();
            model.touch(waited);
            act::act(model, action)
        }
        Found::Beginning => {
            model.touch(true);
            Vec::new()
        }
        Found::Nothing => {
            model.pending.clear();
            model.touch(waited);
            Vec::new()
        }
    }
}

/// Text was pasted: it goes where text is typed, or nowhere.
pub(super) fn paste(model: &mut Model, text: &str) -> Vec<Effect> {
    if !guide::takes_text(model) || dialog::just_opened(model) {
        return Vec::new();
    }
    second::paste(model, text).unwrap_or_else(|| {
        write(model, text);
        Vec::new()
    })
}

/// An action that edits what is being typed. Says whether `action` is one.
pub(super) fn edit(model: &mut Model, action: Action) -> bool {
    let edited = match &mut model.overlay {
        Some(Overlay::Dialog(dialog)) => dialog.edit(action),
        Some(_) | None => input(model).and_then(|input| input.edit(action)),
    };
    written(model, edited == Some(true));
    edited.is_some()
}

fn write(model: &mut Model, text: &str) {
    if let Some(Overlay::Arming(arming)) = &mut model.overlay {
        arming.complaint = None;
    }
    let changed = input(model).is_some_and(|input| input.insert(text));
    written(model, changed);
}

/// What is typed into now, if anything is.
fn input(model: &mut Model) -> Option<&mut Input> {
    match &mut model.overlay {
        Some(Overlay::Filter) => Some(&mut model.board.filter),
        Some(Overlay::Condition) => model.reader.as_mut().map(|reader| &mut reader.typed),
        Some(Overlay::Palette(palette)) => Some(&mut palette.input),
        Some(Overlay::Dialog(dialog)) => dialog.field_mut(),
        Some(Overlay::Arming(arming)) => Some(&mut arming.reason),
        Some(Overlay::Help(help)) if help.typing => Some(&mut help.sieve),
        Some(
            Overlay::Help(_)
            | Overlay::Picker
            | Overlay::Sessions(_)
            | Overlay::Parting
            | Overlay::Page(_)
            | Overlay::Follow,
        )
        | None => None,
    }
}

/// What follows from another text.
fn written(model: &mut Model, changed: bool) {
    if !changed {
        return;
    }
    model.touch(true);
    match &mut model.overlay {
        Some(Overlay::Filter) => model.arrange(),
        Some(Overlay::Condition) => {
            if let Some(reader) = &mut model.reader {
                reader.complaint = None;
            }
        }
        Some(Overlay::Palette(palette)) => palette.rank(),
        Some(Overlay::Dialog(_)) => dialog::review(model),
        Some(Overlay::Help(help)) => help.top = 0,
        Some(
            Overlay::Picker
            | Overlay::Sessions(_)
            | Overlay::Parting
            | Overlay::Page(_)
            | Overlay::Arming(_)
            | Overlay::Follow,
        )
        | None => {}
    }
}
