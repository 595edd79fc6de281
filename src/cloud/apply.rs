//! The only way to alter AWS.

use super::link::Link;
use crate::estate::id::{DeploymentId, ServiceDeploymentArn};
use crate::estate::problem::Problem;
use crate::estate::text::Text;
use crate::policy::Approved;

/// What AWS said when it took the change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// AWS's id of the request (`x-amzn-RequestId`), to find it in `CloudTrail`.
    pub request_id: Option<Text>,
    /// The deployment that began.
    pub deployment: Option<DeploymentId>,
    /// The service deployment to follow (aws.md 4.4), when AWS names it.
    pub service_deployment: Option<ServiceDeploymentArn>,
}

/// Why a change was not made, or why nobody knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// The world is no longer what was approved; nothing was asked of AWS.
    #[error("{0}")]
    Moved(String),
    /// The second look failed, so nothing was asked of AWS.
    #[error("not done: {}", .0.sentence)]
    Unchecked(Problem),
    /// AWS said no; nothing was altered.
    #[error("AWS refused: {}", .0.sentence)]
    Refused(Problem),
    /// The request went out and no readable answer came back: it may or may not have happened.
    #[error("unknown outcome: {}", .0.sentence)]
    Unclear(Problem),
}

pub(super) async fn apply(
    _link: &Link,
    _approved: &Approved,
    _app: &str,
) -> Result<Receipt, ApplyError> {
    Err(ApplyError::Moved("not built yet".to_owned()))
}
