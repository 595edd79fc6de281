//! What there is to say of an alarm beside its state: what it watches, why nobody may hear of it,
//! what it is made of.

use super::rule::{AlarmKind, Missing};
use super::{Alarm, AlarmState};
use crate::estate::history::{AlarmChange, Mute};
use crate::estate::kpi::{Kpi, KpiKind};
use crate::estate::snapshot::EnvironmentSnapshot;
use crate::estate::text::Text;
use crate::estate::timeline::{CALM, FLAP};
use crate::estate::{Timestamp, words};

/// One alarm of a composite one, as far down as they go.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// How far down it is; 1 for what the alarm itself names.
    pub depth: u16,
    /// Its name.
    pub name: Text,
    /// The state asked of it.
    pub asked: Text,
    /// Its state; `None` when it is not among the alarms that could be read.
    pub state: Option<AlarmState>,
    /// Since when.
    pub since: Option<Timestamp>,
}

/// Composite alarms may name each other in a circle; nobody nests deeper than this.
const DEEPEST: u16 = 4;

impl Alarm {
    /// Why nobody hears of it, one sentence each; none when somebody does.
    pub fn silence(&self, mutes: &[Mute]) -> Vec<String> {
        let mut told = Vec::new();
        if !self.rule.enabled {
            told.push("muted: its actions are switched off".to_owned());
        } else if self.rule.actions.is_empty() {
            told.push("nobody is notified: it has no action".to_owned());
        }
        let rules = mutes.iter().filter(|mute| mute.alarms.contains(&self.name));
        told.extend(rules.map(|mute| format!("muted by the rule {}", mute.rule)));
        if let Some(suppressor) = &self.rule.suppressor
            && !suppressor.holds.is_empty()
        {
            let why = match &*suppressor.holds {
                "Alarm" => "it is in ALARM".to_owned(),
                "WaitPeriod" => "AWS waits whether it goes into ALARM".to_owned(),
                "ExtensionPeriod" => "it was in ALARM just now".to_owned(),
                other => other.to_owned(),
            };
            told.push(format!("suppressed by {}: {why}", suppressor.alarm));
        }
        told
    }

    /// Why it cannot say whether all is well; `None` when it can.
    pub fn ignorance(&self) -> Option<String> {
        let trouble = match &*self.rule.evaluation {
            "" => None,
            "PARTIAL_DATA" => Some("CloudWatch could read only a part of the values".to_owned()),
            "EVALUATION_ERROR" => {
                Some("its settings are wrong, or CloudWatch lacks a permission".to_owned())
            }
            "EVALUATION_FAILURE" => Some("CloudWatch itself had trouble".to_owned()),
            other => Some(format!("CloudWatch says {other}")),
        };
        if trouble.is_some() || self.state != AlarmState::InsufficientData {
            return trouble;
        }
        Some(match self.rule.missing {
            Missing::Missing => "no values came: of what is only published when something \
                                 happens, that is usual and no trouble"
                .to_owned(),
            Missing::Ignore | Missing::Breaching | Missing::NotBreaching | Missing::Unknown(_) => {
                "it is new, or no values came yet".to_owned()
            }
        })
    }

