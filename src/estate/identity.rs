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

/// The person behind a caller's ARN, as far as AWS knows one: the session's name of a role that
/// was taken on, the user's name, else the ARN's tail. A role that this program took on has the
/// person's name behind its own.
fn person(arn: &str) -> &str {
    let tail = arn.rsplit(':').next().unwrap_or_default();
    let name = tail.rsplit('/').next().unwrap_or(tail);
    name.strip_prefix("firstline-").unwrap_or(name)
}

/// Whether two callers are one person, as far as AWS knows: the same name in another role, or in
/// other letters, is the same person.
pub fn are_one_person(one: &str, other: &str) -> bool {
    one == other || person(one).eq_ignore_ascii_case(person(other))
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

    #[test]
    fn another_role_makes_no_other_person() {
        let alice = "arn:aws:sts::123456789012:assumed-role/ops/alice";
        for (other, one) in [
            (alice, true),
            ("arn:aws:sts::123456789012:assumed-role/admin/alice", true),
            ("arn:aws:sts::123456789012:assumed-role/ops/Alice", true),
            ("arn:aws:iam::123456789012:user/team/alice", true),
            (
                "arn:aws:sts::123456789012:assumed-role/ops/firstline-alice",
                true,
            ),
            ("arn:aws:sts::123456789012:assumed-role/ops/bob", false),
            ("arn:aws:iam::123456789012:root", false),
        ] {
            assert_eq!(are_one_person(alice, other), one, "{other}");
        }
    }
}
