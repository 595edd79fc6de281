//! Who is asking AWS.

use super::Timestamp;
use super::id::AccountId;
use super::text::Text;

/// The caller as STS sees it, and how long the credentials last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The caller's account.
    pub account: AccountId,
    /// The caller's full ARN.
    pub arn: Text,
    /// When the credentials run out, where the provider says so.
    pub expires_at: Option<Timestamp>,
}

impl Identity {
    /// The caller as people say it; see [`short`].
    pub fn short(&self) -> String {
        short(&self.arn)
    }
}

/// A caller's ARN as people say it: `alice@ops` for the assumed role `ops` with the session
/// `alice`, the user's name for an IAM user, otherwise the ARN's tail.
pub fn short(arn: &str) -> String {
    let tail = arn.rsplit(':').next().unwrap_or_default();
    let parts: Vec<&str> = tail.split('/').collect();
    match parts.as_slice() {
        ["assumed-role", role, session] => format!("{session}@{role}"),
        ["user", .., name] => (*name).to_owned(),
        _ => tail.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_are_named_as_people_say_them() {
        let named = |arn: &str| {
            Identity {
                account: "1".into(),
                arn: arn.into(),
                expires_at: None,
            }
            .short()
        };
        assert_eq!(
            named("arn:aws:sts::123456789012:assumed-role/ops/alice"),
            "alice@ops"
        );
        assert_eq!(named("arn:aws:iam::123456789012:user/team/bob"), "bob");
        assert_eq!(named("arn:aws:iam::123456789012:root"), "root");
    }
}
