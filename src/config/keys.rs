//! The user's own keymaps, as text: what they mean is the keymap's to say.

use std::io::ErrorKind;

use super::{ConfigError, Folders, Keymap, text};

/// The keymap files to lay over the built-in ones, in order, each with its path: the file the
/// settings name, then `keymap.toml` beside the settings where there is one.
///
/// # Errors
/// When the named file, or an existing `keymap.toml`, cannot be read.
pub fn keymap_files(
    chosen: &Keymap,
    folders: &Folders,
) -> Result<Vec<(String, String)>, ConfigError> {
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
