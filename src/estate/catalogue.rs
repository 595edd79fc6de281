//! What the settings know of services that AWS does not: who leans on them, and how many
//! connections each task may open.

use super::text::Text;

/// What the settings say of one service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The service's name, or `cluster/name`.
    pub service: Text,
    /// Who breaks when it breaks: services, teams, customers; in the settings' order.
    pub dependants: Vec<Text>,
    /// How many connections to its database one task may open.
    pub pool_size: Option<u32>,
    /// The database those connections go to: a DB instance's identifier.
    pub database: Option<Text>,
}

/// Everything the settings say of services, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue(pub Vec<Known>);

impl Catalogue {
    /// Nothing is said of any.
    pub const EMPTY: Self = Self(Vec::new());

    /// What is said of the service `name` in `cluster` (its name, not its ARN): an entry that
    /// names the cluster too is closer than one that names the service alone.
    pub fn of(&self, cluster: &str, name: &str) -> Option<&Known> {
        let full = format!("{cluster}/{name}");
        let named = |wanted: &str| self.0.iter().find(|one| *one.service == *wanted);
        named(&full).or_else(|| named(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_that_names_the_cluster_is_closer() {
        let known = |service: &str, pool_size| Known {
            service: service.into(),
            dependants: Vec::new(),
            pool_size: Some(pool_size),
            database: None,
        };
        let catalogue = Catalogue(vec![known("orders", 5), known("main/orders", 20)]);
        let size = |cluster, name| catalogue.of(cluster, name)?.pool_size;
        assert_eq!(size("main", "orders"), Some(20));
        assert_eq!(size("batch", "orders"), Some(5));
        assert_eq!(size("main", "web"), None);
    }
}
