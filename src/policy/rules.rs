//! What is refused about a service, and the order in which all rules are looked at.

use std::collections::BTreeSet;

use crate::estate::SignedDuration;
use crate::estate::change::{Belief, Change};
use crate::estate::closely::Drift;
use crate::estate::service::{
    Controller, DeploymentStatus, Rollout, Scheduling, Service, ServiceStatus,
};

use crate::estate::stops::{StopClass, stop};
use crate::estate::task::Task;
use crate::estate::words;

use super::capacity::Room;
use super::facts::{Facts, JournalState, MAX_AGE, Mode, is_into_a_node};
use super::guards::{ARMED, GUARDS, PACE};
use super::{node, session, verbs};

/// How long a stop speaks against a restart: the scheduler backs off for up to 27 minutes
/// before it tries again (aws.md 1.1).
const STOP_COUNTS: SignedDuration = SignedDuration::from_mins(30);

/// A rule refuses with a sentence, or passes the change on to the next.
pub(super) struct Rule {
    /// What it is called in the table, the journal and tests.
    pub(super) name: &'static str,
    /// When it refuses, in words.
    pub(super) when: &'static str,
    /// The sentence it refuses with; `None` lets the change pass.
    pub(super) denies: fn(&Change, &Facts<'_>) -> Option<String>,
    /// What to do instead.
    pub(super) alternative: &'static str,
}

/// Every rule once, in the order of the table; what environments are refused beyond a service
/// comes late.
pub(super) fn all() -> impl Iterator<Item = &'static Rule> {
    let mut named = BTreeSet::new();
    let lists = [DESK, PLACE, CALLER, SEEN, GUARDS, REDEPLOY]
        .into_iter()
        .chain(verbs::LISTS)
        .chain([LOOKED, session::SESSION, node::PLACE, node::RULES])
        .chain([super::staging::RULES, PACE, ARMED]);
    let rules = lists.flatten();
    rules.filter(move |rule| named.insert(rule.name))
}

