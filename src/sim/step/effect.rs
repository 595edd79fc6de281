//! The timeline of a scenario: what happens to the world from outside.

use jiff::{SignedDuration, Timestamp};

use super::{rollout, stages, task};
use crate::sim::world::verb::desire;
use crate::sim::{
    scenario::{Act, Effect},
    world::{
        Account, Poller, Service, TaskDefinition, TaskStatus, World, dice::Dice, service::Curse,
        trail,
    },
};

/// A moment at which an effect begins or ends.
#[derive(Debug, Clone)]
struct Moment {
    at: Timestamp,
    begins: bool,
    act: Act,
}

/// What is still to come, the next one last.
#[derive(Debug, Clone, Default)]
pub(in crate::sim) struct Timeline(Vec<Moment>);

impl Timeline {
    /// The moments of a scenario that is opened at `opened`.
    pub(in crate::sim) fn new(effects: &[Effect], opened: Timestamp) -> Self {
        let mut moments: Vec<_> = effects
            .iter()
            .flat_map(|effect| {
                let moment = |after, begins| Moment {
                    at: opened + after,
                    begins,
                    act: effect.act.clone(),
                };
                [
                    Some(moment(effect.at, true)),
                    effect.until.map(|until| moment(until, false)),
                ]
            })
            .flatten()
            .collect();
        // Stable: effects of one moment happen in order of the file.
        moments.sort_by_key(|moment| moment.at);
        moments.reverse();
        Self(moments)
    }
}

/// Lets everything happen that is due.
pub(super) fn apply(world: &mut World) {
    let now = world.now;
    while let Some(moment) = world.timeline.0.pop_if(|moment| moment.at <= now) {
        happen(world, &moment, now);
    }
}

fn happen(world: &mut World, moment: &Moment, now: Timestamp) {
    if let Act::Poll {
        account,
        operation,
        rate,
    } = &moment.act
    {
        let accounts = &mut world.accounts;
        if let Some(account) = accounts.iter_mut().find(|found| found.alias == *account) {
            poll(account, operation, *rate, (moment.begins, now));
        }
        return;
    }
    if let Act::Impair { account, zone } = &moment.act {
        let accounts = world.accounts.iter_mut();
        for account in accounts.filter(|found| found.alias == *account) {
            for service in &mut account.services {
                impair(service, zone, moment.begins, now);
            }
        }
        return;
    }
    if let Act::Evict { cache } = &moment.act {
        let accounts = world.accounts.iter_mut();
        let caches = accounts.flat_map(|account| &mut account.caches);
        for found in caches.filter(|found| found.id == *cache) {
            found.evicting = moment.begins.then_some(now);
        }
        return;
    }
    let Some(service) = moment.act.service() else {
        return;
    };
    let (cluster, name) = service.split_once('/').unwrap_or(("", service));
    for account in &mut world.accounts {
        if let Act::Deploy { tag, by, .. } = &moment.act {
            deploy(account, (cluster, name), (tag, by), now);
            continue;
        }
        if let Act::Push { gone, .. } = &moment.act {
            push(account, (cluster, name), *gone, now);
            continue;
        }
        let services = account.services.iter_mut();
        for service in services.filter(|found| found.cluster == cluster && found.name == name) {
            service.motion.due = now;
            befall(service, &moment.act, moment.begins, now);
        }
    }
}

fn poll(account: &mut Account, operation: &str, rate: f64, (begins, now): (bool, Timestamp)) {
    if begins {
        let operation = operation.to_owned();
        account.pollers.push(Poller {
            operation,
            rate,
            from: now,
            until: None,
        });
    } else {
        let mut pollers = account.pollers.iter_mut();
        if let Some(poller) = pollers.find(|found| found.operation == operation) {
            poller.until = Some(now);
        }
    }
}

