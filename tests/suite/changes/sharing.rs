//! The journal a team shares: whatever happens on the way, every line arrives in the group, word for
//! word, and whoever reads it takes each once.

use std::sync::Arc;

use firstline::cloud::{Cloud, SharedGroup};
use firstline::estate::SignedDuration;
use firstline::estate::problem::ProblemKind;
use firstline::journal::{Journal, Who, shared, verify_shared};
use firstline::policy::{Arm, Terms};
use firstline::road::{ShareError, Sharer};
use firstline::sim::Death;
use firstline::sim::world::World;

use super::bench::{Bench, world};
use crate::opened::{Folder, PRODUCTION, production};

const GROUP: &str = "/ops/journals";

/// A world with the group, which keeps what is in it for so many days.
fn world_with_group(days: Option<u32>) -> World {
    let mut world = world("steady");
    let now = world.now();
    world
        .account_mut(PRODUCTION)
        .unwrap()
        .create_log_group(GROUP, days, now);
    world
}

async fn group(bench: &Bench) -> Cloud {
    let cloud = bench.cloud().await;
    let name = GROUP.to_owned();
    let options = bench.options();
    Box::pin(cloud.sharing(name, production(), &options))
        .await
        .unwrap()
}

fn sharer<'a>(bench: &'a Bench, journal: &'a Journal, group: &'a SharedGroup) -> Sharer<'a> {
    Sharer {
        journal,
        group,
        clock: &*bench.time,
        told: &|_| {},
    }
}

/// Writes an entry as of so many hours ago.
fn write(bench: &Bench, journal: &Journal, (hours, reason): (i64, &str)) {
    let at = bench.now() - SignedDuration::from_hours(hours);
    let arm = Arm::new(reason, at, &Terms::default(), false);
    journal.armed(&arm, Vec::new()).unwrap();
}

