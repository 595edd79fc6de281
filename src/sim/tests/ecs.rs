//! ECS and Application Auto Scaling through the SDK.

use aws_sdk_ecs::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_sdk_ecs::error::ProvideErrorMetadata as _;

use super::{client, sim};
use crate::sim::connector::http_client;

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
async fn a_deployment_can_be_found_and_stopped() {
    let (sim, hand) = sim("steady");
    let ecs = client!(aws_sdk_ecs, sim);
    let update = ecs.update_service().cluster("prod").service("orders");
    update.force_new_deployment(true).send().await.unwrap();
    hand.wait(5);
    let listed = ecs
        .list_service_deployments()
        .cluster("prod")
        .service("orders")
        .send()
        .await
        .unwrap();
    let arn = listed.service_deployments()[0]
        .service_deployment_arn()
        .unwrap();
    let stopped = ecs
        .stop_service_deployment()
        .service_deployment_arn(arn)
        .send()
        .await
        .unwrap();
    assert_eq!(stopped.service_deployment_arn(), Some(arn));
    hand.wait(1800);
    let again = ecs
        .stop_service_deployment()
        .service_deployment_arn(arn)
        .send()
        .await;
    assert_eq!(again.unwrap_err().code(), Some("ConflictException"));
}

#[tokio::test]
async fn a_task_is_stopped_with_its_reason() {
    let (sim, hand) = sim("steady");
    let ecs = client!(aws_sdk_ecs, sim);
    let tasks = ecs
        .list_tasks()
        .cluster("prod")
        .service_name("orders")
        .send()
        .await
        .unwrap();
    let task = &tasks.task_arns()[0];
    ecs.stop_task()
        .cluster("prod")
        .task(task)
        .reason("tired")
        .send()
        .await
        .unwrap();
    hand.wait(600);
    let described = ecs
        .describe_tasks()
        .cluster("prod")
        .tasks(task)
        .send()
        .await
        .unwrap();
    let found = &described.tasks()[0];
    assert_eq!(found.last_status(), Some("STOPPED"));
    assert_eq!(found.stopped_reason(), Some("tired"));
    let definition = found.task_definition_arn().unwrap();
    let definition = ecs
        .describe_task_definition()
        .task_definition(definition)
        .send()
        .await
        .unwrap();
    assert_eq!(
        definition
            .task_definition()
            .unwrap()
            .container_definitions()
            .len(),
        1
    );
}

#[tokio::test]
async fn tags_are_merged_and_removed() {
    let (sim, _) = sim("steady");
    let ecs = client!(aws_sdk_ecs, sim);
    let services = ecs.list_services().cluster("prod").send().await.unwrap();
    let arn = &services.service_arns()[0];
    let before = ecs
        .list_tags_for_resource()
        .resource_arn(arn)
        .send()
        .await
        .unwrap();
    let tag = aws_sdk_ecs::types::Tag::builder()
        .key("k")
        .value("v")
        .build();
    ecs.tag_resource()
        .resource_arn(arn)
        .tags(tag.clone())
        .send()
        .await
        .unwrap();
    let tagged = ecs
        .list_tags_for_resource()
        .resource_arn(arn)
        .send()
        .await
        .unwrap();
    assert!(tagged.tags().contains(&tag));
    assert_eq!(tagged.tags().len(), before.tags().len() + 1);
    ecs.untag_resource()
        .resource_arn(arn)
        .tag_keys("k")
        .send()
        .await
        .unwrap();
    let after = ecs
        .list_tags_for_resource()
        .resource_arn(arn)
        .send()
        .await
        .unwrap();
    assert_eq!(after.tags(), before.tags());
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
