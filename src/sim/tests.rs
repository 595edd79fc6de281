//! The simulator as its callers see it: SDK clients over the connector, boto3 over a socket.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use aws_sdk_ecs::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_sdk_ecs::error::{ProvideErrorMetadata as _, SdkError};

use super::connector::http_client;
use super::*;

/// A fixed noon, and a hand that moves it.
#[derive(Clone)]
struct Hand(Arc<AtomicI64>);

impl Hand {
    fn wait(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

fn sim(scenario: &str) -> (Sim, Hand) {
    let hand = Hand(Arc::new(AtomicI64::new(1_800_000_000)));
    let seconds = Arc::clone(&hand.0);
    let clock: Clock =
        Arc::new(move || Timestamp::from_second(seconds.load(Ordering::SeqCst)).unwrap());
    let scenario = Scenario::named(scenario).unwrap();
    (Sim::new(&scenario, 1, clock), hand)
}

/// A client's configuration over the connector; one attempt, so that every refusal is seen.
macro_rules! client {
    ($service:ident, $sim:expr, $key:expr) => {
        $service::Client::from_conf(
            $service::Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::new("eu-central-1"))
                .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
                    $key, "secret", None, None, "test",
                )))
                .retry_config(aws_smithy_types::retry::RetryConfig::disabled())
                .http_client(http_client($sim.clone()))
                .build(),
        )
    };
    ($service:ident, $sim:expr) => {
        client!($service, $sim, "123456789012")
    };
}

#[tokio::test]
async fn ecs_answers_the_sdk() {
    let (sim, _) = sim("steady");
    let ecs = client!(aws_sdk_ecs, sim);
    let clusters = ecs.list_clusters().send().await.unwrap();
    assert!(clusters.cluster_arns().len() >= 2);
    let services = ecs
        .list_services()
        .cluster("prod")
        .max_results(100)
        .send()
        .await
        .unwrap()
        .service_arns;
    let services = services.unwrap();
    assert!(services.len() > 5, "{services:?}");
    let described = ecs
        .describe_services()
        .cluster("prod")
        .set_services(Some(services[..5].to_vec()))
        .include(aws_sdk_ecs::types::ServiceField::Tags)
        .send()
        .await
        .unwrap();
    let [first, ..] = described.services() else {
        panic!("no service")
    };
    assert_eq!(first.status(), Some("ACTIVE"));
    assert!(
        first
            .created_at()
            .is_some_and(|at| at.secs() < 1_800_000_000)
    );
    assert!(!first.tags().is_empty() && !first.deployments().is_empty());
    let tasks = ecs.list_tasks().cluster("prod").send().await.unwrap();
    let tasks = ecs
        .describe_tasks()
        .cluster("prod")
        .set_tasks(tasks.task_arns)
        .send()
        .await
        .unwrap();
    assert!(
        tasks
            .tasks()
            .iter()
            .all(|task| task.containers().len() == 1)
    );
}

#[tokio::test]
async fn the_default_page_of_services_is_ten() {
    let (sim, _) = sim("steady");
    sim.with_world(|world| {
        let services = &mut world.accounts[0].services;
        for number in 0..20 {
            let mut copy = services[0].clone();
            (copy.name, copy.arn) = (format!("copy{number}"), format!("{}{number}", copy.arn));
            services.push(copy);
        }
    });
    let ecs = client!(aws_sdk_ecs, sim);
    let page = ecs.list_services().cluster("prod").send().await.unwrap();
    assert_eq!(page.service_arns().len(), 10);
    let rest = ecs
        .list_services()
        .cluster("prod")
        .set_next_token(page.next_token)
        .send()
        .await
        .unwrap();
    assert!(!rest.service_arns().is_empty());
    assert!(!page.service_arns.unwrap().contains(&rest.service_arns()[0]));
}

