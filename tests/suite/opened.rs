//! The simulated estate as settings would describe it, and a clock that a test moves.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use firstline::cloud::{Connection, StaticCredentials};
use firstline::estate::environment::{Environment, Tier};
use firstline::estate::{SignedDuration, Timestamp};
use firstline::journal::{Journal, Who};
use tokio::time::Instant;

pub(crate) const PRODUCTION: &str = "123456789012";
pub(crate) const STAGING: &str = "210987654321";

/// Tells the time.
pub(crate) type Read = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A clock that follows tokio's: it stands still while that is paused, and moves as tokio's does.
pub(crate) fn clock() -> Read {
    let opened: Timestamp = "2026-11-21T14:03:22Z".parse().unwrap();
    let began = Instant::now();
    Arc::new(move || opened + SignedDuration::try_from(began.elapsed()).unwrap())
}

/// Production: two clusters of the first account.
pub(crate) fn production() -> Connection {
    let mut one = everything(PRODUCTION, "eu-central-1");
    one.environment.name = "production".into();
    one.environment.alias = Some("acme-prod".into());
    one.environment.account = Some(PRODUCTION.into());
    one.environment.clusters = Some(vec!["prod".into(), "prod-batch".into()]);
    one
}

/// Staging: one cluster of the second account.
pub(crate) fn staging() -> Connection {
    let mut one = everything(STAGING, "eu-central-1");
    one.environment.name = "staging".into();
    one.environment.tier = Tier::Staging;
    one.environment.alias = Some("acme-staging".into());
    one.environment.account = Some(STAGING.into());
    one.environment.clusters = Some(vec!["staging".into()]);
    one
}

/// Whatever the key of `account` can see, with nothing configured.
pub(crate) fn everything(account: &str, region: &str) -> Connection {
    Connection {
        kpis: firstline::estate::kpi::Wanted::default(),
        environment: Environment {
            name: "default".into(),
            tier: Tier::Production,
            account: None,
            alias: None,
            region: region.into(),
            clusters: None,
        },
        profile: None,
        role: None,
        endpoint_url: None,
        credentials: Some(StaticCredentials {
            access_key_id: account.to_owned(),
            secret_access_key: "simulated".to_owned(),
        }),
    }
}

/// A folder of a test's own. Dropped, it is gone.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("firstline-suite-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn journal(&self) -> Journal {
        let who = Who {
            user: "alice".into(),
            host: "jump-1".into(),
        };
        Journal::open(&self.0.join("journal"), who)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
