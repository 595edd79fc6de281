//! The incidents of first-level operations, watched second by second: what is believed of the
//! service, on what evidence, and what is advised. Read it as a table. A rule that only compares
//! running with desired runs beside it, and is wrong.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use firstline::estate::board::Row;
use firstline::estate::verdict::Health;

use firstline::sim::scenario::{Estate, Scenario};

use super::harness::{Desk, Opening};
use crate::opened::production;

/// Seconds after opening; the verdict; words of its evidence; what is advised first, `-` for
/// nothing.
type Moment = (u64, Health, &'static str, &'static str);

/// Scenario, service, and what is seen when.
type Incident = (&'static str, &'static str, &'static [Moment]);

use Health::{Degraded, Deploying, Down, Healthy, HealthyUnverified, Stopping, Unknown};

#[rustfmt::skip]
const INCIDENTS: &[Incident] = &[
    ("bad-deploy", "orders", &[
        (10, Healthy, "4 targets healthy", "-"),
        (200, Degraded, "FAILED", "rolling-back"),
        (600, Degraded, "a deploy failed", "deploy-failed"),
    ]),
    ("crash-loop", "worker", &[
        (10, Degraded, "segfault (139)", "crash-loop"),
        (600, Degraded, "segfault (139)", "crash-loop"),
    ]),
    ("db-connections", "billing", &[
        (10, Healthy, "", "-"),
        (1200, Degraded, "billing-5xx-high", "database-full"),
    ]),
    ("keep-alive", "web", &[
        (300, Healthy, "6 targets healthy", "balancer-errors"),
    ]),
    ("slow-target", "web", &[
        (300, Degraded, "p99", "slow-target"),
    ]),
    ("oom", "report", &[
        (600, Degraded, "report-memory-high", "out-of-memory"),
    ]),
    ("zone-impaired", "web", &[
        (120, Degraded, "Target.Timeout, all in eu-central-1b", "zone-impaired"),
        (600, Degraded, "Target.Timeout, all in eu-central-1b", "zone-impaired"),
    ]),
    ("zone-impaired", "ingest", &[
        (120, Degraded, "all in eu-central-1b", "zone-impaired"),
    ]),
    ("secret-deleted", "accounts", &[
        (30, Healthy, "", "-"),
        (240, Degraded, "secret or registry credentials", "secret-unreadable"),
        (600, Degraded, "secret or registry credentials", "secret-unreadable"),
    ]),
    ("image-gone", "web", &[
        (60, Degraded, "image not found", "image-gone"),
        (600, Degraded, "image not found", "image-gone"),
    ]),
    ("target-flapping", "search", &[
        (120, Degraded, "load balancer's health check", "flapping"),
        (900, Degraded, "load balancer's health check", "flapping"),
    ]),
    ("throttled", "orders", &[
        (10, Healthy, "", "-"),
        (120, Unknown, "no data for", "api-throttled"),
    ]),
    ("cache-storm", "catalog", &[
        (300, Degraded, "p99", "cache-storm"),
    ]),
    ("disk-full", "ingest", &[
        (120, Degraded, "host disk full", "disk-full"),
    ]),
    ("deadlock", "ledger", &[
        (10, Healthy, "", "-"),
        (120, Degraded, "allow neither a start nor a stop", "deadlock"),
        (900, Degraded, "allow neither a start nor a stop", "deadlock"),
    ]),
    ("silence", "cart", &[
        (300, Healthy, "no traffic for", "no-traffic"),
        (900, Healthy, "no traffic for", "no-traffic"),
    ]),
    ("stale-agent", "ingest", &[
        (50, Healthy, "all pass their container health check", "-"),
        (240, Unknown, "agents", "agents-silent"),
    ]),
    ("other-controllers", "checkout", &[
        (120, Healthy, "3 targets healthy", "-"),
        (600, Healthy, "3 targets healthy", "-"),
    ]),
    ("other-controllers", "quotes", &[
        (120, Healthy, "2 targets healthy", "-"),
        (900, Down, "0/2", "crash-loop"),
    ]),
    ("other-controllers", "node-agent", &[
        (60, Healthy, "all pass their container health check", "-"),
        (600, Degraded, "exit 1", "crash-loop"),
    ]),
    ("stages", "storefront", &[
        (10, Healthy, "4 targets healthy", "-"),
        (100, Deploying, "blue/green: starting", "-"),
        (300, Deploying, "blue/green: baking", "-"),
        (1100, Healthy, "4 targets healthy", "-"),
    ]),
    ("stages", "quotas", &[
        (220, Deploying, "linear: shifting traffic, 25 % on the new tasks", "-"),
        (460, Deploying, "linear: shifting traffic, 75 % on the new tasks", "-"),
        (600, Deploying, "linear: baking", "-"),
        (1100, Healthy, "3 targets healthy", "-"),
    ]),
    ("stages", "gateway", &[
        (300, Deploying, "canary: waiting for approval (approval-", "awaits-approval"),
        (450, Deploying, "canary: shifting traffic, 10 % on the new tasks", "-"),
        (1100, Healthy, "3 targets healthy", "-"),
    ]),
    ("stages", "promos", &[
        (230, Degraded, "FAILED", "rolling-back"),
        (900, Degraded, "a deploy failed", "deploy-failed"),
    ]),
    ("stages", "hello", &[
        (60, Healthy, "2 targets healthy", "-"),
    ]),
    ("stages", "encoder", &[
        (120, Healthy, "all pass their container health check", "-"),
        (640, Unknown, "ECS cannot tell", "health-unknown"),
    ]),
    ("stages", "relay", &[
        (110, Deploying, "2 task sets, CodeDeploy is in charge", "-"),
        (600, Healthy, "2 targets healthy", "-"),
    ]),
    ("protected", "importer", &[
        (120, Stopping, "protect themselves", "protected"),
    ]),
    ("steady", "worker", &[
        (90, HealthyUnverified, "no health check defined", "-"),
    ]),
    ("demo", "search", &[
        (10, Deploying, "search:113", "-"),
    ]),
];

fn row<'a>(desk: &'a Desk, service: &str) -> &'a Row {
    let rows = &desk.model().look.rows;
    let here = |row: &&Row| &*row.name == service && row.environment.as_str() == "production";
    rows.iter().find(here).unwrap()
}

