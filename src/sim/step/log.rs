//! Log lines follow load and trouble.

use jiff::Timestamp;

use super::speech::Topic;
use crate::sim::world::{
    Account, HISTORY, LogGroup, LogStream, Service, Task, TaskStatus,
    dice::Dice,
    log::{Line, STREAMS_KEPT},
};

/// Writes the lines of one tick. Groups stand in the order of their services.
pub(super) fn write(account: &mut Account, now: Timestamp) {
    for (service, group) in account.services.iter_mut().zip(&mut account.log_groups) {
        if group.voice.numbered {
            count(service, group, now);
            continue;
        }
        moments(service, group, now);
        chatter(service, group, now);
    }
}

/// First and last words of tasks.
fn moments(service: &mut Service, group: &mut LogGroup, now: Timestamp) {
    if service.motion.stirred.as_second() + 60 < now.as_second() {
        return;
    }
    for task in &service.tasks {
        let topic = if task.started_at == Some(now) {
            Topic::Started
        } else if task.execution_stopped_at == Some(now) {
            match task.container.exit_code {
                Some(0) => Topic::Terminating,
                Some(1) => Topic::MissingKey,
                Some(137) => Topic::Heap,
                _ => Topic::Segfault,
            }
        } else {
            continue;
        };
        put(group, task, (topic, &mut service.dice), now);
    }
}

/// Running tasks count on, one after the other. One line in a hundred is taken in late (a
/// minute, if the estate says nothing else), the others within a few seconds.
fn count(service: &mut Service, group: &mut LogGroup, now: Timestamp) {
    let running = |task: &&Task| task.status == TaskStatus::Running;
    let speakers: Vec<_> = service.tasks.iter().filter(running).collect();
    if speakers.is_empty() {
        return;
    }
    service.motion.owed += service.nature.lines;
    let began = now.as_millisecond() - 1_000;
    let mut said = 0.0;
    while service.motion.owed >= 1.0 {
        service.motion.owed -= 1.0;
        group.counted += 1;
        let turn = usize::try_from(group.counted).unwrap_or_default() % speakers.len();
        let late = if service.dice.chance(0.01) {
            service.nature.late * 1_000
        } else {
            200 + service.dice.seconds(0, 3_800)
        };
        #[expect(clippy::cast_possible_truncation, reason = "below a thousand")]
        let within = (said * 1_000.0 / service.nature.lines) as i64;
        let line = Line {
            at: began + within.min(999),
            late: u32::try_from(late).unwrap_or_default(),
            topic: Topic::Number,
            bits: group.counted,
        };
        said += 1.0;
        enter(group, speakers[turn], line, now);
    }
}

/// What running tasks say by the way.
fn chatter(service: &mut Service, group: &mut LogGroup, now: Timestamp) {
    let motion = &mut service.motion;
    let share = if service.nature.rpm > 0.0 {
        (motion.requests / service.nature.rpm).max(0.5) * (1.0 + motion.errors * 4.0)
    } else {
        motion.drift
    };
    motion.owed += service.nature.lines * share;
    if motion.owed < 1.0 {
        return;
    }
    // A task that dies before it runs still has time to complain.
    let speaks = |task: &&Task| {
        let dying = task.status == TaskStatus::Activating && task.fate.doom.is_some();
        dying || task.status == TaskStatus::Running
    };
    let speakers: Vec<_> = service.tasks.iter().filter(speaks).collect();
    let outgrown = motion
        .curse
        .as_ref()
        .is_some_and(|curse| curse.reason.is_some());
    while motion.owed >= 1.0 {
        motion.owed -= 1.0;
        if speakers.is_empty() {
            continue;
        }
        let task = speakers[service.dice.index(speakers.len())];
        let topic = if task.status == TaskStatus::Activating {
            if outgrown && service.dice.chance(0.5) {
                Topic::Heap
            } else {
                Topic::Loading
            }
        } else if service.dice.chance((motion.errors * 5.0).min(0.7)) {
            match service.dice.index(4) {
                _ if motion.strain < 0.1 => Topic::Failed,
                0 => Topic::SlotsReserved,
                1 => Topic::Retry,
                _ => Topic::PoolTimeout,
            }
        } else if outgrown && service.dice.chance(0.2) {
            Topic::Heap
        } else if service
            .dice
            .chance(if motion.slowness > 1.8 { 0.2 } else { 0.01 })
        {
            Topic::Slow
        } else if service.dice.chance(0.004) {
            Topic::Retry
        } else if service.nature.rpm > 0.0 {
            Topic::Request
        } else {
            Topic::Job
        };
        put(group, task, (topic, &mut service.dice), now);
    }
}

fn put(group: &mut LogGroup, task: &Task, (topic, dice): (Topic, &mut Dice), now: Timestamp) {
    let at = now.as_millisecond() - dice.seconds(0, 999);
    // One in a hundred comes late by up to a minute.
    let late = if dice.chance(0.01) {
        dice.seconds(10_000, 60_000)
    } else {
        dice.seconds(2_000, 10_000)
    };
    let line = Line {
        at,
        late: u32::try_from(late).unwrap_or(2_000),
        topic,
        bits: dice.bits(),
    };
    enter(group, task, line, now);
}

/// Puts a line into its task's stream.
fn enter(group: &mut LogGroup, task: &Task, line: Line, now: Timestamp) {
    let known = group
        .streams
        .iter()
        .rposition(|stream| stream.name == task.log_stream);
    let index = known.unwrap_or_else(|| {
        open(group, task, now);
        group.streams.len() - 1
    });
    group.streams[index].push(line);
}

/// A new stream; streams that fell silent before the remembered hours go.
fn open(group: &mut LogGroup, task: &Task, now: Timestamp) {
    let forgotten = now - HISTORY;
    group
        .streams
        .retain(|stream| stream.last_event().is_some_and(|at| at > forgotten));
    if group.streams.len() >= STREAMS_KEPT {
        group.streams.remove(0);
    }
    group.streams.push(LogStream::new(&task.log_stream, now));
}
