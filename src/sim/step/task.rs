//! How tasks live and die.

use jiff::{SignedDuration, Timestamp};

use crate::sim::world::{
    Container, Health, Service, StopCode, Task, TaskDefinition, TaskStatus,
    task::{Doom, Fate},
};

/// Stopped tasks can be described for so long.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(1);

/// What a step of one task means for its service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sim) enum Passing {
    /// It reached `RUNNING`.
    Ran(String),
    /// It died before it ran; its deployment.
    FailedToStart(String),
    /// It died after it ran.
    Died,
}

const fn seconds(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count)
}

/// A new task of a deployment. Returns its id.
pub(in crate::sim) fn start(
    service: &mut Service,
    definition: &TaskDefinition,
    deployment: &str,
    now: Timestamp,
) -> String {
    let id = service.dice.hex(32);
    let early = curse_of(service, &definition.arn)
        .filter(|curse| curse.early)
        .cloned();
    let doom = early.map(|curse| doomed(service, &curse, now));
    let next = now + seconds(service.dice.seconds(6, 10));
    let zone = emptiest_zone(service);
    let region = service.arn.split(':').nth(3).unwrap_or("eu-central-1");
    let prefix = &definition.container.log_prefix;
    let task = Task {
        arn: service.sibling_arn("task", &id),
        cluster_arn: service.cluster_arn.clone(),
        group: format!("service:{}", service.name),
        task_definition: definition.arn.clone(),
        started_by: deployment.to_owned(),
        status: TaskStatus::Provisioning,
        wanted: true,
        availability_zone: format!("{region}{}", ["a", "b", "c"][zone]),
        log_stream: format!("{prefix}/{}/{id}", definition.container.name),
        private_ip: format!(
            "10.0.{}.{}",
            zone * 16 + service.dice.index(16),
            4 + service.dice.index(250)
        ),
        network_interface: format!("eni-0{}", service.dice.hex(16)),
        cpu: definition.cpu,
        memory: definition.memory,
        enable_execute_command: service.enable_execute_command,
        container: container(service, definition, deployment, &id),
        created_at: now,
        started_at: None,
        pull_started_at: None,
        pull_stopped_at: None,
        stopping_at: None,
        execution_stopped_at: None,
        stopped_at: None,
        stop_code: None,
        stopped_reason: None,
        fate: Fate {
            doom,
            next: Some(next),
            ..Fate::default()
        },
        id: id.clone(),
    };
    service.tasks.push(task);
    service.motion.stirred = now;
    id
}

/// The container of a new task, of the digest its deployment resolved.
fn container(
    service: &mut Service,
    definition: &TaskDefinition,
    deployment: &str,
    task: &str,
) -> Container {
    let id = service.dice.uuid();
    let resolved = service
        .deployments
        .iter()
        .find(|found| found.id == deployment);
    let digest = resolved.map_or(&definition.container.digest, |found| &found.image_digest);
    Container {
        arn: service.sibling_arn("container", &format!("{task}/{id}")),
        name: definition.container.name.clone(),
        image: definition.container.image.clone(),
        image_digest: digest.clone(),
        runtime_id: format!("{task}-{}", service.dice.digits(10)),
        health: Health::Unknown,
        exit_code: None,
        reason: None,
    }
}

/// A task that runs and is healthy since long ago.
pub(in crate::sim) fn settle(
    service: &mut Service,
    definition: &TaskDefinition,
    deployment: &str,
    since: Timestamp,
) {
    start(service, definition, deployment, since);
    let health_check = service.nature.health_check;
    if let Some(task) = service.tasks.last_mut() {
        task.pull_started_at = Some(since + seconds(8));
        task.pull_stopped_at = Some(since + seconds(20));
        task.started_at = Some(since + seconds(25));
        task.status = TaskStatus::Running;
        task.fate = Fate {
            healthy_at: Some(since + seconds(60)),
            ..Fate::default()
        };
        if health_check {
            task.container.health = Health::Healthy;
        }
    }
}

