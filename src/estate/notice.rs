//! What a service event's message means (aws.md 1.2).

use super::service::{DeploymentStatus, Rollout, Service, ServiceEvent};

/// The meaning of a service event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Notice {
    /// At the wanted count, and healthy; closes every trouble before it.
    Steady,
    /// A deployment ended well; closes every trouble before it.
    DeploymentCompleted,
    /// A deployment was ended by its circuit breaker or an alarm.
    DeploymentFailed,
    /// ECS goes back to an earlier deployment.
    RollingBack,
    /// Tasks fail one after the other.
    StartImpaired,
    /// The limits of the deployment allow neither a start nor a stop.
    Deadlock,
    /// No container instance fits a task.
    Placement,
    /// AWS has no capacity for a task, in a zone or at all.
    Capacity,
    /// Too many tasks of the cluster are starting at once.
    Provisioning,
    /// An account's limit is reached.
    Quota,
    /// A permission of ECS itself is missing.
    Permission,
    /// The load balancer's target (group) is gone.
    TargetMissing,
    /// The load balancer finds a task unhealthy.
    Unhealthy,
    /// ECS itself is throttled.
    Throttled,
    /// Protected tasks keep a service from shrinking.
    Protected,
    /// ECS itself cannot tell whether its tasks are healthy (`SERVICE_HEALTH_UNKNOWN`).
    HealthUnknown,
    /// Tasks were started or stopped, as always.
    Movement,
    /// Targets were registered or deregistered, as always.
    Registration,
    /// Anything else.
    Other,
}

/// Fragments of AWS's sentences in lower case; the first found wins.
const FRAGMENTS: [(&str, Notice); 28] = [
    ("has reached a steady state", Notice::Steady),
    ("deployment completed", Notice::DeploymentCompleted),
    ("deployment failed", Notice::DeploymentFailed),
    ("rolling back to deployment", Notice::RollingBack),
    ("unable to consistently start tasks", Notice::StartImpaired),
    (
        "unable to stop or start tasks during a deployment",
        Notice::Deadlock,
    ),
    ("capacity is unavailable", Notice::Capacity),
    ("capacity unavailable", Notice::Capacity),
    (
        "provisioning capacity limit was exceeded",
        Notice::Provisioning,
    ),
    ("reached the limit on the number of tasks", Notice::Quota),
    ("you can run concurrently", Notice::Quota),
    ("unable to place a task", Notice::Placement),
    ("could not launch", Notice::Capacity),
    ("misconfigured", Notice::Permission),
    ("trust relationship", Notice::Permission),
    ("target group is not found", Notice::TargetMissing),
    ("target is not found", Notice::TargetMissing),
    ("is unhealthy in", Notice::Unhealthy),
    ("operations are being throttled", Notice::Throttled),
    ("more protected tasks than desired", Notice::Protected),
    ("service_health_unknown", Notice::HealthUnknown),
    ("health status is unknown", Notice::HealthUnknown),
    ("unable to describe the health", Notice::HealthUnknown),
    ("deregistered", Notice::Registration),
    ("registered", Notice::Registration),
    ("begun draining connections", Notice::Registration),
    ("has started", Notice::Movement),
    ("has stopped", Notice::Movement),
];

impl Notice {
    /// Reads a message. The commonest sentence of all is recognised without a copy.
    pub fn of(message: &str) -> Self {
        if message.ends_with("has reached a steady state.") {
            return Self::Steady;
        }
        let lower = message.to_ascii_lowercase();
        FRAGMENTS
            .iter()
            .find(|(fragment, _)| lower.contains(fragment))
            .map_or(Self::Other, |(_, notice)| *notice)
    }

    /// Whether it is bad news.
    pub const fn trouble(self) -> bool {
        match self {
            Self::Steady
            | Self::DeploymentCompleted
            | Self::RollingBack
            | Self::Protected
            | Self::Movement
            | Self::Registration
            | Self::Other => false,
            Self::DeploymentFailed
            | Self::StartImpaired
            | Self::Deadlock
            | Self::Placement
            | Self::Capacity
            | Self::Provisioning
            | Self::Quota
            | Self::Permission
            | Self::TargetMissing
            | Self::HealthUnknown
            | Self::Unhealthy
            | Self::Throttled => true,
        }
    }
}

/// The newest events, all of which are kept.
const NEWEST: usize = 20;

/// Whether the event at `place`, the newest being at 0, is worth the memory: of the hundred that
/// AWS keeps, the newest twenty; of the older ones those that open or close trouble. Five
/// hundred services say fifty thousand sentences otherwise, most of them of tasks that came and
/// went weeks ago.
pub fn worth_keeping(place: usize, message: &str) -> bool {
    place < NEWEST || !matches!(Notice::of(message), Notice::Movement | Notice::Registration)
}

