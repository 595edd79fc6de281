//! `firstline forward TARGET [HOST:]PORT…`: ports of a container or node, or of hosts it can reach,
//! on this machine.

use std::io::{self, IsTerminal as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::app::command::{self, Remote};
use crate::cli::exit::Exit;
use crate::cli::open::Opened;
use crate::cli::print;
use crate::estate::session::Purpose;
use crate::passage::{Clock, Passed, size};
use crate::road::{Parting, Visit};
use crate::session::channel::Ended;
use crate::session::forward::{Counters, Forward, ForwardEvent, Listen};

use super::enter::enter_all;
use super::inside;
use super::pick::pick;

/// How often the counters are looked at.
const COUNT: Duration = Duration::from_secs(1);

/// One far end, and what became of it.
struct Line {
    remote: Remote,
    address: SocketAddr,
    counters: Counters,
    ended: Option<Ended>,
}

/// What the forwards tell, each by its number.
enum Told {
    Event(usize, ForwardEvent),
    Counted(usize, Counters),
}

/// Forwards until Ctrl-C, the time box, or the other end.
pub(in crate::cli) async fn run(opened: &Opened, args: &command::Forward) -> anyhow::Result<Exit> {
    let remotes: Vec<&Remote> = [&args.remote].into_iter().chain(&args.more).collect();
    if args.local.len() > remotes.len() {
        print::problem("there are more --local than far ends");
        return Ok(Exit::Usage);
    }
    let mut picked = match pick(opened, &args.entrance).await {
        Ok(picked) => picked,
        Err(sentence) => {
            print::problem(&sentence);
            return Ok(Exit::Unknown);
        }
    };
    let purposes = remotes.iter().map(|remote| Purpose::Forward {
        host: remote.host.as_deref().map(Into::into),
        port: remote.port,
    });
    let entering = enter_all(opened, &mut picked, &args.entrance, purposes.collect());
    let (entered, refused) = Box::pin(entering).await?;
    let mut visits = Vec::new();
    for entered in entered {
        visits.push(inside::visit(opened, &picked, entered));
    }
    if let Some(exit) = refused {
        end_all(opened, visits, |_| {
            ("another was not opened".to_owned(), false)
        })
        .await;
        return Ok(exit);
    }
    let (mut lines, forwards) = match listen_all(&visits, args).await {
        Ok(opened) => opened,
        Err(why) => {
            print::problem(&why);
            end_all(opened, visits, |_| (why.clone(), false)).await;
            return Ok(Exit::Failed);
        }
    };
    let held = hold(&mut lines, forwards, visits.first()).await;
    let words = *held.as_ref().unwrap_or(&"nothing can be told any more");
    let broken = lines.iter().any(|line| line.ended.is_some());
    end_all(opened, visits, |number| {
        match lines.get(number).and_then(|line| line.ended.as_ref()) {
            Some(ended) => (ended.to_string(), matches!(ended, Ended::Remote { .. })),
            None => (words.to_owned(), false),
        }
    })
    .await;
    held?;
    Ok(if broken { Exit::Failed } else { Exit::Good })
}

/// Forwards until all are over, and tells what went through; why it ended. All are in one place
/// and for one time, so the `first` is watched.
async fn hold(
    lines: &mut [Line],
    forwards: Vec<Forward>,
    first: Option<&Visit>,
) -> io::Result<&'static str> {
    let time_box = first.map(Visit::time_box).unwrap_or_default();
    banner(lines, time_box)?;
    let (notices, watching) = first.map(Visit::watch).unzip();
    let (tell, told) = mpsc::channel(64);
    let mut relays = JoinSet::new();
    for (number, forward) in forwards.into_iter().enumerate() {
        relays.spawn(relay(number, forward, tell.clone()));
    }
    drop(tell);
    let silence = first.map(Visit::silence).unwrap_or_default();
    let clock = Clock::start(time_box, silence);
    let ended = carry(lines, told, notices, clock).await;
    // Nobody listens to them any more, so they end, and their channels with them.
    while let Some(relayed) = relays.join_next().await {
        if let Ok((number, counters)) = relayed
            && let Some(line) = lines.get_mut(number)
        {
            line.counters = counters;
        }
    }
    drop(watching);
    for line in lines {
        print::line(&format!("{}: {}", line.label(), counted(line.counters)))?;
    }
    Ok(ended)
}

