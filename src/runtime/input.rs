//! The terminal's events as messages.

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};

use crate::app::chord::{Chord, Key, Named};
use crate::app::model::Size;
use crate::app::msg::Mouse;
use crate::app::{Model, Msg};
use crate::view;

/// What `event` means to the console; `None` for events nobody cares about.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a key or button this console does not know does nothing"
)]
pub(super) fn message(event: Event, model: &Model) -> Option<Msg> {
    match event {
        Event::Key(key) => chord(key).map(Msg::Key),
        Event::Paste(text) => Some(Msg::Paste(text)),
        Event::Resize(columns, rows) => Some(Msg::Resize(Size { columns, rows })),
        Event::FocusGained => Some(Msg::Focus(true)),
        Event::FocusLost => Some(Msg::Focus(false)),
        Event::Mouse(MouseEvent {
            kind, column, row, ..
        }) => {
            let mouse = match kind {
                MouseEventKind::Down(MouseButton::Left) => Mouse::Click,
                MouseEventKind::ScrollUp => Mouse::ScrollUp,
                MouseEventKind::ScrollDown => Mouse::ScrollDown,
                _ => return None,
            };
            Some(Msg::Mouse(mouse, view::hit(model, column, row)))
        }
    }
}

/// Whether `event` is Ctrl-C.
pub(super) fn is_interrupt(event: &Event) -> bool {
    matches!(event, Event::Key(key)
        if key.code == KeyCode::Char('c') && key.modifiers == KeyModifiers::CONTROL)
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a key this console does not know does nothing"
)]
fn chord(event: KeyEvent) -> Option<Chord> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let named = |name| Some(Chord::named(name));
    let mut chord = match event.code {
        KeyCode::Char(character) => Some(Chord::char(character)),
        KeyCode::F(number) => Some(Chord::of(Key::Function(number))),
        KeyCode::Enter => named(Named::Enter),
        KeyCode::Esc => named(Named::Esc),
        KeyCode::Tab => named(Named::Tab),
        KeyCode::BackTab => return Some(Chord::named(Named::Tab).with_shift()),
        KeyCode::Backspace => named(Named::Backspace),
        KeyCode::Delete => named(Named::Delete),
        KeyCode::Insert => named(Named::Insert),
        KeyCode::Home => named(Named::Home),
        KeyCode::End => named(Named::End),
        KeyCode::PageUp => named(Named::PageUp),
        KeyCode::PageDown => named(Named::PageDown),
        KeyCode::Up => named(Named::Up),
        KeyCode::Down => named(Named::Down),
        KeyCode::Left => named(Named::Left),
        KeyCode::Right => named(Named::Right),
        _ => None,
    }?;
    if event.modifiers.contains(KeyModifiers::CONTROL) {
        chord = chord.with_ctrl();
    }
    if event.modifiers.contains(KeyModifiers::ALT) {
        chord = chord.with_alt();
    }
    if event.modifiers.contains(KeyModifiers::SHIFT) {
        chord = chord.with_shift();
    }
    Some(chord)
}

/// The plain keys in `bytes` as a terminal sends them: letters, Enter, Esc, Tab. Whatever belongs
/// to a longer sequence is left out.
pub(super) fn plain(bytes: &[u8]) -> Vec<Chord> {
    let text = String::from_utf8_lossy(bytes);
    let whole = text.split('\x1b').next().unwrap_or_default();
    let keys = whole.chars().filter_map(|one| match one {
        '\r' => Some(Chord::named(Named::Enter)),
        '\t' => Some(Chord::named(Named::Tab)),
        one if one.is_control() => None,
        one => Some(Chord::char(one)),
    });
    let alone = (text == "\x1b").then(|| Chord::named(Named::Esc));
    keys.chain(alone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_keys_are_told_from_sequences() {
        let written = |bytes: &[u8]| -> Vec<String> {
            plain(bytes).iter().map(ToString::to_string).collect()
        };
        assert_eq!(written(b"jq\r"), ["j", "q", "enter"]);
        assert_eq!(written(b"\x1b"), ["esc"]);
        assert_eq!(written(b"j\x1b[200~qqq\x1b[201~"), ["j"]);
        assert!(written(b"\x03\x04").is_empty());
    }

    #[test]
    fn keys_arrive_as_people_write_them() {
        let written = |code, modifiers| chord(KeyEvent::new(code, modifiers)).unwrap().to_string();
        assert_eq!(written(KeyCode::Char('G'), KeyModifiers::SHIFT), "G");
        assert_eq!(written(KeyCode::Char('?'), KeyModifiers::SHIFT), "?");
        assert_eq!(written(KeyCode::Char('c'), KeyModifiers::CONTROL), "ctrl-c");
        assert_eq!(written(KeyCode::BackTab, KeyModifiers::SHIFT), "shift-tab");
        assert_eq!(written(KeyCode::F(5), KeyModifiers::NONE), "f5");
    }
}
