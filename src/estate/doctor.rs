//! Whether a shell can work, before anybody tries: the prerequisites of aws.md 6.1.
//!
//! Pure: `cloud` reads a [`Patient`], [`examine`] gives one [`Check`] for each prerequisite.

use serde::Serialize;

use super::Timestamp;
use super::id::TaskArn;
use super::text::Text;

/// What was read about one container of one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patient {
    /// When it was read.
    pub seen_at: Timestamp,
    /// The task.
    pub task: TaskArn,
    /// Where the task is in its life, AWS's word.
    pub last_status: Text,
    /// Where ECS wants it to be.
    pub desired_status: Text,
    /// Whether ECS Exec was switched on when the task started.
    pub exec_enabled: bool,
    /// `FARGATE` or `EC2`, AWS's word.
    pub launch_type: Text,
    /// Fargate's platform version.
    pub platform: Option<Text>,
    /// The ECS agent's version on the instance, for EC2.
    pub host_agent: Option<Text>,
    /// The container.
    pub container: Text,
    /// Its runtime id.
    pub runtime_id: Text,
    /// AWS's word for its status.
    pub container_status: Text,
    /// Its `ExecuteCommandAgent`.
    pub agent: Option<Agent>,
    /// What its task definition says; `None` when that could not be read.
    pub definition: Option<Definition>,
    /// Whether the cluster records sessions; `None` when that could not be read.
    pub logging: Option<Logging>,
    /// The key of KMS the cluster encrypts sessions with.
    pub key: Option<Text>,
}

/// The agent in a container that carries sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// AWS's word for its status.
    pub status: Text,
    /// Why, in AWS's words.
    pub reason: Option<Text>,
}

/// What a task definition says about sessions in one of its containers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Whether it names a task role.
    pub task_role: bool,
    /// Whether the container cannot write to its own disk.
    pub read_only: bool,
    /// Names of variables that hold AWS keys of their own.
    pub own_keys: Vec<Text>,
    /// Whether an init process reaps what a session leaves behind.
    pub init_process: bool,
}

/// `executeCommandConfiguration.logging` of a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Logging {
    /// `NONE`.
    Off,
    /// `DEFAULT` without a log driver that would take it, or none configured at all: the
    /// container's own awslogs driver records it where there is one.
    Default,
    /// `OVERRIDE`: a log group or a bucket of its own.
    Override,
    /// A word this version does not know.
    Unknown(Text),
}

/// How a prerequisite stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// It is met.
    Good,
    /// It works, but not as one would wish.
    Careful,
    /// It could not be read.
    Unknown,
    /// It is not met: a shell cannot work.
    Bad,
}

impl Finding {
    /// How it stands, in a word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Careful => "careful",
            Self::Unknown => "unknown",
            Self::Bad => "bad",
        }
    }
}

/// One prerequisite, how it stands and what would mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What is looked at, a few words.
    pub about: &'static str,
    /// How it stands.
    pub finding: Finding,
    /// What was found.
    pub words: Text,
    /// What to do about it; empty when nothing is to be done.
    pub mend: &'static str,
}

impl Check {
    pub(super) fn good(about: &'static str, words: impl Into<String>) -> Self {
        Self::new(about, Finding::Good, words, "")
    }

    pub(super) fn new(
        about: &'static str,
        finding: Finding,
        words: impl Into<String>,
        mend: &'static str,
    ) -> Self {
        let words = Text::from(words.into());
        Self {
            about,
            finding,
            words,
            mend,
        }
    }
}

/// Every prerequisite that can be read, those that cannot be worked around first.
pub fn examine(patient: &Patient) -> Vec<Check> {
    let mut checks = vec![
        task(patient),
        exec(patient),
        container(patient),
        agent(patient),
        platform(patient),
    ];
    checks.extend(definition(patient));
    checks.extend(patient.key.as_ref().map(encrypted));
    checks.push(recorded(patient.logging.as_ref()));
    checks
}

/// The first prerequisite that is not met.
pub fn obstacle(checks: &[Check]) -> Option<&Check> {
    checks.iter().find(|check| check.finding == Finding::Bad)
}

fn task(patient: &Patient) -> Check {
    let (now, wanted) = (&patient.last_status, &patient.desired_status);
    if **now != *"RUNNING" {
        let words = format!("the task is {now}, not RUNNING");
        return Check::new("task", Finding::Bad, words, "pick a task that runs");
    }
    if **wanted != *"RUNNING" {
        let words = "the task is being stopped";
        return Check::new("task", Finding::Bad, words, "pick a task that stays");
    }
    Check::good("task", "RUNNING")
}

