//! Styles by meaning: the only place that names a colour.
//!
//! Every meaning also has a mark and a word on the screen, so nothing is said by colour alone.
//! The hues are told apart with red-green colour blindness too (vermilion, amber, sky blue, a
//! blueish green).

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

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
    /// Lines that separate, gaps in a sparkline.
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Theme {
    depth: Depth,
    glyphs: Glyphs,
}

impl Theme {
    /// A theme for a terminal of these abilities.
    pub const fn new(depth: Depth, glyphs: Glyphs) -> Self {
        Self { depth, glyphs }
    }

    /// The style of a meaning.
    pub fn style(&self, tone: Tone) -> Style {
        let plain = match tone {
            Tone::Text => Style::new(),
            Tone::Strong => Style::new().add_modifier(Modifier::BOLD),
            Tone::Muted => self.fore(GREY),
            Tone::Stale => self.fore(GREY).add_modifier(Modifier::ITALIC),
            Tone::Faint => self.fore(SLATE),
            Tone::Accent | Tone::Observe => self.fore(TEAL),
            Tone::Ok => self.fore(GREEN),
            Tone::Degraded => self.fore(AMBER).add_modifier(Modifier::BOLD),
            Tone::Down => self.fore(VERMILION).add_modifier(Modifier::BOLD),
            Tone::Moving => self.fore(SKY),
            Tone::Unknown => self.fore(LILAC),
            Tone::Cursor => Style::new().add_modifier(Modifier::REVERSED),
            Tone::Danger => self.badge(VERMILION),
            Tone::Tier(Tier::Production) => self.badge(LILAC),
            Tone::Tier(Tier::Staging) => self.badge(TEAL),
            Tone::Tier(Tier::Development) => self.badge(GREY),
            Tone::ReadOnly => self.fore(GREEN).add_modifier(Modifier::BOLD),
            Tone::Carrying => self.badge(AMBER),
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
        let (ground, text) = match self.depth {
            Depth::Monochrome | Depth::Sixteen => {
                buffer.set_style(area, Style::new().add_modifier(Modifier::BOLD));
                return;
            }
            Depth::Indexed => (Color::Indexed(237), Color::Indexed(255)),
            Depth::True => (Color::Rgb(52, 58, 70), Color::Rgb(238, 238, 238)),
        };
        for position in area.intersection(buffer.area).positions() {
            let cell = &mut buffer[position];
            cell.bg = ground;
            if matches!(cell.fg, Color::Reset) {
                cell.fg = text;
            }
        }
    }

    /// The last step of a picture: in ASCII mode, nothing but ASCII leaves.
    pub fn finish(&self, buffer: &mut Buffer) {
        if self.glyphs == Glyphs::Unicode {
            return;
        }
        for cell in &mut buffer.content {
            if let Some(character) = cell.symbol().chars().find(|one| !one.is_ascii()) {
                cell.set_char(ascii(character));
            }
        }
    }

    fn fore(self, hue: Hue) -> Style {
        self.colour(hue)
            .map_or_else(Style::new, |colour| Style::new().fg(colour))
    }

    /// Dark letters on a ground of the hue; without colours, reversed.
    fn badge(self, hue: Hue) -> Style {
        let bold = Style::new().add_modifier(Modifier::BOLD);
        match (self.colour(hue), self.depth) {
            (Some(ground), Depth::Sixteen) => bold.fg(Color::Black).bg(ground),
            (Some(ground), _) => bold.fg(Color::Indexed(16)).bg(ground),
            (None, _) => bold.add_modifier(Modifier::REVERSED),
        }
    }

    const fn colour(self, hue: Hue) -> Option<Color> {
        match self.depth {
            Depth::Monochrome => None,
            Depth::Sixteen => Some(hue.sixteen),
            Depth::Indexed => Some(Color::Indexed(hue.indexed)),
            Depth::True => Some(Color::Rgb(hue.rgb[0], hue.rgb[1], hue.rgb[2])),
        }
    }
}

/// One hue at each depth.
#[derive(Clone, Copy)]
struct Hue {
    rgb: [u8; 3],
    indexed: u8,
    sixteen: Color,
}

impl Hue {
    const fn new(rgb: [u8; 3], indexed: u8, sixteen: Color) -> Self {
        Self {
            rgb,
            indexed,
            sixteen,
        }
    }
}

const VERMILION: Hue = Hue::new([255, 110, 84], 203, Color::LightRed);
const AMBER: Hue = Hue::new([240, 180, 60], 214, Color::Yellow);
const SKY: Hue = Hue::new([98, 176, 240], 75, Color::LightBlue);
const GREEN: Hue = Hue::new([84, 168, 128], 72, Color::Green);
const TEAL: Hue = Hue::new([110, 196, 200], 116, Color::Cyan);
const LILAC: Hue = Hue::new([196, 150, 240], 177, Color::Magenta);
const GREY: Hue = Hue::new([140, 144, 150], 246, Color::DarkGray);
const SLATE: Hue = Hue::new([84, 88, 96], 240, Color::DarkGray);

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
