//! The table: for each symptom the allowed next step, why, and what would make it worse. Right
//! and wrong actions are those of the incident scenarios (aws.md 10).

use super::{Step, Symptom};

/// One line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The step.
    pub step: Step,
    /// The step in a sentence.
    pub words: &'static str,
    /// Why this step.
    pub reason: &'static str,
    /// What would make it worse.
    pub warning: &'static str,
}

const fn say(step: Step, words: &'static str, reason: &'static str, warning: &'static str) -> Rule {
    Rule {
        step,
        words,
        reason,
        warning,
    }
}

/// Every symptom's rule.
pub const TABLE: [(Symptom, Rule); 38] = [
    (
        Symptom::ApiThrottled,
        say(
            Step::Watch,
            "find who else polls this account, and let this console slow down",
            "AWS refuses calls; the services themselves may be perfectly well",
            "this is no outage of the service: do not act on what is old",
        ),
    ),
    (
        Symptom::AgentsSilent,
        say(
            Step::Escalate,
            "have its instances looked at: their ECS agents are silent",
            "ECS goes on repeating what the agents said last, HEALTHY included",
            "do not restart what cannot be seen: new tasks may go to the same instances",
        ),
    ),
    (
        Symptom::AwaitsApproval,
        say(
            Step::Escalate,
            "ask whoever deployed to approve it or to take it back: a hook holds the deployment",
            "both revisions run, and nothing moves until somebody answers",
            "do not deploy on top: what waits is lost",
        ),
    ),
    (
        Symptom::DownSinceDeploy,
        say(
            Step::Escalate,
            "call its owner now: have the revision before this one deployed again",
            "all that stopped is of the revision deployed last, and nothing runs",
            "a redeploy brings the same revision, and a recycle finds no task to replace",
        ),
    ),
    (
        Symptom::HealthUnknown,
        say(
            Step::Watch,
            "look at its targets and its log yourself: ECS cannot tell whether its tasks are healthy",
            "ECS could not ask for the health of its tasks, and acts on none of it meanwhile",
            "do not restart for this alone: its tasks may serve, and ECS would not see new ones either",
        ),
    ),
    (
        Symptom::NoTraffic,
        say(
            Step::Escalate,
            "report that no request arrives: a name or a route may lead elsewhere",
            "its tasks are fine and nobody reaches them",
            "do not take it for fine because nothing is red",
        ),
    ),
    (
        Symptom::Protected,
        say(
            Step::Escalate,
            "ask its owner: tasks have protected themselves until their work is done",
            "ECS leaves protected tasks alone, for up to two days",
            "stopping such a task by hand throws its work away",
        ),
    ),
    (
        Symptom::Unexplained,
        say(
            Step::Escalate,
            "find out who set it to zero, and whether that was meant",
            "nothing is wanted, and no record says why",
            "starting it may undo what somebody did on purpose",
        ),
    ),
    (
        Symptom::AlarmRings,
        say(
            Step::Logs,
            "read what the alarm watches, then the log around the moment it began",
            "an alarm of its owner's rings",
            "a deployment that begins now ignores its alarms, and will not roll back for them",
        ),
    ),
    (
        Symptom::Short,
        say(
            Step::Watch,
            "look at what ECS says about placing tasks, and at what stopped last",
            "fewer tasks run than wanted",
            "a restart gives up tasks that serve before it knows whether others can start",
        ),
    ),
    (
        Symptom::NoData,
        say(
            Step::Watch,
            "mend the way to AWS first: the line above says what is wrong",
            "nothing newer is known of it",
            "do not act on what is old",
        ),
    ),
    (
        Symptom::RollingBack,
        say(
            Step::Watch,
            "watch the rollback to its end, and tell whoever deployed",
            "ECS goes back to the last completed revision by itself",
            "do not redeploy now: nothing completed would be left to go back to, and it stalls",
        ),
    ),
    (
        Symptom::DeployFailed,
        say(
            Step::Logs,
            "keep the last lines of a task that failed, and tell whoever deployed",
            "the circuit breaker ended the deployment; the revision before serves",
            "the same revision fails again: do not redeploy it",
        ),
    ),
    (
        Symptom::Deadlock,
        say(
            Step::RollBack,
            "stop the deployment and go back, or have its percentages changed",
            "its minimum and maximum allow neither a start nor a stop: it never ends by itself",
            "another redeploy hangs in the same way",
        ),
    ),
    (
        Symptom::DeployStuck,
        say(
            Step::Escalate,
            "ask whoever deployed, or stop the deployment and go back",
            "nothing of it has moved for more than ten minutes",
            "a second deployment on top loses the way back",
        ),
    ),
    (
        Symptom::DeployFailing,
        say(
            Step::RollBack,
            "roll back to the revision that completed last",
            "new tasks of this deployment fail one after the other",
            "waiting alone ends it only where a circuit breaker is on",
        ),
    ),
    (
        Symptom::RegistryUnreachable,
        say(
            Step::Escalate,
            "escalate the network: the registry is not reachable from the tasks",
            "new tasks cannot pull, whatever their image",
            "do not restart: what runs now may be all there is",
        ),
    ),
    (
        Symptom::RegistryLimit,
        say(
            Step::Escalate,
            "wait, or have the image pulled from a registry of one's own",
            "the registry refuses more pulls for a while",
            "every restart uses up more of what is left",
        ),
    ),
    (
        Symptom::DiskFull,
        say(
            Step::Escalate,
            "have the full instance drained; a shell and df say which it is",
            "one instance has no space left, the others are fine",
            "do not restart the service: tasks go to the same, emptiest instance",
        ),
    ),
    (
        Symptom::SecretUnreadable,
        say(
            Step::Escalate,
            "protect what runs (have scaling in suspended) and get the secret back",
            "secrets are read at the start only: what runs goes on, what is replaced does not start",
            "do not restart: what is stopped does not come back",
        ),
    ),
    (
        Symptom::NotPrepared,
        say(
            Step::Escalate,
            "escalate with the reason AWS gives: log group, file system or volume",
            "something a task needs before it starts is missing",
            "do not restart: what is stopped does not come back",
        ),
    ),
    (
        Symptom::NoNetwork,
        say(
            Step::Escalate,
            "escalate the network: no interface, no free address, or no agent",
            "tasks get no place in their subnets",
            "restarting uses up more addresses before it frees any",
        ),
    ),
    (
        Symptom::ImageGone,
        say(
            Step::Escalate,
            "restart cannot fix this: the image is gone; have the tag pushed again",
            "tasks that run keep what they pulled, new ones cannot pull",
            "a redeploy turns a part that fails into all of it",
        ),
    ),
    (
        Symptom::OutOfMemory,
        say(
            Step::Recycle,
            "recycle it one by one at a quiet moment, then have its memory limit or leak mended",
            "it outgrows its limit and is killed; young tasks have room for a while",
            "a redeploy may bring another image along, and grows in the same way",
        ),
    ),
    (
        Symptom::EndsByItself,
        say(
            Step::Escalate,
            "ask its owner: a wrong command, or a job that runs as a service",
            "its tasks end without an error, and a service is not meant to end",
            "a restart ends in the same way",
        ),
    ),
    (
        Symptom::Flapping,
        say(
            Step::Escalate,
            "see whether load sets it off; ask for more tasks, and escalate the health check",
            "targets fail their check, are replaced, and fail again",
            "repeated restarts make it worse: caches are cold and starts are heavy",
        ),
    ),
    (
        Symptom::ChecksFail,
        say(
            Step::Logs,
            "read its log and the reason the check gives before anything else",
            "some of its tasks fail their health check",
            "a restart replaces those that still pass too",
        ),
    ),
    (
        Symptom::CrashLoop,
        say(
            Step::Logs,
            "read the last lines of a task that ended, and escalate with them",
            "its tasks run and then end with an error; ECS says nothing of it",
            "do not restart: it starts the same loop",
        ),
    ),
    (
        Symptom::ZoneImpaired,
        say(
            Step::Escalate,
            "escalate for a shift away from the zone, and do nothing destructive",
            "what is wrong is all in one zone; the others are fine",
            "a restart gives up healthy tasks that then cannot be placed",
        ),
    ),
    (
        Symptom::NoInstanceFits,
        say(
            Step::Escalate,
            "have instances added, or the reservation of the task looked at",
            "no instance has room for the task",
            "a restart needs the same room, and frees none first",
        ),
    ),
    (
        Symptom::Quota,
        say(
            Step::Escalate,
            "escalate: a limit of the account is reached",
            "AWS starts no more tasks until another stops or the limit is raised",
            "do not stop other services' tasks to make room",
        ),
    ),
    (
        Symptom::Permission,
        say(
            Step::Escalate,
            "escalate: a role or policy of ECS itself was changed",
            "ECS may not do what it must for this service",
            "a restart needs the same permission",
        ),
    ),
    (
        Symptom::TargetGroupGone,
        say(
            Step::Escalate,
            "escalate: the load balancer's target group is gone or not attached",
            "no request can reach its tasks",
            "a restart registers in the same place, which is not there",
        ),
    ),
    (
        Symptom::NoCapacity,
        say(
            Step::Watch,
            "wait: AWS has no capacity there now; ECS tries again, also in other zones",
            "AWS cannot place the task for the moment",
            "do not restart: what serves now may not be placed again",
        ),
    ),
    (
        Symptom::DatabaseFull,
        say(
            Step::Recycle,
            "recycle the one service whose connections grow, task by task, and report the leak",
            "each of its tasks gives its connections back when it ends",
            "restarting all services, or more tasks, opens still more connections",
        ),
    ),
    (
        Symptom::CacheStorm,
        say(
            Step::RollBack,
            "follow the chain to the cache; roll back the deployment that enlarged what is cached",
            "the cache throws out what is needed, and the database pays for it",
            "a restart is cold and misses more; never flush the cache",
        ),
    ),
    (
        Symptom::SlowTarget,
        say(
            Step::RollBack,
            "look at what it waits for (its database, whom it calls); roll back a deployment it began with",
            "the balancer gives up on requests (504) while every target passes its check",
            "a restart waits for the same thing, and loses the requests it has in hand",
        ),
    ),
    (
        Symptom::BalancerErrors,
        say(
            Step::Escalate,
            "escalate the keep-alive setting: targets close connections the balancer still uses",
            "the balancer answers with errors of its own while no target does",
            "a restart changes nothing",
        ),
    ),
];

/// What is said of a symptom without a rule; there is none.
const UNRULED: Rule = say(
    Step::Escalate,
    "call whoever owns it",
    "nobody has written down what to do",
    "do not guess",
);

/// The rule for a symptom.
pub fn rule(symptom: Symptom) -> Rule {
    let found = TABLE.iter().find(|(named, _)| *named == symptom);
    found.map_or(UNRULED, |(_, rule)| *rule)
}
