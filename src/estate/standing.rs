//! Open sessions as the console shows them, and what there is to open one in.

use super::SignedDuration;
use super::Timestamp;
use super::doctor::{Check, Patient, examine, obstacle};
use super::environment::Tier;
use super::session::{Session, container, healthiest};
use super::task::Task;
use super::text::Text;

/// A container of a running task, and what was read about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// The task.
    pub task: Task,
    /// What the doctor looks at.
    pub patient: Patient,
}

impl Way {
    /// The first prerequisite that is not met; `None` where a session should work.
    pub fn obstacle(&self) -> Option<Check> {
        obstacle(&examine(&self.patient)).cloned()
    }
}

/// Which of `ways` is offered first: the container a session would enter unasked, in the
/// healthiest task where nothing stands in the way, else in the healthiest task. Never the
/// first one because it is the first.
pub fn offered(ways: &[Way]) -> Option<usize> {
    let entered = |way: &&Way| {
        let same = ways.iter().filter(|one| one.task.arn == way.task.arn);
        let names = same.map(|one| one.patient.container.as_str());
        container(names, None) == Ok(way.patient.container.as_str())
    };
    let best = |open: bool| {
        let fit = ways
            .iter()
            .filter(|way| !open || way.obstacle().is_none())
            .filter(entered);
        let tasks: Vec<Task> = fit.map(|way| way.task.clone()).collect();
        let task = healthiest(&tasks)?.arn.clone();
        ways.iter()
            .position(|way| way.task.arn == task && entered(&way))
    };
    best(true).or_else(|| best(false))
}

/// An open session, as last told.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Its number in this console, counted from 1.
    pub number: u32,
    /// What was opened: where, what for, and for how many minutes.
    pub session: Session,
    /// The tier it was opened under.
    pub tier: Tier,
    /// Whose it is, as AWS calls them, short.
    pub who: Text,
    /// When it opened.
    pub since: Timestamp,
    /// How long nothing was typed and nothing shown.
    pub idle: SignedDuration,
    /// How long until the console ends it.
    pub left: SignedDuration,
    /// Whether AWS records it, in the doctor's words.
    pub aws: Text,
    /// After so long without a byte AWS ends it.
    pub silence: SignedDuration,
    /// The console's own recording, where one is made.
    pub recording: Option<Text>,
    /// Bytes shown since the terminal was last lent to it.
    pub unread: u64,
    /// Why its connection is lost, while it is.
    pub lost: Option<Text>,
    /// The last thing that was said of it.
    pub said: Option<Text>,
    /// Whether AWS's own client carries it: then it ends when it is left.
    pub plugin: bool,
    /// What went through it, if it is a forwarded port.
    pub port: Option<Port>,
}

/// A forwarded port and what went through it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Port {
    /// Where it listens on this machine.
    pub local: Text,
    /// Connections since the beginning.
    pub connections: u64,
    /// Connections now.
    pub open: u64,
    /// Connections that ended with an error.
    pub errors: u64,
    /// Bytes to the remote end.
    pub up: u64,
    /// Bytes from the remote end.
    pub down: u64,
    /// The last errors: which connection, and what went wrong; oldest first.
    pub failed: Vec<(u64, Text)>,
}

#[cfg(test)]
pub(crate) mod example {
    use super::*;
    use crate::estate::doctor::example::well;
    use crate::estate::fixture::stop;
    use crate::estate::session::Purpose;

    /// A shell that was opened an hour before `at`.
    pub(crate) fn standing(number: u32, at: Timestamp) -> Standing {
        Standing {
            number,
            session: crate::policy::example::session(Purpose::Shell),
            tier: Tier::Production,
            who: "alice@ops".into(),
            since: at - SignedDuration::from_mins(20),
            idle: SignedDuration::from_secs(40),
            left: SignedDuration::from_mins(40),
            aws: "recorded by AWS, where the cluster says".into(),
            silence: SignedDuration::from_mins(20),
            recording: None,
            unread: 0,
            lost: None,
            said: None,
            plugin: false,
            port: None,
        }
    }

    /// A container of a healthy task that started `minutes` before `at`.
    pub(crate) fn way(task: &str, name: &str, minutes: i64, at: Timestamp) -> Way {
        let arn = format!("arn:aws:ecs:eu-central-1:123456789012:task/main/{task:0<32}");
        Way {
            task: Task {
                arn: arn.as_str().into(),
                last_status: "RUNNING".into(),
                desired_status: "RUNNING".into(),
                health: "HEALTHY".into(),
                zone: Some("eu-central-1a".into()),
                started_at: Some(at - SignedDuration::from_mins(minutes)),
                ..stop(0, "", 0, "")
            },
            patient: Patient {
                task: arn.as_str().into(),
                container: name.into(),
                ..well(at)
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use example::way;

    fn at() -> Timestamp {
        "2026-11-21T14:03:22Z".parse().unwrap()
    }

    #[test]
    fn the_healthiest_task_that_can_be_entered_is_offered() {
        let mut ways = [
            way("a", "app", 1, at()),
            way("b", "log_router", 9, at()),
            way("b", "app", 9, at()),
            way("c", "app", 20, at()),
        ];
        assert_eq!(offered(&ways), Some(3), "the one that has run the longest");
        ways[3].task.health = "UNHEALTHY".into();
        assert_eq!(offered(&ways), Some(2), "no sidecar, and healthy");
        ways[2].patient.exec_enabled = false;
        assert_eq!(offered(&ways), Some(0), "one that can be entered");
        for way in &mut ways {
            way.patient.exec_enabled = false;
        }
        assert_eq!(
            offered(&ways),
            Some(2),
            "the healthiest, with what is missing"
        );
        assert_eq!(offered(&[]), None);
    }

    #[test]
    fn of_two_programs_none_is_offered_unasked() {
        let ways = [way("a", "web", 1, at()), way("a", "worker", 1, at())];
        assert_eq!(offered(&ways), None);
    }
}
