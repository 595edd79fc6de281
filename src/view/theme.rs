//! Styles by meaning: the only place where a colour of the terminal is named. Which colour a
//! meaning has is [`crate::app::theme`]'s.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use crate::app::theme::colour::{Colour, contrast};
use crate::app::theme::{Looks, Name, Palette, Role};
use crate::estate::environment::Tier;
use crate::estate::kpi::Level;
use crate::estate::verdict::Health;

/// What a piece of text means; its looks follow from that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Plain text.
    Text,
    /// What a line is about.
    Strong,
    /// There when looked for: labels, healthy rows, times.
    Muted,
    /// Lines that separate, gaps in a sparkline; never a letter.
    Faint,
    /// What may be pressed, and where the cursor is.
    Accent,
    /// Fine.
    Ok,
    /// Worse than wanted.
    Degraded,
    /// Nothing serves, or a red number.
    Down,
    /// On its way.
    Moving,
    /// Nothing known, or not to be trusted.
    Unknown,
    /// Old data: legible, and visibly not of now.
    Stale,
    /// The place where the next character goes.
    Cursor,
    /// What may do harm, and what must be read first.
    Danger,
    /// The badge of a tier.
    Tier(Tier),
    /// The mode in which a person must confirm.
    Observe,
    /// The mode in which nothing can be altered.
    ReadOnly,
    /// A change is on its road.
    Carrying,
}

impl Tone {
    /// The tone of a verdict.
    pub const fn of_health(health: Health) -> Self {
        match health {
            Health::Down => Self::Down,
            Health::Degraded => Self::Degraded,
            Health::Deploying | Health::Stopping | Health::Deleting => Self::Moving,
            Health::Unknown | Health::StoppedUnexplained => Self::Unknown,
            Health::Stopped => Self::Muted,
            Health::HealthyUnverified | Health::Healthy => Self::Ok,
        }
    }

    /// The tone of a number.
    pub const fn of_level(level: Level) -> Self {
        match level {
            Level::Unknown => Self::Unknown,
            Level::Fine => Self::Muted,
            Level::Amber => Self::Degraded,
            Level::Red => Self::Down,
        }
    }
}

/// How many colours the terminal can show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// None (`NO_COLOR`): bold, underline, reverse, and the marks.
    Monochrome,
    /// The terminal's own sixteen.
    Sixteen,
    /// The 256 of xterm.
    #[default]
    Indexed,
    /// 24 bits.
    True,
}

/// Which characters the terminal can show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Glyphs {
    /// Marks, blocks and lines of Unicode.
    #[default]
    Unicode,
    /// Seven bits; whatever else arrives is replaced on its way out.
    Ascii,
}

/// The looks of everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    depth: Depth,
    glyphs: Glyphs,
    palette: Palette,
}

impl Default for Theme {
    fn default() -> Self {
        Self::new(Depth::default(), Glyphs::default())
    }
}

impl Theme {
    /// The default theme on a terminal of these abilities.
    pub const fn new(depth: Depth, glyphs: Glyphs) -> Self {
        Self {
            depth,
            glyphs,
            palette: *Name::Dark.palette(),
        }
    }

    /// The same terminal in other colours. One that shows none still shows none.
    #[must_use]
    pub fn wearing(self, looks: &Looks) -> Self {
        Self {
            depth: match looks.name {
                Name::Mono => Depth::Monochrome,
                Name::Dark | Name::Light | Name::HighContrast | Name::ColourBlind => self.depth,
            },
            palette: looks.palette(),
            ..self
        }
    }

