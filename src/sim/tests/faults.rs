//! Accounts, faults, buckets and the log of calls through the SDK.

use std::time::Duration;

use aws_sdk_ecs::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_sdk_ecs::error::{ProvideErrorMetadata as _, SdkError};

use super::{client, sim};
use crate::sim::connector::http_client;
use crate::sim::fault::Faults;
use crate::sim::round_trips;
use crate::sim::wire::Request;

#[tokio::test]
async fn the_access_key_chooses_the_account() {
    let (sim, _) = sim("steady");
    for (key, account) in [
        ("123456789012", Some("123456789012")),
        ("210987654321", Some("210987654321")),
        ("AKIAIOSFODNN7EXAMPLE", Some("123456789012")),
        ("999999999999", None),
    ] {
        let answer = client!(aws_sdk_sts, sim, key)
            .get_caller_identity()
            .send()
            .await;
        match account {
            Some(account) => assert_eq!(answer.unwrap().account(), Some(account)),
            None => assert_eq!(answer.unwrap_err().code(), Some("InvalidClientTokenId")),
        }
    }
}

#[tokio::test]
async fn faults_reach_the_sdk_as_aws_would_send_them() {
    let (sim, _) = sim("steady");
    let ecs = client!(aws_sdk_ecs, sim);
    let rds = client!(aws_sdk_rds, sim);
    let cloudwatch = client!(aws_sdk_cloudwatch, sim);
    for (fault, codes) in [
        (
            "throttle",
            ["ThrottlingException", "Throttling", "Throttling"],
        ),
        (
            "denied",
            ["AccessDeniedException", "AccessDenied", "AccessDenied"],
        ),
        (
            "expired",
            ["ExpiredTokenException", "ExpiredToken", "ExpiredToken"],
        ),
        ("error=503", ["ServiceUnavailable"; 3]),
    ] {
        sim.set_faults(fault.parse().unwrap());
        let found = [
            ecs.list_clusters()
                .send()
                .await
                .unwrap_err()
                .code()
                .map(str::to_owned),
            rds.describe_db_instances()
                .send()
                .await
                .unwrap_err()
                .code()
                .map(str::to_owned),
            cloudwatch
                .describe_alarms()
                .send()
                .await
                .unwrap_err()
                .code()
                .map(str::to_owned),
        ];
        assert_eq!(
            found.each_ref().map(Option::as_deref),
            codes.map(Some),
            "{fault}"
        );
    }
    sim.set_faults("drop:ecs".parse().unwrap());
    let cut = ecs.list_clusters().send().await.unwrap_err();
    assert!(
        matches!(&cut, SdkError::DispatchFailure(failure) if failure.is_io()),
        "{cut:?}"
    );
    sim.set_faults(Faults::default());
    ecs.list_clusters().send().await.unwrap();
}

#[tokio::test]
async fn an_empty_bucket_throttles_until_it_is_refilled() {
    let (sim, hand) = sim("steady");
    let cloudwatch = client!(aws_sdk_cloudwatch, sim);
    for _ in 0..9 {
        cloudwatch.describe_alarms().send().await.unwrap();
    }
    let refused = cloudwatch.describe_alarms().send().await.unwrap_err();
    assert_eq!(
        refused.code(),
        Some("Throttling"),
        "CloudWatch keeps its old names"
    );
    assert_eq!(refused.message(), Some("Rate exceeded"));
    hand.wait(1);
    cloudwatch.describe_alarms().send().await.unwrap();
}

#[tokio::test]
async fn the_log_of_calls_tells_round_trips() {
    let (sim, _) = sim("steady");
    let ecs = client!(aws_sdk_ecs, sim);
    let (one, other) = futures::join!(ecs.list_clusters().send(), ecs.list_clusters().send());
    assert!(one.is_ok() && other.is_ok());
    ecs.describe_clusters()
        .clusters("prod")
        .send()
        .await
        .unwrap();
    let calls = sim.calls();
    let names: Vec<&str> = calls.iter().map(|call| call.operation.as_str()).collect();
    assert_eq!(names, ["ListClusters", "ListClusters", "DescribeClusters"]);
    assert!(
        calls
            .iter()
            .all(|call| call.account == "123456789012" && call.answered.is_some())
    );
    assert_eq!(round_trips(&calls), 2);
    sim.forget_calls();
    assert!(sim.calls().is_empty());
}

#[test]
fn latency_delays_the_answer_and_not_the_world() {
    let (sim, _) = sim("steady");
    sim.set_faults("latency=80ms,latency:ecs=1s".parse().unwrap());
    let request = Request {
        path: "/".to_owned(),
        headers: vec![(
            "x-amz-target".to_owned(),
            "AmazonEC2ContainerServiceV20141113.ListClusters".to_owned(),
        )],
        body: b"{}".to_vec(),
    };
    let now = (sim.clock)();
    let outcome = sim.state().begin(&request, now);
    assert_eq!(outcome.delay, Duration::from_millis(1080));
    assert_eq!(outcome.response.unwrap().status, 200);
}