fn exec(patient: &Patient) -> Check {
    if patient.exec_enabled {
        return Check::good("ECS Exec", "on in this task");
    }
    Check::new(
        "ECS Exec",
        Finding::Bad,
        "off in this task; the service's switch holds for new tasks only",
        "switch on enableExecuteCommand of the service, then redeploy it",
    )
}

fn container(patient: &Patient) -> Check {
    let (name, status) = (&patient.container, &patient.container_status);
    let words = format!("{name} is {status}");
    if **status == *"RUNNING" {
        Check::good("container", words)
    } else {
        let mend = "pick a container that runs";
        Check::new("container", Finding::Bad, words, mend)
    }
}

fn agent(patient: &Patient) -> Check {
    const MEND: &str = "give the task role ssmmessages:CreateControlChannel, CreateDataChannel, OpenControlChannel and OpenDataChannel, and a way to ssmmessages (NAT or endpoint); then replace the task";
    let Some(agent) = &patient.agent else {
        let words = format!("{} has no ExecuteCommandAgent", patient.container);
        return Check::new("agent", Finding::Bad, words, MEND);
    };
    if *agent.status == *"RUNNING" {
        return Check::good("agent", "ExecuteCommandAgent is RUNNING");
    }
    let reason = agent.reason.as_ref().map(|why| format!(": {why}"));
    let words = format!(
        "ExecuteCommandAgent is {}{}",
        agent.status,
        reason.unwrap_or_default()
    );
    if *agent.status == *"PENDING" {
        let mend = "wait until it runs; if it never does, look at the task role and the network";
        return Check::new("agent", Finding::Bad, words, mend);
    }
    Check::new("agent", Finding::Bad, words, MEND)
}

/// Fargate 1.4.0 and ECS agent 1.50.2 are the first that can.
fn platform(patient: &Patient) -> Check {
    let (version, about, least) = if *patient.launch_type == *"FARGATE" {
        (&patient.platform, "platform", [1, 4, 0])
    } else {
        (&patient.host_agent, "ECS agent", [1, 50, 2])
    };
    let Some(version) = version else {
        let words = format!("{} did not tell its version", patient.launch_type);
        return Check::new(about, Finding::Unknown, words, "");
    };
    let words = format!("{} {version}", patient.launch_type);
    match numbers(version) {
        Some(numbers) if numbers < least => {
            let mend = "move the service to a newer platform or agent";
            Check::new(about, Finding::Bad, words, mend)
        }
        Some(_) => Check::good(about, words),
        None => Check::new(about, Finding::Unknown, words, ""),
    }
}

fn numbers(version: &str) -> Option<[u32; 3]> {
    let mut parts = version.split('.').map(|part| part.parse().ok());
    Some([parts.next()??, parts.next()??, parts.next()??])
}

fn definition(patient: &Patient) -> Vec<Check> {
    let Some(definition) = &patient.definition else {
        let words = "the task definition could not be read";
        return vec![Check::new("task definition", Finding::Unknown, words, "")];
    };
    let role = if definition.task_role {
        Check::good(
            "task role",
            "there is one; whether it allows ssmmessages is not looked at",
        )
    } else if *patient.launch_type == *"FARGATE" {
        let mend = "give the task definition a task role that allows ssmmessages";
        Check::new("task role", Finding::Bad, "there is none", mend)
    } else {
        let words = "there is none: the instance's role has to allow ssmmessages";
        Check::new("task role", Finding::Careful, words, "")
    };
    let disk = if definition.read_only {
        let mend = "switch off readonlyRootFilesystem, or do without shells (Security Hub ECS.5 asks for it)";
        let words = "the container's root file system is read-only: the agent cannot write";
        Check::new("disk", Finding::Bad, words, mend)
    } else {
        Check::good("disk", "the agent can write")
    };
    let keys = (!definition.own_keys.is_empty()).then(|| {
        let names: Vec<&str> = definition.own_keys.iter().map(Text::as_str).collect();
        let words = format!(
            "{} in the container: the agent would use them",
            names.join(", ")
        );
        let mend = "let the program use the task role instead";
        Check::new("keys", Finding::Careful, words, mend)
    });
    let init = (!definition.init_process).then(|| {
        let words = "no init process: what a shell leaves behind is not reaped";
        Check::new("init", Finding::Careful, words, "set initProcessEnabled")
    });
    [Some(role), Some(disk), keys, init]
        .into_iter()
        .flatten()
        .collect()
}

