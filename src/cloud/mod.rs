//! The one door to AWS.
//!
//! May not: be bypassed. Nobody else names `aws_sdk_*`; nothing is altered without an `Approved`.
//!
//! Why: budget, retries, errors and conversions have one home.
