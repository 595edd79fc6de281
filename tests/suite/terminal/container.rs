//! A simulated estate in this process, and a real `sh` in its containers.

use std::ffi::OsStr;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::Output;
use std::sync::Arc;
use std::thread;

use firstline::estate::permission::Duty;
use firstline::sim::agent::{Keys, Opening, Program};
use firstline::sim::scenario::Scenario;
use firstline::sim::{Sim, server};
use pty_process::Size;
use pty_process::blocking::Command;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use crate::permitted::Watch;

use super::harness::{FIRSTLINE, Terminal, again, alone, home};

/// The account the estate's services are in, which is the access key the simulator takes.
const ACCOUNT: &str = "123456789012";

/// A simulated AWS on a port of its own.
pub(super) struct Estate {
    pub(super) sim: Sim,
    address: SocketAddr,
    pub(super) test: String,
    _runtime: Runtime,
}

impl Estate {
    pub(super) fn new(test: &str) -> Self {
        Self::telling("demo", test)
    }

    /// The estate in another story.
    pub(super) fn telling(scenario: &str, test: &str) -> Self {
        let runtime = Runtime::new().expect("threads");
        let scenario = Scenario::named(scenario).expect("a shipped story");
        let sim = Sim::new(&scenario, 1, Arc::new(jiff::Timestamp::now));
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = runtime.block_on(server::listen(any)).expect("a free port");
        let address = listener.local_addr().expect("its own address");
        runtime.spawn(server::serve(listener, sim.clone(), std::future::pending()));
        let test = format!("shell-{test}");
        // What an earlier run left there.
        let _ = std::fs::remove_dir_all(home(&test));
        Self {
            sim,
            address,
            test,
            _runtime: runtime,
        }
    }

    /// The same with a real `sh` behind every session.
    pub(super) fn with_sh(test: &str) -> Self {
        let estate = Self::new(test);
        let path = std::env::var_os("PATH").unwrap_or_default();
        estate
            .sim
            .set_program(Arc::new(move |opening| real(opening, &path)));
        estate
    }

    /// The same where the container has `programs` alone.
    pub(super) fn with_programs(test: &str, programs: &[&str]) -> Self {
        let estate = Self::new(test);
        let folder = home(&format!("{}-bin", estate.test));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder of the test's own");
        for program in programs {
            let from = Path::new("/bin").join(program);
            std::os::unix::fs::symlink(from, folder.join(program)).expect("a link");
        }
        let path = folder.into_os_string();
        estate
            .sim
            .set_program(Arc::new(move |opening| real(opening, &path)));
        estate
    }

    /// `firstline` against this estate, in a terminal.
    pub(super) fn firstline(&self, arguments: &[&str]) -> Terminal {
        Terminal::run(self.command(arguments), 100, 30)
    }

    /// A shell in `service` or on a node, in a terminal.
    pub(super) fn shell(&self, target: &str) -> Terminal {
        let mut terminal = self.firstline(&guarded("shell", target));
        terminal.wait_for("Ctrl-] leaves");
        terminal
    }

    /// One command in `target`.
    pub(super) fn exec(&self, target: &str, command: &[&str]) -> Output {
        self.output(&[&guarded("exec", target)[..], &["--"], command].concat())
    }

    /// The same after `prepare` has put into its home what it needs; its answer are variables.
    pub(super) fn firstline_with(
        &self,
        arguments: &[&str],
        prepare: impl FnOnce(&Path) -> Vec<String>,
    ) -> Terminal {
        let command = alone("env", &self.test);
        let variables = prepare(&home(&self.test));
        let command = command.args(Self::variables()).args(variables);
        let command = command.arg(FIRSTLINE).args(self.words(arguments));
        Terminal::run(command, 140, 30)
    }

    /// The same with the journal of the one before.
    pub(super) fn firstline_again(&self, arguments: &[&str]) -> Terminal {
        let command = again("env", &self.test).args(Self::variables());
        let command = command.arg(FIRSTLINE).args(self.words(arguments));
        Terminal::run(command, 100, 30)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut words = self.words(arguments);
        words.insert(0, FIRSTLINE.to_owned());
        alone("env", &self.test).args(Self::variables()).args(words)
    }

    /// `firstline` against this estate, without a terminal.
    pub(super) fn output(&self, arguments: &[&str]) -> Output {
        let home = home(&self.test);
        let _ = std::fs::create_dir_all(&home);
        std::process::Command::new(FIRSTLINE)
            .args(self.words(arguments))
            .env_clear()
            .env("HOME", &home)
            .env("XDG_STATE_HOME", home.join("state"))
            .envs(VARIABLES)
            .stdin(std::process::Stdio::null())
            .output()
            .expect("the program runs")
    }

    pub(super) fn words(&self, arguments: &[&str]) -> Vec<String> {
        let endpoint = format!("--endpoint-url=http://{}", self.address);
        let given = arguments.iter().map(|&word| word.to_owned());
        [endpoint].into_iter().chain(given).collect()
    }

    fn variables() -> Vec<String> {
        let pairs = VARIABLES.iter();
        pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect()
    }