/// Whether both ends may use the key is known only once they try.
fn encrypted(key: &Text) -> Check {
    let words =
        format!("sessions are encrypted with {key}: whether you may use it is not looked at");
    let mend = "you need kms:GenerateDataKey on it, and the task role kms:Decrypt";
    Check::new("encryption", Finding::Unknown, words, mend)
}

/// Whether AWS records what is typed and shown.
pub fn recorded(logging: Option<&Logging>) -> Check {
    const ABOUT: &str = "recording";
    let mend = "set executeCommandConfiguration.logging of the cluster";
    match logging {
        Some(Logging::Override) => Check::good(ABOUT, "recorded by AWS, where the cluster says"),
        Some(Logging::Default) => Check::new(
            ABOUT,
            Finding::Careful,
            "recorded by AWS into the container's own log, if it has an awslogs one",
            "",
        ),
        Some(Logging::Off) => Check::new(ABOUT, Finding::Careful, "NOT recorded by AWS", mend),
        Some(Logging::Unknown(word)) => {
            let words = format!("nobody here knows the cluster's logging {word}");
            Check::new(ABOUT, Finding::Unknown, words, "")
        }
        None => Check::new(
            ABOUT,
            Finding::Unknown,
            "not known whether AWS records it",
            "",
        ),
    }
}

/// What stands behind an error AWS gave instead of a session, where it can be said.
pub fn behind(code: &str, message: &str) -> Option<&'static str> {
    let code = code.rsplit('#').next().unwrap_or(code);
    let node = message.contains("i-") && !message.contains("ecs:");
    if code == "TargetNotConnected" && node {
        Some(
            "the node's agent is not connected: it does not run, has no instance profile (AmazonSSMManagedInstanceCore) or no way to ssmmessages, or the node is another account's or region's",
        )
    } else if code == "TargetNotConnectedException" || code == "TargetNotConnected" {
        Some(
            "the agent in the container is not connected: the task role lacks ssmmessages, the agent does not run, or there is no way to ssmmessages (NAT or endpoint)",
        )
    } else if message.contains("execute command was not enabled") {
        Some(
            "ECS Exec was off when the task started, or its agent does not run: switch it on in the service and redeploy",
        )
    } else if message.contains("ssm:StartSession") {
        Some(
            "many accounts deny ssm:StartSession on tasks, because that way is not logged: forward through an instance, or ask the owners of the account",
        )
    } else if message.contains("ecs:ExecuteCommand") {
        Some(
            "ecs:ExecuteCommand is missing on the task or its cluster; only their tags are looked at, so propagateTags=SERVICE may be needed",
        )
    } else if message.contains("kms:GenerateDataKey") {
        Some("the cluster encrypts sessions: you need kms:GenerateDataKey on its key")
    } else if message.contains("kms:Decrypt") {
        Some("the cluster encrypts sessions: the task role needs kms:Decrypt on its key")
    } else if message.contains("ssmmessages:") {
        Some(
            "the task role, or the instance's, has to allow ssmmessages:CreateControlChannel, CreateDataChannel, OpenControlChannel and OpenDataChannel",
        )
    } else if code == "InvalidDocument" {
        Some("Session Manager's document is not there: the account has no preferences yet")
    } else {
        None
    }
}

#[cfg(test)]
pub(crate) mod example {
    use super::*;

