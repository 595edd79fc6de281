//! The built binary, alone in the world, and a simulated AWS for it.

use std::fs;
use std::io::{BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use firstline::estate::permission::Duty;
use rustix::process::{Pid, Signal, kill_process};

use crate::opened::{PRODUCTION, STAGING, production, staging};
use crate::permitted::Watch;

/// How long anything may take: far more than it needs, on a busy machine.
const BOUND: Duration = Duration::from_mins(1);

/// A home of the test's own with nothing in it: no settings, no credentials, no journal.
pub(super) struct Home(PathBuf);

/// How a run ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) code: i32,
    pub(super) out: String,
    pub(super) err: String,
}

/// The settings of a team: two accounts, and one journal.
pub(super) const ENVIRONMENTS: &str = "\
[[environment]]
name     = 'production'
account  = '123456789012'
region   = 'eu-central-1'
clusters = ['prod', 'prod-batch']

[[environment]]
name     = 'staging'
tier     = 'staging'
account  = '210987654321'
region   = 'eu-central-1'
profile  = 'acme-staging'
clusters = ['staging']

[journal]
group       = '/ops/firstline'
environment = 'production'
";

impl Home {
    pub(super) fn new(test: &str) -> Self {
        let home = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("commands")
            .join(test);
        let _ = fs::remove_dir_all(&home);
        fs::create_dir_all(&home).expect("a folder of the test's own");
        Self(home)
    }

    /// The home of somebody with these settings, and with keys for [`ENVIRONMENTS`].
    pub(super) fn of_team(test: &str, settings: &str) -> Self {
        let home = Self::new(test);
        home.file("config/firstline/config.toml", settings);
        home.file(
            ".aws/config",
            "[profile acme-staging]\nregion = eu-central-1\n",
        );
        home.file(
            ".aws/credentials",
            "[acme-staging]\naws_access_key_id = 210987654321\naws_secret_access_key = x\n",
        );
        home
    }

    /// Puts a file into the home and says where it is.
    pub(super) fn file(&self, path: &str, text: &str) -> PathBuf {
        let path = self.0.join(path);
        let folder = path.parent().expect("a file is in a folder");
        fs::create_dir_all(folder).expect("the home takes folders");
        fs::write(&path, text).expect("the home takes files");
        path
    }