#[tokio::test]
async fn a_redeployment_is_seen_by_whoever_asks_next() {
    let (sim, hand) = sim("steady");
    let ecs = client!(aws_sdk_ecs, sim);
    let services = ecs.list_services().cluster("prod").send().await.unwrap();
    let arn = services.service_arns()[0].clone();
    let updated = ecs
        .update_service()
        .cluster("prod")
        .service(&arn)
        .force_new_deployment(true)
        .send()
        .await
        .unwrap();
    let service = updated.service().unwrap();
    assert_eq!(service.deployments().len(), 2);
    let deployment = service.current_service_deployment().unwrap().to_owned();
    hand.wait(1200);
    let described = ecs
        .describe_service_deployments()
        .service_deployment_arns(deployment)
        .send()
        .await
        .unwrap();
    let status = described.service_deployments()[0].status().unwrap();
    assert_eq!(status.as_str(), "SUCCESSFUL");
}

#[tokio::test]
async fn logs_answer_the_sdk() {
    let (sim, _) = sim("steady");
    let logs = client!(aws_sdk_cloudwatchlogs, sim);
    let groups = logs.describe_log_groups().send().await.unwrap();
    let group = groups.log_groups()[0].log_group_name().unwrap();
    let streams = logs
        .describe_log_streams()
        .log_group_name(group)
        .send()
        .await
        .unwrap();
    let stream = streams.log_streams()[0].log_stream_name().unwrap();
    let found = logs
        .filter_log_events()
        .log_group_name(group)
        .log_stream_names(stream)
        .limit(5)
        .send()
        .await
        .unwrap();
    assert_eq!(found.events().len(), 5);
    let last = logs
        .get_log_events()
        .log_group_name(group)
        .log_stream_name(stream)
        .send()
        .await
        .unwrap();
    assert!(
        last.events()
            .iter()
            .all(|event| event.timestamp().is_some())
    );
    let refused = logs
        .get_log_events()
        .log_group_name("no")
        .log_stream_name(stream)
        .send()
        .await;
    assert!(
        refused
            .unwrap_err()
            .into_service_error()
            .is_resource_not_found_exception()
    );
}

#[tokio::test]
async fn cloudwatch_answers_the_sdk_in_cbor() {
    use aws_sdk_cloudwatch::primitives::DateTime;
    use aws_sdk_cloudwatch::types::{AlarmType, Metric, MetricDataQuery, MetricStat};
    let (sim, _) = sim("steady");
    let cloudwatch = client!(aws_sdk_cloudwatch, sim);
    let listed = cloudwatch
        .list_metrics()
        .namespace("AWS/ECS")
        .metric_name("CPUUtilization")
        .send()
        .await
        .unwrap();
    let metric: Metric = listed.metrics()[0].clone();
    let stat = MetricStat::builder()
        .metric(metric)
        .period(60)
        .stat("Average")
        .build();
    let answer = cloudwatch
        .get_metric_data()
        .metric_data_queries(
            MetricDataQuery::builder()
                .id("cpu")
                .metric_stat(stat)
                .build(),
        )
        .start_time(DateTime::from_secs(1_800_000_000 - 3600))
        .end_time(DateTime::from_secs(1_800_000_000))
        .send()
        .await
        .unwrap();
    let [result] = answer.metric_data_results() else {
        panic!("{answer:?}")
    };
    assert!(result.values().len() > 30, "{result:?}");
    assert!(
        result.timestamps()[0] > result.timestamps()[1],
        "the newest comes first"
    );
    let alarms = cloudwatch.describe_alarms().send().await.unwrap();
    assert!(!alarms.metric_alarms().is_empty() && alarms.composite_alarms().is_empty());
    let all = cloudwatch
        .describe_alarms()
        .alarm_types(AlarmType::MetricAlarm)
        .alarm_types(AlarmType::CompositeAlarm)
        .send()
        .await
        .unwrap();
    assert!(!all.composite_alarms().is_empty());
    cloudwatch.describe_alarm_history().send().await.unwrap();
}