/// Registers a revision with another tag and deploys it.
fn deploy(
    account: &mut Account,
    (cluster, name): (&str, &str),
    (tag, by): (&str, &str),
    now: Timestamp,
) {
    let Some(service) = account.service(cluster, name) else {
        return;
    };
    let Some(current) = account.task_definition(&service.task_definition) else {
        return;
    };
    let revision = account
        .task_definition(&current.family)
        .map_or(1, |newest| newest.revision + 1);
    let mut dice = Dice::new(u64::from(revision), &service.arn);
    let mut next = TaskDefinition {
        revision,
        registered_at: now,
        ..current.clone()
    };
    next.arn = account.arn(
        "ecs",
        &format!("task-definition/{}:{revision}", next.family),
    );
    next.registered_by = format!("arn:aws:sts::{}:assumed-role/{by}/deploy", account.id);
    let image = next
        .container
        .image
        .rsplit_once(':')
        .map_or("image", |(name, _)| name)
        .to_owned();
    next.container.image = format!("{image}:{tag}");
    for (name, value) in &mut next.container.environment {
        if name == "RELEASE" {
            tag.clone_into(value);
        }
    }
    next.container.digest = format!("sha256:{}", dice.hex(64));
    next.container.pushed_at = now;
    let arn = service.arn.clone();
    account.task_definitions.push(next.clone());
    let asked = serde_json::json!({
        "cluster": cluster,
        "service": name,
        "taskDefinition": next.arn,
    });
    account.remember(
        (trail::ECS, "UpdateService"),
        &next.registered_by,
        asked,
        now,
    );
    if let Some(service) = account.service_mut(&arn) {
        rollout::begin(service, &next, &next.registered_by, now);
    }
}

/// Somebody pushes another image under the tag a service runs, or deletes the tag.
fn push(account: &mut Account, (cluster, name): (&str, &str), gone: bool, now: Timestamp) {
    let Some(service) = account.service(cluster, name) else {
        return;
    };
    let arn = service.task_definition.clone();
    let mut dice = Dice::new(u64::try_from(now.as_second()).unwrap_or(0), &arn);
    let mut definitions = account.task_definitions.iter_mut();
    if let Some(found) = definitions.find(|found| found.arn == arn) {
        found.container.digest = if gone {
            String::new()
        } else {
            format!("sha256:{}", dice.hex(64))
        };
        found.container.pushed_at = now;
    }
}

/// What happens to one service.
fn befall(service: &mut Service, act: &Act, begins: bool, now: Timestamp) {
    match act {
        Act::Die { .. } => {
            let curse = curse(service, act);
            service.motion.curse = curse.clone().filter(|_| begins);
            if let Some(curse) = &curse {
                curse_living(service, curse, begins, now);
            }
        }
        Act::Leak { per_minute, .. } => {
            service.motion.leak = if begins { *per_minute } else { 0.0 };
        }
        Act::Sicken { targets, zone, .. } => {
            let here =
                |zone: &Option<String>, found: &str| zone.as_ref().is_none_or(|zone| zone == found);
            let running = service.tasks.iter_mut().filter(|task| {
                task.status == TaskStatus::Running && here(zone, &task.availability_zone)
            });
            for task in running.take(*targets) {
                task.fate.failing = begins.then_some(now);
            }
        }
        Act::Refuse { .. } => service.motion.curse = curse(service, act).filter(|_| begins),
        Act::Scale { .. }
        | Act::Replace { .. }
        | Act::Flap { .. }
        | Act::Disconnect { .. }
        | Act::Protect { .. }
        | Act::Silence { .. }
        | Act::Approve { .. }
        | Act::Say { .. }
        | Act::Mismatch { .. }
        | Act::Hang { .. }
        | Act::Impair { .. }
        | Act::Evict { .. }
        | Act::Deploy { .. }
        | Act::Push { .. }
        | Act::Poll { .. } => disturb(service, act, begins, now),
    }
}

/// What tasks of the current revision die of from now on.
fn curse(service: &Service, act: &Act) -> Option<Curse> {
    let task_definition = service.task_definition.clone();
    if let Act::Die {
        after,
        spread,
        exit,
        reason,
        early,
        pause,
        ..
    } = act
    {
        return Some(Curse {
            task_definition,
            after: after.as_secs(),
            spread: spread.as_secs(),
            exit: *exit,
            reason: reason.clone(),
            early: *early,
            refusal: None,
            pause: pause.as_secs(),
        });
    }
    let Act::Refuse { after, reason, .. } = act else {
        return None;
    };
    Some(Curse {
        task_definition,
        after: after.as_secs(),
        spread: 2,
        exit: 0,
        reason: None,
        early: true,
        refusal: Some(reason.clone()),
        pause: 0,
    })
}

