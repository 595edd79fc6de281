//! The binary: parses the command line and opens one of the two faces.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};

use firstline::app::command::{Cli, Command, Flags, World};
use firstline::app::model::{Display, Habits, Size, Start};
use firstline::cli::{self, Exit, Opened};
use firstline::config::{self, Client, Color, Zone};
use firstline::policy::Mode;
use firstline::runtime::{self, Clock, Console};

/// Bytes of stack a worker thread may use. The SDK's parsers of large shapes
/// (`DescribeDBInstances`) need more than the usual 2 MiB in a build without optimisation; what
/// is not touched costs nothing.
const STACK: usize = 8 * 1024 * 1024;

fn main() -> ExitCode {
    cli::complete();
    let cli = match cli::parse() {
        Ok(cli) => cli,
        Err(told) => return usage(&told),
    };
    match start(&cli) {
        Ok(exit) => exit.into(),
        Err(error) => {
            // With nobody listening on standard error there is nobody left to tell.
            let _ = writeln!(io::stderr(), "firstline: {}", cli::sentence(&error));
            Exit::Usage.into()
        }
    }
}

/// Help and version are no mistakes; everything else is `EX_USAGE`.
fn usage(told: &clap::Error) -> ExitCode {
    let _ = told.print();
    if told.use_stderr() {
        Exit::Usage.into()
    } else {
        ExitCode::SUCCESS
    }
}

fn start(cli: &Cli) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(STACK)
        .build()
        .context("no threads to run on")?;
    let speed = match &cli.command {
        Some(Command::Demo(demo)) => demo.world.speed,
        Some(Command::Sim(sim)) => sim.world.speed,
        Some(_) | None => 1.0,
    };
    let clock = Clock::fast(speed);
    let exit = match &cli.command {
        None => runtime.block_on(console(&cli.flags, None, clock)),
        Some(Command::Demo(demo)) => {
            runtime.block_on(console(&cli.flags, Some(&demo.world), clock))
        }
        Some(command) => runtime.block_on(cli::run(&cli.flags, command, clock.reader())),
    };
    // A request that hangs must not keep the person waiting at the end.
    runtime.shutdown_background();
    exit
}

async fn console(flags: &Flags, world: Option<&World>, clock: Clock) -> anyhow::Result<Exit> {
    let opened = Opened::new(flags, world, clock.reader()).await?;
    let display = &opened.settings.display;
    let keymap = config::keymap(&display.keymap, &opened.folders)?;
    if !io::stdout().is_terminal() {
        bail!(
            "the console needs a terminal, and standard output is none; \
             `firstline status` prints the same picture"
        );
    }
    runtime::log::to_file(&opened.folders.log_file(), "firstline=info").with_context(|| {
        format!(
            "cannot write the log {}",
            opened.folders.log_file().display()
        )
    })?;
    let start = Start {
        now: clock.now(),
        size: Size {
            columns: 80,
            rows: 24,
        },
        mode: if opened.settings.read_only {
            Mode::ReadOnly
        } else {
            Mode::Observe
        },
        display: Display {
            ascii: display.ascii,
            color: display.color != Color::Never,
            mouse: display.mouse,
            clock_times: false,
            local: display.time == Zone::Local,
        },
        environments: environments(&opened),
        only: None,
        keymap,
        orders: opened.orders(),
        contacts: opened.settings.contacts.clone(),
        hold: opened.settings.logs.hold,
        idle_after: opened.settings.idle_after,
        terms: opened.settings.terms.clone(),
        services: opened.settings.services.clone(),
    };
    let console = Console {
        start,
        looks: display.looks(),
        cloud: Arc::clone(&opened.cloud),
        journal: opened.journal.clone(),
        clock,
        log_links: opened.settings.logs.links.clone(),
        log_keys: opened.settings.logs.keys.clone(),
        habits: habits(&opened),
    };
    runtime::run(console)
        .await
        .context("the terminal cannot be used")?;
    Ok(Exit::Good)
}

fn habits(opened: &Opened) -> Habits {
    let shells = &opened.settings.shells;
    Habits {
        records: shells.records.clone(),
        idle_minutes: shells.idle_minutes,
        plugin: shells.client == Client::Plugin,
        minutes: shells.minutes.clone(),
    }
}

fn environments(opened: &Opened) -> Vec<firstline::estate::environment::Environment> {
    let links = opened.cloud.links().iter();
    links.map(|link| link.environment().clone()).collect()
}