const fn calm(health: Health) -> bool {
    matches!(health, Healthy | HealthyUnverified | Deploying)
}

/// What a rule that only compares running with desired says, against what is believed.
#[derive(Clone, Copy, PartialEq)]
enum Naive {
    /// The same, as far as it goes.
    Agrees,
    /// Green where something is wrong: the mistake that lets people sleep.
    Misses,
    /// Red where nothing is: the mistake that wakes them.
    Alarms,
}

impl Naive {
    fn of(fine: bool, health: Health, first: &str) -> Self {
        let sick = !calm(health) || first == "no-traffic" || first == "balancer-errors";
        match (fine, sick) {
            (true, true) => Self::Misses,
            (false, false) => Self::Alarms,
            (true, false) | (false, true) => Self::Agrees,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Agrees => "",
            Self::Misses => "MISSES IT",
            Self::Alarms => "false alarm",
        }
    }
}

/// What is looked at in a scenario, in the order of time.
fn watched(scenario: &str) -> Vec<(&'static str, &'static Moment)> {
    let all = INCIDENTS.iter().filter(|one| one.0 == scenario);
    let mut all: Vec<_> = all
        .flat_map(|(_, service, moments)| moments.iter().map(move |moment| (*service, moment)))
        .collect();
    all.sort_by_key(|(_, moment)| moment.0);
    all
}