    /// The style of a meaning.
    pub fn style(&self, tone: Tone) -> Style {
        let plain = match tone {
            Tone::Text => Style::new(),
            Tone::Strong => Style::new().add_modifier(Modifier::BOLD),
            Tone::Muted => self.fore(Role::Muted),
            Tone::Stale => self.fore(Role::Stale).add_modifier(Modifier::ITALIC),
            Tone::Faint => self.fore(Role::Faint),
            Tone::Accent => self.fore(Role::Accent),
            Tone::Observe => self.fore(Role::Observe),
            Tone::Ok => self.fore(Role::Ok),
            Tone::Degraded => self.fore(Role::Degraded).add_modifier(Modifier::BOLD),
            Tone::Down => self.fore(Role::Down).add_modifier(Modifier::BOLD),
            Tone::Moving => self.fore(Role::Moving),
            Tone::Unknown => self.fore(Role::Unknown),
            Tone::Cursor => Style::new().add_modifier(Modifier::REVERSED),
            Tone::Danger => self.badge(Role::Danger),
            Tone::Tier(Tier::Production) => self.badge(Role::Production),
            Tone::Tier(Tier::Staging) => self.badge(Role::Staging),
            Tone::Tier(Tier::Development) => self.badge(Role::Development),
            Tone::ReadOnly => self.fore(Role::ReadOnly).add_modifier(Modifier::BOLD),
            Tone::Carrying => self.badge(Role::Carrying),
        };
        match (self.depth, tone) {
            (Depth::Monochrome, Tone::Down) => plain.add_modifier(Modifier::UNDERLINED),
            (Depth::Monochrome, Tone::Muted | Tone::Faint | Tone::Stale) => {
                plain.add_modifier(Modifier::DIM)
            }
            (Depth::Monochrome, Tone::Accent) => plain.add_modifier(Modifier::BOLD),
            _ => plain,
        }
    }

    /// Marks the row under the cursor. Text in the terminal's own colour gets one that is
    /// legible on the new ground, whatever the terminal's ground is.
    pub fn select(&self, buffer: &mut Buffer, area: Rect) {
        let Some(ground) = self.colour(Role::Selection) else {
            buffer.set_style(area, Style::new().add_modifier(Modifier::BOLD));
            return;
        };
        let text = self
            .colour(Role::Text)
            .unwrap_or_else(|| self.letters(Role::Selection));
        for position in area.intersection(buffer.area).positions() {
            let cell = &mut buffer[position];
            cell.bg = ground;
            if matches!(cell.fg, Color::Reset) {
                cell.fg = text;
            }
        }
    }

    /// Text and ground that nothing was said of, where the theme does not leave them to the
    /// terminal.
    fn paint(&self, buffer: &mut Buffer) {
        let (text, ground) = (self.colour(Role::Text), self.colour(Role::Ground));
        if text.is_none() && ground.is_none() {
            return;
        }
        for cell in &mut buffer.content {
            if let (Color::Reset, Some(text)) = (cell.fg, text) {
                cell.fg = text;
            }
            if let (Color::Reset, Some(ground)) = (cell.bg, ground) {
                cell.bg = ground;
            }
        }
    }

    /// The last step of a picture: everything stands on the theme's ground, and in ASCII mode
    /// nothing but ASCII leaves.
    pub fn finish(&self, buffer: &mut Buffer) {
        self.paint(buffer);
        if self.glyphs == Glyphs::Unicode {
            return;
        }
        for cell in &mut buffer.content {
            if let Some(character) = cell.symbol().chars().find(|one| !one.is_ascii()) {
                cell.set_char(ascii(character));
            }
        }
    }

    fn fore(&self, role: Role) -> Style {
        self.colour(role)
            .map_or_else(Style::new, |colour| Style::new().fg(colour))
    }

    /// Letters on a ground of the role's colour; without colours, reversed.
    fn badge(&self, role: Role) -> Style {
        let bold = Style::new().add_modifier(Modifier::BOLD);
        match self.colour(role) {
            Some(ground) => bold.fg(self.letters(role)).bg(ground),
            None => bold.add_modifier(Modifier::REVERSED),
        }
    }

    /// Black or white, whichever stands off better from a ground of the role's colour.
    fn letters(&self, role: Role) -> Color {
        const WHITE: [u8; 3] = [238, 238, 238];
        let dark = self
            .shade(role)
            .and_then(Colour::rgb)
            .is_some_and(|ground| contrast(ground, [0, 0, 0]) >= contrast(ground, WHITE));
        match (self.depth, dark) {
            (Depth::Sixteen, true) => Color::Black,
            (Depth::Sixteen, false) => Color::White,
            (_, true) => Color::Indexed(16),
            (Depth::True, false) => Color::Rgb(WHITE[0], WHITE[1], WHITE[2]),
            (_, false) => Color::Indexed(255),
        }
    }

    fn shade(&self, role: Role) -> Option<Colour> {
        let hue = self.palette.hue(role);
        match self.depth {
            Depth::Monochrome => None,
            Depth::Sixteen => Some(hue.sixteen),
            Depth::Indexed => Some(hue.indexed),
            Depth::True => Some(hue.truth),
        }
    }