macro_rules! rules {
    ($(#[$about:meta])* $list:ident: $($name:literal, $when:literal, $denies:expr, $alternative:literal;)*) => {
        $(#[$about])*
        pub(super) const $list: &[Rule] = &[$(Rule {
            name: $name,
            when: $when,
            denies: $denies,
            alternative: $alternative,
        }),*];
    };
}

pub(super) use rules;

/// The rules about `change`, in the order in which they are looked at: the desk first, then who
/// and where, then what was seen; what stands in nobody's way but asks for an arm comes last.
pub(super) fn about(change: &Change) -> impl Iterator<Item = &'static Rule> {
    let lists: &[&[Rule]] = match change {
        Change::Redeploy(_) => &[DESK, PLACE, CALLER, SEEN, GUARDS, REDEPLOY, LOOKED],
        Change::Recycle { .. } => &[DESK, PLACE, CALLER, SEEN, GUARDS, verbs::RECYCLE, LOOKED],
        Change::Rollback { .. } => &[DESK, PLACE, CALLER, SEEN, GUARDS, verbs::ROLLBACK, LOOKED],
        Change::StopTask { .. } => &[DESK, PLACE, CALLER, SEEN, GUARDS, verbs::STOP_TASK, LOOKED],
        Change::Scale { .. } => &[DESK, PLACE, CALLER, SEEN, GUARDS, verbs::SCALE, LOOKED],
        Change::Session(_) if is_into_a_node(change) => {
            &[DESK, node::PLACE, CALLER, GUARDS, node::RULES]
        }
        Change::Session(_) => &[DESK, PLACE, CALLER, SEEN, GUARDS, session::SESSION],
        // A whole environment has no service to look at; its own table begins with the desk too.
        Change::StopEnvironment(_) | Change::StartEnvironment(_) => {
            &[super::staging::RULES, GUARDS]
        }
    };
    lists.iter().copied().flatten().chain(PACE).chain(ARMED)
}

rules! {
    /// The desk.
    DESK:
    "read-only", "the console was started read-only", read_only,
        "start it without --read-only, in the settings and the environment too";
    "journal", "the journal takes no line, or nobody tried", journal,
        "make the journal's folder writable";
}

rules! {
    /// Where.
    PLACE:
    "environment-unknown", "the environment is not on the estate", environment_unknown,
        "pick the service from the board";
    "target-torn", "account, region or cluster of the target contradict its ARN", target_torn,
        "pick the service from the board again";
}

rules! {
    /// Who.
    CALLER:
    "caller-unknown", "AWS has not said who is asking", caller_unknown,
        "renew the credentials, or wait for the identity strip to fill";
    "credentials-expired", "the credentials ran out", credentials_expired,
        "renew the credentials";
    "account-mismatch", "the caller's account is not the target's", account_mismatch,
        "use the profile of the target's account";
    "account-bound-elsewhere", "the settings bind the environment to another account", account_bound_elsewhere,
        "correct the settings or the profile";
}

rules! {
    /// Where the service is, and how it was seen.
    SEEN:
    "region-mismatch", "the target is not in the environment's region", region_mismatch,
        "pick the service in the environment of its region";
    "cluster-foreign", "the cluster is not the environment's", cluster_foreign,
        "list the cluster in the settings of its environment";
    "unseen", "the service was never seen", unseen,
        "wait for the first look";
    "stale", "the data is older than 30 seconds, or from the future", stale,
        "wait until AWS answers again; the data line says what is wrong";
}

rules! {
    /// What stands against new tasks.
    REDEPLOY:
    // The service.
    "not-active", "the service is not ACTIVE", not_active,
        "hand over: a deleted service is created again by its owners";
    "express", "ECS manages it as an Express service", express,
        "use the AWS console; this one only looks at Express services";
    "nothing-wanted", "no task is wanted", nothing_wanted,
        "start the environment first; a redeploy starts no task";
    "code-deploy", "AWS CodeDeploy carries out its deployments", code_deploy,
        "recycle it task by task, or trigger the deployment in AWS CodeDeploy";
    "external", "an external controller carries out its deployments", external,
        "recycle it task by task, or create a new task set with the controller that owns it";
    "controller-unknown", "nobody here knows its deployment controller", controller_unknown,
        "use the AWS console";
    "scheduling-unknown", "nobody here knows its scheduling strategy", scheduling_unknown,
        "use the AWS console";
    // Its deployments.
    "rolling-back", "a deployment failed and another is on its way", rolling_back,
        "watch the rollback to its end, then tell the owners of the failed revision";
    "deploying", "a deployment is in progress, or tasks of an older one still run", deploying,
        "wait for it; another one would stop it";
    "rollout-unknown", "the state of the current deployment is not known", rollout_unknown,
        "use the AWS console";
    "deadlock", "the limits let no task stop and none start", deadlock,
        "hand over: the owners must widen minimum or maximum percent";
    "restart-cannot-fix", "its newest abnormal stop within 30 minutes came before the program ran", restart_cannot_fix,
        "leave what still runs alone and hand over with these words";
    "image-gone", "the tag of an image it runs is gone from the registry", image_gone,
        "leave what still runs alone and hand over: a new task could not start";
}

rules! {
    /// What stands against every verb on a service last: how it was seen to be.
    LOOKED:
    "not-looked", "nobody looked at it closely within 30 seconds", not_looked,
        "wait for the look, or try again";
    "moved", "something changed since the change was proposed", moved,
        "look at the service again, then propose it anew";
}

pub(super) fn service<'a>(facts: &Facts<'a>) -> Option<&'a Service> {
    facts.service.map(|seen| &seen.service)
}

pub(super) fn read_only(_: &Change, facts: &Facts<'_>) -> Option<String> {
    (facts.mode == Mode::ReadOnly).then(|| "this console is read-only".to_owned())
}

pub(super) fn journal(_: &Change, facts: &Facts<'_>) -> Option<String> {
    match facts.journal {
        Some(JournalState::Writable) => None,
        Some(JournalState::Unwritable(why)) => {
            Some(format!("the journal cannot be written: {why}"))
        }
        None => Some("nobody has tried yet whether the journal can be written".to_owned()),
    }
}

pub(super) fn environment_unknown(change: &Change, facts: &Facts<'_>) -> Option<String> {
    let name = &change.target().environment;
    let known = facts.environment.is_some_and(|one| one.name == *name);
    (!known).then(|| format!("{name} is not an environment of this estate"))
}

/// The ARNs decide; what the target says beside them must agree, and so must what was seen.
fn target_torn(change: &Change, facts: &Facts<'_>) -> Option<String> {
    let target = change.target();
    let place = |arn: &str| {
        let mut fields = arn.split(':').skip(3).map(str::to_owned);
        (fields.next(), fields.next())
    };
    let claimed = (
        Some(target.region.as_str().to_owned()),
        Some(target.account.as_str().to_owned()),
    );
    let arns_agree =
        place(target.service.as_str()) == claimed && place(target.cluster.as_str()) == claimed;
    let seen_agrees = service(facts)
        .is_none_or(|seen| seen.arn == target.service && seen.cluster == target.cluster);
    (!arns_agree || !seen_agrees).then(|| {
        format!(
            "{} does not lie where the change says it does",
            target.service
        )
    })
}

