//! How credentials come back once they ran out, and that they are read anew.
//!
//! The SDK reads a profile's files once and keeps what it found; so a person who signs in again would
//! have to start anew. [`Renewal`] stands where the SDK expects its provider and its cache, and
//! changes both when told to.

use std::sync::{Arc, PoisonError, RwLock};

use aws_config::SdkConfig;
use aws_config::identity::IdentityCache;
use aws_config::profile::{self, Profile, ProfileSet};
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_smithy_runtime_api::client::identity::{
    IdentityFuture, ResolveCachedIdentity, SharedIdentityCache, SharedIdentityResolver,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_types::os_shim_internal::{Env, Fs};

use super::link::Link;
use crate::estate::sign_in::SignIn;

/// A profile that leans on another, which leans on another; further nobody goes.
const DEEPEST: usize = 8;

/// The credentials in force.
#[derive(Clone, Debug)]
pub(super) struct Renewal(Arc<RwLock<Force>>);

#[derive(Clone, Debug)]
struct Force {
    provider: SharedCredentialsProvider,
    cache: SharedIdentityCache,
}

impl Force {
    fn of(provider: SharedCredentialsProvider) -> Self {
        let cache = IdentityCache::lazy().build();
        Self { provider, cache }
    }
}

impl Renewal {
    pub(super) fn of(config: &SdkConfig) -> Option<Self> {
        let force = Force::of(config.credentials_provider()?);
        Some(Self(Arc::new(RwLock::new(force))))
    }

    /// From here on those of `config` count, and nothing that was remembered.
    pub(super) fn take(&self, config: &SdkConfig) {
        if let Some(provider) = config.credentials_provider() {
            *self.0.write().unwrap_or_else(PoisonError::into_inner) = Force::of(provider);
        }
    }

    fn force(&self) -> Force {
        let force = self.0.read().unwrap_or_else(PoisonError::into_inner);
        force.clone()
    }
}

impl ProvideCredentials for Renewal {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let force = self.force();
        future::ProvideCredentials::new(async move { force.provider.provide_credentials().await })
    }
}

impl ResolveCachedIdentity for Renewal {
    fn resolve_cached_identity<'a>(
        &'a self,
        resolver: SharedIdentityResolver,
        components: &'a RuntimeComponents,
        bag: &'a ConfigBag,
    ) -> IdentityFuture<'a> {
        let cache = self.force().cache;
        IdentityFuture::new(async move {
            let identity = cache.resolve_cached_identity(resolver, components, bag);
            identity.await
        })
    }
}

impl Link {
    /// Reads the credentials anew: what was found and remembered of them is forgotten.
    pub async fn renew(&self) {
        self.clients.renew().await;
    }

    /// How its credentials come back, as far as the files of AWS's own tools say.
    pub async fn sign_in(&self) -> SignIn {
        let profile = self.gate.profile.as_deref();
        let env = Env::real();
        let keys = env.get("AWS_ACCESS_KEY_ID");
        if keys.is_ok_and(|keys| !keys.is_empty()) {
            return SignIn::ByHand(
                "the keys are those of AWS_ACCESS_KEY_ID, which a program that runs keeps: start it again with new ones"
                    .into(),
            );
        }
        match profiles(&env, &Fs::real(), profile).await {
            Some(set) => of_profile(&set, profile),
            // What cannot be read has its own sentence elsewhere.
            None => SignIn::sso(profile),
        }
    }
}

/// The profiles of the usual files, as the SDK reads them.
#[expect(
    clippy::default_trait_access,
    reason = "the type of the usual files is named by a crate beneath the SDK"
)]
async fn profiles(env: &Env, fs: &Fs, chosen: Option<&str>) -> Option<ProfileSet> {
    let chosen = chosen.map(|name| name.to_owned().into());
    let usual = Default::default();
    let read = profile::load(fs, env, &usual, chosen);
    Box::pin(read).await.ok()
}

/// How the credentials of a profile come back. `named` is the name a person gave, if any.
fn of_profile(set: &ProfileSet, named: Option<&str>) -> SignIn {
    let current = set.selected_profile();
    let mut name = named.unwrap_or(current);
    for _ in 0..DEEPEST {
        let Some(profile) = set.get_profile(name) else {
            break;
        };
        let told = (named.is_some() || name != current).then_some(name);
        if let Some(way) = way(profile, told) {
            return way;
        }
        match profile.get("source_profile") {
            Some(source) if source != name => name = source,
            Some(_) | None => break,
        }
    }
    SignIn::sso(named)
}

/// What a profile itself says of where its credentials come from.
fn way(profile: &Profile, named: Option<&str>) -> Option<SignIn> {
    let has = |key| profile.get(key).is_some();
    let name = profile.name();
    if has("sso_session") || has("sso_start_url") {
        return Some(SignIn::sso(named));
    }
    if has("login_session") {
        return Some(SignIn::with(&["login"], named));
    }
    let sentence = if let Some(program) = profile.get("credential_process") {
        let program = program.split_whitespace().next().unwrap_or_default();
        format!(
            "the credential_process of profile {name} ({program}) has to bring them: sign in with it"
        )
    } else if has("aws_access_key_id") {
        format!("put new keys of profile {name} into ~/.aws/credentials")
    } else {
        return None;
    };
    Some(SignIn::ByHand(sentence.as_str().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn told(config: &str, named: Option<&str>) -> String {
        let fs = Fs::from_slice(&[("/home/.aws/config", config)]);
        let env = Env::from_slice(&[("HOME", "/home")]);
        let set = profiles(&env, &fs, named).await;
        of_profile(&set.unwrap(), named).told()
    }

    #[tokio::test]
    async fn the_profile_says_how_its_credentials_come_back() {
        let sso = "[profile ops]\nsso_session = corp\n[profile deep]\nrole_arn = x\nsource_profile = ops\n\
                   [sso-session corp]\nsso_region = eu-central-1\n[default]\nsource_profile = ops\n";
        assert_eq!(
            told(sso, Some("ops")).await,
            "run aws sso login --profile ops"
        );
        assert_eq!(
            told(sso, Some("deep")).await,
            "run aws sso login --profile ops"
        );
        assert_eq!(told(sso, None).await, "run aws sso login --profile ops");
        let own = "[default]\nsso_start_url = https://x\n";
        assert_eq!(told(own, None).await, "run aws sso login");
        let login = "[profile ops]\nlogin_session = arn\n";
        assert_eq!(
            told(login, Some("ops")).await,
            "run aws login --profile ops"
        );
        let process = "[profile ops]\ncredential_process = /bin/vault -x secret\n";
        let words = told(process, Some("ops")).await;
        assert!(
            words.contains("/bin/vault") && !words.contains("secret"),
            "{words}"
        );
        let keys = "[profile ops]\naws_access_key_id = A\n";
        assert!(told(keys, Some("ops")).await.contains("~/.aws/credentials"));
        let silent = "[profile ops]\nregion = eu-central-1\nsource_profile = ops\n";
        assert_eq!(
            told(silent, Some("ops")).await,
            "run aws sso login --profile ops"
        );
        assert_eq!(
            told("", Some("gone")).await,
            "run aws sso login --profile gone"
        );
    }
}
