//! What a session's terminal shows, kept while nobody looks.

use std::num::NonZeroU16;

use vt100::Parser;

/// Lines that scrolled away and are still shown to who comes back. What is older is in the
/// recording, if one is made, and nowhere else: a session left alone must not eat the memory.
const BACK: usize = 1_000;

/// The screen of a session, and the last lines that scrolled out of it.
pub(super) struct Scene {
    parser: Parser,
    touched: bool,
}

impl Scene {
    pub(super) fn new(columns: u16, rows: u16) -> Self {
        Self {
            parser: Parser::new(cells(rows), cells(columns), BACK),
            touched: false,
        }
    }

    /// Takes in what the other end shows.
    pub(super) fn watch(&mut self, output: &[u8]) {
        self.parser.process(output);
        self.touched = true;
    }

    pub(super) fn resize(&mut self, columns: u16, rows: u16) {
        self.parser.set_size(cells(rows), cells(columns));
    }

    /// From here on, what scrolls away was not seen.
    pub(super) fn leave(&mut self) {
        self.parser.screen_mut().clear_scrollback();
    }

    /// What brings a terminal to what the session shows. A program that draws the whole screen
    /// gets it anew; lines are written below what the terminal shows already.
    pub(super) fn redraw(&mut self) -> Vec<u8> {
        if !self.touched {
            return Vec::new();
        }
        let screen = self.parser.screen();
        if screen.alternate_screen() {
            let state = screen.state_formatted();
            return format!("\x1b[?1049h{state}").into_bytes();
        }
        let mut lines = self.scrolled();
        let screen = self.parser.screen();
        let (_, columns) = screen.size();
        let (row, column) = screen.cursor_position();
        let below = usize::from(row) + 1;
        lines.extend(screen.rows_formatted(0, columns.get()).take(below));
        let mut all = lines.join("\x1b[m\r\n");
        all.push('\r');
        let right = match column {
            0 => String::new(),
            column => format!("\x1b[{column}C"),
        };
        let cursor = if screen.hide_cursor() { "l" } else { "h" };
        let (look, modes) = (screen.attributes_formatted(), screen.input_mode_formatted());
        let end = format!("\x1b[m{right}{look}{modes}\x1b[?25{cursor}");
        all.push_str(&end);
        all.into_bytes()
    }

    /// The lines that scrolled away, oldest first.
    fn scrolled(&mut self) -> Vec<String> {
        let screen = self.parser.screen_mut();
        let (rows, columns) = screen.size();
        let mut back = screen.scrollback_len();
        let mut lines = Vec::with_capacity(back);
        while back > 0 {
            let page = back.min(usize::from(rows.get()));
            screen.set_scrollback(back);
            lines.extend(screen.rows_formatted(0, columns.get()).take(page));
            back -= page;
        }
        screen.set_scrollback(0);
        lines
    }
}

/// A terminal has cells.
fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap_or(NonZeroU16::MIN)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a terminal shows after `bytes`.
    fn seen(bytes: &[u8]) -> Parser {
        let mut terminal = Parser::new(cells(6), cells(30), 100);
        terminal.process(bytes);
        terminal
    }

    fn scene(output: &[u8]) -> Scene {
        let mut scene = Scene::new(30, 6);
        scene.watch(output);
        scene
    }

    #[test]
    fn a_prompt_is_where_it_was_below_what_the_terminal_shows() {
        let redrawn = scene(b"$ ls\r\n\x1b[31mred\x1b[m  other\r\n$ ec").redraw();
        let terminal = seen(&[b"banner\r\n", redrawn.as_slice(), b"ho"].concat());
        let screen = terminal.screen();
        assert_eq!(screen.contents(), "banner\n$ ls\nred  other\n$ echo");
        assert_eq!(
            screen.cell(2, 0).unwrap().fgcolor(),
            vt100::Color::Idx(1),
            "colours come back"
        );
    }

    #[test]
    fn what_scrolled_by_meanwhile_is_shown_and_no_more_than_is_kept() {
        let mut scene = scene(b"before\r\n");
        scene.leave();
        for line in 0..3_000 {
            scene.watch(format!("line {line}\r\n").as_bytes());
        }
        let shown = String::from_utf8(scene.redraw()).unwrap();
        assert!(shown.contains("line 2000") && shown.contains("line 2999"));
        assert!(!shown.contains("line 1900"), "older lines are let go");
        scene.leave();
        let shown = String::from_utf8(scene.redraw()).unwrap();
        assert!(
            !shown.contains("line 2000"),
            "what was seen is not shown again"
        );
    }

    #[test]
    fn a_program_of_the_whole_screen_gets_it_anew_with_its_modes() {
        let mut scene = scene(b"$ vim\r\n\x1b[?1049h\x1b[?1h\x1b[?2004h\x1b[2;5Htext");
        let terminal = seen(&scene.redraw());
        let screen = terminal.screen();
        assert!(screen.alternate_screen() && screen.bracketed_paste());
        assert!(screen.application_cursor());
        assert_eq!(screen.contents(), "\n    text");
        assert_eq!(screen.cursor_position(), (1, 8));
    }

    #[test]
    fn nothing_is_redrawn_of_a_session_that_said_nothing() {
        assert!(Scene::new(80, 24).redraw().is_empty());
    }

    proptest! {
        /// The other end may say anything; the console must outlive it.
        #[test]
        fn hostile_output_ends_nothing(
            parts in prop::collection::vec(
                (prop::collection::vec(any::<u8>(), 0..60), "(\x1b\\[[0-9;?]{0,8}[a-zA-Z@`]|[ -~漢é]{0,9}|\r\n){0,9}"),
                0..12,
            ),
            sizes in prop::collection::vec((0_u16..200, 0_u16..60), 0..4),
        ) {
            let mut scene = Scene::new(20, 5);
            let mut sizes = sizes.into_iter();
            for (bytes, text) in parts {
                scene.watch(&bytes);
                scene.watch(text.as_bytes());
                if let Some((columns, rows)) = sizes.next() {
                    scene.resize(columns, rows);
                }
                let _ = scene.redraw();
            }
        }
    }
}
