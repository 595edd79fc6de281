//! Which clusters and services exist, and where the last run wrote it down.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::cloud::connect::{Connection, Options, credentials_key};
use crate::estate::id::{ClusterArn, Region, ServiceArn};

/// Clusters and the services in them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Inventory {
    /// Every service, by cluster.
    pub(super) clusters: BTreeMap<ClusterArn, Vec<ServiceArn>>,
}

impl Inventory {
    /// Every service.
    pub(super) fn services(&self) -> impl Iterator<Item = &ServiceArn> {
        self.clusters.values().flatten()
    }
}

/// The file of one account, region, environment and endpoint.
#[derive(Clone, Debug)]
pub(super) struct InventoryFile(PathBuf);

impl InventoryFile {
    /// Its place; `None` when nothing is to be kept.
    pub(super) fn of(connection: &Connection, options: &Options, region: &Region) -> Option<Self> {
        let path = file_of("inventory", connection, options, region)?;
        Some(Self(path.with_extension("json")))
    }

    /// What the last run knew. A file that is missing or cannot be read is no inventory: it is
    /// only a head start, and is written anew after the first look.
    pub(super) fn read(&self) -> Option<Inventory> {
        #[expect(
            clippy::disallowed_methods,
            reason = "the inventory cache is one of the three rooms of files"
        )]
        let bytes = std::fs::read(&self.0).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// Writes beside the file and renames, so that no reader ever sees half of it.
    pub(super) fn write(&self, inventory: &Inventory) {
        if let Err(error) = write_whole(&self.0, inventory) {
            let path = self.0.display();
            tracing::warn!(%path, %error, "the inventory cannot be kept; the next start is cold");
        }
    }
}

/// The names of all services any last run wrote down in `folder`; nothing is asked of anybody.
pub fn remembered_services(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.map(|entry| entry.path());
    let inventories = files.filter(|path| {
        let name = path.file_stem().and_then(|name| name.to_str());
        let json = path.extension().is_some_and(|end| end == "json");
        json && name.is_some_and(|name| name.starts_with("inventory-"))
    });
    let known = inventories.filter_map(|path| InventoryFile(path).read());
    let names = known.flat_map(|one| {
        let services = one.services();
        services
            .map(|arn| arn.name().to_owned())
            .collect::<Vec<_>>()
    });
    let names: std::collections::BTreeSet<String> = names.collect();
    names.into_iter().collect()
}

/// The path, without its ending, of what is kept of one account, region, environment and endpoint;
/// `None` when nothing is to be kept. The name is a digest because a profile's name may hold any
/// character.
pub(super) fn file_of(
    what: &str,
    connection: &Connection,
    options: &Options,
    region: &Region,
) -> Option<PathBuf> {
    let parts = [
        credentials_key(connection).as_str(),
        connection.profile.as_deref().unwrap_or_default(),
        connection.environment.name.as_str(),
        region.as_str(),
        options.endpoint(connection).unwrap_or_default(),
    ]
    .join("\n");
    let mut name = format!("{what}-");
    for byte in Sha256::digest(parts).iter().take(8) {
        write!(name, "{byte:02x}").ok()?;
    }
    Some(options.cache_dir.as_ref()?.join(name))
}

/// Where a file is written before it is renamed, so that no reader ever sees half of it.
pub(super) fn beside(path: &Path) -> PathBuf {
    path.with_extension(format!("{}.new", std::process::id()))
}

fn write_whole(path: &Path, inventory: &Inventory) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let beside = beside(path);
    #[expect(
        clippy::disallowed_methods,
        reason = "the inventory cache is one of the three rooms of files"
    )]
    std::fs::write(&beside, serde_json::to_vec(inventory)?)?;
    std::fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> InventoryFile {
        let folder = std::env::temp_dir().join(format!("firstline-{name}-{}", std::process::id()));
        InventoryFile(folder.join("inventory.json"))
    }

    #[test]
    fn what_was_written_is_read_and_rubbish_is_ignored() {
        let file = file("inventory");
        assert_eq!(file.read(), None);
        let mut inventory = Inventory::default();
        inventory.clusters.insert(
            "c/prod".into(),
            vec!["s/prod/web".into(), "s/prod/api".into()],
        );
        file.write(&inventory);
        assert_eq!(file.read(), Some(inventory.clone()));
        #[expect(clippy::disallowed_methods, reason = "damages the file under test")]
        std::fs::write(&file.0, b"{\"clusters\": 7").unwrap();
        assert_eq!(file.read(), None);
        file.write(&inventory);
        assert_eq!(file.read(), Some(inventory));
        std::fs::remove_dir_all(file.0.parent().unwrap()).unwrap();
    }
}