    /// Everything the program left in files.
    pub(super) fn files(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut folders = vec![home(&self.test)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let text = String::from_utf8_lossy(&std::fs::read(&path).expect("a file"))
                        .into_owned();
                    found.push((path.display().to_string(), text));
                }
            }
        }
        found
    }

    /// The journal.
    pub(super) fn journal(&self) -> String {
        let mut files = self.files().into_iter();
        let journal = files.find(|(path, _)| path.ends_with("journal.jsonl"));
        journal.expect("a journal").1
    }

    /// So many sessions ended, each at AWS and in the journal, for these reasons.
    pub(super) fn assert_ended(&self, words: &[&str]) {
        let ends = self.ends();
        assert_eq!(ends.len(), words.len(), "{ends:#?}");
        for (end, words) in ends.iter().zip(words) {
            assert!(end.contains(words), "not {words:?}: {end}");
            assert!(
                end.contains("\"terminated\":true"),
                "AWS was not told: {end}"
            );
        }
    }

    /// The journal's lines that say how a session ended.
    pub(super) fn ends(&self) -> Vec<String> {
        let text = self.journal();
        let ends = text
            .lines()
            .filter(|line| line.contains("\"kind\":\"session-end\""));
        ends.map(str::to_owned).collect()
    }

    pub(super) fn called(&self, operation: &str) -> usize {
        let calls = self.sim.calls();
        calls
            .iter()
            .filter(|call| call.operation == operation)
            .count()
    }

    /// Session Manager's name of a container of `service`.
    pub(super) fn target(&self, service: &str) -> String {
        self.sim.with_world(|world| {
            let account = world.account(ACCOUNT).expect("production");
            let tasks = account.tasks("prod", Some(service), true);
            let task = tasks.first().expect("a task");
            format!("ecs:prod_{}_{}", task.id, task.container.runtime_id)
        })
    }

    /// Somebody stops every task of `service`.
    pub(super) fn stop_tasks(&self, service: &str) {
        self.sim.with_world(|world| {
            let account = world.account(ACCOUNT).expect("production");
            let tasks = account.tasks("prod", Some(service), true);
            let tasks: Vec<String> = tasks.iter().map(|task| task.id.clone()).collect();
            for task in tasks {
                world.stop_task(ACCOUNT, &task, None).expect("a task");
            }
        });
    }

    /// CI deploys `service` anew.
    pub(super) fn redeploy(&self, service: &str) {
        self.sim.with_world(|world| {
            let account = world.account(ACCOUNT).expect("production");
            let service = account.service("prod", service).expect("a service");
            let service = service.arn.clone();
            let by = "arn:aws:iam::123456789012:role/ci";
            let begun = world.force_new_deployment(ACCOUNT, &service, by);
            begun.expect("a deployment");
        });
    }

    /// What another client gets when it opens a session.
    pub(super) fn start_session(&self, target: &str) -> String {
        let body = format!("{{\"Target\":\"{target}\"}}");
        let mut stream = TcpStream::connect(self.address).expect("the simulator");
        write!(
            stream,
            "POST / HTTP/1.1\r\nhost: x\r\nx-amz-target: AmazonSSM.StartSession\r\nauthorization: AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/eu-central-1/ssm/aws4_request\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        )
        .expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (_, json) = answer.split_once("\r\n\r\n").expect("a body");
        json.to_owned()
    }
}

/// What stands on every command line that lets somebody in: everybody gives a reason, and production
/// wants the name.
pub(super) fn guarded<'a>(verb: &'a str, target: &'a str) -> Vec<&'a str> {
    vec![verb, target, "--reason", "INC-42", "--confirm", target]
}

/// Credentials and region of the simulated account.
const VARIABLES: [(&str, &str); 5] = [
    ("AWS_ACCESS_KEY_ID", ACCOUNT),
    ("AWS_SECRET_ACCESS_KEY", "simulated"),
    ("AWS_REGION", "eu-central-1"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
    ("TERM", "xterm-256color"),
];

/// Whoever opened shells here was an operator of a production account.
impl Drop for Estate {
    fn drop(&mut self) {
        let one = crate::opened::production();
        let watch = Watch::of(Duty::Operator).over(ACCOUNT, &one.environment, false);
        watch.assert_kept(&self.sim.calls());
    }
}

/// The command a session asks for, run by a real `sh` on a pseudo-terminal.
fn real(opening: &Opening, path: &OsStr) -> Program {
    let (keys, mut typed) = mpsc::unbounded_channel();
    let (say, words) = mpsc::channel(64);
    let (mut pty, program) = pty_process::blocking::open().expect("a pseudo-terminal");
    pty.resize(Size::new(24, 80)).expect("a size");
    let command = Command::new("/bin/sh")
        .args(["-c", &opening.command])
        .env_clear()
        .env("PATH", path)
        .env("TERM", "xterm-256color")
        .env("LANG", "C.UTF-8")
        .env("PS1", "$ ");
    let mut child = command.spawn(program).expect("a shell");
    let pid = rustix::process::Pid::from_child(&child);
    let writing: std::fs::File = {
        use std::os::fd::AsFd as _;
        pty.as_fd()
            .try_clone_to_owned()
            .expect("a second handle")
            .into()
    };
    thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(length) = pty.read(&mut bytes) {
            if length == 0 || say.blocking_send(bytes[..length].to_vec().into()).is_err() {
                break;
            }
        }
        let _ = child.wait();
    });
    thread::spawn(move || {
        let mut writing = writing;
        while let Some(keys) = typed.blocking_recv() {
            match keys {
                Keys::Bytes(bytes) => {
                    if writing.write_all(&bytes).is_err() {
                        break;
                    }
                }
                Keys::Hangup => break,
                Keys::Size(columns, rows) => {
                    let window = rustix::termios::Winsize {
                        ws_row: rows,
                        ws_col: columns,
                        ws_xpixel: 0,
                        ws_ypixel: 0,
                    };
                    let _ = rustix::termios::tcsetwinsize(&writing, window);
                }
            }
        }
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::HUP);
    });
    Program { keys, words }
}
