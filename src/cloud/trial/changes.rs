//! Everything that alters, asked about what cannot exist: nothing here can alter anything.

use aws_sdk_applicationautoscaling::types::{ScalableDimension, ServiceNamespace};
use aws_sdk_ecs::types::Tag;
use aws_sdk_kms::types::DataKeySpec;

use super::{Ground, NO_ID, NOTHING, Waiting};
use crate::cloud::gate;
use crate::cloud::link::Link;
use crate::cloud::tail::Unprefixed;

impl Link {
    pub(super) fn changes<'a>(&'a self, ground: &Ground) -> Waiting<'a> {
        let mut all = self.to_services(ground);
        all.extend(self.to_environments(ground));
        all.extend(self.to_sessions(ground));
        all
    }

    fn to_services<'a>(&'a self, ground: &Ground) -> Waiting<'a> {
        let (ecs, cluster) = (&self.clients.ecs, &ground.cluster);
        let update = ecs.update_service().cluster(cluster).service(NOTHING);
        let stop = ecs.stop_task().cluster(cluster).task(ground.task());
        let deployment = ecs.stop_service_deployment();
        let deployment = deployment.service_deployment_arn(ground.deployment());
        vec![
            self.tried(&gate::UPDATE_SERVICE, update.send()),
            self.tried(&gate::STOP_TASK, stop.send()),
            self.tried(&gate::STOP_DEPLOYMENT, deployment.send()),
        ]
    }

    fn to_environments<'a>(&'a self, ground: &Ground) -> Waiting<'a> {
        let (ecs, databases) = (&self.clients.ecs, &self.clients.databases);
        let tag = Tag::builder().key("firstline:lock").value("").build();
        let tagged = ecs.tag_resource().resource_arn(ground.service()).tags(tag);
        let untagged = ecs.untag_resource().resource_arn(ground.service());
        // Without bounds it would not make a target even if there were a service.
        let target = self.clients.scaling.register_scalable_target();
        let target = target
            .service_namespace(ServiceNamespace::Ecs)
            .resource_id(format!("service/{}/{NOTHING}", ground.cluster))
            .scalable_dimension(ScalableDimension::EcsServiceDesiredCount);
        let unmute = self.clients.cloudwatch.delete_alarm_mute_rule();
        let (stop, start) = (
            databases.stop_db_instance().db_instance_identifier(NOTHING),
            databases
                .start_db_instance()
                .db_instance_identifier(NOTHING),
        );
        let (stop_cluster, start_cluster) = (
            databases.stop_db_cluster().db_cluster_identifier(NOTHING),
            databases.start_db_cluster().db_cluster_identifier(NOTHING),
        );
        vec![
            self.tried(&gate::TAG, tagged.send()),
            self.tried(&gate::UNTAG, untagged.tag_keys("firstline:lock").send()),
            self.tried(&gate::REGISTER_TARGET, target.send()),
            self.tried(&gate::STOP_DATABASE, stop.send()),
            self.tried(&gate::START_DATABASE, start.send()),
            self.tried(&gate::STOP_DATABASE_CLUSTER, stop_cluster.send()),
            self.tried(&gate::START_DATABASE_CLUSTER, start_cluster.send()),
            self.tried(&gate::UNMUTE, unmute.alarm_mute_rule_name(NOTHING).send()),
        ]
    }

    fn to_sessions<'a>(&'a self, ground: &Ground) -> Waiting<'a> {
        let managed = &self.clients.managed;
        let command = self.clients.ecs.execute_command();
        let command = command
            .cluster(&ground.cluster)
            .task(ground.task())
            .interactive(true)
            .command("true");
        let session = managed.start_session().target("i-00000000000000000");
        let resumed = managed.resume_session().session_id(NOTHING);
        let ended = managed.terminate_session().session_id(NOTHING);
        let (first, rest) = NO_ID.split_at(8);
        let key = format!(
            "{first}-{}-{}-{}-{}",
            &rest[..4],
            &rest[4..8],
            &rest[8..12],
            &rest[12..]
        );
        let key = self.clients.keys.generate_data_key().key_id(key);
        let live = self.clients.logs.start_live_tail();
        let live = live.log_group_identifiers(ground.log_group());
        let live = live.customize().interceptor(Unprefixed);
        vec![
            self.tried(&gate::EXECUTE_COMMAND, command.send()),
            self.tried(&gate::START_SESSION, session.send()),
            self.tried(&gate::RESUME_SESSION, resumed.send()),
            self.tried(&gate::TERMINATE_SESSION, ended.send()),
            self.tried(&gate::LIVE_TAIL, live.send()),
            self.tried(&gate::DATA_KEY, key.key_spec(DataKeySpec::Aes256).send()),
        ]
    }
}