/// The lines of the journal's files.
fn local(folder: &Folder) -> Vec<String> {
    let path = folder.journal().path();
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// What boto3 or anybody would find in the group's streams, in the order it came.
fn remote(bench: &Bench) -> Vec<String> {
    bench.sim.with_world(|world| {
        let groups = &world.account(PRODUCTION).unwrap().log_groups;
        let streams = groups.iter().filter(|one| one.name == GROUP);
        let streams = streams.flat_map(|one| &one.streams);
        let lines = streams.flat_map(|one| one.written().map(str::to_owned).collect::<Vec<_>>());
        lines.collect()
    })
}

/// Each line of the journal is there, and each chain whole.
async fn all_is_there(bench: &Bench, folder: &Folder, group: &SharedGroup) {
    let (found, problem) = group.lines(None).await;
    assert_eq!(problem, None);
    let chains = verify_shared(&found);
    assert!(
        chains
            .iter()
            .all(|one| one.broken.is_none() && one.from_the_start),
        "{chains:#?}"
    );
    let mut expected = local(folder);
    let mut there = remote(bench);
    there.sort();
    there.dedup();
    expected.sort();
    assert_eq!(there, expected, "word for word");
    assert_eq!(shared(&found).entries.len(), expected.len());
}

/// Entries of five weeks: AWS takes no more than a day in one call, and nothing older than two weeks
/// under its own time.
const WEEKS: [(i64, &str); 7] = [
    (840, "INC-1"),
    (700, "INC-2"),
    (250, "INC-3"),
    (200, "INC-4"),
    (199, "INC-5"),
    (30, "INC-6"),
    (0, "INC-7"),
];

/// Dies at its k-th call, the next one at its second, and the one after comes through. Says whether it
/// died at all.
async fn killed_at(k: u64, death: Death) -> bool {
    let (bench, folder) = (Bench::shared(world_with_group(Some(400))), Folder::new());
    let journal = folder.journal();
    for entry in WEEKS {
        write(&bench, &journal, entry);
    }
    let mut died = false;
    for at in [k, 2] {
        let cloud = group(&bench).await;
        bench.sim.let_die_at(at, death);
        let journal = folder.journal();
        let sharer = sharer(&bench, &journal, cloud.shared().unwrap());
        tokio::select! {
            biased;
            () = bench.sim.death() => died = true,
            ended = sharer.send() => assert!(ended.is_ok(), "{ended:?}"),
        }
        bench.sim.let_live();
        write(&bench, &folder.journal(), (0, "one more"));
    }
    let cloud = group(&bench).await;
    let group = cloud.shared().unwrap();
    let journal = folder.journal();
    sharer(&bench, &journal, group).send().await.unwrap();
    all_is_there(&bench, &folder, group).await;
    let standing = sharer(&bench, &journal, group).standing(None).unwrap();
    assert_eq!(
        (standing.waiting, standing.shared),
        (0, 9),
        "call {k}, {death:?}"
    );
    died
}

#[tokio::test(start_paused = true)]
async fn killed_around_every_call_nothing_is_lost() {
    for death in [Death::BeforeTheCall, Death::AfterTheCall] {
        let mut k = 1;
        while killed_at(k, death).await {
            k += 1;
            assert!(k < 40, "it never comes through");
            if k > 8 {
                break;
            }
        }
        assert!(k > 6, "a call for each day, and the stream's: {k}");
    }
}

/// The lines a group rejects for their age come under the time they are sent at.
#[tokio::test(start_paused = true)]
async fn a_group_that_forgets_soon_gets_every_line_too() {
    let (bench, folder) = (Bench::shared(world_with_group(Some(1))), Folder::new());
    let journal = folder.journal();
    for entry in WEEKS {
        write(&bench, &journal, entry);
    }
    let cloud = group(&bench).await;
    let group = cloud.shared().unwrap();
    assert_eq!(sharer(&bench, &journal, group).send().await.unwrap(), 7);
    all_is_there(&bench, &folder, group).await;
}

#[tokio::test(start_paused = true)]
async fn large_entries_go_one_by_one_and_one_that_is_too_large_stays() {
    let (bench, folder) = (Bench::shared(world_with_group(None)), Folder::new());
    let journal = folder.journal();
    let large = "x ".repeat(300_000);
    let larger = "x ".repeat(600_000);
    for reason in ["INC-1", &large, &large, &larger, "INC-2"] {
        write(&bench, &journal, (0, reason));
    }
    let cloud = group(&bench).await;
    let group = cloud.shared().unwrap();
    sharer(&bench, &journal, group).send().await.unwrap();
    let standing = sharer(&bench, &journal, group).standing(None).unwrap();
    assert_eq!(
        (standing.shared, standing.kept_back, standing.waiting),
        (4, 1, 0)
    );
    let lengths: Vec<usize> = remote(&bench).iter().map(String::len).collect();
    assert_eq!(lengths.len(), 4, "{lengths:?}");
    assert!(lengths.iter().all(|length| *length < 1_000_000));
}

/// Nobody creates the group; it is said how somebody does, and what waited arrives then.
#[tokio::test(start_paused = true)]
async fn a_group_that_is_not_there_is_told_and_nothing_is_lost() {
    let (bench, folder) = (Bench::shared(world("steady")), Folder::new());
    let journal = folder.journal();
    write(&bench, &journal, (0, "INC-1"));
    let cloud = group(&bench).await;
    let group = cloud.shared().unwrap();
    let error = sharer(&bench, &journal, group).send().await.unwrap_err();
    assert_eq!(*error.kind(), ProblemKind::NotFound);
    let words = error.to_string();
    for part in [
        "there is no log group /ops/journals in eu-central-1",
        "aws logs create-log-group --log-group-name /ops/journals --region eu-central-1",
        "put-retention-policy",
    ] {
        assert!(words.contains(part), "{words}");
    }
    let names: Vec<String> = bench
        .sim
        .calls()
        .into_iter()
        .map(|one| one.operation)
        .collect();
    assert_eq!(names, ["PutLogEvents", "CreateLogStream"], "and no group");
    bench.sim.with_world(|world| {
        let now = world.now();
        let account = world.account_mut(PRODUCTION).unwrap();
        account.create_log_group(GROUP, None, now);
    });
    assert_eq!(sharer(&bench, &journal, group).send().await.unwrap(), 1);
    all_is_there(&bench, &folder, group).await;
}

#[tokio::test(start_paused = true)]
async fn whatever_aws_says_the_line_waits() {
    for (fault, kind, words) in [
        (
            "denied:logs.PutLogEvents",
            ProblemKind::Denied {
                action: "logs:PutLogEvents".into(),
            },
            "logs:PutLogEvents",
        ),
        (
            "denied:logs.CreateLogStream",
            ProblemKind::Denied {
                action: "logs:CreateLogStream".into(),
            },
            "logs:CreateLogStream",
        ),
        (
            "throttle:logs",
            ProblemKind::Throttled,
            "fewer PutLogEvents",
        ),
        (
            "expired:logs",
            ProblemKind::Expired,
            "the credentials ran out",
        ),
        ("drop:logs", ProblemKind::Unreachable, "nobody answered"),
    ] {
        let (bench, folder) = (Bench::shared(world_with_group(None)), Folder::new());
        let journal = folder.journal();
        write(&bench, &journal, (0, "INC-1"));
        let cloud = group(&bench).await;
        let group = cloud.shared().unwrap();
        bench.sim.set_faults(fault.parse().unwrap());
        let error = sharer(&bench, &journal, group).send().await.unwrap_err();
        assert_eq!(*error.kind(), kind, "{fault}");
        let standing = sharer(&bench, &journal, group)
            .standing(Some(&error))
            .unwrap();
        assert_eq!(standing.waiting, 1, "{fault}");
        let told = standing.problem.unwrap();
        assert!(told.contains(words), "{fault}: {told}");
        bench.sim.set_faults("".parse().unwrap());
        assert_eq!(sharer(&bench, &journal, group).send().await.unwrap(), 1);
        all_is_there(&bench, &folder, group).await;
    }
}

/// Two journals on one machine or two: a stream each, put together where they are read.
#[tokio::test(start_paused = true)]
async fn a_team_reads_one_journal() {
    let bench = Bench::shared(world_with_group(Some(400)));
    let cloud = group(&bench).await;
    let group = cloud.shared().unwrap();
    let (one, other) = (Folder::new(), Folder::new());
    let bob = Who {
        user: "bob".into(),
        host: "jump-2".into(),
    };
    let journals = [
        one.journal(),
        Journal::open(&other.path().join("journal"), bob),
    ];
    for hours in (1..=4).rev() {
        let journal = &journals[usize::try_from(hours % 2).unwrap()];
        write(&bench, journal, (hours, &format!("INC-{hours}")));
    }
    for journal in &journals {
        sharer(&bench, journal, group).send().await.unwrap();
    }
    let (found, _) = group.lines(None).await;
    let told = firstline::journal::told(&shared(&found).entries);
    let told: Vec<String> = told
        .iter()
        .map(|one| format!("{} {}", one.by, one.reason))
        .collect();
    assert_eq!(
        told,
        [
            "alice@jump-1 INC-4",
            "bob@jump-2 INC-3",
            "alice@jump-1 INC-2",
            "bob@jump-2 INC-1"
        ]
    );
    let late = bench.now() - SignedDuration::from_mins(150);
    assert_eq!(group.lines(Some(late)).await.0.len(), 2, "since then");
    let chains = verify_shared(&found);
    assert_eq!(chains.len(), 2);
    assert!(
        chains
            .iter()
            .all(|one| one.broken.is_none() && one.good == 2)
    );
}

/// A console that hangs on AWS is not waited for.
#[tokio::test(start_paused = true)]
async fn an_answer_that_does_not_come_is_not_waited_for() {
    let (bench, folder) = (Bench::shared(world_with_group(None)), Folder::new());
    let journal = folder.journal();
    write(&bench, &journal, (0, "INC-1"));
    let cloud = group(&bench).await;
    let group = Arc::clone(cloud.shared().unwrap());
    bench.sim.set_faults("latency:logs=60s".parse().unwrap());
    let began = bench.now();
    let patience = std::time::Duration::from_secs(4);
    let ended = sharer(&bench, &journal, &group).send_within(patience).await;
    assert!(matches!(ended, Err(ShareError::TooLong(_))), "{ended:?}");
    assert_eq!(bench.now().duration_since(began).as_secs(), 4);
}
