//! Settings: flag over environment variable over file over built-in default.
//!
//! May not: fall back in silence. An unknown key is an error with file, line and suggestion; so
//! is a file that was named and is not there.
//!
//! Why: a typo must never drop a guard.
//!
//! | file | holds |
//! |---|---|
//! | `section` | reads one table of a TOML document and notes everything wrong with it |
//! | `complaint` | what is wrong, drawn with the line and a caret |
//! | `schema` | which keys there are and what they may hold |
//! | `kpis` | KPIs that are added, changed, pinned or hidden, and what metrics may cost |
//! | `shell` | how shells are opened, recorded and bounded |
//! | `journal` | the group a team's journals go to |
//! | `theme` | the colours |
//! | `contact` | whom to call and what to read |
//! | `service` | who owns a service, who leans on it, what it may use |
//! | `describe` | the JSON Schema of the settings, told by the readers |
//! | `origin` | who set what |
//! | `draft` | settings for an account that was looked at |
//! | `orders` | how an environment is stopped and started |
//! | `policy` | what a team decides: arming, roles, freezes, rules |
//! | `variables` | the environment variables that are settings and no flag's |
//! | `place` | environments with their profiles, and which of them were asked for |
//! | `folders` | where files live |

use std::path::{Path, PathBuf};

use crate::app::theme::{Colour, Looks, Name, Role};
use crate::estate::SignedDuration;
use crate::estate::advice::Contacts;
use crate::estate::catalogue::Catalogue;
use crate::estate::environment::Environment;
use crate::estate::kpi::Wanted;
use crate::estate::log::held::HOLD;
use crate::estate::log::{LogKeys, LogLinks};
use crate::estate::staging::Orders;
use crate::estate::usage::Prices;
use crate::policy::Terms;

mod complaint;
mod contact;
mod dashboard;
mod describe;
mod draft;
mod folders;
mod journal;
mod keys;
mod kpis;
mod orders;
mod origin;
mod place;
mod policy;
mod schema;
mod section;
mod service;
mod shell;
mod theme;
mod variables;

pub use dashboard::{Import, import_dashboard};
pub use describe::json_schema;
pub use draft::{Draft, draft, write};
pub use folders::{Folders, NoHome};
pub use journal::Shared;
pub use keys::{KeysError, keymap};
pub use origin::{Origin, Setting, settings};
pub use shell::{Client, Shells};
pub use theme::written as theme;
pub use variables::Variables;

/// Everything that can be set, after all layers.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The environments asked for, in the file's order; never empty.
    pub places: Vec<Place>,
    /// Nothing may be altered.
    pub read_only: bool,
    /// The command line breaks the glass.
    pub break_glass: bool,
    /// A region in place of every environment's and profile's own.
    pub region: Option<String>,
    /// How things are shown.
    pub display: Display,
    /// How log lines are read and held.
    pub logs: Logs,
    /// What metrics cost, and how much they may.
    pub prices: Prices,
    /// How long nobody has to touch a key until everything is asked for more slowly.
    pub idle_after: SignedDuration,
    /// How shells are opened, recorded and bounded.
    pub shells: Shells,
    /// Whom to call and what to read, by service and symptom.
    pub contacts: Contacts,
    /// What the settings say of services: dependants, pool sizes.
    pub services: Catalogue,
    /// The login name, for the journal.
    pub user: String,
    /// What the team decided.
    pub terms: Terms,
    /// Where the team's journals go, beside the files of each.
    pub shared: Option<Shared>,
    /// What is allowed but probably not meant, in sentences to be shown at the start.
    pub warnings: Vec<String>,
}

/// An environment and the AWS profile to look at it with.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The environment. Its region is empty when only the profile knows it.
    pub environment: Environment,
    /// The profile in the AWS configuration; `None` is the current one.
    pub profile: Option<String>,
    /// The ARN of a role to take on for it, with the profile's credentials.
    pub role: Option<String>,
    /// Whether the person's login name goes along as the source identity when the role is taken
    /// on; the role has to trust `sts:SetSourceIdentity`.
    pub source_identity: bool,
    /// Who is asked in place of AWS.
    pub endpoint_url: Option<String>,
    /// How it is stopped and started.
    pub orders: Orders,
    /// What is said of its KPIs.
    pub kpis: Wanted,
}

