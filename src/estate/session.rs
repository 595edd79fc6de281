//! A session in a container: a shell, one command, or a forwarded port.

use serde::Serialize;

use super::Timestamp;
use super::change::Target;
use super::id::TaskArn;
use super::task::Task;
use super::text::Text;

/// The shell asked for when nobody names a command: `bash` where there is one, else `sh`.
pub const SHELL: &str = "/bin/sh -c 'command -v bash >/dev/null 2>&1 && exec bash || exec sh'";

/// A session about to be opened, with what was believed of the task and its container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Session {
    /// The service the task belongs to: its environment, account, region and cluster.
    #[serde(flatten)]
    pub target: Target,
    /// The task.
    pub task: TaskArn,
    /// The container.
    pub container: Text,
    /// The container's runtime id; another one is another container.
    pub runtime_id: Text,
    /// What it is for.
    pub purpose: Purpose,
    /// Minutes until the console ends it.
    pub minutes: u32,
}

/// What a session is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// An interactive shell.
    Shell,
    /// One command, as AWS gets it.
    Command(Text),
    /// A port of the task, or with a host, of a host the task can reach.
    Forward {
        /// The remote host; `None` is the task itself.
        host: Option<Text>,
        /// The remote port.
        port: u16,
    },
}

impl Session {
    /// The verb, as typed on a command line.
    pub const fn verb(&self) -> &'static str {
        match self.purpose {
            Purpose::Shell => "shell",
            Purpose::Command(_) => "exec",
            Purpose::Forward { .. } => "forward",
        }
    }

    /// How Session Manager names the container: `ecs:CLUSTER_TASK_RUNTIME`, names and no ARNs.
    pub fn managed_target(&self) -> String {
        let (cluster, task) = (self.target.cluster.name(), self.task.id());
        format!("ecs:{cluster}_{task}_{}", self.runtime_id)
    }

    /// The command `ExecuteCommand` gets; `None` for a forwarded port, which runs none.
    pub fn command(&self) -> Option<&str> {
        match &self.purpose {
            Purpose::Shell => Some(SHELL),
            Purpose::Command(command) => Some(command),
            Purpose::Forward { .. } => None,
        }
    }

    /// The AWS command-line form of the same request.
    pub(super) fn as_aws_command(&self) -> String {
        let region = &self.target.region;
        match &self.purpose {
            Purpose::Shell | Purpose::Command(_) => format!(
                "aws ecs execute-command --region {region} --cluster {} --task {} --container {} --interactive --command {}",
                self.target.cluster.name(),
                self.task.id(),
                self.container,
                quoted(self.command().unwrap_or_default()),
            ),
            Purpose::Forward { host: None, port } => format!(
                "aws ssm start-session --region {region} --target {} --document-name AWS-StartPortForwardingSession --parameters portNumber={port}",
                self.managed_target(),
            ),
            Purpose::Forward {
                host: Some(host),
                port,
            } => format!(
                "aws ssm start-session --region {region} --target {} --document-name AWS-StartPortForwardingSessionToRemoteHost --parameters host={host},portNumber={port}",
                self.managed_target(),
            ),
        }
    }
}

/// The task a session enters when nobody names one: it runs and stays, its health check speaks
/// for it if there is one, and it has run the longest.
pub fn healthiest(tasks: &[Task]) -> Option<&Task> {
    let rank = |task: &&Task| match task.health.as_str() {
        "HEALTHY" => 0,
        "UNHEALTHY" => 2,
        _ => 1,
    };
    tasks
        .iter()
        .filter(|task| *task.last_status == *"RUNNING" && *task.desired_status == *"RUNNING")
        .min_by_key(|task| (rank(task), task.started_at.unwrap_or(Timestamp::MAX)))
}

/// Containers AWS or an agent put beside the program; never entered unless named.
fn is_sidecar(name: &str) -> bool {
    [
        "aws-guardduty-agent",
        "ecs-service-connect",
        "aws-otel",
        "datadog",
        "log_router",
        "xray",
    ]
    .iter()
    .any(|known| name.starts_with(known))
}

