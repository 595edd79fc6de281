//! How credentials come back once they ran out.

use super::text::Text;

/// What brings new credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// A command of AWS's own tool, in words (`aws sso login --profile ops`); it asks a person.
    Tool(Vec<String>),
    /// Nobody but a person can bring them; the sentence says where they are read.
    ByHand(Text),
}

impl SignIn {
    /// `aws sso login` for a profile; for the current one where none is named.
    pub fn sso(profile: Option<&str>) -> Self {
        Self::with(&["sso", "login"], profile)
    }

    /// A command of AWS's tool for a profile.
    pub fn with(verb: &[&str], profile: Option<&str>) -> Self {
        let profile = profile.map(|name| ["--profile", name]);
        let words = ["aws"].into_iter().chain(verb.iter().copied());
        let words = words.chain(profile.into_iter().flatten());
        Self::Tool(words.map(str::to_owned).collect())
    }

    /// What to do, to follow a colon: `run aws sso login --profile ops`.
    pub fn told(&self) -> String {
        match self {
            Self::Tool(words) => format!("run {}", words.join(" ")),
            Self::ByHand(sentence) => sentence.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_named_where_there_is_one() {
        assert_eq!(SignIn::sso(None).told(), "run aws sso login");
        let named = SignIn::sso(Some("ops"));
        assert_eq!(named.told(), "run aws sso login --profile ops");
    }
}
