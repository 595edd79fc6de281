//! From the command line to a connected estate: the way both faces come in.

use std::sync::Arc;

use clap::CommandFactory;

use super::demo;
use crate::app::command::{Cli, Flags, World};
use crate::cloud::{Cloud, Connection, Options, Role};
use crate::config::{self, Folders, Settings, Variables};
use crate::estate::Timestamp;
use crate::estate::id::EnvironmentName;
use crate::estate::log::Masks;
use crate::estate::staging::Orders;
use crate::journal::{Journal, Who};
use crate::sim::connector;

/// Tells the time; handed in by `main`.
pub(super) type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A connected estate with everything a face needs.
pub struct Opened {
    /// After all layers.
    pub settings: Settings,
    /// The door to AWS.
    pub cloud: Arc<Cloud>,
    /// The record.
    pub journal: Journal,
    /// The time.
    pub clock: Clock,
    /// Where the program's own files live.
    pub folders: Folders,
}

impl Opened {
    /// How each environment of the settings is stopped and started.
    pub fn orders(&self) -> Vec<(EnvironmentName, Orders)> {
        let places = self.settings.places.iter();
        places
            .map(|place| (place.environment.name.clone(), place.orders.clone()))
            .collect()
    }

    /// Reads the settings and connects to the estate they describe, or with `demo` to the
    /// simulated one. Asks nothing of AWS yet.
    ///
    /// # Errors
    /// When the settings have a mistake, no region is set, or the scenario is unknown:
    /// each with a sentence that says where and what to do.
    pub async fn new(flags: &Flags, world: Option<&World>, clock: Clock) -> anyhow::Result<Self> {
        let (mut settings, folders) = settings(flags)?;
        let mut options = Options {
            endpoint_url: flags.endpoint_url.clone(),
            region: settings.region.clone(),
            http: None,
            cache_dir: Some(folders.cache.clone()),
            clock: Arc::clone(&clock),
            masks: Masks::with(&settings.logs.masks)?,
            log_keys: settings.logs.keys.clone(),
            prices: settings.prices,
        };
        let user = &settings.user;
        let places = settings.places.iter();
        let mut connections: Vec<Connection> = places.map(|one| connection(one, user)).collect();
        let mut journal = folders.journal();
        let mut group = settings.shared.as_ref().map(|shared| {
            let group = shared.group.clone();
            (group, connection(&shared.place, user))
        });
        if let Some(world) = world {
            let sim = demo::sim(world, &clock)?;
            demo::colleague(&sim)?;
            settings.shared = demo::shared();
            group = settings.shared.as_ref().map(|shared| {
                let group = shared.group.clone();
                (group, demo::connection(&shared.place))
            });
            options.http = Some(connector::http_client(sim));
            options.cache_dir = None;
            settings.places = demo::places();
            settings.services = demo::services();
            settings.terms.calendars = demo::calendars();
            connections = settings.places.iter().map(demo::connection).collect();
            settings.warnings.clear();
            journal = folders.state.join("demo-journal");
        }
        let who = Who {
            user: settings.user.as_str().into(),
            host: host().as_str().into(),
        };
        let journal = Journal::open(&journal, who).masking(options.masks.clone());
        if world.is_some() {
            journal.forget_sharing(); // its group is as new as the simulator
        }
        let mut cloud = Cloud::connect(connections, options.clone()).await?;
        if let Some((name, connection)) = group {
            cloud = Box::pin(cloud.sharing(name, connection, &options)).await?;
        }
        Ok(Self {
            cloud: Arc::new(cloud),
            journal,
            clock,
            settings,
            folders,
        })
    }
}

/// The settings after all layers, and where files live.
///
/// # Errors
/// When the settings have a mistake.
pub(super) fn settings(flags: &Flags) -> anyhow::Result<(Settings, Folders)> {
    let folders = Folders::of_user()?;
    let settings = Settings::load(&layer(flags), &variables()?, &folders)?;
    Ok((settings, folders))
}

/// The environment, checked against the variables the grammar itself names.
pub(super) fn variables() -> anyhow::Result<Variables> {
    let grammar = Cli::command();
    let known: Vec<&str> = grammar
        .get_arguments()
        .filter_map(|argument| argument.get_env()?.to_str())
        .collect();
    Ok(Variables::of(std::env::vars_os(), &known)?)
}

fn connection(place: &config::Place, user: &str) -> Connection {
    Connection {
        environment: place.environment.clone(),
        profile: place.profile.clone(),
        role: place.role.as_ref().map(|arn| Role {
            arn: arn.clone(),
            user: user.to_owned(),
            source_identity: place.source_identity,
        }),
        endpoint_url: place.endpoint_url.clone(),
        credentials: None,
        kpis: place.kpis.clone(),
    }
}

/// The flags as the settings' topmost layer.
pub(super) fn layer(flags: &Flags) -> config::Flags {
    let given = |flag: bool| flag.then_some(true);
    config::Flags {
        config: flags.config.clone(),
        environment: flags.env.clone(),
        profile: flags.profile.clone(),
        region: flags.region.clone(),
        read_only: flags.read_only,
        break_glass: flags.break_glass,
        display: config::DisplayLayer {
            ascii: given(flags.ascii),
            mouse: flags.no_mouse.then_some(false),
            color: flags.no_color.then_some(config::Color::Never),
            theme: flags.theme,
            ..config::DisplayLayer::default()
        },
    }
}

/// The machine's name; the kernel keeps it in a file, and a machine without it is just `unknown`.
fn host() -> String {
    rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned()
}
