//! What is seen, out of stops, events, numbers and the verdict.

use serde::Serialize;

use crate::estate::alarm::AlarmState;
use crate::estate::census::Census;
use crate::estate::dossier::sick_zone;
use crate::estate::kpi::{self, Kpi, KpiKind, Level};
use crate::estate::notice::{self, Notice};
use crate::estate::problem::ProblemKind;
use crate::estate::service::{Deployment, Rollout, Service};
use crate::estate::snapshot::EnvironmentSnapshot;
use crate::estate::stops::{self, StopClass};
use crate::estate::task::Task;
use crate::estate::verdict::{Health, Verdict};
use crate::estate::{SignedDuration, Timestamp};

/// Stops as old as this still tell why.
const RECENT: SignedDuration = SignedDuration::from_mins(30);

/// Something seen that has its own next step. The word in the settings is the name in
/// kebab-case.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    strum::Display,
    strum::EnumIter,
    strum::EnumString,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Symptom {
    /// AWS asks to be called more slowly: what is shown is old.
    ApiThrottled,
    /// What is shown is old for another reason.
    NoData,
    /// No agent of its instances is heard.
    AgentsSilent,
    /// ECS itself cannot tell whether its tasks are healthy.
    HealthUnknown,
    /// Its trouble is all in one zone.
    ZoneImpaired,
    /// A hook holds a deployment until somebody answers.
    AwaitsApproval,
    /// A rollback is on its way.
    RollingBack,
    /// The circuit breaker ended a deployment.
    DeployFailed,
    /// It is down since a revision came whose rollout is complete.
    DownSinceDeploy,
    /// New tasks of a deployment fail, and nothing ends it.
    DeployFailing,
    /// The deployment's own limits stop it.
    Deadlock,
    /// A deployment does not move.
    DeployStuck,
    /// The image is not in the registry any more.
    ImageGone,
    /// The registry cannot be reached.
    RegistryUnreachable,
    /// The registry refuses more pulls.
    RegistryLimit,
    /// The disk of an instance is full.
    DiskFull,
    /// A secret or the registry's credentials cannot be read.
    SecretUnreadable,
    /// Something else cannot be prepared: log group, file system, volume.
    NotPrepared,
    /// No network interface or address.
    NoNetwork,
    /// Tasks outgrow their memory.
    OutOfMemory,
    /// Tasks end with an error after they ran.
    CrashLoop,
    /// Tasks end by themselves, without an error.
    EndsByItself,
    /// Tasks fail their health checks and are replaced, again and again.
    Flapping,
    /// Targets or tasks fail their health checks.
    ChecksFail,
    /// No instance fits a task.
    NoInstanceFits,
    /// AWS has no capacity.
    NoCapacity,
    /// A limit of the account is reached.
    Quota,
    /// ECS itself may not do what it must.
    Permission,
    /// The load balancer's target group is gone.
    TargetGroupGone,
    /// A database runs out of connections.
    DatabaseFull,
    /// A cache throws out what is needed.
    CacheStorm,
    /// Its targets are healthy, and answer later than the load balancer waits.
    SlowTarget,
    /// The load balancer itself answers with errors, and no target does.
    BalancerErrors,
    /// An alarm that watches it rings.
    AlarmRings,
    /// Nobody asks it for anything any more.
    NoTraffic,
    /// Protected tasks keep it from stopping.
    Protected,
    /// It is stopped, and nobody knows why.
    Unexplained,
    /// Fewer tasks run than wanted, and nothing says why.
    Short,
}

/// The red KPIs of `kind` that are the service's own or everybody's.
pub(super) fn red<'a>(
    place: &'a EnvironmentSnapshot,
    service: &'a Service,
    kind: KpiKind,
    now: Timestamp,
) -> impl Iterator<Item = &'a Kpi> {
    let own = place.kpis.iter().filter(move |one| one.kind == kind);
    let own = own.filter(|one| one.services.is_empty() || one.services.contains(&service.arn));
    own.filter(move |one| kpi::level(one, now) == Level::Red)
}