    /// Where a file of the home is, or would be.
    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.0.join(path)
    }

    pub(super) fn journal(&self) -> PathBuf {
        self.0.join("state/firstline/journal/journal.jsonl")
    }

    /// Runs `firstline` with nothing around it but `variables`; nobody sits before it.
    pub(super) fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
        self.run_in("", arguments, variables)
    }

    /// The same in a folder of the home.
    pub(super) fn run_in(
        &self,
        folder: &str,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Ended {
        let mut command = self.command(arguments);
        let child = command
            .current_dir(self.0.join(folder))
            .envs(variables.iter().copied())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary is built");
        let program = Pid::from_child(&child);
        let (tell, ended) = channel();
        let waiting = thread::spawn(move || {
            let _ = tell.send(child.wait_with_output().expect("our own child"));
        });
        let Ok(output) = ended.recv_timeout(BOUND) else {
            let _ = kill_process(program, Signal::KILL);
            let _ = waiting.join();
            panic!("{arguments:?} did not end within {BOUND:?}");
        };
        let home = self.0.display().to_string();
        let text = |bytes: &[u8]| {
            let text = String::from_utf8(bytes.to_vec()).expect("it prints text");
            assert!(!text.contains('\x1b'), "no colours in a pipe: {text:?}");
            text.replace(&home, "HOME")
        };
        Ended {
            code: output.status.code().expect("it ends by itself"),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    /// Runs `firstline` until it has printed `lines` lines, interrupts it as a person would, and
    /// says how it ended.
    pub(super) fn interrupt(
        &self,
        arguments: &[&str],
        variables: &[(&str, &str)],
        lines: usize,
    ) -> Ended {
        self.ended_by(Signal::INT, arguments, variables, lines)
    }

    /// The same, ended by any signal.
    pub(super) fn ended_by(
        &self,
        signal: Signal,
        arguments: &[&str],
        variables: &[(&str, &str)],
        lines: usize,
    ) -> Ended {
        let mut child = self
            .command(arguments)
            .envs(variables.iter().copied())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary is built");
        let program = Pid::from_child(&child);
        let stdout = child.stdout.take().expect("stdout is piped");
        let (tell, told) = channel();
        let reading = thread::spawn(move || {
            for line in BufReader::new(stdout).lines() {
                let _ = tell.send(line.expect("it prints text"));
            }
        });
        let mut out = String::new();
        for _ in 0..lines {
            let line = told.recv_timeout(BOUND).unwrap_or_else(|_| {
                let _ = kill_process(program, Signal::KILL);
                panic!("{arguments:?} printed only {out:?} within {BOUND:?}");
            });
            out.push_str(&line);
            out.push('\n');
        }
        kill_process(program, signal).expect("it still runs");
        reading.join().expect("it closes its output");
        out.extend(told.try_iter().map(|line| line + "\n"));
        let ended = child.wait_with_output().expect("our own child");
        Ended {
            // What a signal itself ended has no code.
            code: ended.status.code().unwrap_or(-1),
            out,
            err: String::from_utf8_lossy(&ended.stderr).into_owned(),
        }
    }

    /// Starts it with both outputs piped to the caller, who reads as much as they like.
    pub(super) fn piped(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        let command = command.stderr(Stdio::piped());
        command.spawn().expect("the binary is built")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_firstline"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", &self.0)
            .env("XDG_CONFIG_HOME", self.0.join("config"))
            .env("XDG_CACHE_HOME", self.0.join("cache"))
            .env("XDG_STATE_HOME", self.0.join("state"))
            .env("LANG", "C.UTF-8")
            .env("USER", "alice")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        command
    }
}

/// `firstline sim` on a free port. Dropped, it ends.
pub(super) struct Simulator {
    /// `http://127.0.0.1:PORT`
    pub(super) url: String,
    process: Child,
    told: BufReader<ChildStdout>,
    /// Who asks it: an operator of both accounts.
    watch: Option<Watch>,
}

impl Simulator {
    pub(super) fn start(test: &str, arguments: &[&str]) -> Self {
        let home = Home::new(&format!("{test}-sim"));
        let mut process = home
            .command(&["sim", "--listen", "127.0.0.1:0", "--calls"])
            .args(arguments)
            .spawn()
            .expect("the binary is built");
        let stdout = process.stdout.take().expect("stdout is piped");
        let mut line = String::new();
        let mut told = BufReader::new(stdout);
        told.read_line(&mut line).expect("it prints text");
        let url = line
            .split_whitespace()
            .find(|word| word.starts_with("http://"))
            .unwrap_or_else(|| panic!("no address in {line:?}"))
            .to_owned();
        Self {
            url,
            process,
            told,
            watch: Some(
                Watch::of(Duty::Operator)
                    .over(PRODUCTION, &production().environment, false)
                    .over(STAGING, &staging().environment, false),
            ),
        }
    }

    /// Also asked by a doctor, who tries every permission there is.
    pub(super) fn tried(mut self) -> Self {
        self.watch = self.watch.take().map(Watch::trying);
        self
    }

    /// Also asked by people who share their journal in a group of production's account.
    pub(super) fn shared(mut self) -> Self {
        self.watch = self.watch.take().map(|watch| watch.sharing(PRODUCTION));
        self
    }

    /// Runs `firstline` over this AWS, as the production account.
    pub(super) fn run(&self, home: &Home, arguments: &[&str]) -> Ended {
        home.run(arguments, &self.variables())
    }

    pub(super) fn variables(&self) -> [(&str, &str); 4] {
        [
            ("AWS_ENDPOINT_URL", &self.url),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "123456789012"),
            ("AWS_SECRET_ACCESS_KEY", "simulated"),
        ]
    }

    /// Tells it to end and says how it did.
    pub(super) fn end(mut self) -> Option<i32> {
        kill_process(Pid::from_child(&self.process), Signal::TERM).expect("it runs");
        self.process.wait().expect("our own child").code()
    }

    /// What it was asked, account and IAM action, once it has ended.
    fn calls(&mut self) -> Vec<(String, String)> {
        let mut rest = String::new();
        let _ = self.told.read_to_string(&mut rest);
        let words = rest.lines().map(|line| line.split(' ').collect::<Vec<_>>());
        let calls = words.filter_map(|words| match words.as_slice() {
            [account, action, times] if times.parse::<usize>().is_ok() => {
                Some(((*account).to_owned(), (*action).to_owned()))
            }
            _ => None,
        });
        calls.collect()
    }
}

/// It is told to end, and what it was asked is held to what its caller may. One that does not end is
/// killed.
impl Drop for Simulator {
    fn drop(&mut self) {
        let program = Pid::from_child(&self.process);
        let _ = kill_process(program, Signal::TERM);
        let watch = self.watch.take();
        let calls = watch.map(|watch| (watch, self.calls()));
        let _ = self.process.kill();
        let _ = self.process.wait();
        if let Some((watch, calls)) = calls {
            watch.assert_actions(&calls);
        }
    }
}