/// Opens every channel and listens; all or none.
async fn listen_all(
    visits: &[Visit],
    args: &command::Forward,
) -> Result<(Vec<Line>, Vec<Forward>), String> {
    let remotes = [&args.remote].into_iter().chain(&args.more);
    let locals = args.local.iter().copied().chain(std::iter::repeat(0));
    let (mut lines, mut forwards) = (Vec::new(), Vec::new());
    for ((visit, remote), local) in visits.iter().zip(remotes).zip(locals) {
        let forward = listen(visit, local).await?;
        lines.push(Line {
            remote: remote.clone(),
            address: forward.address(),
            counters: Counters::default(),
            ended: None,
        });
        forwards.push(forward);
    }
    Ok((lines, forwards))
}

async fn listen(visit: &Visit, local: u16) -> Result<Forward, String> {
    let channel = visit.channel().await.map_err(|error| error.to_string())?;
    let listen = Listen {
        address: SocketAddr::from((Ipv4Addr::LOCALHOST, local)),
        ..Listen::default()
    };
    let forward = Forward::listen(channel, listen).await;
    forward.map_err(|error| crate::cli::sentence(&error.into()))
}

/// Ends every session; `how` says why, and whether AWS knows.
async fn end_all(opened: &Opened, visits: Vec<Visit>, how: impl Fn(usize) -> (String, bool)) {
    for (number, visit) in visits.into_iter().enumerate() {
        let (words, by_aws) = how(number);
        let parting = Parting {
            words,
            by_aws,
            recording: None,
        };
        inside::end(opened, visit, &parting).await;
    }
}

impl Line {
    /// Both ends, in a few words.
    fn label(&self) -> String {
        match &self.remote.host {
            Some(host) => format!("{} to {host}:{}", self.address, self.remote.port),
            None => format!("{} to port {}", self.address, self.remote.port),
        }
    }
}

/// Where it listens, and what is not recorded.
fn banner(lines: &[Line], time_box: Duration) -> io::Result<()> {
    for line in lines {
        let host = line.remote.host.as_deref().unwrap_or("the place itself");
        let (address, port) = (line.address, line.remote.port);
        print::line(&format!("{address} is port {port} of {host}"))?;
    }
    let minutes = time_box.as_secs() / 60;
    print::line(&format!(
        "for {minutes} min; Ctrl-C ends it. AWS does not record what goes through"
    ))
}

/// Hands on what a forward tells, and its counters when they moved, until it is over or nobody
/// listens; its number, and its counters at the end.
async fn relay(number: usize, mut forward: Forward, tell: mpsc::Sender<Told>) -> (usize, Counters) {
    let mut tick = tokio::time::interval(COUNT);
    let mut last = Counters::default();
    loop {
        tokio::select! {
            event = forward.next() => {
                let Some(event) = event else { break };
                let over = matches!(event, ForwardEvent::Closed(_));
                let _ = tell.send(Told::Counted(number, forward.counters())).await;
                if tell.send(Told::Event(number, event)).await.is_err() || over {
                    break;
                }
            }
            _ = tick.tick() => {
                let now = forward.counters();
                if now != std::mem::replace(&mut last, now) {
                    let _ = tell.send(Told::Counted(number, now)).await;
                }
            }
            () = tell.closed() => break,
        }
    }
    (number, forward.counters())
}