/// What is seen of one service, the most telling first, each once.
pub(super) fn seen(
    environment: &EnvironmentSnapshot,
    service: &Service,
    verdict: &Verdict,
    now: Timestamp,
) -> Vec<Symptom> {
    let evidence = Evidence {
        environment,
        service,
        verdict,
        now,
    };
    let mut seen = Vec::new();
    if verdict.health == Health::Unknown {
        seen.push(evidence.blindness());
        return seen;
    }
    seen.extend(evidence.zone());
    seen.extend(evidence.deployment());
    seen.extend(evidence.stops());
    seen.extend(evidence.trouble());
    seen.extend(evidence.numbers());
    seen.extend(evidence.state());
    let mut known = std::collections::HashSet::new();
    seen.retain(|symptom| known.insert(*symptom));
    seen
}

struct Evidence<'a> {
    environment: &'a EnvironmentSnapshot,
    service: &'a Service,
    verdict: &'a Verdict,
    now: Timestamp,
}

impl<'a> Evidence<'a> {
    fn recent(&self, at: Option<Timestamp>) -> bool {
        at.is_some_and(|at| self.now.duration_since(at) <= RECENT)
    }

    /// Why nothing is known.
    fn blindness(&self) -> Symptom {
        let problems = self.environment.feeds.values();
        let mut problems = problems.flat_map(|feed| &feed.problems);
        let agents = self.verdict.source == "DescribeTasks";
        if agents {
            Symptom::AgentsSilent
        } else if self.trouble_notice() == Some(Notice::HealthUnknown) {
            Symptom::HealthUnknown
        } else if problems.any(|problem| problem.kind == ProblemKind::Throttled) {
            Symptom::ApiThrottled
        } else {
            Symptom::NoData
        }
    }

    /// Trouble that is all in one zone: of several tasks, or of another service too, or while AWS
    /// says that it has no capacity.
    fn zone(&self) -> Option<Symptom> {
        let ours = (self.service.cluster.clone(), self.service.arn.name().into());
        let census = &self.environment.census;
        let dossiers = &self.environment.dossiers;
        let own = census.get(&ours);
        let targets = dossiers.get(&self.service.arn).map(|one| one.targets.all());
        let of_targets = targets.and_then(sick_zone);
        let zone = own.and_then(Census::sick_zone).or(of_targets)?;
        let sick_tasks = own.map_or(0, |one| one.all.sick());
        let sick_targets = targets
            .unwrap_or_default()
            .iter()
            .flat_map(|group| &group.targets);
        let sick_targets = sick_targets.filter(|target| target.is_unhealthy()).count();
        let several = sick_tasks > 1 || sick_targets > 1;
        let mut others = census.iter().filter(|(member, _)| **member != ours);
        let mut others_targets = dossiers.iter().filter(|(arn, _)| **arn != self.service.arn);
        let shared = others.any(|(_, one)| one.sick_zone() == Some(zone))
            || others_targets.any(|(_, one)| sick_zone(one.targets.all()) == Some(zone));
        let said = self.trouble_notice() == Some(Notice::Capacity);
        let sick = self.verdict.health == Health::Degraded;
        (sick && (several || shared || said)).then_some(Symptom::ZoneImpaired)
    }