/// `no data for …: AWS asks …`: how long it has lasted to the second hangs on the calls before.
fn timeless(evidence: &str) -> String {
    let unit = |word: &str| {
        let bare = word.trim_end_matches(|one: char| !one.is_alphabetic());
        matches!(bare, "s" | "min" | "h" | "d").then(|| word[bare.len()..].to_owned())
    };
    let number = |word: &str| !word.is_empty() && word.chars().all(|one| one.is_ascii_digit());
    let words: Vec<&str> = evidence.split(' ').collect();
    let mut told: Vec<String> = Vec::new();
    let mut place = 0;
    while let Some(word) = words.get(place) {
        let ending = words.get(place + 1).and_then(|next| unit(next));
        // `in 10 min` is the rule's own span.
        let lasted = number(word) && told.last().is_none_or(|last| last != "in");
        if let Some(ending) = ending.filter(|_| lasted) {
            if told.last().is_some_and(|last| last == "…") {
                told.pop();
            }
            told.push(format!("…{ending}"));
            place += 2;
        } else {
            told.push((*word).to_owned());
            place += 1;
        }
    }
    told.join(" ")
}

/// One line of what is seen, whether it is what the table says, and what the naive rule is worth.
fn look(desk: &Desk, service: &str, expected: &Moment) -> (String, bool, Naive) {
    let (second, health, words, advised) = *expected;
    let row = row(desk, service);
    let advice = desk.model().advice(&row.arn);
    let first = advice
        .first()
        .map_or("-".to_owned(), |one| one.symptom.to_string());
    let fine = row.running == row.desired;
    let naive = Naive::of(fine, row.verdict.health, &first);
    let right =
        row.verdict.health == health && row.verdict.evidence.contains(words) && first == advised;
    let line = format!(
        "{}{service:<11}{second:>5} s  {:<12}{:<19}{:<5}{:<12}{} [{}]",
        if right { "  " } else { "! " },
        row.verdict.health.word(),
        first,
        if fine { "fine" } else { "sick" },
        naive.word(),
        timeless(&row.verdict.evidence),
        row.verdict.source,
    );
    (line, right, naive)
}

#[tokio::test(start_paused = true)]
async fn every_incident_is_judged_with_evidence_and_advice_where_a_naive_rule_is_fooled() {
    let mut table = format!(
        "  {:<11}{:>7}  {:<12}{:<19}{:<17}{}\n",
        "SERVICE", "AFTER", "VERDICT", "ADVISED FIRST", "RUNNING=DESIRED?", "EVIDENCE [SAID BY]"
    );
    let mut wrong = 0;
    let mut fooled = BTreeSet::new();
    let scenarios: BTreeSet<&str> = INCIDENTS.iter().map(|one| one.0).collect();
    for &scenario in &scenarios {
        let happens = Scenario::named(scenario).unwrap();
        let mut desk = Opening::over(happens, vec![production()]).open().await;
        let _ = writeln!(table, "{scenario}");
        let mut now = 0;
        for (service, moment) in watched(scenario) {
            desk.wait(moment.0 - now).await;
            now = moment.0;
            let (line, right, naive) = look(&desk, service, moment);
            let _ = writeln!(table, "{line}");
            wrong += usize::from(!right);
            if naive == Naive::Misses {
                fooled.insert(scenario);
            }
        }
    }
    let _ = writeln!(
        table,
        "\nthe rule running == desired misses {} of {} scenarios",
        fooled.len(),
        scenarios.len()
    );
    assert_eq!(wrong, 0, "lines with ! are not as the table says:\n{table}");
    assert!(
        fooled.len() >= 6,
        "the naive rule is fooled by {fooled:?} only:\n{table}"
    );
    insta::assert_snapshot!(table);
}

