//! Every other service through the SDK.

use aws_sdk_ecs::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};

use super::{client, sim};
use crate::sim::connector::http_client;

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
async fn sts_answers_the_sdk() {
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
}

#[tokio::test]
async fn load_balancers_answer_the_sdk() {
    let (sim, _) = sim("steady");
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
}

#[tokio::test]
async fn databases_and_caches_answer_the_sdk() {
    let (sim, _) = sim("steady");
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