pub(super) fn caller_unknown(_: &Change, facts: &Facts<'_>) -> Option<String> {
    facts
        .caller
        .is_none()
        .then(|| "AWS has not said yet who is asking".to_owned())
}

pub(super) fn credentials_expired(_: &Change, facts: &Facts<'_>) -> Option<String> {
    let expired = facts.caller?.expires_at.is_some_and(|at| at <= facts.now);
    expired.then(|| "the credentials have run out".to_owned())
}

pub(super) fn account_mismatch(change: &Change, facts: &Facts<'_>) -> Option<String> {
    let (mine, theirs) = (&facts.caller?.account, &change.target().account);
    (mine != theirs)
        .then(|| format!("you are in account {mine}, the service is in account {theirs}"))
}

pub(super) fn account_bound_elsewhere(_: &Change, facts: &Facts<'_>) -> Option<String> {
    let (mine, environment) = (&facts.caller?.account, facts.environment?);
    let bound = environment.account.as_ref()?;
    (bound != mine).then(|| {
        let name = &environment.name;
        format!("the settings bind {name} to account {bound}, you are in {mine}")
    })
}

/// An environment without a region of its own takes the profile's, which nobody here knows.
pub(super) fn region_mismatch(change: &Change, facts: &Facts<'_>) -> Option<String> {
    let (environment, region) = (facts.environment?, &change.target().region);
    let (name, own) = (&environment.name, &environment.region);
    (!own.as_str().is_empty() && own != region)
        .then(|| format!("{name} is in {own}, the service is in {region}"))
}

fn cluster_foreign(change: &Change, facts: &Facts<'_>) -> Option<String> {
    let (environment, cluster) = (facts.environment?, &change.target().cluster);
    (!environment.owns(cluster)).then(|| {
        let name = &environment.name;
        format!("cluster {} does not belong to {name}", cluster.name())
    })
}

fn unseen(change: &Change, facts: &Facts<'_>) -> Option<String> {
    facts
        .service
        .is_none()
        .then(|| format!("{} has not been seen yet", change.target().service.name()))
}

fn stale(_: &Change, facts: &Facts<'_>) -> Option<String> {
    let age = facts.now.duration_since(facts.service?.seen_at);
    if age > MAX_AGE {
        let seconds = age.as_secs();
        Some(format!(
            "the data is {seconds} s old: refusing to run blind"
        ))
    } else {
        (age < -MAX_AGE).then(|| "the data is from the future: the clock jumped".to_owned())
    }
}

pub(super) fn not_active(_: &Change, facts: &Facts<'_>) -> Option<String> {
    let seen = service(facts)?;
    let state = match &seen.status {
        ServiceStatus::Active => return None,
        ServiceStatus::Draining => "DRAINING",
        ServiceStatus::Inactive => "INACTIVE",
        ServiceStatus::Unknown(word) => word,
    };
    Some(format!("{} is {state}, not ACTIVE", seen.name))
}

pub(super) fn express(_: &Change, facts: &Facts<'_>) -> Option<String> {
    let seen = service(facts)?;
    (seen.express).then(|| format!("ECS manages {} itself, load balancer and all", seen.name))
}

pub(super) fn nothing_wanted(_: &Change, facts: &Facts<'_>) -> Option<String> {
    let seen = service(facts)?;
    (seen.desired == 0).then(|| format!("{} wants no task", seen.name))
}

fn code_deploy(_: &Change, facts: &Facts<'_>) -> Option<String> {
    let seen = service(facts)?;
    (seen.controller == Controller::CodeDeploy)
        .then(|| format!("AWS CodeDeploy deploys {}, ECS refuses to", seen.name))
}

fn external(_: &Change, facts: &Facts<'_>) -> Option<String> {
    let seen = service(facts)?;
    (seen.controller == Controller::External).then(|| {
        format!(
            "an external controller deploys {}, ECS refuses to",
            seen.name
        )
    })
}

fn controller_unknown(_: &Change, facts: &Facts<'_>) -> Option<String> {
    match &service(facts)?.controller {
        Controller::Unknown(word) => Some(format!("nobody here knows the controller {word}")),
        Controller::Ecs | Controller::CodeDeploy | Controller::External => None,
    }
}

fn scheduling_unknown(_: &Change, facts: &Facts<'_>) -> Option<String> {
    match &service(facts)?.scheduling {
        Scheduling::Unknown(word) => Some(format!("nobody here knows the scheduling {word}")),
        Scheduling::Replica | Scheduling::Daemon => None,
    }
}