#[tokio::test(start_paused = true)]
async fn a_crash_loop_is_degraded_within_two_minutes_of_its_second_stop() {
    let text = r#"
        about = "worker begins to crash after a while."
        [[effect]]
        at = "2m"
        do.die = { service = "prod-batch/worker", after = "45s", spread = "8s", exit = 139 }
    "#;
    let estate = Estate::shipped().unwrap();
    let scenario = Scenario::parsed("mine", text, estate).unwrap();
    let mut desk = Opening::over(scenario, vec![production()]).open().await;
    let mut degraded = None;
    for second in 0..420 {
        desk.wait(1).await;
        if row(&desk, "worker").verdict.health == Degraded {
            degraded = Some(second);
            break;
        }
    }
    let now = (desk.time)();
    let stops = &desk.model().look.snapshot.environments[0].stops;
    let mut ended: Vec<_> = stops
        .iter()
        .filter(|task| task.service_name.as_deref() == Some("worker"))
        .filter_map(|task| task.stopped_at)
        .collect();
    ended.sort();
    let since = now.duration_since(ended[1]).as_secs();
    assert!(
        degraded.is_some() && since <= 120,
        "{degraded:?}, {since} s after the second stop"
    );
}

/// Old data is never well: three looks or a minute after the last good one every verdict is
/// unknown, whatever keeps the next one away, and they come back when it does.
#[tokio::test(start_paused = true)]
async fn no_verdict_is_well_on_data_older_than_a_minute() {
    for fault in [
        "drop:ecs",
        "throttle:ecs.DescribeServices",
        "latency:ecs=300s",
    ] {
        let steady = Scenario::named("steady").unwrap();
        let production = vec![production()];
        let mut desk = Opening::over(steady, production).open().await;
        desk.wait(90).await;
        assert!(
            desk.model()
                .look
                .rows
                .iter()
                .all(|row| calm(row.verdict.health))
        );
        desk.sim.set_faults(fault.parse().unwrap());
        let mut unknown = 0;
        for second in 0..150 {
            desk.wait(1).await;
            let now = (desk.time)();
            for row in &desk.model().look.rows {
                // Verdicts are judged again every five seconds at least.
                let age = now.duration_since(row.seen_at).as_secs();
                let well = row.verdict.health != Unknown;
                assert!(
                    age <= 65 || !well,
                    "{fault}, {second} s: {row:?} is {age} s old"
                );
                unknown += usize::from(!well);
            }
        }
        assert!(unknown > 15 * 80, "{fault}: {unknown} times unknown");
        desk.sim.set_faults("".parse().unwrap());
        desk.wait(400).await;
        let screen = desk.screen(120, 40);
        assert!(
            desk.model()
                .look
                .rows
                .iter()
                .all(|row| calm(row.verdict.health)),
            "{fault}: {screen}"
        );
    }
}

/// A service at zero: kept there by auto scaling, by somebody here, or by nobody knows whom.
#[tokio::test(start_paused = true)]
async fn a_service_without_tasks_was_stopped_on_purpose_where_that_can_be_proven() {
    let text = r#"
        about = "Three services want nothing."
        [[service]]
        name = "archive"
        cluster = "prod-batch"
        desired = 0
        revision = 3
        tag = "1.0.3"
        scaling = [0, 0]

        [[service]]
        name = "orphan"
        cluster = "prod-batch"
        desired = 0
        revision = 2
        tag = "0.9.0"
        scaling = [0, 4]
    "#;
    let estate = Estate::shipped().unwrap();
    let scenario = Scenario::parsed("mine", text, estate).unwrap();
    let mut desk = Opening::over(scenario, vec![production()]).open().await;
    desk.wait(90).await;
    let said = |desk: &Desk, name: &str| {
        let verdict = &row(desk, name).verdict;
        (verdict.health, verdict.evidence.to_string(), verdict.source)
    };
    assert_eq!(
        said(&desk, "archive"),
        (
            Health::Stopped,
            "desired 0, auto scaling may run none (max 0)".to_owned(),
            "DescribeScalableTargets"
        )
    );
    let orphan = said(&desk, "orphan");
    assert_eq!(orphan.0, Health::StoppedUnexplained, "{orphan:?}");
    let calls = desk.sim.calls();
    let asked = calls.iter();
    let asked = asked.filter(|one| one.operation == "DescribeScalableTargets");
    assert!(
        (1..=3).contains(&asked.count()),
        "one call a minute for all of them"
    );
}
