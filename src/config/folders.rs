//! Where files live: the XDG folders of the user.

use std::path::PathBuf;

use etcetera::BaseStrategy;

/// Where files live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// Settings and keymaps; `~/.config/firstline` unless `XDG_CONFIG_HOME` says otherwise.
    pub config: PathBuf,
    /// Journal and the program's own log; `~/.local/state/firstline`.
    pub state: PathBuf,
    /// What can be lost, such as the last inventory; `~/.cache/firstline`.
    pub cache: PathBuf,
    /// Where the program was started: settings in its working tree come before the user's own.
    pub working: Option<PathBuf>,
}

/// The name of settings that lie in a working tree.
const IN_TREE: &str = "firstline.toml";

/// Nobody says where the user's home is.
#[derive(Debug, thiserror::Error)]
#[error("there is no home folder: set HOME")]
pub struct NoHome(#[from] etcetera::HomeDirError);

impl Folders {
    /// The user's folders. Creates none of them.
    pub fn of_user() -> Result<Self, NoHome> {
        let base = etcetera::choose_base_strategy()?;
        let state = base.state_dir().unwrap_or_else(|| base.data_dir());
        Ok(Self {
            config: base.config_dir().join("firstline"),
            state: state.join("firstline"),
            cache: base.cache_dir().join("firstline"),
            working: std::env::current_dir().ok(),
        })
    }

    /// The settings of the working tree: `firstline.toml` where the program was started, or in a
    /// folder above it, up to the one that holds the repository.
    pub fn tree_file(&self) -> Option<PathBuf> {
        for folder in self.working.as_deref()?.ancestors() {
            let file = folder.join(IN_TREE);
            if file.is_file() {
                return Some(file);
            }
            if folder.join(".git").exists() {
                return None;
            }
        }
        None
    }

    /// The user's own settings.
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The user's own keys over any keymap.
    pub fn keymap_overlay(&self) -> PathBuf {
        self.config.join("keymap.toml")
    }

    /// The journal's folder.
    pub fn journal(&self) -> PathBuf {
        self.state.join("journal")
    }

    /// The program's own log.
    pub fn log_file(&self) -> PathBuf {
        self.state.join("firstline.log")
    }
}
