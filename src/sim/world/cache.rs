//! `ElastiCache` clusters of one node.

use jiff::Timestamp;

/// An `ElastiCache` cluster.
#[derive(Debug, Clone)]
pub struct Cache {
    /// Its ARN.
    pub arn: String,
    /// `CacheClusterId`.
    pub id: String,
    /// The replication group it belongs to.
    pub replication_group: String,
    /// `redis`.
    pub engine: &'static str,
    /// `7.1.0`.
    pub engine_version: &'static str,
    /// `cache.t4g.small`.
    pub node_type: String,
    /// `available`.
    pub status: &'static str,
    /// When it was created.
    pub created_at: Timestamp,
    /// Since when it throws out what is needed.
    pub evicting: Option<Timestamp>,
}
