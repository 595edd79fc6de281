//! Where lines are to be read that are not in `CloudWatch`: addresses of the settings. Pure.

/// Addresses by log driver, or by what `FireLens` leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogLinks(Vec<(String, String)>);

impl LogLinks {
    /// Addresses as they are written: `{service}` stands for the service's name.
    pub fn new(written: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(written.into_iter().collect())
    }

    /// The address for what a service says to `driver` (`splunk`, `awsfirelens (datadog)`).
    pub fn link(&self, driver: &str, service: &str) -> Option<String> {
        let words: Vec<&str> = driver.split([' ', '(', ')']).collect();
        let found = self
            .0
            .iter()
            .find(|(name, _)| words.contains(&name.as_str()));
        found.map(|(_, address)| address.replace("{service}", service))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_driver_or_what_it_leads_to_names_the_address() {
        let written = [("datadog", "https://dd/logs?query=service:{service}")];
        let links = LogLinks::new(written.map(|(name, to)| (name.to_owned(), to.to_owned())));
        let of = |driver: &str| links.link(driver, "orders");
        let expected = "https://dd/logs?query=service:orders";
        assert_eq!(of("awsfirelens (datadog)").as_deref(), Some(expected));
        assert_eq!(of("datadog").as_deref(), Some(expected));
        assert_eq!(of("splunk"), None);
    }
}