/// While a rollback runs there is no completed deployment; a new one that fails would neither
/// go back nor start a task (aws.md 1.1, scenario 1).
pub(super) fn rolling_back(_: &Change, facts: &Facts<'_>) -> Option<String> {
    let seen = service(facts)?;
    let failed = seen
        .deployments
        .iter()
        .find(|one| one.rollout == Rollout::Failed)?;
    (seen.deployments.len() > 1).then(|| {
        format!(
            "{} failed and is being rolled back: a redeploy now could stall",
            failed.task_definition.label()
        )
    })
}

/// Starting another deployment stops the running one (aws.md 4.4).
pub(super) fn deploying(_: &Change, facts: &Facts<'_>) -> Option<String> {
    let seen = service(facts)?;
    let underway = seen
        .deployments
        .iter()
        .find(|one| one.rollout == Rollout::InProgress)
        .or_else(|| {
            let older = |status: &DeploymentStatus| *status == DeploymentStatus::Active;
            seen.deployments.iter().find(|one| older(&one.status))
        })?;
    let label = underway.task_definition.label();
    let since = underway.created_at.map(|at| {
        let age = facts.now.duration_since(at).max(SignedDuration::ZERO);
        format!(", begun {} ago", words::duration(age))
    });
    Some(format!(
        "a deployment of {label} is in progress{}",
        since.unwrap_or_default()
    ))
}

/// A Classic Load Balancer's service tells no state; then one deployment alone will do.
pub(super) fn rollout_unknown(_: &Change, facts: &Facts<'_>) -> Option<String> {
    let seen = service(facts)?;
    let Some(primary) = seen.primary() else {
        return Some(format!("{} shows no current deployment", seen.name));
    };
    let strange = seen
        .deployments
        .iter()
        .find_map(|one| match (&one.rollout, &one.status) {
            (Rollout::Unknown(word), _) | (_, DeploymentStatus::Unknown(word)) => Some(word),
            _ => None,
        });
    if let Some(word) = strange {
        return Some(format!("nobody here knows the deployment state {word}"));
    }
    (primary.rollout == Rollout::Absent && seen.deployments.len() > 1)
        .then(|| "AWS does not say whether the deployment is over".to_owned())
}

fn deadlock(_: &Change, facts: &Facts<'_>) -> Option<String> {
    let seen = service(facts)?;
    let room = Room::of(seen).filter(|room| room.is_deadlock())?;
    Some(format!(
        "with {} wanted and limits {}/{} no task may stop and none start: it would hang",
        room.desired, room.minimum, room.maximum
    ))
}

/// The tasks of `of` that stopped within half an hour, newest first.
pub(super) fn recent_stops<'a>(
    of: &'a Service,
    facts: &'a Facts<'a>,
) -> impl Iterator<Item = &'a Task> {
    let recent = |task: &&Task| {
        task.stopped_at
            .is_some_and(|at| facts.now.duration_since(at) <= STOP_COUNTS)
    };
    let stops = facts.stops.iter();
    stops
        .filter(|task| task.belongs_to(&of.arn, &of.cluster))
        .filter(recent)
}

/// New tasks would meet the same missing image, secret, volume or address, and take the place of
/// old ones that still serve (aws.md 4.5, check 14).
pub(super) fn restart_cannot_fix(_: &Change, facts: &Facts<'_>) -> Option<String> {
    let newest = recent_stops(service(facts)?, facts)
        .map(stop)
        .find(|stop| stop.abnormal)?;
    let hopeless = matches!(
        newest.class,
        StopClass::ImagePull | StopClass::Initialization | StopClass::Volume | StopClass::Network
    );
    hopeless.then(|| format!("new tasks cannot start ({}): {}", newest.words, newest.hint))
}

/// Nothing is altered of which nobody knows how it would go.
pub(super) fn not_looked(change: &Change, facts: &Facts<'_>) -> Option<String> {
    let name = change.target().service.name();
    let Some(seen) = facts.examination else {
        return Some(format!("nobody has looked at {name} closely yet"));
    };
    let age = facts.now.duration_since(seen.seen_at);
    (age.abs() > MAX_AGE).then(|| format!("the close look at {name} is {} s old", age.as_secs()))
}

fn image_gone(_: &Change, facts: &Facts<'_>) -> Option<String> {
    let worst = facts.examination?.worst_image()?;
    let name = worst.name.rsplit('/').next().unwrap_or(&worst.name);
    (worst.drift == Drift::Gone).then(|| format!("{name} is gone from the registry"))
}

pub(super) fn moved(change: &Change, facts: &Facts<'_>) -> Option<String> {
    change.target().belief.moved(&Belief::of(service(facts)?))
}