    fn colour(&self, role: Role) -> Option<Color> {
        match self.shade(role)? {
            Colour::Default => None,
            Colour::Named(number) => SIXTEEN.get(usize::from(number)).copied(),
            Colour::Indexed(number) => Some(Color::Indexed(number)),
            Colour::Rgb([red, green, blue]) => Some(Color::Rgb(red, green, blue)),
        }
    }
}

/// The terminal's own sixteen, by number.
const SIXTEEN: [Color; 16] = [
    Color::Black,
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Gray,
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::White,
];

/// The mark of a verdict.
pub const fn health_mark(health: Health) -> &'static str {
    match health {
        Health::Down => "✖",
        Health::Degraded => "▲",
        Health::Unknown | Health::StoppedUnexplained => "?",
        Health::Stopping | Health::Deploying | Health::Deleting => "◌",
        Health::Stopped => "■",
        Health::HealthyUnverified => "○",
        Health::Healthy => "✔",
    }
}

/// The mark of a number's level; a fine number needs none.
pub const fn level_mark(level: Level) -> &'static str {
    match level {
        Level::Unknown => "?",
        Level::Fine => " ",
        Level::Amber => "▲",
        Level::Red => "✖",
    }
}

/// Characters of the pictures, and below each its seven-bit twin.
const UNICODE: &str = "╌∘║═◇×✖▲◌✔○■▌›─━│┌┐└┘·…–≈≥→↗↑↘↓⏎“”▁▂▃▄▅▆▇█░";
const SEVEN_BIT: &str = "-o|=<xx!~+o#>>-=|++++.~-~>>^^vv/\"\"_,-~=+*#:";

/// The seven-bit twin of a character, one column for one.
fn ascii(character: char) -> char {
    if let Some(dots) = u32::from(character).checked_sub(0x2800)
        && dots < 0x100
    {
        return braille(dots);
    }
    let place = UNICODE.chars().position(|one| one == character);
    place
        .and_then(|place| SEVEN_BIT.chars().nth(place))
        .unwrap_or('?')
}

/// The twin of a cell of dots: where in it the dots are.
const fn braille(dots: u32) -> char {
    let (upper, lower) = (dots & 0x1b, dots & 0xe4);
    let (first, last) = (dots & 0x09, dots & 0xc0);
    match (upper > 0, lower > 0) {
        (true, false) => '\'',
        (false, true) => ',',
        (true, true) if first > 0 && last > 0 => '#',
        (true, true) => '*',
        (false, false) => ' ',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verdict_is_told_apart_without_colour() {
        use strum::IntoEnumIterator;
        let mut seen = std::collections::BTreeMap::new();
        for health in Health::iter() {
            let mark = health_mark(health);
            let other = seen.insert((mark, health.word()), Tone::of_health(health));
            assert!(other.is_none_or(|tone| tone == Tone::of_health(health)));
        }
        let marks: std::collections::BTreeSet<_> = Health::iter()
            .map(|health| health_mark(health).chars().map(ascii).collect::<String>())
            .collect();
        assert_eq!(marks.len(), 7, "{marks:?}");
    }

    #[test]
    fn without_colour_no_cell_has_one() {
        let theme = Theme::new(Depth::Monochrome, Glyphs::Unicode);
        for tone in [
            Tone::Down,
            Tone::Danger,
            Tone::Carrying,
            Tone::Tier(Tier::Production),
            Tone::Accent,
        ] {
            let style = theme.style(tone);
            assert_eq!((style.fg, style.bg), (None, None), "{tone:?}");
            assert_ne!(style.add_modifier, Modifier::empty(), "{tone:?}");
        }
    }

    #[test]
    fn every_character_has_its_twin() {
        assert_eq!(UNICODE.chars().count(), SEVEN_BIT.len());
        assert!(SEVEN_BIT.is_ascii());
    }

    #[test]
    fn nothing_but_ascii_leaves_in_ascii_mode() {
        let mut buffer = Buffer::with_lines(["✖ 漢字 é ▁█ │ …"]);
        Theme::new(Depth::Sixteen, Glyphs::Ascii).finish(&mut buffer);
        assert_eq!(buffer, Buffer::with_lines(["x ? ?  ? _# | ~"]));
    }
}