/// The zone (0, 1, 2) with the fewest tasks.
fn emptiest_zone(service: &Service) -> usize {
    let closed = |zone: &str| {
        let closed = service.motion.closed_zone.as_ref();
        closed.is_some_and(|closed| closed.ends_with(zone))
    };
    let count = |zone: &str| {
        if closed(zone) {
            return usize::MAX;
        }
        let here = |task: &&Task| task.wanted && task.availability_zone.ends_with(zone);
        service.tasks.iter().filter(here).count()
    };
    let counts = ["a", "b", "c"].map(count);
    (0..3).min_by_key(|zone| counts[*zone]).unwrap_or(0)
}

/// The curse on tasks of a task definition.
fn curse_of<'a>(
    service: &'a Service,
    definition: &str,
) -> Option<&'a crate::sim::world::service::Curse> {
    service
        .motion
        .curse
        .as_ref()
        .filter(|curse| curse.task_definition == definition)
}

/// When and of what a task dies that begins to count at `from`.
pub(in crate::sim) fn doomed(
    service: &mut Service,
    curse: &crate::sim::world::service::Curse,
    from: Timestamp,
) -> Doom {
    let lives = curse.after + service.dice.seconds(-curse.spread, curse.spread);
    Doom {
        at: from + seconds(lives.max(1)),
        exit: curse.exit,
        reason: curse.reason.clone(),
        refusal: curse.refusal.clone(),
        pause: curse.pause,
    }
}

/// A target that fails now and then, and the task behind it that goes for that.
pub(in crate::sim) fn flap(service: &mut Service, now: Timestamp) {
    let Some((every, next)) = service.motion.flap else {
        return;
    };
    let group = service.target_group.clone().unwrap_or_default();
    let reason = format!("Task failed ELB health checks in (target-group {group})");
    let failing = |task: &&Task| {
        task.wanted
            && task
                .fate
                .failing
                .is_some_and(|at| now.duration_since(at) >= seconds(35))
    };
    let gone: Vec<String> = service
        .tasks
        .iter()
        .filter(failing)
        .map(|task| task.id.clone())
        .collect();
    stop(
        service,
        &gone,
        (StopCode::ServiceSchedulerInitiated, &reason),
        now,
    );
    if next > now {
        return;
    }
    service.motion.flap = Some((every, now + seconds(every)));
    let mut serving = service.tasks.iter_mut();
    if let Some(task) = serving.find(|task| serves(task, now)) {
        task.fate.failing = Some(now);
    }
}

/// Stops tasks that somebody wants stopped, gently: draining, SIGTERM, end.
pub(in crate::sim) fn stop(
    service: &mut Service,
    ids: &[String],
    (code, reason): (StopCode, &str),
    now: Timestamp,
) {
    if ids.is_empty() {
        return;
    }
    let behind_balancer = service.target_group.is_some();
    service.motion.stirred = now;
    service.motion.due = now;
    for task in service
        .tasks
        .iter_mut()
        .filter(|task| task.wanted && ids.contains(&task.id))
    {
        task.wanted = false;
        task.stop_code = Some(code);
        task.stopped_reason = Some(reason.to_owned());
        task.stopping_at = Some(now);
        task.fate.doom = None;
        (task.status, task.fate.next) = match task.status {
            TaskStatus::Running if behind_balancer => {
                (TaskStatus::Deactivating, Some(now + seconds(45)))
            }
            TaskStatus::Running => (TaskStatus::Stopping, Some(now + seconds(5))),
            TaskStatus::Provisioning
            | TaskStatus::Pending
            | TaskStatus::Activating
            | TaskStatus::Deactivating
            | TaskStatus::Stopping
            | TaskStatus::Deprovisioning
            | TaskStatus::Stopped => (TaskStatus::Deprovisioning, Some(now + seconds(6))),
        };
    }
}