    /// A container a shell would work in, seen at `at`.
    pub(crate) fn well(at: Timestamp) -> Patient {
        Patient {
            seen_at: at,
            task:
                "arn:aws:ecs:eu-central-1:123456789012:task/main/0123456789abcdef0123456789abcdef"
                    .into(),
            last_status: "RUNNING".into(),
            desired_status: "RUNNING".into(),
            exec_enabled: true,
            launch_type: "FARGATE".into(),
            platform: Some("1.4.0".into()),
            host_agent: None,
            container: "app".into(),
            runtime_id: "0123456789abcdef-1".into(),
            container_status: "RUNNING".into(),
            agent: Some(Agent {
                status: "RUNNING".into(),
                reason: None,
            }),
            definition: Some(Definition {
                task_role: true,
                read_only: false,
                own_keys: vec![],
                init_process: true,
            }),
            logging: Some(Logging::Override),
            key: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patient() -> Patient {
        example::well("2026-11-21T14:03:22Z".parse().unwrap())
    }

    /// What stands in the way after `spoil`.
    fn in_the_way(spoil: impl FnOnce(&mut Patient)) -> Option<&'static str> {
        let mut patient = patient();
        spoil(&mut patient);
        obstacle(&examine(&patient)).map(|check| {
            assert!(!check.mend.is_empty(), "{check:?} has no mend");
            check.about
        })
    }

    #[test]
    fn nothing_is_wrong_with_the_example() {
        let checks = examine(&patient());
        assert!(
            checks.iter().all(|check| check.finding == Finding::Good),
            "{checks:?}"
        );
    }

    #[test]
    fn each_missing_prerequisite_is_named() {
        let definition = |change: fn(&mut Definition)| {
            in_the_way(|one| change(one.definition.as_mut().unwrap()))
        };
        assert_eq!(
            in_the_way(|one| one.last_status = "PENDING".into()),
            Some("task")
        );
        assert_eq!(
            in_the_way(|one| one.desired_status = "STOPPED".into()),
            Some("task")
        );
        assert_eq!(in_the_way(|one| one.exec_enabled = false), Some("ECS Exec"));
        assert_eq!(
            in_the_way(|one| one.container_status = "STOPPED".into()),
            Some("container")
        );
        assert_eq!(in_the_way(|one| one.agent = None), Some("agent"));
        for status in ["PENDING", "STOPPED", "SOMETHING_NEW"] {
            let agent = Some(Agent {
                status: status.into(),
                reason: None,
            });
            assert_eq!(in_the_way(|one| one.agent = agent), Some("agent"));
        }
        assert_eq!(
            in_the_way(|one| one.platform = Some("1.3.0".into())),
            Some("platform")
        );
        assert_eq!(definition(|one| one.task_role = false), Some("task role"));
        assert_eq!(definition(|one| one.read_only = true), Some("disk"));
        assert_eq!(
            definition(|one| one.own_keys = vec!["AWS_ACCESS_KEY_ID".into()]),
            None
        );
        let on_ec2 = |agent: &'static str| {
            in_the_way(|one| {
                one.launch_type = "EC2".into();
                one.host_agent = Some(agent.into());
            })
        };
        assert_eq!(
            (on_ec2("1.50.1"), on_ec2("1.50.2")),
            (Some("ECS agent"), None)
        );
    }

    #[test]
    fn what_could_not_be_read_is_unknown_and_never_good() {
        let mut patient = patient();
        patient.definition = None;
        patient.logging = None;
        patient.key = Some("alias/sessions".into());
        patient.platform = Some("LATEST".into());
        let checks = examine(&patient);
        let unknown = checks.iter().filter(|one| one.finding == Finding::Unknown);
        assert_eq!(unknown.count(), 4, "{checks:?}");
        assert_eq!(obstacle(&checks), None);
    }

    #[test]
    fn errors_of_aws_name_what_is_missing() {
        assert!(
            behind("TargetNotConnectedException", "")
                .unwrap()
                .contains("task role")
        );
        let denied = "User: x is not authorized to perform: ssm:StartSession on resource: y";
        assert!(
            behind("AccessDeniedException", denied)
                .unwrap()
                .contains("many accounts")
        );
        let lost = behind(
            "TargetNotConnected",
            "i-0a1b2c3d4e5f60718 is not connected.",
        );
        assert!(lost.unwrap().contains("instance profile"));
        let task = behind("TargetNotConnected", "ecs:main_i-1_x-1 is not connected.");
        assert!(task.unwrap().contains("task role"));
        for (code, message, missing) in [
            (
                "InvalidParameterException",
                "The execute command failed because execute command was not enabled when the task was run or the execute command agent isn't running",
                "switch it on",
            ),
            (
                "AccessDeniedException",
                "not authorized to perform: ecs:ExecuteCommand on",
                "propagateTags",
            ),
            (
                "AccessDeniedException",
                "not authorized to perform: kms:GenerateDataKey on",
                "kms:GenerateDataKey",
            ),
            (
                "AccessDeniedException",
                "not authorized to perform: kms:Decrypt on",
                "task role",
            ),
            (
                "AccessDeniedException",
                "not authorized to perform: ssmmessages:OpenDataChannel",
                "OpenDataChannel",
            ),
            ("InvalidDocument", "", "preferences"),
        ] {
            let told = behind(code, message).unwrap_or_default();
            assert!(told.contains(missing), "{code} {message}: {told}");
        }
        assert_eq!(behind("ThrottlingException", "Rate exceeded"), None);
    }
}
