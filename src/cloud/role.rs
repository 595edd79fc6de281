//! Credentials of a role that is taken on for an environment.
//!
//! Profiles take on roles too, by the SDK itself; but neither they nor the SDK's own provider can
//! send a source identity, and theirs is nobody's name.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_config::identity::IdentityCache;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, SharedCredentialsProvider, future};
use aws_credential_types::{Credentials, provider::ProvideCredentials};

use super::connect::Clock;

/// Credentials that run out sooner are asked for anew.
const FRESH: Duration = Duration::from_mins(5);
/// What STS takes as the name of a session.
const LONGEST_NAME: usize = 64;

/// A role to take on, and for whom: what `CloudTrail` shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its ARN.
    pub arn: String,
    /// The person's login name: the session is called `firstline-NAME`.
    pub user: String,
    /// Whether the login name goes along as the source identity too.
    pub source_identity: bool,
}

impl Role {
    /// `config` with the credentials of this role; those it has now are what the role is taken
    /// on with.
    pub(super) fn taken_on(&self, config: SdkConfig, clock: &Clock) -> SdkConfig {
        let base = config.clone().into_builder();
        let base = base.identity_cache(IdentityCache::no_cache()).build();
        let provider = TakenOn {
            callers: aws_sdk_sts::Client::new(&base),
            role: self.clone(),
            clock: Clock::clone(clock),
            last: Mutex::new(None),
        };
        let provider = SharedCredentialsProvider::new(provider);
        let builder = config.into_builder().credentials_provider(provider);
        builder.build()
    }
}

/// The login name as STS takes it in a session's name and a source identity: letters, digits and
/// `_+=,.@-`.
fn name(lead: &str, user: &str) -> String {
    let allowed = |one: char| one.is_ascii_alphanumeric() || "_+=,.@-".contains(one);
    let letters = user.chars();
    let user: String = letters
        .map(|one| if allowed(one) { one } else { '_' })
        .collect();
    let mut name = format!("{lead}{user}");
    name.truncate(LONGEST_NAME);
    name
}

struct TakenOn {
    callers: aws_sdk_sts::Client,
    role: Role,
    clock: Clock,
    last: Mutex<Option<Credentials>>,
}

impl std::fmt::Debug for TakenOn {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "TakenOn({}, …)", self.role.arn)
    }
}

impl ProvideCredentials for TakenOn {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.credentials())
    }
}

impl TakenOn {
    async fn credentials(&self) -> provider::Result {
        let limit = SystemTime::from((self.clock)()) + FRESH;
        let last = {
            let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            last.clone()
        };
        if let Some(last) = last.filter(|one| one.expiry().is_some_and(|end| end > limit)) {
            return Ok(last);
        }
        let fresh = self.ask().await?;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some(fresh.clone());
        Ok(fresh)
    }

    async fn ask(&self) -> provider::Result {
        let user = &self.role.user;
        let identity = self.role.source_identity.then(|| name("", user));
        let answer = self
            .callers
            .assume_role()
            .role_arn(&self.role.arn)
            .role_session_name(name("firstline-", user))
            .set_source_identity(identity)
            .send()
            .await;
        let answer = answer.map_err(CredentialsError::provider_error)?;
        let given = answer.credentials;
        let given = given.ok_or_else(|| CredentialsError::unhandled("no credentials in it"))?;
        let end = SystemTime::try_from(given.expiration).map_err(CredentialsError::unhandled)?;
        Ok(Credentials::new(
            given.access_key_id,
            given.secret_access_key,
            Some(given.session_token),
            Some(end),
            "AssumeRole",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_called_by_the_login_name_as_sts_takes_it() {
        assert_eq!(name("firstline-", "alice"), "firstline-alice");
        assert_eq!(name("", "DOMAIN\\bob jones"), "DOMAIN_bob_jones");
        assert_eq!(name("firstline-", &"x".repeat(90)).len(), LONGEST_NAME);
    }
}
