//! The environment variables that are settings.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::complaint::nearest;
use super::schema::KEYMAPS;
use super::{Color, ConfigError, DisplayLayer, Keymap};

/// What the environment variables say.
///
/// `AWS_REGION`, `AWS_ENDPOINT_URL` and the rest of AWS's own are the SDK's to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variables {
    /// `FIRSTLINE_CONFIG`: the settings file.
    pub config: Option<PathBuf>,
    /// `FIRSTLINE_READ_ONLY`: nothing may be altered.
    pub read_only: bool,
    /// `FIRSTLINE_ASCII`, `FIRSTLINE_KEYMAP` and `NO_COLOR` (no-color.org).
    pub display: DisplayLayer,
    /// `AWS_PROFILE`: names the environment when the settings name none.
    pub profile: Option<String>,
    /// `USER`, or `LOGNAME`; `unknown` without them.
    pub user: String,
}

const CONFIG: &str = "FIRSTLINE_CONFIG";
const READ_ONLY: &str = "FIRSTLINE_READ_ONLY";
const ASCII: &str = "FIRSTLINE_ASCII";
const KEYMAP: &str = "FIRSTLINE_KEYMAP";

impl Variables {
    /// Picks the settings out of `all` (`std::env::vars_os()`). An empty variable counts as not
    /// set; a misspelt one is an error, because it might have been a guard.
    pub fn of(all: impl IntoIterator<Item = (OsString, OsString)>) -> Result<Self, ConfigError> {
        let mut variables = Self {
            user: "unknown".to_owned(),
            ..Self::default()
        };
        let mut login = None;
        for (name, value) in all {
            let (Some(name), false) = (name.to_str(), value.is_empty()) else {
                continue;
            };
            let text = value.to_string_lossy().into_owned();
            match name {
                CONFIG => variables.config = Some(value.into()),
                READ_ONLY => variables.read_only = flag(name, &text)?,
                ASCII => variables.display.ascii = Some(flag(name, &text)?),
                KEYMAP => variables.display.keymap = Some(keymap(&text)?),
                "NO_COLOR" => variables.display.color = Some(Color::Never),
                "AWS_PROFILE" => variables.profile = Some(text),
                "USER" => variables.user = text,
                "LOGNAME" => login = Some(text),
                other => misspelt(other)?,
            }
        }
        if let (Some(login), "unknown") = (login, variables.user.as_str()) {
            variables.user = login;
        }
        Ok(variables)
    }
}

fn flag(name: &str, text: &str) -> Result<bool, ConfigError> {
    match text {
        "1" | "true" | "yes" => Ok(true),
        "0" | "false" | "no" => Ok(false),
        other => Err(ConfigError::Variable(format!(
            "{name}={other:?} is neither true nor false"
        ))),
    }
}

fn keymap(text: &str) -> Result<Keymap, ConfigError> {
    Keymap::named(text, Path::new(""))
        .ok_or_else(|| ConfigError::Variable(format!("{KEYMAP}={text:?} is no keymap: {KEYMAPS}")))
}

/// Others may use the prefix too; only what is nearly one of ours is surely a mistake.
fn misspelt(name: &str) -> Result<(), ConfigError> {
    let Some(tail) = name.strip_prefix("FIRSTLINE_") else {
        return Ok(());
    };
    let ours = [CONFIG, READ_ONLY, ASCII, KEYMAP];
    let tails = ours.map(|one| one.trim_start_matches("FIRSTLINE_"));
    nearest(tail, &tails).map_or(Ok(()), |meant| {
        Err(ConfigError::Variable(format!(
            "unknown variable {name}: did you mean FIRSTLINE_{meant}?"
        )))
    })
}