    fn primary(&self) -> Option<&'a Deployment> {
        self.service.primary()
    }

    /// What its deployments say.
    fn deployment(&self) -> Option<Symptom> {
        let failed = self
            .service
            .deployments
            .iter()
            .any(|one| one.rollout == Rollout::Failed);
        let primary = self.primary()?;
        let under_way = primary.rollout == Rollout::InProgress;
        let events = self.service.events.iter();
        let mut recent = events.take_while(|event| self.recent(Some(event.at)));
        let told = recent.any(|event| Notice::of(&event.message) == Notice::DeploymentFailed);
        let progress = self.service.progress.as_ref();
        if under_way && progress.is_some_and(|one| one.waiting.is_some()) {
            Some(Symptom::AwaitsApproval)
        } else if self.trouble_notice() == Some(Notice::Deadlock) {
            Some(Symptom::Deadlock)
        } else if (failed || told) && under_way {
            Some(Symptom::RollingBack)
        } else if failed || self.verdict.evidence.contains("a deploy failed") {
            Some(Symptom::DeployFailed)
        } else if under_way && primary.failed > 0 {
            Some(Symptom::DeployFailing)
        } else if self.verdict.health == Health::Down
            && !under_way
            && self.verdict.evidence.contains("since deploy")
        {
            Some(Symptom::DownSinceDeploy)
        } else if self.verdict.evidence.contains("rollout stuck") {
            Some(Symptom::DeployStuck)
        } else {
            None
        }
    }

    fn abnormal(&self) -> impl Iterator<Item = &'a Task> {
        let (service, now) = (self.service, self.now);
        let own = self.environment.stops.iter();
        own.filter(move |task| {
            let recent = task
                .stopped_at
                .is_some_and(|at| now.duration_since(at) <= RECENT);
            recent && task.belongs_to(&service.arn, &service.cluster) && stops::stop(task).abnormal
        })
    }

    /// What its stopped tasks say; the newest first.
    fn stops(&self) -> Vec<Symptom> {
        let sick = matches!(
            self.verdict.health,
            Health::Down | Health::Degraded | Health::Deploying
        );
        if !sick {
            return Vec::new();
        }
        let count = self.abnormal().count();
        self.abnormal().map(|task| of_stop(task, count)).collect()
    }

    fn trouble_notice(&self) -> Option<Notice> {
        notice::open_trouble(self.service).map(|(_, notice)| notice)
    }

    /// What ECS itself says and has not taken back.
    fn trouble(&self) -> Option<Symptom> {
        match self.trouble_notice()? {
            Notice::Placement => Some(Symptom::NoInstanceFits),
            Notice::Capacity | Notice::Provisioning => Some(Symptom::NoCapacity),
            Notice::Quota => Some(Symptom::Quota),
            Notice::Permission => Some(Symptom::Permission),
            Notice::TargetMissing => Some(Symptom::TargetGroupGone),
            Notice::Throttled => Some(Symptom::ApiThrottled),
            Notice::Unhealthy => Some(Symptom::ChecksFail),
            Notice::Deadlock => Some(Symptom::Deadlock),
            Notice::Steady
            | Notice::DeploymentCompleted
            | Notice::DeploymentFailed
            | Notice::RollingBack
            | Notice::StartImpaired
            | Notice::HealthUnknown
            | Notice::Protected
            | Notice::Movement
            | Notice::Registration
            | Notice::Other => None,
        }
    }

    /// Whether one of its numbers is red, or one that nobody can tell whose it is.
    fn is_red(&self, kind: KpiKind) -> bool {
        red(self.environment, self.service, kind, self.now)
            .next()
            .is_some()
    }

    /// Whether the balancer's own errors have no other reason: it answers so too where a service
    /// has no task, or a target fails.
    fn balancer_alone(&self) -> bool {
        let mut services = self.environment.services.values().map(|one| &one.service);
        let empty = services.any(|one| one.desired > 0 && one.running == 0);
        let mut kpis = self.environment.kpis.iter();
        let blamed = kpis.any(|one| {
            let failing = one.series.last().is_some_and(|point| point.value > 0.0);
            (one.kind == KpiKind::Target5xx && kpi::level(one, self.now) == Level::Red)
                || (one.kind == KpiKind::UnhealthyTargets && failing)
        });
        let behind = !self.service.target_groups.is_empty();
        behind && !empty && !blamed && self.is_red(KpiKind::LoadBalancer5xx)
    }

    /// Whether the balancer gives up waiting, and it is this service that is slow (aws.md 3.1).
    fn answers_late(&self) -> bool {
        let kpis = self.environment.kpis.iter();
        let mut own = kpis.filter(|one| {
            one.kind == KpiKind::LatencyP99 && one.services.contains(&self.service.arn)
        });
        let slow = own.any(|one| kpi::level(one, self.now) == Level::Red);
        slow && self.is_red(KpiKind::LoadBalancer504)
    }

    /// Whether a cache that is full throws out more than it usually does. Evictions alone may be
    /// normal and are never red (aws.md 3.5).
    fn cache_storms(&self) -> bool {
        let worse = |kind| {
            let mut kpis = self.environment.kpis.iter().filter(|one| one.kind == kind);
            kpis.any(|one| kpi::level(one, self.now) >= Level::Amber)
        };
        worse(KpiKind::CacheEvictions) && worse(KpiKind::CacheMemory)
    }

    /// Whether its targets fail their checks.
    fn checks_fail(&self) -> bool {
        self.verdict.evidence.contains("unhealthy")
            || self.verdict.evidence.contains("no healthy target")
    }

    /// What its numbers say.
    fn numbers(&self) -> Vec<Symptom> {
        let mut seen = Vec::new();
        let well = matches!(
            self.verdict.health,
            Health::Healthy | Health::HealthyUnverified | Health::Deploying
        );
        if !well && self.is_red(KpiKind::DatabaseConnections) {
            seen.push(Symptom::DatabaseFull);
        }
        if !well && self.cache_storms() {
            seen.push(Symptom::CacheStorm);
        }
        if self.checks_fail() {
            seen.push(Symptom::ChecksFail);
        }
        if seen.is_empty() && self.answers_late() {
            seen.push(Symptom::SlowTarget);
        }
        if seen.is_empty() && self.balancer_alone() {
            seen.push(Symptom::BalancerErrors);
        }
        let rings = |one: &crate::estate::alarm::Alarm| {
            one.state == AlarmState::Alarm && !one.steers_scaling() && one.watches(self.service)
        };
        if self.environment.alarms.iter().any(rings) {
            seen.push(Symptom::AlarmRings);
        }
        if self.verdict.evidence.contains("no traffic for") {
            seen.push(Symptom::NoTraffic);
        }
        seen
    }

    /// What is left to say of its state.
    fn state(&self) -> Option<Symptom> {
        match self.verdict.health {
            Health::StoppedUnexplained => Some(Symptom::Unexplained),
            Health::Stopping if self.verdict.evidence.contains("protect") => {
                Some(Symptom::Protected)
            }
            Health::Down | Health::Degraded if self.service.running < self.service.desired => {
                Some(Symptom::Short)
            }
            Health::Unknown
            | Health::Deleting
            | Health::Stopped
            | Health::Stopping
            | Health::Down
            | Health::Degraded
            | Health::Deploying
            | Health::HealthyUnverified
            | Health::Healthy => None,
        }
    }
}