/// How log lines are read and held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logs {
    /// How many bytes of lines the console holds; older ones make room.
    pub hold: usize,
    /// Regular expressions of secrets, beside those that are built in.
    pub masks: Vec<String>,
    /// Where lines are to be read that other log drivers take.
    pub links: LogLinks,
    /// Under which keys lines say their level, time and message.
    pub keys: LogKeys,
}

impl Default for Logs {
    fn default() -> Self {
        Self {
            hold: HOLD,
            masks: Vec::new(),
            links: LogLinks::default(),
            keys: LogKeys::default(),
        }
    }
}

/// How things are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Display {
    /// No character beyond ASCII.
    pub ascii: bool,
    /// Whether the mouse is listened to.
    pub mouse: bool,
    /// Whether colours are used.
    pub color: Color,
    /// Which time zone times are told in.
    pub time: Zone,
    /// The keys.
    pub keymap: Keymap,
    /// The theme.
    pub theme: Name,
    /// Colours of the file, and the theme they were written for.
    pub colours: (Name, Vec<(Role, Colour)>),
}

impl Display {
    /// In which colours.
    pub fn looks(&self) -> Looks {
        Looks {
            name: self.theme,
            own: self.colours.clone(),
        }
    }
}

/// Whether colours are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    /// Where the terminal shows them.
    #[default]
    Auto,
    /// Never.
    Never,
}

/// Which time zone times are told in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Zone {
    /// This machine's.
    Local,
    /// Coordinated universal time.
    #[default]
    Utc,
}

/// Which keys do what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Keymap {
    /// The built-in keys.
    #[default]
    Default,
    /// The built-in keys under vim's.
    Vim,
    /// The built-in keys under k9s's.
    K9s,
    /// The built-in keys under those of a file.
    File(PathBuf),
}

/// What was given on the command line, or in the variables its flags read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `--config`: the file to read in place of the user's.
    pub config: Option<PathBuf>,
    /// `--env`: only this environment.
    pub environment: Option<String>,
    /// `--profile`: the environments of this profile; with `--env`, the profile to use for it.
    pub profile: Option<String>,
    /// `--region`.
    pub region: Option<String>,
    /// `--read-only`.
    pub read_only: bool,
    /// `--break-glass`.
    pub break_glass: bool,
    /// How things are shown, as far as flags say.
    pub display: DisplayLayer,
}

/// What one layer says about the display; `None` leaves it to the layer below.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DisplayLayer {
    /// See [`Display::ascii`].
    pub ascii: Option<bool>,
    /// See [`Display::mouse`].
    pub mouse: Option<bool>,
    /// See [`Display::color`].
    pub color: Option<Color>,
    /// See [`Display::time`].
    pub time: Option<Zone>,
    /// See [`Display::keymap`].
    pub keymap: Option<Keymap>,
    /// See [`Display::theme`].
    pub theme: Option<Name>,
    /// See [`Display::colours`].
    pub colours: Option<(Name, Vec<(Role, Colour)>)>,
}

/// Why there are no settings. Nothing starts then.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the settings {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The file says something that cannot be meant. Each complaint stands with its line.
    #[error("{}", .0.join("\n"))]
    Document(Vec<String>),
    /// Settings cannot be written.
    #[error("cannot write {path}: {source}{hint}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
        /// What to do instead.
        hint: &'static str,
    },
    /// An environment variable nobody reads, and it looks like one that is read.
    #[error("unknown variable {found}: did you mean {meant}?")]
    Variable {
        /// What is set.
        found: String,
        /// What was probably meant.
        meant: String,
    },
    /// `--env` names no environment.
    #[error("no environment is called {asked:?}{hint}")]
    NoEnvironment {
        /// What was asked for.
        asked: String,
        /// What there is.
        hint: String,
    },
}

/// Nobody is at the keyboard after so long, unless the settings say otherwise.
const IDLE_AFTER: SignedDuration = SignedDuration::from_mins(15);

