//! What watches and scales services: alarms and scalable targets.

use jiff::{SignedDuration, Timestamp};

use super::{Ground, days_before};
use crate::sim::{
    scenario::AlarmSpec,
    world::{
        Account, Alarm, AlarmKind, AlarmState, CompositeRule, MetricRule, MissingData,
        ScalableTarget, ScalableTargetRequest, ScalingActivity, Statistic, dice::Dice,
    },
};

pub(super) fn scalable_targets(ground: &Ground<'_>, account: &mut Account) {
    for spec in &ground.estate.services {
        let Some([min, max]) = spec.scaling else {
            continue;
        };
        if !account
            .clusters
            .iter()
            .any(|cluster| cluster.name == spec.cluster)
        {
            continue;
        }
        let request = ScalableTargetRequest {
            resource_id: format!("service/{}/{}", spec.cluster, spec.name),
            min: Some(min),
            max: Some(max),
            ..ScalableTargetRequest::default()
        };
        let made = days_before(ground.start, 50);
        account
            .scalable_targets
            .extend(ScalableTarget::first(account, &request, made));
    }
}

/// What auto scaling did in the hours before: up for the morning, and nothing more where a
/// service already runs as many as it may.
pub(super) fn scaling_activities(ground: &Ground<'_>, account: &mut Account) {
    let mut told = Vec::new();
    for target in &account.scalable_targets {
        let mut parts = target.resource_id.split('/').skip(1);
        let (cluster, name) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        let Some(service) = account.service(cluster, name) else {
            continue;
        };
        let mut dice = Dice::new(ground.seed, &format!("{}/scaling", target.resource_id));
        let hours = dice.seconds(2, 9);
        let activity = |at: Timestamp, description: String, not_scaled| ScalingActivity {
            id: format!("activity-{}-{}", service.name, at.as_second()),
            resource_id: target.resource_id.clone(),
            cause: format!(
                "monitor alarm TargetTracking-{}-AlarmHigh in state ALARM triggered policy cpu-60",
                target.resource_id
            ),
            description,
            at,
            not_scaled,
        };
        let wanted = service.desired;
        if wanted > 1 && wanted > target.min {
            let at = ground.start - SignedDuration::from_hours(hours);
            let words = format!("Setting desired count to {wanted}.");
            told.push(activity(at, words, None));
        }
        if wanted == target.max {
            let at = ground.start - SignedDuration::from_mins(hours * 5);
            let words = format!("Attempting to scale due to alarm; the count stays {wanted}.");
            told.push(activity(at, words, Some(target.max)));
        }
    }
    told.sort_by_key(|one| std::cmp::Reverse(one.at));
    account.scaling_activities = told;
}

pub(super) fn alarms(ground: &Ground<'_>, account: &mut Account) {
    for spec in ground
        .estate
        .alarms
        .iter()
        .filter(|spec| spec.account == account.alias)
    {
        let Some(kind) = kind(account, spec) else {
            continue;
        };
        let since = ground.start - SignedDuration::from_hours(30);
        account.alarms.push(Alarm {
            arn: account.arn("cloudwatch", &format!("alarm:{}", spec.name)),
            name: spec.name.clone(),
            description: spec.about.clone(),
            actions_enabled: true,
            actions: vec![account.arn("sns", "operations")],
            state: AlarmState::Ok,
            reason: "Threshold Crossed: no datapoints breached the threshold.".to_owned(),
            transitioned_at: since,
            updated_at: since,
            configured_at: days_before(ground.start, 90),
            kind,
            history: Vec::new(),
        });
    }
}

fn kind(account: &Account, spec: &AlarmSpec) -> Option<AlarmKind> {
    if !spec.any_of.is_empty() {
        return Some(AlarmKind::Composite(CompositeRule {
            children: spec.any_of.clone(),
        }));
    }
    let (namespace, metric, dimensions) = watched(account, spec)?;
    Some(AlarmKind::Metric(MetricRule {
        namespace,
        metric,
        dimensions,
        statistic: spec.statistic.parse::<Statistic>().ok()?,
        period: 60,
        evaluation_periods: spec.points[1],
        datapoints_to_alarm: spec.points[0],
        threshold: spec.over.or(spec.under)?,
        above: spec.over.is_some(),
        missing: if spec.missing_is_fine {
            MissingData::NotBreaching
        } else {
            MissingData::Missing
        },
    }))
}

type Watched = (&'static str, &'static str, Vec<(String, String)>);

/// Namespace, metric and dimensions of what an alarm watches.
fn watched(account: &Account, spec: &AlarmSpec) -> Option<Watched> {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let metric = |known: &[&'static str]| known.iter().copied().find(|name| *name == spec.metric);
    if let Some((cluster, name)) = spec.of.split_once('/') {
        let service = account.service(cluster, name)?;
        if let Some(metric) = metric(&["CPUUtilization", "MemoryUtilization"]) {
            let dimensions = vec![pair("ClusterName", cluster), pair("ServiceName", name)];
            return Some(("AWS/ECS", metric, dimensions));
        }
        let group = account.target_group(service.target_group.as_deref()?)?;
        let balancer = account
            .load_balancers
            .iter()
            .find(|b| b.arn == group.load_balancer)?;
        let metric = metric(&[
            "HTTPCode_Target_5XX_Count",
            "UnHealthyHostCount",
            "HealthyHostCount",
        ])?;
        let dimensions = vec![
            pair("LoadBalancer", &balancer.dimension),
            pair("TargetGroup", &group.dimension),
        ];
        return Some(("AWS/ApplicationELB", metric, dimensions));
    }
    if account
        .databases
        .iter()
        .any(|database| database.id == spec.of)
    {
        let metric = metric(&["DatabaseConnections", "CPUUtilization"])?;
        return Some((
            "AWS/RDS",
            metric,
            vec![pair("DBInstanceIdentifier", &spec.of)],
        ));
    }
    if account.caches.iter().any(|cache| cache.id == spec.of) {
        let metric = metric(&["DatabaseMemoryUsagePercentage", "Evictions"])?;
        let dimensions = vec![
            pair("CacheClusterId", &spec.of),
            pair("CacheNodeId", "0001"),
        ];
        return Some(("AWS/ElastiCache", metric, dimensions));
    }
    let balancer = account
        .load_balancers
        .iter()
        .find(|found| found.name == spec.of)?;
    let metric = metric(&["HTTPCode_ELB_5XX_Count", "HTTPCode_Target_5XX_Count"])?;
    Some((
        "AWS/ApplicationELB",
        metric,
        vec![pair("LoadBalancer", &balancer.dimension)],
    ))
}
