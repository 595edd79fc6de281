//! Side by side with `awslogs` from the Python package index, on one endpoint, in one run.
//!
//! Both follow the same log group of a simulated AWS on a loopback port, with its quota of five
//! reads a second, late lines, equal lines and empty pages. What is counted is what each printed.
//! The clock is the machine's, because both are programs of their own; nothing waits for longer
//! than it takes until the lines are there.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use firstline::estate::Timestamp;
use firstline::sim::scenario::{Estate, Scenario};
use firstline::sim::{Sim, server};

use crate::endpoints::python;
use crate::opened::{Folder, PRODUCTION};

/// Lines a second of the twelve tasks together.
const RATE: u64 = 300;
/// One line in a hundred is so many seconds late: less than in the loss test, so that nobody
/// waits a minute for the last of them.
const LATE: u64 = 10;
/// Seconds of lines that are compared.
const COMPARED: u64 = 10;
/// How long anything may take on a busy machine.
const BOUND: Duration = Duration::from_mins(3);

/// A program that prints numbers. Dropped, it is killed.
struct Printer {
    program: Child,
    told: Receiver<(u64, Instant)>,
    numbers: BTreeSet<u64>,
    twice: usize,
    printed: Vec<(u64, Instant)>,
}

impl Printer {
    fn start(mut command: Command) -> Self {
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut program = command.stderr(Stdio::null()).spawn().unwrap();
        let (tell, told) = channel();
        let out: ChildStdout = program.stdout.take().unwrap();
        thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                let Some(number) = number(&line) else {
                    continue;
                };
                if tell.send((number, Instant::now())).is_err() {
                    return;
                }
            }
        });
        Self {
            program,
            told,
            numbers: BTreeSet::new(),
            twice: 0,
            printed: Vec::new(),
        }
    }

    /// Reads what it prints until `done`; says whether that came about before it ended or the
    /// time was up.
    fn until(&mut self, end: Instant, done: impl Fn(&BTreeSet<u64>) -> bool) -> bool {
        while !done(&self.numbers) {
            let left = end.saturating_duration_since(Instant::now());
            match self.told.recv_timeout(left) {
                Ok((number, at)) => {
                    self.twice += usize::from(!self.numbers.insert(number));
                    self.printed.push((number, at));
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return false,
            }
        }
        true
    }

    fn newest(&self) -> u64 {
        self.numbers.last().copied().unwrap_or_default()
    }

    fn lost(&self, first: u64, last: u64) -> usize {
        let missing = (first..=last).filter(|number| !self.numbers.contains(number));
        missing.count()
    }

    /// Lines a second, those before `first` left out: what was there when it began.
    fn pace(&self, first: u64) -> f64 {
        let said = self.printed.iter().filter(|(number, _)| *number >= first);
        let times: Vec<Instant> = said.map(|(_, at)| *at).collect();
        let length = times.last().zip(times.first());
        let seconds = length.map_or(0.0, |(last, first)| (*last - *first).as_secs_f64());
        f64::from(u32::try_from(times.len()).unwrap()) / seconds.max(0.001)
    }
}