/// Tells what happens until all are over, somebody here ends it, or the time box does; says which.
async fn carry(
    lines: &mut [Line],
    mut told: mpsc::Receiver<Told>,
    notices: Option<mpsc::Receiver<String>>,
    mut clock: Clock,
) -> &'static str {
    // Listened to all the time: one that comes while something is told must not be lost.
    let (Ok(mut interrupt), Ok(mut terminate), Ok(mut hang_up)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
        signal(SignalKind::hangup()),
    ) else {
        return "told to end";
    };
    let mut tick = tokio::time::interval(COUNT);
    let mut status = Status::new();
    let mut notices = notices.unwrap_or_else(|| mpsc::channel(1).1);
    let why = loop {
        tokio::select! {
            one = told.recv() => match one {
                Some(Told::Counted(number, counters)) => {
                    if let Some(line) = lines.get_mut(number) {
                        line.counters = counters;
                    }
                    clock.used();
                    status.show(lines);
                }
                Some(Told::Event(number, event)) => {
                    let Some(line) = lines.get_mut(number) else { continue };
                    if let Some(words) = words(line, event) {
                        status.clear();
                        print::problem(&words);
                    }
                }
                None => break "every session is over",
            },
            _ = tick.tick() => match clock.passed() {
                Passed::Quiet => {}
                Passed::Warn(words) => {
                    status.clear();
                    print::problem(&words);
                }
                Passed::Over => break "the time box ended",
            },
            Some(words) = notices.recv() => {
                status.clear();
                print::problem(&words);
            }
            _ = interrupt.recv() => break "told to end",
            _ = terminate.recv() => break "told to end",
            _ = hang_up.recv() => break "told to end",
        }
    };
    status.clear();
    why
}

/// What is said about an event, if anything; an end is kept.
fn words(line: &mut Line, event: ForwardEvent) -> Option<String> {
    let label = line.label();
    Some(match event {
        ForwardEvent::Closed(ended) => {
            let words = format!("{label}: {ended}");
            line.ended = Some(ended);
            words
        }
        ForwardEvent::Connected { connection, peer } => {
            format!("{label}: connection {connection} from {peer}")
        }
        ForwardEvent::Disconnected {
            connection,
            error: Some(error),
        } => format!("{label}: connection {connection}: {error}"),
        ForwardEvent::Disconnected { error: None, .. } => return None,
        ForwardEvent::Unreachable => {
            format!("{label}: the other end cannot reach that port; does anything listen there?")
        }
        ForwardEvent::Message(words) => words,
        ForwardEvent::Lost(why) => format!("{label}: the connection is lost ({why}); resuming"),
        ForwardEvent::Resumed => format!("{label}: resumed, nothing was lost"),
    })
}

/// The live counters: one line at the bottom of a terminal, nothing anywhere else.
struct Status {
    terminal: bool,
    shown: bool,
}

impl Status {
    fn new() -> Self {
        Self {
            terminal: io::stderr().is_terminal(),
            shown: false,
        }
    }

    fn show(&mut self, lines: &[Line]) {
        if !self.terminal {
            return;
        }
        let told = lines.iter().map(|line| {
            let port = line.address.port();
            format!(":{port} {}", counted(line.counters))
        });
        let told = told.collect::<Vec<_>>().join(" | ");
        let width = size().map_or(80, |(columns, _)| usize::from(columns));
        let told: String = told.chars().take(width.saturating_sub(1)).collect();
        let mut out = io::stderr().lock();
        let _ = write!(out, "\r\x1b[K{told}");
        let _ = out.flush();
        self.shown = true;
    }

    fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            let mut out = io::stderr().lock();
            let _ = write!(out, "\r\x1b[K");
            let _ = out.flush();
        }
    }
}

fn counted(counters: Counters) -> String {
    format!(
        "{} open of {}, {} failed, {} bytes sent, {} bytes received",
        counters.open, counters.connections, counters.errors, counters.up, counters.down
    )
}