/// What one of `count` abnormal stops says.
fn of_stop(task: &Task, count: usize) -> Symptom {
    let stop = stops::stop(task);
    match stop.class {
        StopClass::OutOfMemory => Symptom::OutOfMemory,
        StopClass::LoadBalancerHealth | StopClass::ContainerHealth if count > 1 => {
            Symptom::Flapping
        }
        StopClass::LoadBalancerHealth | StopClass::ContainerHealth => Symptom::ChecksFail,
        StopClass::ImagePull => match stop.words.as_str() {
            words if words.contains("disk full") => Symptom::DiskFull,
            words if words.contains("rate limit") => Symptom::RegistryLimit,
            words if words.contains("unreachable") => Symptom::RegistryUnreachable,
            _ => Symptom::ImageGone,
        },
        StopClass::Initialization if stop.words.contains("secret") => Symptom::SecretUnreadable,
        StopClass::Initialization | StopClass::Volume => Symptom::NotPrepared,
        StopClass::Network => Symptom::NoNetwork,
        StopClass::CleanExit => Symptom::EndsByItself,
        StopClass::Crash
        | StopClass::FailedToStart
        | StopClass::Unexplained
        | StopClass::KilledAtStop
        | StopClass::Scheduler
        | StopClass::Manual
        | StopClass::Spot
        | StopClass::Host => Symptom::CrashLoop,
    }
}
