//! Keys of the key management service.

/// A key that encrypts.
#[derive(Debug, Clone)]
pub struct Key {
    /// Its id, a UUID.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Its alias without `alias/`.
    pub alias: String,
}

impl Key {
    /// Whether `name` (id, ARN, alias or the alias' ARN) means it.
    pub fn is_called(&self, name: &str) -> bool {
        let alias = name.rsplit_once("alias/").map(|(_, alias)| alias);
        name == self.id || name == self.arn || alias == Some(&*self.alias)
    }
}
