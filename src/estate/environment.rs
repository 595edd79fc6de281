//! Environments and their tiers.

use serde::{Deserialize, Serialize};

use super::id::{AccountId, ClusterArn, EnvironmentName, Region};
use super::text::Text;

/// How much care an environment asks for. Production is what is not proven otherwise.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// People depend on it.
    #[default]
    Production,
    /// Rehearses production; may be stopped after hours.
    Staging,
    /// For developers.
    Development,
}

impl Tier {
    /// The word on the screen.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Staging => "staging",
            Self::Development => "development",
        }
    }
}

/// A named part of the estate: an account, a region and the clusters that belong to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// Its name in the settings; discovered environments are named after the account.
    pub name: EnvironmentName,
    /// The tier the settings claim. Ask [`Environment::proven_tier`] before acting on it.
    pub tier: Tier,
    /// The account the settings bind it to, when they do.
    pub account: Option<AccountId>,
    /// What people call the account.
    pub alias: Option<Text>,
    /// The region its services run in.
    pub region: Region,
    /// Names or ARNs of its clusters; `None` means every cluster of the account and region.
    pub clusters: Option<Vec<Text>>,
}

impl Environment {
    /// Whether `cluster` belongs to this environment.
    pub fn owns(&self, cluster: &ClusterArn) -> bool {
        self.clusters.as_ref().is_none_or(|listed| {
            listed
                .iter()
                .any(|entry| **entry == *cluster.as_str() || **entry == *cluster.name())
        })
    }

    /// The tier that can be proven: the claimed one only if the settings name the account, the
    /// caller is in exactly that account and the cluster is on the environment's list;
    /// otherwise production (aws.md 5.3: account id and cluster decide, never a name).
    pub fn proven_tier(&self, caller: Option<&AccountId>, cluster: &ClusterArn) -> Tier {
        let account_proven = self.account.is_some() && self.account.as_ref() == caller;
        if account_proven && self.clusters.is_some() && self.owns(cluster) {
            self.tier
        } else {
            Tier::Production
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn staging() -> Environment {
        Environment {
            name: "staging".into(),
            tier: Tier::Staging,
            account: Some("210987654321".into()),
            alias: None,
            region: "eu-central-1".into(),
            clusters: Some(vec!["staging".into()]),
        }
    }

    #[test]
    fn a_tier_below_production_needs_account_and_cluster() {
        let cluster = ClusterArn::new("arn:aws:ecs:eu-central-1:210987654321:cluster/staging");
        let other = ClusterArn::new("arn:aws:ecs:eu-central-1:210987654321:cluster/main");
        let mine = AccountId::new("210987654321");
        assert_eq!(staging().proven_tier(Some(&mine), &cluster), Tier::Staging);
        assert_eq!(staging().proven_tier(Some(&mine), &other), Tier::Production);
        assert_eq!(staging().proven_tier(None, &cluster), Tier::Production);
        assert_eq!(
            staging().proven_tier(Some(&"123456789012".into()), &cluster),
            Tier::Production
        );
        let unbound = Environment {
            account: None,
            ..staging()
        };
        assert_eq!(unbound.proven_tier(Some(&mine), &cluster), Tier::Production);
        let unlisted = Environment {
            clusters: None,
            ..staging()
        };
        assert_eq!(
            unlisted.proven_tier(Some(&mine), &cluster),
            Tier::Production
        );
    }
}