impl Drop for Printer {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

fn number(line: &str) -> Option<u64> {
    let digits = line.split("n=").nth(1)?;
    digits.split(' ').next()?.parse().ok()
}

fn counting() -> Sim {
    let estate = format!(
        "region = 'eu-central-1'\n\
         [[account]]\nid = '{PRODUCTION}'\nalias = 'acme-prod'\n\
         [[cluster]]\nname = 'main'\naccount = 'acme-prod'\nenvironment = 'production'\n\
         [[service]]\nname = 'counter'\ncluster = 'main'\ndesired = 12\nrevision = 3\n\
         tag = '1.0'\nlines = {RATE}.0\nnumbered = true\nlate = {LATE}\n\
         log_group = '/ecs/counter'\n"
    );
    let estate: Estate = toml::from_str(&estate).unwrap();
    let scenario = Scenario::parsed("counting", "about = 'It counts.'\n", estate).unwrap();
    Sim::new(&scenario, 7, Arc::new(Timestamp::now))
}

fn counted(sim: &Sim) -> u64 {
    sim.with_world(|world| {
        let account = world.account(PRODUCTION).unwrap();
        account.log_groups_named("/ecs/counter")[0].counted()
    })
}

fn alone(program: &mut Command, home: &Folder, url: &str) {
    program
        .env_clear()
        .env("HOME", home.path())
        .env("LANG", "C.UTF-8")
        .env("AWS_ENDPOINT_URL", url)
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_ACCESS_KEY_ID", PRODUCTION)
        .env("AWS_SECRET_ACCESS_KEY", "simulated")
        .env("AWS_EC2_METADATA_DISABLED", "true");
}

fn ours(home: &Folder, url: &str) -> Command {
    let mut ours = Command::new(env!("CARGO_BIN_EXE_firstline"));
    alone(&mut ours, home, url);
    ours.args(["logs", "/ecs/counter", "--follow", "--raw", "--since", "2s"]);
    ours
}

fn theirs(home: &Folder, url: &str) -> Option<Command> {
    let mut theirs = python()?;
    alone(&mut theirs, home, url);
    theirs.args([
        "-c",
        "import sys, awslogs.bin; sys.exit(awslogs.bin.main())",
    ]);
    theirs.args(["get", "/ecs/counter", "ALL"]);
    theirs.args(["--watch", "--start", "1m", "--color", "never"]);
    theirs.args(["--no-group", "--no-stream"]);
    Some(theirs)
}

/// Ours loses nothing and prints nothing twice, which is asserted; what the other does is printed:
/// `tests/run --test suite beside -- --nocapture`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beside_awslogs_on_one_endpoint() {
    let home = Folder::new();
    let sim = counting();
    let listener = server::listen("127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(server::serve(listener, sim.clone(), async {
        let _ = ended.await;
    }));
    let Some(theirs) = theirs(&home, &url) else {
        return;
    };
    let ours = ours(&home, &url);
    let (ours, theirs, first, last) =
        tokio::task::spawn_blocking(move || compared(&sim, ours, theirs))
            .await
            .unwrap();
    drop(end);
    serving.await.unwrap().unwrap();
    for (name, one) in [("firstline", &ours), ("awslogs", &theirs)] {
        eprintln!(
            "{name}: {} of {} lines lost, {} twice, {:.0} lines/s",
            one.lost(first, last),
            last + 1 - first,
            one.twice,
            one.pace(first)
        );
    }
    assert_eq!((ours.lost(first, last), ours.twice), (0, 0));
    // Nothing is proven by a log in which nobody could lose anything.
    assert!(
        theirs.newest() > last,
        "awslogs came to {}",
        theirs.newest()
    );
    assert!(theirs.lost(first, last) > 0, "awslogs lost nothing either");
}

/// Both, and the first and last of the numbers that both had every chance to print.
fn compared(sim: &Sim, ours: Command, theirs: Command) -> (Printer, Printer, u64, u64) {
    let end = Instant::now() + BOUND;
    let (mut ours, mut theirs) = (Printer::start(ours), Printer::start(theirs));
    assert!(ours.until(end, |seen| !seen.is_empty()), "ours begins");
    assert!(theirs.until(end, |seen| !seen.is_empty()), "awslogs begins");
    let first = counted(sim) + 1;
    let last = first + COMPARED * RATE - 1;
    // Whoever is so far on has been offered the last of the late lines.
    let far = last + (LATE + 4) * RATE;
    let whole = |seen: &BTreeSet<u64>| {
        seen.last() >= Some(&far) && (first..=last).all(|one| seen.contains(&one))
    };
    ours.until(end, whole);
    theirs.until(end, |seen| seen.last() >= Some(&far));
    (ours, theirs, first, last)
}
