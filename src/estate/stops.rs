//! What stopped tasks say about a service (aws.md 1.3).

use super::task::{Container, Task};

/// Why a task stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumIter)]
pub enum StopClass {
    /// A container wanted more memory than its limit.
    OutOfMemory,
    /// The load balancer's health check failed.
    LoadBalancerHealth,
    /// The container's own health check failed.
    ContainerHealth,
    /// Asked to end, it did not, and was killed.
    KilledAtStop,
    /// An essential container ended with an exit code other than zero, or none.
    Crash,
    /// An essential container ended with exit code zero; a service is not meant to end.
    CleanExit,
    /// The image could not be pulled.
    ImagePull,
    /// Secrets, registry credentials, log driver or file system could not be prepared.
    Initialization,
    /// A volume could not be made.
    Volume,
    /// No network interface or address.
    Network,
    /// It did not start for another reason.
    FailedToStart,
    /// The scheduler no longer wanted it: scaling, deployment, rebalancing.
    Scheduler,
    /// Somebody stopped it.
    Manual,
    /// Spot capacity was taken back.
    Spot,
    /// Its host went away.
    Host,
    /// Nothing says why, or in words this version does not know.
    Unexplained,
}

impl StopClass {
    /// Whether a service in good order has none of these. Lost capacity and slow endings are
    /// worth a look, but the program did nothing wrong.
    pub const fn abnormal(self) -> bool {
        match self {
            Self::KilledAtStop | Self::Scheduler | Self::Manual | Self::Spot | Self::Host => false,
            Self::OutOfMemory
            | Self::LoadBalancerHealth
            | Self::ContainerHealth
            | Self::Crash
            | Self::CleanExit
            | Self::ImagePull
            | Self::Initialization
            | Self::Volume
            | Self::Network
            | Self::FailedToStart
            | Self::Unexplained => true,
        }
    }

    /// What first-level operations do about it.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::OutOfMemory => "memory limit or leak: a recycle buys time, then escalate",
            Self::LoadBalancerHealth => "slow, down, or a wrong health path: read its log",
            Self::ContainerHealth => "its own health check fails: read its log",
            Self::KilledAtStop => "it ignores SIGTERM; harmless but slow",
            Self::Crash => "read its last log lines",
            Self::CleanExit => "it ends by itself: wrong command, or a job run as a service",
            Self::ImagePull => "a restart cannot help: the tag, the registry or the network must",
            Self::Initialization => {
                "do not restart what still runs: secret, permission, log group or endpoint"
            }
            Self::Volume => "escalate: storage",
            Self::Network => "escalate: network, free addresses, agent",
            Self::FailedToStart => "escalate with the reason AWS gives",
            Self::Scheduler => "normal",
            Self::Manual => "somebody did this: ask who",
            Self::Spot => "capacity was taken back; it is replaced",
            Self::Host => "the host went away: look at the others of its zone",
            Self::Unexplained => "read the task's own words",
        }
    }
}

/// A stop, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The class.
    pub class: StopClass,
    /// Whether a service in good order has none of these.
    pub abnormal: bool,
    /// `OutOfMemory (137)`.
    pub words: String,
    /// What first-level operations do about it.
    pub hint: &'static str,
}

/// Reads a stopped task's signs.
pub fn stop(task: &Task) -> Stop {
    let said = said(task);
    let class = class(task, &said);
    Stop {
        class,
        abnormal: class.abnormal(),
        words: words(class, task, &said),
        hint: class.hint(),
    }
}

/// Everything AWS says about the end, in lower case: it writes the same words both ways.
fn said(task: &Task) -> String {
    let reasons = task.containers.iter().filter_map(|one| one.reason.as_ref());
    let mut said = String::new();
    for reason in task.stopped_reason.iter().chain(reasons) {
        said.push_str(&reason.to_ascii_lowercase());
        said.push('\n');
    }
    said
}

/// What says the class whatever the stop code is; the first fragment found wins.
const FRAGMENTS: [(&str, StopClass); 9] = [
    ("outofmemoryerror", StopClass::OutOfMemory),
    ("killed due to memory usage", StopClass::OutOfMemory),
    ("failed elb health checks", StopClass::LoadBalancerHealth),
    ("failed container health checks", StopClass::ContainerHealth),
    ("cannotpullcontainer", StopClass::ImagePull),
    ("resourceinitializationerror", StopClass::Initialization),
    ("cannotcreatevolumeerror", StopClass::Volume),
    ("host ec2 (instance", StopClass::Host),
    ("container instance deregistration", StopClass::Host),
];

/// What says that a task had no network or no agent to start it.
const NETWORK: [&str; 4] = ["network interface", "subnet", "eni ", "agent"];

