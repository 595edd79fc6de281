//! One colour, what becomes of it where a terminal shows fewer, and how well two are told apart.

/// The 16 names of a terminal's own colours, by number.
pub const NAMES: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "white",
    "bright-black",
    "bright-red",
    "bright-green",
    "bright-yellow",
    "bright-blue",
    "bright-magenta",
    "bright-cyan",
    "bright-white",
];

/// The terminal's own, whatever it is.
pub const DEFAULT: &str = "default";

/// What xterm shows for its own 16; most terminals are near.
const XTERM: [[u8; 3]; 16] = [
    [0, 0, 0],
    [205, 0, 0],
    [0, 205, 0],
    [205, 205, 0],
    [0, 0, 238],
    [205, 0, 205],
    [0, 205, 205],
    [229, 229, 229],
    [127, 127, 127],
    [255, 0, 0],
    [0, 255, 0],
    [255, 255, 0],
    [92, 92, 255],
    [255, 0, 255],
    [0, 255, 255],
    [255, 255, 255],
];

/// The six steps of each side of the 256 colours' cube.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// A colour, as somebody writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// The terminal's own text or ground.
    Default,
    /// One of the terminal's own 16.
    Named(u8),
    /// One of the 256 of xterm.
    Indexed(u8),
    /// Red, green, blue.
    Rgb([u8; 3]),
}

impl Colour {
    /// Reads `bright-red`, `#ff6e54` or `default`; numbers are [`Colour::Indexed`].
    pub fn read(written: &str) -> Option<Self> {
        if written == DEFAULT {
            return Some(Self::Default);
        }
        if let Some(digits) = written.strip_prefix('#') {
            return hex(digits).map(Self::Rgb);
        }
        let mut names = (0..).zip(NAMES);
        names.find_map(|(number, name)| (name == written).then_some(Self::Named(number)))
    }

    /// Its red, green and blue; those of xterm where the terminal has the last word.
    pub fn rgb(self) -> Option<[u8; 3]> {
        match self {
            Self::Default => None,
            Self::Named(number) | Self::Indexed(number @ 0..16) => {
                XTERM.get(usize::from(number)).copied()
            }
            Self::Indexed(number @ 16..232) => {
                let place = number - 16;
                let step = |at: u8| STEPS.get(usize::from(at)).copied();
                Some([step(place / 36)?, step(place / 6 % 6)?, step(place % 6)?])
            }
            Self::Indexed(grey @ 232..) => Some([8 + (grey - 232) * 10; 3]),
            Self::Rgb(rgb) => Some(rgb),
        }
    }

    /// The nearest of the 256 that are the same on every terminal: cube and greys.
    pub(super) fn indexed(self) -> Self {
        match self {
            Self::Rgb(rgb) => Self::Indexed(nearest(rgb, (16..=255).map(Self::Indexed))),
            Self::Default | Self::Named(_) | Self::Indexed(_) => self,
        }
    }

    /// The nearest of the terminal's own 16.
    pub(super) fn named(self) -> Self {
        match (self, self.rgb()) {
            (Self::Indexed(number @ 0..16), _) => Self::Named(number),
            (Self::Indexed(_) | Self::Rgb(_), Some(rgb)) => {
                Self::Named(nearest(rgb, (0..16).map(Self::Named)))
            }
            (same, _) => same,
        }
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => to.write_str(DEFAULT),
            Self::Named(number) => {
                to.write_str(NAMES.get(usize::from(*number)).unwrap_or(&DEFAULT))
            }
            Self::Indexed(number) => write!(to, "{number}"),
            Self::Rgb([red, green, blue]) => write!(to, "#{red:02x}{green:02x}{blue:02x}"),
        }
    }
}

/// Six hexadecimal digits.
fn hex(digits: &str) -> Option<[u8; 3]> {
    let fits = digits.len() == 6 && digits.bytes().all(|one| one.is_ascii_hexdigit());
    let part = |from: usize| u8::from_str_radix(digits.get(from..from + 2)?, 16).ok();
    fits.then(|| Some([part(0)?, part(2)?, part(4)?])).flatten()
}

fn nearest(rgb: [u8; 3], among: impl Iterator<Item = Colour>) -> u8 {
    let wanted = oklab(rgb);
    let far = |one: &Colour| {
        one.rgb()
            .map_or(f64::MAX, |other| distance(wanted, oklab(other)))
    };
    match among.min_by(|one, other| far(one).total_cmp(&far(other))) {
        Some(Colour::Named(number) | Colour::Indexed(number)) => number,
        Some(Colour::Default | Colour::Rgb(_)) | None => 7,
    }
}

fn distance(one: [f64; 3], other: [f64; 3]) -> f64 {
    (0..3).map(|at| (one[at] - other[at]).powi(2)).sum()
}

/// A colour where distances are those of eyes, so that coral is nearer to red than to grey
/// (Ottosson 2020, "A perceptual color space for image processing").
fn oklab(rgb: [u8; 3]) -> [f64; 3] {
    let times = |rows: [[f64; 3]; 3], by: [f64; 3]| {
        rows.map(|row| row[0] * by[0] + row[1] * by[1] + row[2] * by[2])
    };
    let cones = times(
        [
            [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
            [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
            [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
        ],
        rgb.map(linear),
    );
    times(
        [
            [0.210_454_255_3, 0.793_617_785_0, -0.004_072_046_8],
            [1.977_998_495_1, -2.428_592_205_0, 0.450_593_709_9],
            [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766_0],
        ],
        cones.map(f64::cbrt),
    )
}

/// The contrast of two colours, 1 to 21 (WCAG 2.2, "contrast ratio"). Letters want 4.5.
pub fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// How bright a colour is, 0 to 1 (WCAG 2.2, "relative luminance").
fn luminance(rgb: [u8; 3]) -> f64 {
    let [red, green, blue] = rgb.map(linear);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// A part of an sRGB colour as an amount of light, 0 to 1.
pub(super) fn linear(part: u8) -> f64 {
    let part = f64::from(part) / 255.0;
    if part <= 0.040_45 {
        part / 12.92
    } else {
        ((part + 0.055) / 1.055).powf(2.4)
    }
}
