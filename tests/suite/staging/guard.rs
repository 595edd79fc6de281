//! Where staging is not proven nothing is called.

use firstline::estate::environment::Tier;
use firstline::estate::staging::Goal;

use super::bench::{Bench, Operator, every_kind};

/// Calls that alter something.
fn writes(bench: &Bench) -> Vec<String> {
    let calls = bench.sim.calls().into_iter().map(|call| call.operation);
    calls
        .filter(|name| {
            !name.starts_with("Describe") && !name.starts_with("List") && !name.starts_with("Get")
        })
        .collect()
}

async fn denied(spoil: impl FnOnce(&mut Bench)) -> &'static str {
    let mut bench = Bench::new(every_kind());
    let alice = Operator::new("alice");
    // Looked at while all was well; then the settings say something else.
    let cloud = alice.cloud(&bench).await;
    let survey = cloud.links()[0].survey(&bench.orders).await.unwrap();
    spoil(&mut bench);
    bench.sim.forget_calls();
    let mut rules = Vec::new();
    for goal in [Goal::Stop, Goal::Start] {
        rules.push(
            alice
                .decide((&bench, &survey), goal, "staging")
                .unwrap_err(),
        );
    }
    assert_eq!(rules[0], rules[1]);
    assert_eq!(bench.sim.calls(), []);
    rules[0]
}

#[tokio::test(start_paused = true)]
async fn nothing_is_called_where_staging_is_not_proven() {
    assert_eq!(
        denied(|it| it.environment.tier = Tier::Production).await,
        "production"
    );
    assert_eq!(
        denied(|it| it.environment.account = None).await,
        "not-proven"
    );
    assert_eq!(
        denied(|it| it.environment.account = Some("123456789012".into())).await,
        "account-bound-elsewhere"
    );
    assert_eq!(
        denied(|it| it.environment.clusters = None).await,
        "not-proven"
    );
    assert_eq!(
        denied(|it| it.environment.clusters = Some(vec!["main".into()])).await,
        "not-proven"
    );
    assert_eq!(
        denied(|it| it.environment.region = "us-east-1".into()).await,
        "region-mismatch"
    );
}

/// Policy was passed and then the link turns out to be another's: the road asks the lock first,
/// and already that is refused before any write.
#[tokio::test(start_paused = true)]
async fn an_approval_does_not_fit_another_environments_link() {
    let bench = Bench::new(every_kind());
    let alice = Operator::new("alice");
    let cloud = alice.cloud(&bench).await;
    let survey = cloud.links()[0].survey(&bench.orders).await.unwrap();
    let approved = alice
        .decide((&bench, &survey), Goal::Stop, "staging")
        .unwrap();
    let mut other = Bench::new(every_kind());
    other.environment.clusters = Some(vec!["main".into()]);
    let elsewhere = alice.cloud(&other).await;
    other.sim.forget_calls();
    let ran = alice
        .carry(&other, &approved, &elsewhere.links()[0], &survey)
        .await;
    assert!(!ran.is_good(), "{ran:?}");
    assert_eq!(writes(&other), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn the_name_is_typed_and_nothing_else_will_do() {
    let bench = Bench::new(every_kind());
    let alice = Operator::new("alice");
    let cloud = alice.cloud(&bench).await;
    let survey = cloud.links()[0].survey(&bench.orders).await.unwrap();
    for typed in ["", "Staging", "plain", "staging "] {
        assert_eq!(
            alice
                .decide((&bench, &survey), Goal::Stop, typed)
                .unwrap_err(),
            "asked"
        );
    }
    assert_eq!(writes(&bench), Vec::<String>::new());
}
