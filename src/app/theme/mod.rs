//! Which colour a meaning has. Only names and numbers: what a terminal makes of them is the view's.
//!
//! Every meaning also has a mark and a word on the screen, so nothing is said by colour alone.

mod built_in;
pub mod colour;

#[cfg(test)]
mod tests;

use clap::ValueEnum;

pub use colour::Colour;

/// A built-in theme.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    ValueEnum,
    strum::EnumIter,
    strum::EnumMessage,
    strum::IntoStaticStr,
    strum::Display,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Name {
    /// Bright on the terminal's own dark ground
    #[default]
    Dark,
    /// Dark on a light ground
    Light,
    /// Black and white, every hue at seven to one
    HighContrast,
    /// Dark, with blue and orange in place of green and red
    ColourBlind,
    /// No colours: bold, underlined, reversed
    Mono,
}

impl Name {
    /// What it is like, in a few words.
    pub fn about(self) -> &'static str {
        use strum::EnumMessage as _;
        self.get_documentation().unwrap_or_default()
    }

    /// Its colours; [`Name::Mono`] shows none of them.
    pub const fn palette(self) -> &'static Palette {
        match self {
            Self::Dark | Self::Mono => &built_in::DARK,
            Self::Light => &built_in::LIGHT,
            Self::HighContrast => &built_in::HIGH_CONTRAST,
            Self::ColourBlind => &built_in::COLOUR_BLIND,
        }
    }
}

/// What a colour is for.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    strum::EnumIter,
    strum::EnumMessage,
    strum::IntoStaticStr,
    strum::Display,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Role {
    /// plain text
    Text,
    /// what everything stands on
    Ground,
    /// what the selected row stands on
    Selection,
    /// labels, healthy rows, times
    Muted,
    /// lines that separate; no letters
    Faint,
    /// what may be pressed, and the pane in focus
    Accent,
    /// fine
    Ok,
    /// worse than wanted, amber numbers
    Degraded,
    /// nothing serves, red numbers
    Down,
    /// on its way
    Moving,
    /// nothing known
    Unknown,
    /// old data
    Stale,
    /// what may do harm
    Danger,
    /// the badge of production
    Production,
    /// the badge of staging
    Staging,
    /// the badge of development
    Development,
    /// the mode in which a person must confirm
    Observe,
    /// the mode in which nothing can be altered
    ReadOnly,
    /// a change is on its road
    Carrying,
}

impl Role {
    /// Its name in the settings.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// What it is for, in a few words.
    pub fn about(self) -> &'static str {
        use strum::EnumMessage as _;
        self.get_documentation().unwrap_or_default()
    }
}

/// One colour at each depth of terminals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hue {
    /// Of the terminal's own 16.
    pub sixteen: Colour,
    /// Of the 256 of xterm.
    pub indexed: Colour,
    /// Of 16 million.
    pub truth: Colour,
}

impl Hue {
    /// The terminal's own text or ground.
    const OWN: Self = Self {
        sixteen: Colour::Default,
        indexed: Colour::Default,
        truth: Colour::Default,
    };

    const fn with(rgb: [u8; 3], indexed: u8, named: Option<u8>) -> Self {
        Self {
            sixteen: match named {
                Some(number) => Colour::Named(number),
                None => Colour::Default,
            },
            indexed: Colour::Indexed(indexed),
            truth: Colour::Rgb(rgb),
        }
    }

    /// A colour somebody chose, and the nearest where a terminal shows fewer.
    fn of(colour: Colour) -> Self {
        Self {
            sixteen: colour.named(),
            indexed: colour.indexed(),
            truth: colour,
        }
    }
}

/// A colour for each role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is the role of its name")]
pub struct Palette {
    pub text: Hue,
    pub ground: Hue,
    pub selection: Hue,
    pub muted: Hue,
    pub faint: Hue,
    pub accent: Hue,
    pub ok: Hue,
    pub degraded: Hue,
    pub down: Hue,
    pub moving: Hue,
    pub unknown: Hue,
    pub stale: Hue,
    pub danger: Hue,
    pub production: Hue,
    pub staging: Hue,
    pub development: Hue,
    pub observe: Hue,
    pub read_only: Hue,
    pub carrying: Hue,
}

impl Palette {
    /// The colour of a role.
    pub const fn hue(&self, role: Role) -> &Hue {
        match role {
            Role::Text => &self.text,
            Role::Ground => &self.ground,
            Role::Selection => &self.selection,
            Role::Muted => &self.muted,
            Role::Faint => &self.faint,
            Role::Accent => &self.accent,
            Role::Ok => &self.ok,
            Role::Degraded => &self.degraded,
            Role::Down => &self.down,
            Role::Moving => &self.moving,
            Role::Unknown => &self.unknown,
            Role::Stale => &self.stale,
            Role::Danger => &self.danger,
            Role::Production => &self.production,
            Role::Staging => &self.staging,
            Role::Development => &self.development,
            Role::Observe => &self.observe,
            Role::ReadOnly => &self.read_only,
            Role::Carrying => &self.carrying,
        }
    }

    const fn hue_mut(&mut self, role: Role) -> &mut Hue {
        match role {
            Role::Text => &mut self.text,
            Role::Ground => &mut self.ground,
            Role::Selection => &mut self.selection,
            Role::Muted => &mut self.muted,
            Role::Faint => &mut self.faint,
            Role::Accent => &mut self.accent,
            Role::Ok => &mut self.ok,
            Role::Degraded => &mut self.degraded,
            Role::Down => &mut self.down,
            Role::Moving => &mut self.moving,
            Role::Unknown => &mut self.unknown,
            Role::Stale => &mut self.stale,
            Role::Danger => &mut self.danger,
            Role::Production => &mut self.production,
            Role::Staging => &mut self.staging,
            Role::Development => &mut self.development,
            Role::Observe => &mut self.observe,
            Role::ReadOnly => &mut self.read_only,
            Role::Carrying => &mut self.carrying,
        }
    }
}

/// What the console wears.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looks {
    /// The theme.
    pub name: Name,
    /// Colours of the settings, and the theme they were written for: no other takes them.
    pub own: (Name, Vec<(Role, Colour)>),
}

impl Looks {
    /// The colours it comes to.
    pub fn palette(&self) -> Palette {
        let mut palette = *self.name.palette();
        let (of, own) = &self.own;
        for (role, colour) in own.iter().filter(|_| *of == self.name) {
            *palette.hue_mut(*role) = Hue::of(*colour);
        }
        palette
    }
}