/// A message without the service's name before it: the name stands beside it already.
pub fn without_name(message: &str) -> &str {
    let Some((name, rest)) = message
        .strip_prefix("(service ")
        .and_then(|rest| rest.split_once(')'))
    else {
        return message;
    };
    let rest = rest.trim_start_matches([' ', ',']);
    if name.is_empty() || rest.is_empty() {
        message
    } else {
        rest
    }
}

/// The newest bad news that nothing has closed since: ECS leaves out repeated messages for up
/// to six hours, so trouble stays open until a newer steady state or a newer completed
/// deployment (aws.md 1.1).
pub fn open_trouble(service: &Service) -> Option<(&ServiceEvent, Notice)> {
    let completed_at = service
        .deployments
        .iter()
        .filter(|one| one.status == DeploymentStatus::Primary && one.rollout == Rollout::Completed)
        .find_map(|one| one.updated_at);
    service
        .events
        .iter()
        .take_while(|event| completed_at.is_none_or(|completed| event.at >= completed))
        .map(|event| (event, Notice::of(&event.message)))
        .take_while(|(_, notice)| !matches!(notice, Notice::Steady | Notice::DeploymentCompleted))
        .find(|(_, notice)| notice.trouble())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table reads best in one piece")]
    fn aws_sentences_are_understood() {
        for (message, notice) in [
            (
                "(service orders) has reached a steady state.",
                Notice::Steady,
            ),
            (
                "(service orders) (deployment ecs-svc/1) deployment completed.",
                Notice::DeploymentCompleted,
            ),
            (
                "(service orders) (deployment ecs-svc/1) deployment failed: tasks failed to start.",
                Notice::DeploymentFailed,
            ),
            (
                "(service orders) rolling back to deployment ecs-svc/2.",
                Notice::RollingBack,
            ),
            (
                "(service orders) is unable to consistently start tasks successfully. For more information, see the Troubleshooting section.",
                Notice::StartImpaired,
            ),
            (
                "(service orders) was unable to place a task because no container instance met all of its requirements.",
                Notice::Placement,
            ),
            (
                "(service orders) was unable to place a task. Reason: The vCPU limit: you have reached the limit on the number of tasks you can run concurrently",
                Notice::Quota,
            ),
            (
                "(service orders) was unable to place a task. Reason: The tasks provisioning capacity limit was exceeded.",
                Notice::Provisioning,
            ),
            (
                "(service orders) operations are being throttled on elb. Will try again later.",
                Notice::Throttled,
            ),
            (
                "(service orders) was unable to scale in due to (reason 2 more protected tasks than desired)",
                Notice::Protected,
            ),
            (
                "(service orders) could not launch 2 tasks for deployment ecs-svc/1.",
                Notice::Capacity,
            ),
            (
                "(service orders) failed to launch: the IAM permissions policies are misconfigured",
                Notice::Permission,
            ),
            (
                "(service orders) was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.",
                Notice::Capacity,
            ),
            (
                "(service orders) was unable to stop or start tasks during a deployment because of the service deployment configuration.",
                Notice::Deadlock,
            ),
            (
                "(service web) (port 8080) is unhealthy in (target-group arn) due to (reason Request timed out)",
                Notice::Unhealthy,
            ),
            (
                "(service orders) has started 2 tasks: (task 1) (task 2).",
                Notice::Movement,
            ),
            (
                "(service orders) deregistered 1 targets in (target-group arn)",
                Notice::Registration,
            ),
            (
                "(service orders) SERVICE_HEALTH_UNKNOWN: unable to describe the health of its tasks.",
                Notice::HealthUnknown,
            ),
            ("(service orders) did something new", Notice::Other),
            ("", Notice::Other),
        ] {
            assert_eq!(Notice::of(message), notice, "{message}");
        }
    }

    #[test]
    fn of_a_hundred_events_the_telling_ones_are_kept() {
        let moved = "(service a) has started 1 tasks: (task b).";
        let kept = |place| worth_keeping(place, moved);
        assert!(kept(19) && !kept(20));
        assert!(worth_keeping(99, "(service a) has reached a steady state."));
        assert!(worth_keeping(
            99,
            "(service a) was unable to place a task because no container instance met all of its requirements."
        ));
    }

    #[test]
    fn the_name_is_left_out_only_when_something_remains() {
        assert_eq!(without_name("(service a) has started"), "has started");
        assert_eq!(
            without_name("(service a, taskSet b) has begun"),
            "has begun"
        );
        assert_eq!(without_name("(service a)"), "(service a)");
        assert_eq!(without_name("(service a"), "(service a");
    }
}
