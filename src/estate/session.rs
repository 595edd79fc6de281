//! A session in a container or on a managed node: a shell, one command, or a forwarded port.

use serde::Serialize;

use super::Timestamp;
use super::change::{Belief, Target};
use super::environment::{Environment, Tier};
use super::id::{NodeId, TaskArn};
use super::identity::Identity;
use super::task::Task;
use super::text::Text;

/// The shell asked for when nobody names a command: `bash` where there is one, else `sh`.
pub const SHELL: &str = "/bin/sh -c 'command -v bash >/dev/null 2>&1 && exec bash || exec sh'";

/// Minutes after which AWS ends a session nobody uses: ECS Exec's always, and Session Manager's where
/// the account says nothing else (aws.md 6.1, 6.2).
pub const IDLE_MINUTES: u32 = 20;

/// A session about to be opened, with what was believed of where it leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Session {
    /// The service the task belongs to, or the node: its environment, account and region.
    #[serde(flatten)]
    pub target: Target,
    /// Where it leads.
    pub place: Place,
    /// What it is for.
    pub purpose: Purpose,
    /// Minutes until the console ends it.
    pub minutes: u32,
}

/// Where a session leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// A container of a task of the target's service.
    Container {
        /// The task.
        task: TaskArn,
        /// The container.
        container: Text,
        /// The container's runtime id; another one is another container.
        runtime_id: Text,
    },
    /// A node Session Manager manages.
    Node {
        /// Its id.
        id: NodeId,
        /// What people call it.
        name: Text,
    },
}

impl Place {
    /// As people say it.
    pub fn words(&self) -> String {
        match self {
            Self::Container {
                task, container, ..
            } => format!("{container} of task {}", task.short()),
            Self::Node { id, name } if name.is_empty() || **name == *id.as_str() => id.to_string(),
            Self::Node { id, name } => format!("{name} ({id})"),
        }
    }
}

/// What a session is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// An interactive shell.
    Shell,
    /// One command, as AWS gets it.
    Command(Text),
    /// A port of the task or node, or with a host, of a host it can reach.
    Forward {
        /// The remote host; `None` is the task or node itself.
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

    /// How Session Manager names where it leads: `ecs:CLUSTER_TASK_RUNTIME`, names and no ARNs,
    /// or a node's id.
    pub fn managed_target(&self) -> String {
        match &self.place {
            Place::Container {
                task, runtime_id, ..
            } => {
                let (cluster, task) = (self.target.cluster.name(), task.id());
                format!("ecs:{cluster}_{task}_{runtime_id}")
            }
            Place::Node { id, .. } => id.to_string(),
        }
    }

    /// The command AWS gets; `None` for a forwarded port, which runs none, and for a shell on a
    /// node, where Session Manager's preferences choose it.
    pub fn command(&self) -> Option<&str> {
        match (&self.purpose, &self.place) {
            (Purpose::Shell, Place::Container { .. }) => Some(SHELL),
            (Purpose::Command(command), _) => Some(command),
            (Purpose::Shell, Place::Node { .. }) | (Purpose::Forward { .. }, _) => None,
        }
    }

    /// What `StartSession` is asked for: the document and its parameters. `None` in place of the
    /// document is the preferences' own shell; containers get commands by `ExecuteCommand`
    /// instead.
    pub fn document(&self) -> (Option<&'static str>, Vec<(&'static str, String)>) {
        match &self.purpose {
            Purpose::Shell => (None, Vec::new()),
            Purpose::Command(command) => (
                Some("AWS-StartInteractiveCommand"),
                vec![("command", command.to_string())],
            ),
            Purpose::Forward { host: None, port } => (
                Some("AWS-StartPortForwardingSession"),
                vec![("portNumber", port.to_string())],
            ),
            Purpose::Forward {
                host: Some(host),
                port,
            } => (
                Some("AWS-StartPortForwardingSessionToRemoteHost"),
                vec![("host", host.to_string()), ("portNumber", port.to_string())],
            ),
        }
    }

    /// Whether `ExecuteCommand` opens it; otherwise `StartSession` does.
    pub const fn is_executed(&self) -> bool {
        matches!(self.place, Place::Container { .. })
            && !matches!(self.purpose, Purpose::Forward { .. })
    }

    /// The AWS command-line form of the same request.
    pub(super) fn as_aws_command(&self) -> String {
        let region = &self.target.region;
        if let Place::Container {
            task, container, ..
        } = &self.place
            && let Some(command) = self.command()
        {
            return format!(
                "aws ecs execute-command --region {region} --cluster {} --task {} --container {container} --interactive --command {}",
                self.target.cluster.name(),
                task.id(),
                quoted(command),
            );
        }
        let (document, parameters) = self.document();
        let mut words = format!(
            "aws ssm start-session --region {region} --target {}",
            self.managed_target()
        );
        if let Some(document) = document {
            let parameters = parameters.iter();
            let parameters: Vec<String> = parameters
                .map(|(name, value)| quoted(&format!("{name}={value}")))
                .collect();
            words = format!(
                "{words} --document-name {document} --parameters {}",
                parameters.join(",")
            );
        }
        words
    }
}

