//! A simulated AWS on loopback: in a thread of this process, or in a process of its own where
//! memory is measured.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;

use firstline::runtime::Clock;
use firstline::sim::scenario::Scenario;
use firstline::sim::{Sim, server};

const SEED: u64 = 1;

/// A quiet estate of so many services; its address and the handle to its calls and faults.
pub(crate) fn start(services: usize, clusters: usize) -> (String, Sim) {
    let scenario = Scenario::generated(services, clusters, SEED);
    let sim = Sim::new(&scenario, SEED, Clock::system().reader());
    let (tell, told) = channel();
    let served = sim.clone();
    thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().expect("threads");
        runtime.block_on(async {
            let here = "127.0.0.1:0".parse().expect("an address");
            let listener = server::listen(here).await.expect("a free port");
            let address = listener.local_addr().expect("it listens");
            tell.send(format!("http://{address}")).expect("we wait");
            let forever = std::future::pending();
            server::serve(listener, served, forever)
                .await
                .expect("it serves");
        });
    });
    (told.recv().expect("it starts"), sim)
}

/// The same in a process of its own.
pub(crate) struct Elsewhere {
    pub(crate) url: String,
    process: Child,
}

impl Elsewhere {
    pub(crate) fn start(services: usize) -> Self {
        let own = std::env::current_exe().expect("this program");
        let mut process = Command::new(own)
            .args(["serve", &services.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program starts");
        let stdout = process.stdout.take().expect("it is piped");
        let mut url = String::new();
        BufReader::new(stdout).read_line(&mut url).expect("text");
        Self {
            url: url.trim().to_owned(),
            process,
        }
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What the process of [`Elsewhere`] does: it ends with its standard input.
pub(crate) fn serve_until_killed(services: usize) -> ! {
    let (url, _sim) = start(services, 3);
    println!("{url}");
    let _ = std::io::stdin().lines().last();
    std::process::exit(0);
}

/// The account of the generated estate.
pub(crate) fn credentials() -> firstline::cloud::StaticCredentials {
    firstline::cloud::StaticCredentials {
        access_key_id: "123456789012".to_owned(),
        secret_access_key: "simulated".to_owned(),
    }
}

/// The clock both sides read.
pub(crate) fn clock() -> Arc<dyn Fn() -> firstline::estate::Timestamp + Send + Sync> {
    Clock::system().reader()
}