/// A failed health check is named before a kill: the scheduler asks a sick task to end, and the
/// kill that may follow is not why it had to go.
fn class(task: &Task, said: &str) -> StopClass {
    let fragment = FRAGMENTS.iter().find(|(part, _)| said.contains(part));
    if let Some((_, class)) = fragment {
        return *class;
    }
    let killed = task.containers.iter().any(|one| one.exit_code == Some(137));
    match task.stop_code.as_deref() {
        Some("ServiceSchedulerInitiated" | "UserInitiated") if killed => StopClass::KilledAtStop,
        Some("EssentialContainerExited") => match deciding_exit(&task.containers) {
            Some(0) => StopClass::CleanExit,
            _ => StopClass::Crash,
        },
        Some("TaskFailedToStart") if NETWORK.iter().any(|part| said.contains(part)) => {
            StopClass::Network
        }
        Some("TaskFailedToStart") => StopClass::FailedToStart,
        Some("ServiceSchedulerInitiated") => StopClass::Scheduler,
        Some("UserInitiated") => StopClass::Manual,
        Some("SpotInterruption" | "TerminationNotice") => StopClass::Spot,
        Some("InfrastructureHealth") => StopClass::Host,
        _ if said.contains("maintenance") || said.contains("retire") => StopClass::Host,
        _ => StopClass::Unexplained,
    }
}

/// The exit code that ended the task: when one container ends, ECS ends its siblings, so a code
/// of its own doing says more than SIGTERM (143) and SIGKILL (137).
fn deciding_exit(containers: &[Container]) -> Option<i32> {
    let codes = || containers.iter().filter_map(|one| one.exit_code);
    codes()
        .find(|code| !matches!(code, 0 | 137 | 143))
        .or_else(|| codes().find(|&code| code == 137))
        .or_else(|| codes().find(|&code| code == 0))
        .or_else(|| codes().next())
}

fn words(class: StopClass, task: &Task, said: &str) -> String {
    let exit = deciding_exit(&task.containers);
    let plain = match class {
        StopClass::OutOfMemory => match exit {
            Some(code) => return format!("OutOfMemory ({code})"),
            None => "OutOfMemory",
        },
        StopClass::Crash => return crash(exit),
        StopClass::ImagePull => image(said),
        StopClass::Initialization => initialization(said),
        StopClass::LoadBalancerHealth => "failed the load balancer's health check",
        StopClass::ContainerHealth => "failed its container health check",
        StopClass::KilledAtStop => "killed after ignoring SIGTERM (137)",
        StopClass::CleanExit => "ended by itself (0)",
        StopClass::Volume => "no volume",
        StopClass::Network => "no network interface or agent",
        StopClass::Scheduler => "no longer wanted",
        StopClass::Manual => "stopped by hand",
        StopClass::Spot => "Spot capacity taken back",
        StopClass::Host => "host gone",
        StopClass::FailedToStart | StopClass::Unexplained => {
            let reason = task.stopped_reason.as_deref().unwrap_or_default().trim();
            return match (class, reason) {
                (StopClass::FailedToStart, "") => "did not start".to_owned(),
                (_, "") => "stopped for no stated reason".to_owned(),
                (_, reason) => super::words::shortened(reason, 60),
            };
        }
    };
    plain.to_owned()
}

fn crash(exit: Option<i32>) -> String {
    let Some(code) = exit else {
        return "ended without an exit code".to_owned();
    };
    let name = match code {
        126 | 127 => "bad command",
        134 => "aborted",
        137 => "killed",
        139 => "segfault",
        143 => "ended by SIGTERM",
        _ => return format!("exit {code}"),
    };
    format!("{name} ({code})")
}

fn image(said: &str) -> &'static str {
    if said.contains("no space left") {
        "CannotPullContainer, host disk full"
    } else if said.contains("toomanyrequests") {
        "CannotPullContainer, registry's rate limit"
    } else if said.contains("request canceled") || said.contains("timeout") {
        "CannotPullContainer, registry unreachable"
    } else if said.contains("not found") || said.contains("404") {
        "CannotPullContainer, image not found"
    } else {
        "CannotPullContainer"
    }
}

