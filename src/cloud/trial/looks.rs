//! Everything that looks, asked for as little as it takes.

use aws_sdk_applicationautoscaling::types::ServiceNamespace;
use aws_sdk_cloudwatch::types::{Metric, MetricDataQuery, MetricStat};
use aws_smithy_types::DateTime;

use super::{Ground, NOTHING, Waiting};
use crate::cloud::gate;
use crate::cloud::link::Link;

impl Link {
    pub(super) fn looks<'a>(&'a self, ground: &Ground) -> Waiting<'a> {
        let mut all = self.of_services(ground);
        all.extend(self.of_deployments(ground));
        all.extend(self.of_numbers());
        all.extend(self.of_neighbours(ground));
        all
    }

    fn of_services<'a>(&'a self, ground: &Ground) -> Waiting<'a> {
        let (ecs, cluster) = (&self.clients.ecs, &ground.cluster);
        let list_services = ecs.list_services().cluster(cluster).max_results(1);
        let services = ecs.describe_services().cluster(cluster);
        let list_tasks = ecs.list_tasks().cluster(cluster).max_results(1);
        let tasks = ecs.describe_tasks().cluster(cluster).tasks(ground.task());
        let definition = ecs.describe_task_definition().task_definition(NOTHING);
        let protection = ecs.get_task_protection().cluster(cluster);
        let instance = format!("{}:container-instance/{cluster}/{NOTHING}", ground.ecs);
        let instances = ecs.describe_container_instances().cluster(cluster);
        let tags = ecs.list_tags_for_resource().resource_arn(ground.service());
        vec![
            self.tried(
                &gate::LIST_CLUSTERS,
                ecs.list_clusters().max_results(1).send(),
            ),
            self.tried(&gate::LIST_SERVICES, list_services.send()),
            self.tried(&gate::DESCRIBE_SERVICES, services.services(NOTHING).send()),
            self.tried(&gate::LIST_TASKS, list_tasks.send()),
            self.tried(&gate::DESCRIBE_TASKS, tasks.send()),
            self.tried(&gate::DESCRIBE_TASK_DEFINITION, definition.send()),
            self.tried(
                &gate::DESCRIBE_CLUSTERS,
                ecs.describe_clusters().clusters(cluster).send(),
            ),
            self.tried(
                &gate::TASK_PROTECTION,
                protection.tasks(ground.task()).send(),
            ),
            self.tried(
                &gate::CONTAINER_INSTANCES,
                instances.container_instances(instance).send(),
            ),
            self.tried(&gate::LIST_TAGS, tags.send()),
        ]
    }

    fn of_deployments<'a>(&'a self, ground: &Ground) -> Waiting<'a> {
        let (ecs, scaling) = (&self.clients.ecs, &self.clients.scaling);
        let listed = ecs.list_service_deployments().service(ground.service());
        let listed = listed.cluster(&ground.cluster);
        let deployments = ecs.describe_service_deployments();
        let deployments = deployments.service_deployment_arns(ground.deployment());
        let revisions = ecs.describe_service_revisions();
        let revisions = revisions.service_revision_arns(ground.revision());
        let space = ServiceNamespace::Ecs;
        let targets = scaling.describe_scalable_targets().max_results(1);
        let actions = scaling.describe_scheduled_actions().max_results(1);
        let activities = scaling.describe_scaling_activities().max_results(1);
        vec![
            self.tried(&gate::LIST_DEPLOYMENTS, listed.send()),
            self.tried(&gate::DESCRIBE_DEPLOYMENTS, deployments.send()),
            self.tried(&gate::DESCRIBE_REVISIONS, revisions.send()),
            self.tried(
                &gate::SCALABLE_TARGETS,
                targets.service_namespace(space.clone()).send(),
            ),
            self.tried(
                &gate::SCHEDULED_ACTIONS,
                actions.service_namespace(space.clone()).send(),
            ),
            self.tried(
                &gate::SCALING_ACTIVITIES,
                activities.service_namespace(space).send(),
            ),
        ]
    }

    fn of_numbers(&self) -> Waiting<'_> {
        let (watch, logs) = (&self.clients.cloudwatch, &self.clients.logs);
        let alarms = watch.describe_alarms().max_records(1);
        let history = watch.describe_alarm_history().max_records(1);
        let rule = watch.get_alarm_mute_rule().alarm_mute_rule_name(NOTHING);
        let now = self.gate.now().as_second();
        let metric = Metric::builder()
            .namespace("AWS/ECS")
            .metric_name("CPUUtilization");
        let stat = MetricStat::builder()
            .metric(metric.build())
            .period(60)
            .stat("Average");
        let query = MetricDataQuery::builder().id("m").metric_stat(stat.build());
        let data = watch
            .get_metric_data()
            .metric_data_queries(query.build())
            .start_time(DateTime::from_secs(now - 60))
            .end_time(DateTime::from_secs(now));
        let dashboard = watch.get_dashboard().dashboard_name(NOTHING);
        let rules = watch.list_alarm_mute_rules().max_records(1);
        let lines = logs.filter_log_events().log_group_name(NOTHING).limit(1);
        let last = logs.get_log_events().log_group_name(NOTHING);
        let last = last.log_stream_name(NOTHING).limit(1);
        let queries = logs.describe_query_definitions().max_results(1);
        let trail = self.clients.trail.lookup_events().max_results(1);
        vec![
            self.tried(&gate::DESCRIBE_ALARMS, alarms.send()),
            self.tried(&gate::ALARM_HISTORY, history.send()),
            self.tried(&gate::MUTE_RULES, rules.send()),
            self.tried(&gate::MUTE_RULE, rule.send()),
            self.tried(&gate::METRIC_DATA, data.send()),
            self.tried(&gate::DASHBOARD, dashboard.send()),
            self.tried(&gate::LOG_EVENTS, lines.send()),
            self.tried(&gate::GET_LOG_EVENTS, last.send()),
            self.tried(&gate::SAVED_QUERIES, queries.send()),
            self.tried(&gate::TRAIL, trail.send()),
        ]
    }

    fn of_neighbours<'a>(&'a self, ground: &Ground) -> Waiting<'a> {
        let (balancers, databases) = (&self.clients.balancers, &self.clients.databases);
        let group = format!(
            "{}:targetgroup/{NOTHING}/0000000000000000",
            ground.balancers
        );
        let health = balancers.describe_target_health().target_group_arn(group);
        let parameters = databases.describe_db_parameters();
        let parameters = parameters.db_parameter_group_name(NOTHING).max_records(20);
        let caches = self.clients.caches.describe_cache_clusters();
        let images = self.clients.images_in(self.gate.region.as_str());
        let images = images.describe_images().repository_name(NOTHING);
        let nodes = self.clients.managed.describe_instance_information();
        let calendar = self.clients.managed.get_calendar_state();
        vec![
            self.tried(
                &gate::TARGET_GROUPS,
                balancers.describe_target_groups().page_size(1).send(),
            ),
            self.tried(&gate::TARGET_HEALTH, health.send()),
            self.tried(
                &gate::DATABASES,
                databases.describe_db_instances().max_records(20).send(),
            ),
            self.tried(
                &gate::DATABASE_CLUSTERS,
                databases.describe_db_clusters().max_records(20).send(),
            ),
            self.tried(&gate::DATABASE_PARAMETERS, parameters.send()),
            self.tried(&gate::CACHES, caches.max_records(20).send()),
            self.tried(&gate::DESCRIBE_IMAGES, images.send()),
            self.tried(&gate::NODES, nodes.max_results(5).send()),
            self.tried(&gate::CALENDAR, calendar.calendar_names(NOTHING).send()),
        ]
    }
}
