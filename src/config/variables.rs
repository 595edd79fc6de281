//! The environment variables that are settings and no flag's.

use std::ffi::OsString;

use super::ConfigError;
use super::complaint::nearest;

/// What the environment variables say beside those the command line's flags read themselves.
///
/// `AWS_REGION`, `AWS_ENDPOINT_URL` and the rest of AWS's own are the SDK's to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variables {
    /// `AWS_PROFILE`: names the environment when the settings name none.
    pub profile: Option<String>,
    /// `CLICOLOR=0`: no colours.
    pub plain: bool,
    /// `USER`, or `LOGNAME`; `unknown` without them.
    pub user: String,
}

const PREFIX: &str = "FIRSTLINE_";

impl Variables {
    /// Picks the settings out of `all` (`std::env::vars_os()`). `known` are the variables that
    /// flags read; what is nearly one of them is an error, because it might have been a guard.
    /// An empty variable counts as not set.
    pub fn of(
        all: impl IntoIterator<Item = (OsString, OsString)>,
        known: &[&str],
    ) -> Result<Self, ConfigError> {
        let (mut profile, mut user, mut login) = (None, None, None);
        let mut plain = false;
        for (name, value) in all {
            let (Some(name), false) = (name.to_str(), value.is_empty()) else {
                continue;
            };
            let text = || value.to_string_lossy().into_owned();
            match name {
                "AWS_PROFILE" => profile = Some(text()),
                "CLICOLOR" => plain = value == "0",
                "USER" => user = Some(text()),
                "LOGNAME" => login = Some(text()),
                other => misspelt(other, known)?,
            }
        }
        Ok(Self {
            profile,
            plain,
            user: user.or(login).unwrap_or_else(|| "unknown".to_owned()),
        })
    }
}

/// Others may use the prefix too; only what is nearly one of ours is surely a mistake.
fn misspelt(name: &str, known: &[&str]) -> Result<(), ConfigError> {
    let Some(tail) = name.strip_prefix(PREFIX) else {
        return Ok(());
    };
    let tails: Vec<&str> = known
        .iter()
        .filter_map(|one| one.strip_prefix(PREFIX))
        .collect();
    match nearest(tail, &tails) {
        Some(meant) if meant != tail => Err(ConfigError::Variable {
            found: name.to_owned(),
            meant: format!("{PREFIX}{meant}"),
        }),
        _ => Ok(()),
    }
}
