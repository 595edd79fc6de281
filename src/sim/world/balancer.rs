//! Application load balancers and target groups.

use jiff::Timestamp;
use strum::AsRefStr;

/// An application load balancer.
#[derive(Debug, Clone)]
pub struct LoadBalancer {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// `app/{name}/{id}`: the value of the `LoadBalancer` dimension.
    pub dimension: String,
    /// Its DNS name.
    pub dns_name: String,
    /// `internet-facing` or `internal`.
    pub scheme: &'static str,
    /// When it was created.
    pub created_at: Timestamp,
}

/// A target group of type `ip`.
#[derive(Debug, Clone)]
pub struct TargetGroup {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// `targetgroup/{name}/{id}`: the value of the `TargetGroup` dimension.
    pub dimension: String,
    /// The load balancer it is attached to, as an ARN.
    pub load_balancer: String,
    /// The service behind it, as an ARN.
    pub service: String,
    /// The port of its targets.
    pub port: u16,
    /// The path of the health check.
    pub health_check_path: String,
    /// Seconds between two checks.
    pub health_check_interval: u32,
    /// Seconds until a check counts as failed.
    pub health_check_timeout: u32,
    /// Good checks until healthy.
    pub healthy_threshold: u32,
    /// Bad checks until unhealthy.
    pub unhealthy_threshold: u32,
    /// Registered and draining targets.
    pub targets: Vec<Target>,
}

/// A registered target.
#[derive(Debug, Clone)]
pub struct Target {
    /// The task's address.
    pub id: String,
    /// The task behind it, by id.
    pub task: String,
    /// Its port.
    pub port: u16,
    /// Its zone.
    pub availability_zone: String,
    /// Its state.
    pub state: TargetState,
    /// Why, unless healthy.
    pub reason: Option<TargetReason>,
    /// Since when.
    pub since: Timestamp,
}

/// `TargetHealth.State`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsRefStr)]
#[strum(serialize_all = "lowercase")]
pub enum TargetState {
    /// Just registered.
    Initial,
    /// Passes its checks.
    Healthy,
    /// Fails its checks.
    Unhealthy,
    /// Being deregistered.
    Draining,
}

/// `TargetHealth.Reason`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsRefStr)]
pub enum TargetReason {
    /// Just registered.
    #[strum(serialize = "Elb.RegistrationInProgress")]
    RegistrationInProgress,
    /// First checks are out.
    #[strum(serialize = "Elb.InitialHealthChecking")]
    InitialHealthChecking,
    /// No answer in time.
    #[strum(serialize = "Target.Timeout")]
    Timeout,
    /// The wrong status code.
    #[strum(serialize = "Target.ResponseCodeMismatch")]
    ResponseCodeMismatch,
    /// Malformed answer, or no connection.
    #[strum(serialize = "Target.FailedHealthChecks")]
    FailedHealthChecks,
    /// Being deregistered.
    #[strum(serialize = "Target.DeregistrationInProgress")]
    DeregistrationInProgress,
}

impl TargetReason {
    /// `TargetHealth.Description`, and the words in ECS events.
    pub const fn description(self) -> &'static str {
        match self {
            Self::RegistrationInProgress => "Target registration is in progress",
            Self::InitialHealthChecking => "Initial health checks in progress",
            Self::Timeout => "Request timed out",
            Self::ResponseCodeMismatch => "Health checks failed with these codes: [500]",
            Self::FailedHealthChecks => "Health checks failed",
            Self::DeregistrationInProgress => "Target deregistration is in progress",
        }
    }
}
