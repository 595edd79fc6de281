//! Third parties' AWS, started for a test and ended with it.
//!
//! `tests/endpoints/serve.py` runs one server on a free loopback port and ends when its standard
//! input does. We hold the other end of that pipe: so the server goes when the guard is dropped,
//! and also when the test is killed.
//!
//! Without `FIRSTLINE_PYTHON` (set by `tests/run`) there is nothing to start: a test then says so
//! and passes, except on CI, where it fails.

use std::env;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde::Deserialize;

/// A running server. Dropped, it ends.
#[derive(Debug)]
pub(crate) struct Server {
    /// `http://127.0.0.1:PORT`
    pub(crate) url: String,
    process: Child,
}

/// What the seed made at an endpoint. Names where AWS takes names, ARNs where it gives them.
#[allow(dead_code, reason = "each contract takes what it needs")]
#[derive(Debug, Deserialize)]
pub(crate) struct Seeded {
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) clusters: Vec<String>,
    /// ARNs.
    pub(crate) services: Vec<String>,
    /// ARNs.
    pub(crate) load_balancers: Vec<String>,
    /// ARNs.
    pub(crate) target_groups: Vec<String>,
    pub(crate) databases: Vec<String>,
    pub(crate) caches: Vec<String>,
    /// The first of them is in ALARM.
    pub(crate) alarms: Vec<String>,
    pub(crate) log_groups: Vec<String>,
    pub(crate) log_lines_per_group: usize,
    /// Resource ids (`service/CLUSTER/SERVICE`) at the endpoint for Application Auto Scaling.
    pub(crate) scalable_targets: Vec<String>,
}

impl Server {
    /// ECS, CloudWatch, Logs, ELB, RDS, ElastiCache, STS. An access key of twelve digits is an
    /// account of its own, so tests can share one server.
    pub(crate) fn ministack() -> Option<Self> {
        Self::start(&["ministack"])
    }

    /// Application Auto Scaling.
    pub(crate) fn moto() -> Option<Self> {
        Self::start(&["moto"])
    }

    /// A proxy in front of another server that injects the faults it is told of.
    pub(crate) fn microburst(upstream: &Self) -> Option<Self> {
        Self::start(&["microburst", &upstream.url])
    }

    /// Replaces microburst's faults. A JSON array, in microburst's own words:
    /// `[{"service": "ecs", "error": {"code": "ThrottlingException"}}]`; `[]` heals.
    pub(crate) fn inject(&self, rules: &str) {
        let address = self.url.trim_start_matches("http://");
        let length = rules.len();
        let mut stream = TcpStream::connect(address).expect("microburst listens");
        let head = format!("POST /_microburst/rules HTTP/1.0\r\nHost: {address}\r\n");
        let kind = format!("Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n");
        stream
            .write_all(format!("{head}{kind}{rules}").as_bytes())
            .expect("microburst listens");
        let mut answer = String::new();
        stream
            .read_to_string(&mut answer)
            .expect("microburst answers");
        assert!(
            answer.contains(" 200 "),
            "microburst refused {rules}:\n{answer}"
        );
    }

    fn start(arguments: &[&str]) -> Option<Self> {
        let mut process = python()?
            .arg("serve.py")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("FIRSTLINE_PYTHON names a program that can be run");
        let stdout = process.stdout.take().expect("stdout is piped");
        let mut url = String::new();
        // serve.py bounds the wait: the line comes, or it gives up and the pipe ends.
        BufReader::new(stdout)
            .read_line(&mut url)
            .expect("stdout is text");
        assert!(
            !url.is_empty(),
            "{arguments:?} did not start; see `tests/endpoints/serve.py`"
        );
        Some(Self {
            url: url.trim().to_owned(),
            process,
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its standard input ends first, and with it everything the server started itself.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// Fills `endpoint` with `services` services in the account of the number `account`; scalable
/// targets go to the endpoint `scaling`.
pub(crate) fn seed(
    endpoint: &Server,
    account: &str,
    services: usize,
    scaling: Option<&Server>,
) -> Seeded {
    let mut command = python().expect("the server was started with it");
    command.args(["seed.py", &endpoint.url, "--account", account]);
    command.args(["--services", &services.to_string()]);
    if let Some(scaling) = scaling {
        command.args(["--scaling", &scaling.url]);
    }
    let output = command.output().expect("the seed runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the seed failed:\n{complaint}");
    serde_json::from_slice(&output.stdout).expect("the seed prints one JSON object")
}

/// Python with the packages of `tests/endpoints/requirements.txt`, in that folder.
pub(crate) fn python() -> Option<Command> {
    let Some(python) = environment("FIRSTLINE_PYTHON") else {
        assert!(
            environment("CI").is_none(),
            "FIRSTLINE_PYTHON is not set; start `tests/run`"
        );
        eprintln!("skipped: no third party's AWS without FIRSTLINE_PYTHON; start `tests/run`");
        return None;
    };
    let mut command = Command::new(python);
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/endpoints"));
    Some(command)
}

fn environment(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

mod tests {
    use aws_config::retry::RetryConfig;
    use aws_config::{BehaviorVersion, Region};
    use aws_sdk_ecs::config::Credentials;
    use aws_sdk_ecs::error::ProvideErrorMetadata;

    use super::*;

    fn ecs(endpoint: &Server, account: &str) -> aws_sdk_ecs::Client {
        aws_sdk_ecs::Client::from_conf(
            aws_sdk_ecs::Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .retry_config(RetryConfig::disabled())
                .region(Region::new("us-east-1"))
                .credentials_provider(Credentials::new(account, "test", None, None, "test"))
                .endpoint_url(&endpoint.url)
                .build(),
        )
    }

    #[test]
    fn a_server_ends_with_its_guard() {
        let Some(server) = Server::moto() else { return };
        let address = server.url.trim_start_matches("http://").to_owned();
        assert!(TcpStream::connect(&address).is_ok());
        drop(server);
        assert!(TcpStream::connect(&address).is_err());
    }

    #[tokio::test]
    async fn a_seeded_endpoint_shows_every_service() {
        let Some(ministack) = Server::ministack() else {
            return;
        };
        let Some(moto) = Server::moto() else { return };
        let seeded = seed(&ministack, "210987654321", 30, Some(&moto));
        assert_eq!(seeded.scalable_targets.len(), 10);

        let ecs = ecs(&ministack, &seeded.account);
        let mut listed = Vec::new();
        for cluster in seeded.clusters {
            let answer = ecs
                .list_services()
                .cluster(cluster)
                .max_results(100)
                .send()
                .await;
            listed.extend(
                answer
                    .expect("the cluster is known")
                    .service_arns
                    .unwrap_or_default(),
            );
        }
        let mut made = seeded.services;
        made.sort();
        listed.sort();
        assert_eq!(listed, made);
        assert!(
            made[0].contains("210987654321"),
            "{} is in the asked account",
            made[0]
        );
    }

    #[tokio::test]
    async fn a_fault_is_injected_and_healed() {
        let Some(ministack) = Server::ministack() else {
            return;
        };
        let Some(proxy) = Server::microburst(&ministack) else {
            return;
        };
        let ecs = ecs(&proxy, "123456789012");
        proxy.inject(r#"[{"service": "ecs", "error": {"code": "ThrottlingException"}}]"#);
        let refused = ecs
            .list_clusters()
            .send()
            .await
            .expect_err("every call is throttled");
        assert_eq!(refused.code(), Some("ThrottlingException"));
        proxy.inject("[]");
        assert!(ecs.list_clusters().send().await.is_ok());
    }
}