#[tokio::test]
async fn the_query_services_answer_the_sdk() {
    let (sim, _) = sim("steady");
    let identity = client!(aws_sdk_sts, sim)
        .get_caller_identity()
        .send()
        .await
        .unwrap();
    assert_eq!(
        identity.arn(),
        Some("arn:aws:sts::123456789012:assumed-role/ops/alice")
    );

    let elb = client!(aws_sdk_elasticloadbalancingv2, sim);
    let balancers = elb.describe_load_balancers().send().await.unwrap();
    let balancer = balancers.load_balancers()[0].load_balancer_arn().unwrap();
    let groups = elb
        .describe_target_groups()
        .load_balancer_arn(balancer)
        .send()
        .await
        .unwrap();
    let group = groups.target_groups()[0].target_group_arn().unwrap();
    let health = elb
        .describe_target_health()
        .target_group_arn(group)
        .send()
        .await
        .unwrap();
    assert!(!health.target_health_descriptions().is_empty());
    let listeners = elb
        .describe_listeners()
        .load_balancer_arn(balancer)
        .send()
        .await
        .unwrap();
    assert_eq!(listeners.listeners().len(), 1);

    let rds = client!(aws_sdk_rds, sim);
    let databases = rds.describe_db_instances().send().await.unwrap();
    let database = &databases.db_instances()[0];
    let parameters = rds
        .describe_db_parameters()
        .db_parameter_group_name(
            database.db_parameter_groups()[0]
                .db_parameter_group_name()
                .unwrap(),
        )
        .send()
        .await
        .unwrap();
    assert_eq!(
        parameters.parameters()[0].parameter_name(),
        Some("max_connections")
    );
    assert!(
        rds.describe_db_clusters()
            .send()
            .await
            .unwrap()
            .db_clusters()
            .is_empty()
    );
    let refused = rds
        .describe_db_instances()
        .db_instance_identifier("no")
        .send()
        .await;
    assert!(
        refused
            .unwrap_err()
            .into_service_error()
            .is_db_instance_not_found_fault()
    );

    let caches = client!(aws_sdk_elasticache, sim);
    let clusters = caches
        .describe_cache_clusters()
        .show_cache_node_info(true)
        .send()
        .await
        .unwrap();
    assert_eq!(clusters.cache_clusters()[0].cache_nodes().len(), 1);
    let groups = caches.describe_replication_groups().send().await.unwrap();
    assert_eq!(groups.replication_groups()[0].member_clusters().len(), 1);
}

#[tokio::test]
async fn scalable_targets_answer_the_sdk() {
    use aws_sdk_applicationautoscaling::types::{ScalableDimension, ServiceNamespace};
    let (sim, _) = sim("steady");
    let scaling = client!(aws_sdk_applicationautoscaling, sim);
    let ecs = ServiceNamespace::Ecs;
    let targets = scaling
        .describe_scalable_targets()
        .service_namespace(ecs.clone())
        .send()
        .await
        .unwrap();
    let target = &targets.scalable_targets()[0];
    scaling
        .register_scalable_target()
        .service_namespace(ecs.clone())
        .resource_id(target.resource_id())
        .scalable_dimension(ScalableDimension::EcsServiceDesiredCount)
        .min_capacity(0)
        .send()
        .await
        .unwrap();
    let again = scaling
        .describe_scalable_targets()
        .service_namespace(ecs)
        .resource_ids(target.resource_id())
        .send()
        .await
        .unwrap();
    assert_eq!(again.scalable_targets()[0].min_capacity(), 0);
    assert_eq!(
        again.scalable_targets()[0].max_capacity(),
        target.max_capacity()
    );
}

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

#[tokio::test]
async fn other_machines_are_not_served() {
    let refused = server::listen("0.0.0.0:0".parse().unwrap())
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("use 127.0.0.1:0"), "{refused}");
}

/// boto3 calls every operation over a socket; botocore judges the shapes. Needs a Python with
/// boto3, named by `FIRSTLINE_PYTHON` as `tests/run` does; without one it says so and passes.
#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::disallowed_methods,
    reason = "tests/run names its Python in the environment"
)]
async fn botocore_finds_nothing_wrong() {
    let Ok(python) = std::env::var("FIRSTLINE_PYTHON") else {
        eprintln!("skipped: FIRSTLINE_PYTHON is not set; run tests/run");
        return;
    };
    let started = Timestamp::now();
    let clock: Clock = Arc::new(Timestamp::now);
    let sim = Sim::new(&Scenario::named("demo").unwrap(), 1, clock);
    let listener = server::listen("127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(server::serve(listener, sim, std::future::pending()));
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/endpoints/botocore_check.py"
    );
    let checked = tokio::task::spawn_blocking(move || {
        Command::new(python)
            .args([script, &endpoint])
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .output()
    });
    let output = checked.await.unwrap().unwrap();
    server.abort();
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "since {started}:\n{said}\n{complained}"
    );
}
