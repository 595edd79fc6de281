//! Every shipped scenario, opened and watched: what the board says when. Read it as a table.

use super::harness::Opening;

/// Seconds after opening; what one line of the board says (all of these words); what no line says.
type Moment = (u64, &'static [&'static str], &'static [&'static str]);

async fn watch(scenario: &str, moments: &[Moment]) {
    let mut desk = Opening::of(scenario).open().await;
    let mut now = 0;
    for (second, said, unsaid) in moments {
        desk.wait(second - now).await;
        now = *second;
        let screen = desk.screen(200, 50);
        let has = |words: &&str| {
            words
                .split(" … ")
                .try_fold(None, |line: Option<Vec<&str>>, part| {
                    let lines = line.unwrap_or_else(|| screen.lines().collect());
                    let lines: Vec<&str> =
                        lines.into_iter().filter(|one| one.contains(part)).collect();
                    (!lines.is_empty()).then_some(Some(lines))
                })
                .is_some()
        };
        for words in *said {
            assert!(
                has(words),
                "{scenario} at {second} s, no \"{words}\":\n{screen}"
            );
        }
        for words in *unsaid {
            assert!(
                !has(words),
                "{scenario} at {second} s, \"{words}\":\n{screen}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn steady_stays_quiet() {
    let quiet: &[&str] = &[
        "production  ✔ 14  ○ 1",
        "■ report … stopped by bob",
        "NO ALARM",
    ];
    let loud: &[&str] = &["✖", "▲ ", "◌ "];
    watch(
        "steady",
        &[(5, quiet, loud), (120, quiet, loud), (600, quiet, loud)],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_bad_deploy_fails_and_rolls_back() {
    watch(
        "bad-deploy",
        &[
            (5, &["production  ✔ 14  ○ 1"], &["▲ "]),
            (
                60,
                &["◌ orders … deploying … 4/4 … failed in a row for prod-orders:58"],
                &["✖ orders"],
            ),
            (
                240,
                &[
                    "▲ orders … degraded … 4/4 … prod-orders:58 FAILED",
                    "rolling back to prod-orders:57",
                    "stop … orders … exit 1",
                ],
                &["✖ orders"],
            ),
            (
                600,
                &[
                    "▲ orders … 4/4 … a deploy failed",
                    "prod-orders:57 completed",
                ],
                &["✖ orders"],
            ),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_crash_loop_is_seen_although_ecs_says_nothing() {
    let looping: &[&str] = &[
        "▲ worker … degraded … /3 … segfault (139)",
        "stop … worker … segfault (139)",
    ];
    watch(
        "crash-loop",
        &[(5, looping, &[]), (120, looping, &[]), (600, looping, &[])],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_database_fills_up() {
    watch(
        "db-connections",
        &[
            (5, &["DB connections", "p99 latency"], &["✖"]),
            (600, &["▲ DB connections … orders-db"], &[]),
            (
                1_200,
                &[
                    "✖ DB connections … orders-db",
                    "▲ billing … degraded",
                    "rds-connections-high",
                ],
                &[],
            ),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_service_outgrows_its_memory() {
    watch(
        "oom",
        &[
            (60, &["stop … report … OutOfMemory (137)"], &["✖ report"]),
            (600, &["▲ report … degraded … 2/2"], &["✖ report"]),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_throttled_account_is_unknown_and_recovers() {
    watch(
        "throttled",
        &[
            (5, &["production  ✔ 14  ○ 1"], &["asks for fewer"]),
            (
                76,
                &[
                    "production … unknown",
                    "AWS asks for fewer DescribeServices calls",
                    "staging … ✔ 7  ○ 1",
                ],
                &["✖"],
            ),
            (
                1_700,
                &["production  ✔ 14  ○ 1"],
                &["asks for fewer", "unknown"],
            ),
        ],
    )
    .await;
}