/// Moves every task of a service to `now`.
pub(in crate::sim) fn step(service: &mut Service, now: Timestamp) -> Vec<Passing> {
    let mut passings = Vec::new();
    for index in 0..service.tasks.len() {
        if let Some(doom) = service.tasks[index]
            .fate
            .doom
            .take_if(|doom| doom.at <= now)
        {
            service.motion.start_after = now + seconds(doom.pause);
            passings.push(die(&mut service.tasks[index], &doom, now));
            service.motion.stirred = now;
        } else if service.tasks[index]
            .fate
            .next
            .is_some_and(|next| next <= now)
        {
            passings.extend(proceed(service, index, now));
        }
        let checked = service.nature.health_check;
        let task = &mut service.tasks[index];
        if checked && task.wanted && task.fate.healthy_at.is_some_and(|at| at <= now) {
            task.container.health = Health::Healthy;
        }
    }
    service
        .tasks
        .retain(|task| task.stopped_at.is_none_or(|at| now < at + REMEMBERED));
    passings
}

/// The next station of one task's life.
fn proceed(service: &mut Service, index: usize, now: Timestamp) -> Option<Passing> {
    let long = [service.dice.seconds(7, 13), service.dice.seconds(3, 6)];
    // With a target group two checks must pass; without any check forty seconds count as healthy.
    let warm = if service.target_group.is_some() {
        service.nature.warm + service.dice.seconds(16, 30)
    } else if service.nature.health_check {
        service.nature.warm + service.dice.seconds(10, 20)
    } else {
        40
    };
    let task = &mut service.tasks[index];
    let (status, wait) = match task.status {
        TaskStatus::Provisioning => {
            task.pull_started_at = Some(now);
            (TaskStatus::Pending, Some(long[0]))
        }
        TaskStatus::Pending => {
            task.pull_stopped_at = Some(now);
            (TaskStatus::Activating, Some(long[1]))
        }
        // Whoever dies early does not get to run.
        TaskStatus::Activating if task.fate.doom.is_some() => (TaskStatus::Activating, None),
        TaskStatus::Activating => {
            task.started_at = Some(now);
            task.fate.healthy_at = Some(now + seconds(warm));
            (TaskStatus::Running, None)
        }
        TaskStatus::Running | TaskStatus::Stopped => (task.status, None),
        TaskStatus::Deactivating => (TaskStatus::Stopping, Some(5)),
        TaskStatus::Stopping => {
            task.container.exit_code = Some(0);
            task.execution_stopped_at = Some(now);
            (TaskStatus::Deprovisioning, Some(6))
        }
        TaskStatus::Deprovisioning => {
            task.stopped_at = Some(now);
            (TaskStatus::Stopped, None)
        }
    };
    task.status = status;
    task.fate.next = wait.map(|wait| now + seconds(wait));
    if status != TaskStatus::Running {
        return None;
    }
    let (definition, deployment) = (task.task_definition.clone(), task.started_by.clone());
    if let Some(curse) = curse_of(service, &definition).cloned() {
        service.tasks[index].fate.doom = Some(doomed(service, &curse, now));
    }
    Some(Passing::Ran(deployment))
}

/// The container of a task ends by itself.
fn die(task: &mut Task, doom: &Doom, now: Timestamp) -> Passing {
    let ran = task.started_at.is_some();
    task.wanted = false;
    task.status = TaskStatus::Deprovisioning;
    task.stopping_at = Some(now);
    if let Some(refusal) = &doom.refusal {
        task.stop_code = Some(StopCode::TaskFailedToStart);
        task.stopped_reason = Some(refusal.clone());
    } else {
        task.stop_code = Some(StopCode::EssentialContainerExited);
        task.stopped_reason = Some("Essential container in task exited".to_owned());
        task.execution_stopped_at = Some(now);
        task.container.exit_code = Some(doom.exit);
        task.container.reason.clone_from(&doom.reason);
    }
    if task.container.health == Health::Healthy {
        task.container.health = Health::Unknown;
    }
    task.fate.next = Some(now + seconds(8));
    if ran {
        Passing::Died
    } else {
        Passing::FailedToStart(task.started_by.clone())
    }
}

/// Whether a task serves: it runs, had time to become healthy, and its target is not failing.
pub(in crate::sim) fn serves(task: &Task, now: Timestamp) -> bool {
    task.wanted
        && task.status == TaskStatus::Running
        && task.fate.failing.is_none()
        && task.fate.healthy_at.is_some_and(|at| at <= now)
}