impl Settings {
    /// Reads all layers. Without `--config` the working tree's file counts, or else the user's
    /// own, which may be missing: then there is one environment, discovered, and it counts as production.
    pub fn load(
        flags: &Flags,
        variables: &Variables,
        folders: &Folders,
    ) -> Result<Self, ConfigError> {
        let document = match file(flags.config.as_deref(), folders) {
            Some(path) => {
                let text = text(&path)?;
                if flags.config.is_none() {
                    owned(&path)?;
                }
                schema::Document::parse(&text, &path)?
            }
            None => schema::Document::default(),
        };
        let services = Catalogue(document.services);
        let mut places = place::choose(&document.places, flags, variables)?;
        for place in &mut places {
            place.kpis.extend(&document.everywhere);
            place.kpis.services.clone_from(&services);
        }
        let variables_layer = DisplayLayer {
            color: variables.plain.then_some(Color::Never),
            ..DisplayLayer::default()
        };
        let display = flags.display.clone().over(variables_layer);
        let display = display.over(document.display).complete();
        Ok(Self {
            warnings: place::warnings(&places),
            places,
            read_only: flags.read_only || document.read_only,
            break_glass: flags.break_glass,
            region: flags.region.clone(),
            display,
            contacts: Contacts(document.contacts),
            services,
            logs: document.logs,
            prices: document.prices,
            idle_after: document.idle_after.unwrap_or(IDLE_AFTER),
            shells: document.shells,
            user: variables.user.clone(),
            terms: document.terms,
            shared: document.shared,
        })
    }
}

/// Checks one file, or the one in use where none is named: the environments it describes and what
/// is allowed but probably not meant. `None` where there is no file.
///
/// # Errors
/// With everything that is wrong with it.
pub fn check(path: Option<&Path>, folders: &Folders) -> Result<Option<Checked>, ConfigError> {
    let Some(path) = file(path, folders) else {
        return Ok(None);
    };
    let document = schema::Document::parse(&text(&path)?, &path)?;
    Ok(Some(Checked {
        keymap: document.display.keymap.unwrap_or_default(),
        environments: document.places.len(),
        warnings: place::warnings(&document.places),
        path,
    }))
}

/// A file that can be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The file.
    pub path: PathBuf,
    /// The keys it wants.
    pub keymap: Keymap,
    /// How many environments it describes.
    pub environments: usize,
    /// What is allowed but probably not meant, in sentences.
    pub warnings: Vec<String>,
}

/// The settings in use: the file that was named, that of the working tree, or the user's own where
/// there is one.
pub fn file(named: Option<&Path>, folders: &Folders) -> Option<PathBuf> {
    let own = || Some(folders.config_file()).filter(|path| path.exists());
    let named = named.map(Path::to_owned);
    named.or_else(|| folders.tree_file()).or_else(own)
}

/// A file that was found and not named could be anybody's, and say what is not production: it has
/// to be the user's own or root's.
fn owned(path: &Path) -> Result<(), ConfigError> {
    let source = match rustix::fs::stat(path) {
        Ok(about) if [0, rustix::process::geteuid().as_raw()].contains(&about.st_uid) => {
            return Ok(());
        }
        Ok(_) => std::io::Error::other("it belongs to somebody else; name it with --config"),
        Err(error) => error.into(),
    };
    Err(ConfigError::File {
        path: path.to_owned(),
        source,
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "the settings are one of the rooms that own files"
)]
fn text(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|source| ConfigError::File {
        path: path.to_owned(),
        source,
    })
}

impl DisplayLayer {
    /// This layer where it says something, `lower` elsewhere.
    fn over(self, lower: Self) -> Self {
        Self {
            ascii: self.ascii.or(lower.ascii),
            mouse: self.mouse.or(lower.mouse),
            color: self.color.or(lower.color),
            time: self.time.or(lower.time),
            keymap: self.keymap.or(lower.keymap),
            theme: self.theme.or(lower.theme),
            colours: self.colours.or(lower.colours),
        }
    }

    /// This layer over the built-in defaults.
    fn complete(self) -> Display {
        Display {
            ascii: self.ascii.unwrap_or(false),
            mouse: self.mouse.unwrap_or(true),
            color: self.color.unwrap_or_default(),
            time: self.time.unwrap_or_default(),
            keymap: self.keymap.unwrap_or_default(),
            theme: self.theme.unwrap_or_default(),
            colours: self.colours.unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests;
