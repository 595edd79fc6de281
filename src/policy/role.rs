//! Who may do what at all, from the caller's ARN.

use serde::Serialize;

use crate::estate::environment::Tier;
use crate::estate::text::Text;

/// What a caller may do at all. IAM decides too; this is what the team decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks and alters nothing.
    Observer,
    /// Does what the rest of the policy allows, everywhere.
    Operator,
    /// The same outside production, and nothing in it.
    Developer,
}

impl Role {
    /// Every role, the least first.
    pub const ALL: [Self; 3] = [Self::Observer, Self::Developer, Self::Operator];

    /// The word in the settings.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Observer => "observer",
            Self::Operator => "operator",
            Self::Developer => "developer",
        }
    }

    /// Whether this role alters anything in `tier`.
    pub fn may_alter(self, tier: Tier) -> bool {
        match self {
            Self::Observer => false,
            Self::Operator => true,
            Self::Developer => tier != Tier::Production,
        }
    }
}

/// Callers who have a role: `*` in the pattern stands for anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Callers {
    /// What the caller's ARN must match.
    pub pattern: Text,
    /// The role it gives.
    pub role: Role,
}

/// The role of `arn`: the first pattern that matches decides. Where the settings name no caller
/// everybody is an operator and IAM alone decides; where they name some, everybody else looks.
pub fn role_of(callers: &[Callers], arn: &str) -> Role {
    let named = callers.iter().find(|one| matches(&one.pattern, arn));
    match named {
        Some(one) => one.role,
        None if callers.is_empty() => Role::Operator,
        None => Role::Observer,
    }
}

/// Whether `text` is what `pattern` says; `*` stands for anything, also for nothing.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            return false;
        };
        rest = after;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, text, matched) in [
            ("orders", "orders", true),
            ("orders", "orders-2", false),
            ("orders*", "orders-2", true),
            ("*", "", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c", false),
            ("a*a", "a", false),
            (
                "arn:aws:sts::*:assumed-role/ops-*/*",
                "arn:aws:sts::1:assumed-role/ops-eu/alice",
                true,
            ),
            (
                "arn:aws:sts::*:assumed-role/ops-*/*",
                "arn:aws:sts::1:assumed-role/dev/ops-x",
                false,
            ),
        ] {
            assert_eq!(matches(pattern, text), matched, "{pattern} {text}");
        }
    }

    #[test]
    fn the_first_pattern_decides_and_a_stranger_looks() {
        let callers = |pattern: &str, role| Callers {
            pattern: pattern.into(),
            role,
        };
        let named = [
            callers("*/ops/intern", Role::Observer),
            callers("*/ops/*", Role::Operator),
        ];
        assert_eq!(role_of(&named, "arn:x/ops/intern"), Role::Observer);
        assert_eq!(role_of(&named, "arn:x/ops/alice"), Role::Operator);
        assert_eq!(role_of(&named, "arn:x/dev/alice"), Role::Observer);
        assert_eq!(role_of(&[], "arn:x/dev/alice"), Role::Operator);
    }
}