    /// The KPIs that show what it watches: of the same metric and the same resource.
    pub fn kpis<'a>(&self, place: &'a EnvironmentSnapshot) -> Vec<&'a Kpi> {
        let metrics = self.rule.metrics.iter();
        let watched: Vec<(KpiKind, String)> = metrics
            .filter_map(|metric| watched_kpi(metric, &self.dimensions))
            .collect();
        let shows = |kpi: &Kpi| {
            let mut watched = watched.iter();
            watched.any(|(kind, resource)| *kind == kpi.kind && **resource == *kpi.resource)
        };
        place.kpis.iter().filter(|kpi| shows(kpi)).collect()
    }

    /// What a composite alarm is made of, each with its state now.
    pub fn tree(&self, all: &[Alarm]) -> Vec<Branch> {
        let mut found = Vec::new();
        self.branches(all, 1, &mut found);
        found
    }

    fn branches(&self, all: &[Self], depth: u16, found: &mut Vec<Branch>) {
        let AlarmKind::Composite(children) = &self.rule.kind else {
            return;
        };
        for child in children {
            let known = all.iter().find(|one| one.name == child.name);
            found.push(Branch {
                depth,
                name: child.name.clone(),
                asked: child.asked.clone(),
                state: known.map(|one| one.state.clone()),
                since: known.and_then(|one| one.since),
            });
            if let Some(known) = known.filter(|_| depth < DEEPEST) {
                known.branches(all, depth + 1, found);
            }
        }
    }

    /// Its changes, the newest first.
    pub fn changes<'a>(&self, all: &'a [AlarmChange]) -> Vec<&'a AlarmChange> {
        all.iter().filter(|one| one.name == self.name).collect()
    }

    /// `flapping: 5 changes in 30 min`, when it does (aws.md 3.6).
    pub fn flapping(&self, all: &[AlarmChange], now: Timestamp) -> Option<String> {
        let lately = all.iter().filter(|one| one.name == self.name);
        let lately = lately.filter(|one| now.duration_since(one.at) <= FLAP);
        let count = lately.count();
        let span = words::duration(FLAP);
        (count > CALM).then(|| format!("flapping: {count} changes in {span}"))
    }
}

/// The KPI that shows a metric of these dimensions, and the resource it is of; `None` for a metric
/// that is no KPI unless the settings name it.
pub fn watched_kpi(metric: &str, dimensions: &[(Text, Text)]) -> Option<(KpiKind, String)> {
    let of = |name: &str| {
        let mut pairs = dimensions.iter();
        pairs.find_map(|(key, value)| (&**key == name).then_some(&**value))
    };
    // `targetgroup/NAME/ID`, `app/NAME/ID`.
    let named = |value: &str| value.split('/').nth(1).unwrap_or(value).to_owned();
    let resource = of("TargetGroup")
        .map(named)
        .or_else(|| of("LoadBalancer").map(named))
        .or_else(|| of("ServiceName").map(str::to_owned))
        .or_else(|| of("DBInstanceIdentifier").map(str::to_owned))
        .or_else(|| of("CacheClusterId").map(str::to_owned))?;
    Some((kind_of(metric, |name| of(name).is_some())?, resource))
}

/// The KPI that shows a metric; what CPU it is, only its dimensions say.
fn kind_of(metric: &str, has: impl Fn(&str) -> bool) -> Option<KpiKind> {
    Some(match metric {
        "DatabaseConnections" => KpiKind::DatabaseConnections,
        "HTTPCode_ELB_5XX_Count" => KpiKind::LoadBalancer5xx,
        "HTTPCode_ELB_502_Count" => KpiKind::LoadBalancer502,
        "HTTPCode_ELB_503_Count" => KpiKind::LoadBalancer503,
        "HTTPCode_ELB_504_Count" => KpiKind::LoadBalancer504,
        "RejectedConnectionCount" => KpiKind::RejectedConnections,
        "HTTPCode_Target_5XX_Count" => KpiKind::Target5xx,
        "TargetConnectionErrorCount" => KpiKind::TargetConnectionErrors,
        "RequestCount" => KpiKind::Requests,
        "TargetResponseTime" => KpiKind::LatencyP99,
        "HealthyHostCount" => KpiKind::HealthyTargets,
        "UnHealthyHostCount" => KpiKind::UnhealthyTargets,
        "CPUUtilization" if has("ServiceName") => KpiKind::ServiceCpu,
        "CPUUtilization" if has("DBInstanceIdentifier") => KpiKind::DatabaseCpu,
        "MemoryUtilization" => KpiKind::ServiceMemory,
        "FreeableMemory" if has("DBInstanceIdentifier") => KpiKind::DatabaseMemory,
        "FreeStorageSpace" => KpiKind::DatabaseStorage,
        "ReplicaLag" | "AuroraReplicaLag" => KpiKind::ReplicaLag,
        "CacheHits" | "CacheMisses" => KpiKind::CacheHitRate,
        "Evictions" => KpiKind::CacheEvictions,
        "DatabaseMemoryUsagePercentage" => KpiKind::CacheMemory,
        "EngineCPUUtilization" => KpiKind::CacheCpu,
        "CurrConnections" => KpiKind::CacheConnections,
        _ => return None,
    })
}