/// Which of a task's containers a session enters: the one asked for, else the only one that is
/// no sidecar. Never the first one because it is the first.
///
/// # Errors
/// A sentence that names the containers there are.
pub fn container<'a>(
    names: impl Iterator<Item = &'a str> + Clone,
    asked: Option<&str>,
) -> Result<&'a str, String> {
    let found = |wanted: &mut dyn Iterator<Item = &'a str>| {
        let first = wanted.next();
        first.filter(|_| wanted.next().is_none())
    };
    let chosen = match asked {
        Some(asked) => names.clone().find(|name| *name == asked),
        None => found(&mut names.clone())
            .or_else(|| found(&mut names.clone().filter(|name| !is_sidecar(name)))),
    };
    chosen.ok_or_else(|| {
        let all: Vec<&str> = names.collect();
        match asked {
            Some(asked) => format!(
                "there is no container \"{asked}\"; there are {}",
                all.join(", ")
            ),
            None => format!("say which container with --container: {}", all.join(", ")),
        }
    })
}

/// One command line out of `words`, run by the container's shell, which tells its exit status
/// at the end: ECS Exec itself tells none (aws.md 6.1). [`exit_status`] reads it back.
pub fn command_telling_its_status(words: &[String]) -> String {
    let command = words.iter().map(|word| quoted(word));
    let script = format!(
        "{}; printf \"\\036exit %d\\036\" $?",
        command.collect::<Vec<_>>().join(" ")
    );
    format!("/bin/sh -c {}", quoted(&script))
}

/// Splits what such a command printed from its exit status; `None` when it told none.
pub fn exit_status(output: &[u8]) -> (&[u8], Option<u8>) {
    let told = output
        .strip_suffix(b"\x1e")
        .and_then(|rest| Some((rest, rest.iter().rposition(|&byte| byte == 0x1e)?)));
    let Some((rest, at)) = told else {
        return (output, None);
    };
    let words = rest.get(at + 1..).unwrap_or_default();
    let status = std::str::from_utf8(words)
        .ok()
        .and_then(|words| words.strip_prefix("exit ")?.parse().ok());
    match status {
        Some(status) => (rest.get(..at).unwrap_or_default(), Some(status)),
        None => (output, None),
    }
}

/// `word` as a shell reads it back unchanged.
fn quoted(word: &str) -> String {
    let plain = |one: char| one.is_ascii_alphanumeric() || "-_./:=@%+,".contains(one);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_tells_its_status_behind_its_output() {
        let words = ["echo", "it's"].map(str::to_owned);
        assert_eq!(
            command_telling_its_status(&words),
            r#"/bin/sh -c 'echo '\''it'\''\'\'''\''s'\''; printf "\036exit %d\036" $?'"#
        );
        assert_eq!(
            exit_status(b"a\x1eb\n\x1eexit 3\x1e"),
            (&b"a\x1eb\n"[..], Some(3))
        );
        assert_eq!(exit_status(b"cut off"), (&b"cut off"[..], None));
        assert_eq!(exit_status(b"\x1eexit 300\x1e").1, None);
    }

    #[test]
    fn the_only_program_is_entered_and_never_just_the_first() {
        let pick = |names: &[&'static str], asked| container(names.iter().copied(), asked);
        assert_eq!(pick(&["app"], None), Ok("app"));
        assert_eq!(pick(&["log_router", "app"], None), Ok("app"));
        assert_eq!(pick(&["log_router"], None), Ok("log_router"));
        assert_eq!(pick(&["web", "worker"], Some("worker")), Ok("worker"));
        let which = pick(&["web", "worker"], None).unwrap_err();
        assert_eq!(which, "say which container with --container: web, worker");
        assert!(
            pick(&["app"], Some("web"))
                .unwrap_err()
                .contains("there are app")
        );
        assert!(pick(&[], None).is_err());
    }

    #[test]
    fn the_healthiest_task_is_entered() {
        let task = |health: &str, status: &str, started: i64| Task {
            last_status: status.into(),
            desired_status: "RUNNING".into(),
            health: health.into(),
            started_at: Timestamp::from_second(started).ok(),
            ..crate::estate::fixture::stop(0, "", 0, "")
        };
        let tasks = [
            task("UNHEALTHY", "RUNNING", 1),
            task("UNKNOWN", "RUNNING", 2),
            task("HEALTHY", "PENDING", 3),
            task("HEALTHY", "RUNNING", 5),
            task("HEALTHY", "RUNNING", 4),
        ];
        let started = |tasks| healthiest(tasks).and_then(|task| task.started_at);
        assert_eq!(started(&tasks), Timestamp::from_second(4).ok());
        assert_eq!(started(&tasks[..3]), Timestamp::from_second(2).ok());
        assert_eq!(started(&[]), None);
    }

    #[test]
    fn a_container_is_named_by_names() {
        let session = crate::policy::example::session(Purpose::Shell);
        assert_eq!(
            session.managed_target(),
            "ecs:main_0123456789abcdef0123456789abcdef_0123456789abcdef-1"
        );
    }
}
