use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::sim::scenario::Scenario;

const PROD: &str = "123456789012";

fn opened() -> Timestamp {
    "2026-07-01T14:03:00Z".parse().unwrap()
}

fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

fn world(name: &str) -> World {
    World::new(&Scenario::named(name).unwrap(), 7, opened())
}

#[test]
fn show() {
    for name in Scenario::names() {
        let begun = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
        let mut world = world(name);
        let took = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap() - begun;
        eprintln!("=== {name} built in {took:?}");
        for later in [0, 2, 5, 10] {
            world.advance(opened() + minutes(later));
            eprintln!("--- +{later} min");
            for account in &world.accounts {
                for s in &account.services {
                    let p = s.primary().unwrap();
                    if s.motion.steady && s.tasks.len() == s.desired as usize && later > 0 {
                        continue;
                    }
                    eprintln!(
                        "{}/{} {}/{} pend {} deps {} {:?} failed {} sd {:?} stopped {} steady {} req {} err {:.3} rej {} slow {:.1}",
                        s.cluster,
                        s.name,
                        s.running(),
                        s.desired,
                        s.pending(),
                        s.deployments.len(),
                        p.rollout,
                        p.failed_tasks,
                        s.service_deployments[0].status,
                        s.tasks.iter().filter(|t| !t.wanted).count(),
                        s.motion.steady,
                        s.motion.requests,
                        s.motion.errors,
                        s.motion.rejected,
                        s.motion.slowness
                    );
                }
                for d in &account.databases {
                    eprintln!("db {} {}", d.id, d.connections);
                }
                for a in account.alarms.iter().filter(|a| a.state != AlarmState::Ok) {
                    eprintln!(
                        "alarm {} {:?} {} {}",
                        a.name, a.state, a.transitioned_at, a.reason
                    );
                }
            }
        }
        let a = &world.accounts[0];
        for s in a
            .services
            .iter()
            .filter(|s| !s.motion.steady || s.tasks.len() != s.desired as usize)
        {
            for e in s.events.iter().take(14) {
                eprintln!(
                    "  {} {}",
                    e.at,
                    e.message.chars().take(150).collect::<String>()
                );
            }
            let q = LogQuery {
                group: &format!("/ecs/{}/{}", s.cluster, s.name),
                streams: &[],
                prefix: "",
                from: opened(),
                to: world.now(),
            };
            for l in world.log_events(PROD, &q).unwrap().iter().rev().take(4) {
                eprintln!("     {}", l.message);
            }
        }
        let lines: usize = world
            .accounts
            .iter()
            .flat_map(|a| &a.log_groups)
            .flat_map(|g| &g.streams)
            .map(|s| s.lines.len())
            .sum();
        let streams: usize = world
            .accounts
            .iter()
            .flat_map(|a| &a.log_groups)
            .map(|g| g.streams.len())
            .sum();
        let points: usize = world
            .accounts
            .iter()
            .flat_map(|a| a.metrics.list())
            .map(|s| s.points.len())
            .sum();
        eprintln!("lines {lines} streams {streams} points {points}");
    }
}