/// What happens to one service without its tasks' being cursed.
fn disturb(service: &mut Service, act: &Act, begins: bool, now: Timestamp) {
    match act {
        Act::Scale { to, .. } if begins => desire(service, *to, now),
        Act::Replace { tasks, .. } if begins => replace(service, *tasks, now),
        Act::Flap { every, .. } => {
            service.motion.flap = begins.then(|| (every.as_secs(), now));
        }
        Act::Disconnect { .. } => {
            for task in &mut service.tasks {
                task.fate.silent = begins.then_some(now);
            }
        }
        Act::Protect { tasks, .. } => {
            let wanted = service.tasks.iter_mut().filter(|task| task.wanted);
            for task in wanted.take(*tasks) {
                task.protect(begins.then(|| now + SignedDuration::from_hours(2)));
            }
        }
        Act::Silence { .. } => service.motion.deserted = begins,
        Act::Approve { .. } if begins => stages::approve(service),
        Act::Say { words, .. } if begins => service.say(now, words),
        Act::Mismatch { per_minute, .. } => {
            service.motion.mismatch = if begins { *per_minute } else { 0.0 };
        }
        Act::Hang { per_minute, .. } => {
            service.motion.hangs = if begins { *per_minute } else { 0.0 };
        }
        Act::Scale { .. }
        | Act::Approve { .. }
        | Act::Say { .. }
        | Act::Replace { .. }
        | Act::Die { .. }
        | Act::Leak { .. }
        | Act::Sicken { .. }
        | Act::Refuse { .. }
        | Act::Impair { .. }
        | Act::Evict { .. }
        | Act::Deploy { .. }
        | Act::Push { .. }
        | Act::Poll { .. } => {}
    }
}

/// The scheduler stops healthy tasks to place others elsewhere.
fn replace(service: &mut Service, tasks: usize, now: Timestamp) {
    let deployment = service.primary().map(|one| one.id.clone());
    let wanted = service.tasks.iter().filter(|task| task.wanted);
    let going: Vec<String> = wanted.take(tasks).map(|task| task.id.clone()).collect();
    let deployment = deployment.unwrap_or_default();
    rollout::stop_and_say(service, &going, &deployment, now);
}

/// What a zone in trouble does to one service: what stands behind a load balancer there times
/// out, an instance there falls silent, and a task that would have to go there has no place.
fn impair(service: &mut Service, zone: &str, begins: bool, now: Timestamp) {
    service.motion.due = now;
    service.motion.closed_zone = begins.then(|| zone.to_owned());
    let on_instances = service.launch_type != "FARGATE";
    let behind_balancer = service.target_group.is_some();
    let here = service.tasks.iter_mut();
    let here = here.filter(|task| task.wanted && task.availability_zone == zone);
    let mut any = false;
    for task in here {
        any = true;
        task.fate.failing = (begins && behind_balancer).then_some(now);
        task.fate.silent = (begins && on_instances).then_some(now);
    }
    if any && begins && behind_balancer {
        service.say_once(
            now,
            "was unable to place a task. Reason: Capacity is unavailable at this time. Please try \
            again later or in a different availability zone.",
        );
    }
}

/// Tasks that already run die too, one after the other.
fn curse_living(service: &mut Service, curse: &Curse, begins: bool, now: Timestamp) {
    for index in 0..service.tasks.len() {
        let task = &service.tasks[index];
        if !task.wanted || task.task_definition != curse.task_definition {
            continue;
        }
        let life = curse.after.max(1) + curse.spread;
        let wait = SignedDuration::from_secs(service.dice.seconds(1, life));
        let doom = task::doomed(service, curse, now);
        service.tasks[index].fate.doom = begins.then(|| crate::sim::world::task::Doom {
            at: now + wait,
            ..doom
        });
    }
}