fn initialization(said: &str) -> &'static str {
    if said.contains("secret") || said.contains("registry auth") {
        "secret or registry credentials not readable"
    } else if said.contains("logging driver") || said.contains("log group") {
        "log driver not initialized"
    } else if said.contains("efs") {
        "EFS not mounted"
    } else {
        "ResourceInitializationError"
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    /// A task that stopped so, `containers` as (exit code, reason).
    fn task(code: &str, reason: &str, containers: &[(Option<i32>, &str)]) -> Task {
        let optional = |text: &str| (!text.is_empty()).then(|| text.into());
        Task {
            arn: "arn:aws:ecs:eu-central-1:1:task/prod/3f9c".into(),
            cluster: "arn:aws:ecs:eu-central-1:1:cluster/prod".into(),
            service_name: Some("orders".into()),
            task_definition: "orders:58".into(),
            last_status: "STOPPED".into(),
            desired_status: "STOPPED".into(),
            health: "UNKNOWN".into(),
            stop_code: optional(code),
            stopped_reason: optional(reason),
            started_by: None,
            zone: None,
            address: None,
            connectivity: None,
            created_at: None,
            started_at: None,
            stopping_at: None,
            stopped_at: None,
            containers: containers
                .iter()
                .map(|&(exit_code, reason)| Container {
                    name: "app".into(),
                    last_status: "STOPPED".into(),
                    health: "UNKNOWN".into(),
                    exit_code,
                    reason: optional(reason),
                    image: None,
                    image_digest: None,
                })
                .collect(),
        }
    }

    #[test]
    fn the_stops_aws_tells_of_are_understood() {
        const EXITED: &str = "Essential container in task exited";
        const OOM: &str = "OutOfMemoryError: Container killed due to memory usage";
        const SCALING: &str = "Scaling activity initiated by (deployment ecs-svc/9223370526)";
        const ELB: &str = "Task failed ELB health checks in (target-group \
            arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/orders/73e2)";
        let exited = "EssentialContainerExited";
        let scheduler = "ServiceSchedulerInitiated";
        let failed = "TaskFailedToStart";
        #[rustfmt::skip]
        #[expect(clippy::type_complexity, reason = "the columns of a table")]
        let table: &[(&str, &str, &[(Option<i32>, &str)], StopClass, bool, &str)] = &[
            (exited, EXITED, &[(Some(137), OOM)], StopClass::OutOfMemory, true, "OutOfMemory (137)"),
            (exited, EXITED, &[(Some(137), "container killed due to memory usage")], StopClass::OutOfMemory, true, "OutOfMemory (137)"),
            (scheduler, SCALING, &[(Some(137), "")], StopClass::KilledAtStop, false, "killed after ignoring SIGTERM (137)"),
            (scheduler, ELB, &[(Some(137), "")], StopClass::LoadBalancerHealth, true, "failed the load balancer's health check"),
            (scheduler, "Task failed container health checks", &[(Some(0), "")], StopClass::ContainerHealth, true, "failed its container health check"),
            (scheduler, SCALING, &[(Some(0), "")], StopClass::Scheduler, false, "no longer wanted"),
            (exited, EXITED, &[(Some(1), "")], StopClass::Crash, true, "exit 1"),
            (exited, EXITED, &[(Some(143), ""), (Some(1), "")], StopClass::Crash, true, "exit 1"),
            (exited, EXITED, &[(Some(139), "")], StopClass::Crash, true, "segfault (139)"),
            (exited, EXITED, &[(Some(137), "")], StopClass::Crash, true, "killed (137)"),
            (exited, EXITED, &[(None, "")], StopClass::Crash, true, "ended without an exit code"),
            (exited, EXITED, &[(Some(143), ""), (Some(0), "")], StopClass::CleanExit, true, "ended by itself (0)"),
            (failed, "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref orders:58: not found", &[(None, "")], StopClass::ImagePull, true, "CannotPullContainer, image not found"),
            (failed, "Task failed to start", &[(None, "CannotPullContainerError: toomanyrequests: You have reached your pull rate limit")], StopClass::ImagePull, true, "CannotPullContainer, registry's rate limit"),
            (failed, "CannotPullContainerError: request canceled while waiting for connection", &[], StopClass::ImagePull, true, "CannotPullContainer, registry unreachable"),
            (failed, "CannotPullContainerError: write /var/lib: no space left on device", &[], StopClass::ImagePull, true, "CannotPullContainer, host disk full"),
            (failed, "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed", &[], StopClass::Initialization, true, "secret or registry credentials not readable"),
            (failed, "ResourceInitializationError: failed to initialize logging driver: The specified log group does not exist", &[], StopClass::Initialization, true, "log driver not initialized"),
            (failed, "Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-1'", &[], StopClass::Network, true, "no network interface or agent"),
            (failed, "CannotCreateVolumeError: EFS access point is not valid", &[], StopClass::Volume, true, "no volume"),
            (failed, "", &[], StopClass::FailedToStart, true, "did not start"),
            ("UserInitiated", "firstline: alice: recycle", &[(Some(0), "")], StopClass::Manual, false, "stopped by hand"),
            ("SpotInterruption", "Your Spot Task was interrupted.", &[], StopClass::Spot, false, "Spot capacity taken back"),
            ("TerminationNotice", "", &[], StopClass::Spot, false, "Spot capacity taken back"),
            ("", "Host EC2 (instance i-0a1b) terminated.", &[], StopClass::Host, false, "host gone"),
            ("InfrastructureHealth", "", &[], StopClass::Host, false, "host gone"),
            ("QuantumFlux", "the stars were wrong", &[], StopClass::Unexplained, true, "the stars were wrong"),
            ("", "", &[], StopClass::Unexplained, true, "stopped for no stated reason"),
        ];
        for &(code, reason, containers, class, abnormal, words) in table {
            let stop = stop(&task(code, reason, containers));
            let expected = (class, abnormal, words);
            let got = (stop.class, stop.abnormal, stop.words.as_str());
            assert_eq!(got, expected, "{code} {reason}");
        }
    }

    #[test]
    fn every_class_tells_what_to_do() {
        for class in StopClass::iter() {
            assert!(!class.hint().is_empty(), "{class:?}");
        }
    }
}
