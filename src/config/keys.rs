//! Which keys do what, from the user's files over the built-in ones.

use std::io::ErrorKind;

use super::{ConfigError, Folders, Keymap, text};
use crate::app::keymap::{self, KeymapError};

/// Why there are no keys. Nothing starts then.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// A keymap file cannot be read.
    #[error(transparent)]
    File(#[from] ConfigError),
    /// A keymap file says something that cannot be meant.
    #[error(transparent)]
    Keymap(#[from] KeymapError),
}

/// The built-in keys, the keymap the settings name over them, and over both `keymap.toml` beside
/// the settings where there is one.
///
/// # Errors
/// When the named file, or an existing `keymap.toml`, cannot be read or has a mistake.
pub fn keymap(chosen: &Keymap, folders: &Folders) -> Result<keymap::Keymap, KeysError> {
    let built_in = match chosen {
        Keymap::Vim => keymap::Keymap::embedded("vim"),
        Keymap::K9s => keymap::Keymap::embedded("k9s"),
        Keymap::Default | Keymap::File(_) => None,
    };
    let files = files(chosen, folders)?;
    let own = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()));
    let overlays: Vec<(&str, &str)> = built_in.into_iter().chain(own).collect();
    Ok(keymap::Keymap::load(&overlays)?)
}

/// The user's keymap files in order, each with its path.
fn files(chosen: &Keymap, folders: &Folders) -> Result<Vec<(String, String)>, ConfigError> {
    let mut files = Vec::new();
    if let Keymap::File(path) = chosen {
        files.push((path.display().to_string(), text(path)?));
    }
    let overlay = folders.keymap_overlay();
    match text(&overlay) {
        Ok(keys) => files.push((overlay.display().to_string(), keys)),
        Err(ConfigError::File { source, .. }) if source.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    Ok(files)
}