/// A node as the target of a change: what a journal line names. `None` before anybody knows the
/// caller, whose ARN tells the partition.
pub fn node_target(environment: &Environment, caller: &Identity, id: &NodeId) -> Option<Target> {
    let partition = caller.arn.split(':').nth(1)?;
    let (region, account) = (&environment.region, &caller.account);
    let (service, kind) = if id.as_str().starts_with("mi-") {
        ("ssm", "managed-instance")
    } else {
        ("ec2", "instance")
    };
    let arn = format!("arn:{partition}:{service}:{region}:{account}:{kind}/{id}");
    Some(Target {
        environment: environment.name.clone(),
        account: account.clone(),
        region: region.clone(),
        cluster: "".into(),
        service: arn.as_str().into(),
        belief: Belief {
            task_definition: "".into(),
            desired: 0,
            deployments: Vec::new(),
        },
    })
}

/// Which shells are recorded without being asked, and whether what is typed is kept as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Records {
    /// The tiers whose shells are.
    pub tiers: Vec<Tier>,
    /// What is typed; passwords are typed.
    pub input: bool,
}

impl Default for Records {
    fn default() -> Self {
        Self {
            tiers: vec![Tier::Production],
            input: false,
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

    #[test]
    fn a_node_is_entered_by_its_id_and_with_the_preferences_shell() {
        let on_node = |purpose| crate::policy::example::node_session(purpose);
        let shell = on_node(Purpose::Shell);
        assert_eq!((shell.command(), shell.is_executed()), (None, false));
        assert_eq!(shell.target.service.name(), "i-0a1b2c3d4e5f60718");
        assert_eq!(
            shell.as_aws_command(),
            "aws ssm start-session --region eu-central-1 --target i-0a1b2c3d4e5f60718"
        );
        let command = on_node(Purpose::Command("df -h".into()));
        let (document, parameters) = command.document();
        assert_eq!(document, Some("AWS-StartInteractiveCommand"));
        assert_eq!(parameters, [("command", "df -h".to_owned())]);
        let forward = on_node(Purpose::Forward {
            host: Some("db.internal".into()),
            port: 5432,
        });
        assert!(
            forward
                .as_aws_command()
                .ends_with("ToRemoteHost --parameters host=db.internal,portNumber=5432")
        );
        let mut elsewhere = shell.target.clone();
        let caller = crate::policy::example::caller();
        let environment = crate::policy::example::Desk::ready().environment.unwrap();
        elsewhere.service = node_target(&environment, &caller, &"mi-0123456789abcdef0".into())
            .unwrap()
            .service;
        assert!(elsewhere.service.as_str().contains(":ssm:"));
    }
}
