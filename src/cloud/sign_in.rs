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

    /// How its credentials come back, as far as this machine says now; every sentence about
    /// credentials says the same from here on.
    pub async fn sign_in(&self) -> SignIn {
        let way = way_back(self.gate.profile.as_deref()).await;
        self.gate.keep_sign_in(way.clone());
        way
    }
}

/// How the credentials come back that the SDK finds for a profile, or without one: by the
/// environment's variables and the files of AWS's own tools.
pub(super) async fn way_back(profile: Option<&str>) -> SignIn {
    told_by(&Env::real(), &Fs::real(), profile).await
}

/// The SDK's own order: keys in the environment, the profile, a token in a file, the container.
async fn told_by(env: &Env, fs: &Fs, profile: Option<&str>) -> SignIn {
    let has = |name: &str| env.get(name).is_ok_and(|value| !value.is_empty());
    if has("AWS_ACCESS_KEY_ID") {
        return SignIn::ByHand(
            "the keys are those of AWS_ACCESS_KEY_ID, which a program that runs keeps: start it again with new ones"
                .into(),
        );
    }
    // What cannot be read has its own sentence elsewhere.
    let of_profile = match profiles(env, fs, profile).await {
        Some(set) => of_profile(&set, profile),
        None => None,
    };
    if let Some(way) = of_profile {
        return way;
    }
    if has("AWS_WEB_IDENTITY_TOKEN_FILE") {
        return SignIn::ByHand(
            "they come for the token in AWS_WEB_IDENTITY_TOKEN_FILE: look whether that file is still renewed"
                .into(),
        );
    }
    if has("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") || has("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
        return SignIn::ByHand(OF_CONTAINER.into());
    }
    SignIn::sso(profile)
}

/// What brings credentials where this runs in a container, or on an instance.
const OF_CONTAINER: &str = "the role of this container's task brings them by itself: look whether it may still be taken on";
const OF_INSTANCE: &str =
    "the role of this instance brings them by itself: look whether it is still attached";

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

/// How the credentials of a profile come back, as far as the files say. `named` is the name a
/// person gave, if any.
fn of_profile(set: &ProfileSet, named: Option<&str>) -> Option<SignIn> {
    let current = set.selected_profile();
    let mut name = named.unwrap_or(current);
    for _ in 0..DEEPEST {
        let profile = set.get_profile(name)?;
        let told = (named.is_some() || name != current).then_some(name);
        if let Some(way) = way(profile, told) {
            return Some(way);
        }
        match profile.get("source_profile") {
            Some(source) if source != name => name = source,
            Some(_) | None => break,
        }
    }
    None
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
    } else if has("web_identity_token_file") {
        format!(
            "they come for the token in profile {name}'s web_identity_token_file: look whether that file is still renewed"
        )
    } else if let Some(source) = profile.get("credential_source") {
        match source {
            "EcsContainer" => OF_CONTAINER.to_owned(),
            "Ec2InstanceMetadata" => OF_INSTANCE.to_owned(),
            _ => return None,
        }
    } else {
        return None;
    };
    Some(SignIn::ByHand(sentence.as_str().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn told_with(config: &str, named: Option<&str>, set: &[(&str, &str)]) -> String {
        let fs = Fs::from_slice(&[("/home/.aws/config", config)]);
        let mut variables = vec![("HOME", "/home")];
        variables.extend(set);
        let env = Env::from_slice(&variables);
        told_by(&env, &fs, named).await.told()
    }

    async fn told(config: &str, named: Option<&str>) -> String {
        told_with(config, named, &[]).await
    }

    #[tokio::test]
    async fn keys_that_nobody_signs_in_for_are_not_answered_with_a_login() {
        let role = "[profile ops]\nrole_arn = x\ncredential_source = Ec2InstanceMetadata\n";
        let token = "[profile ops]\nrole_arn = x\nweb_identity_token_file = /token\n";
        let (of_container, of_token) = (
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/x"),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", "/token"),
        );
        for (config, named, set, words) in [
            ("", None, [("AWS_ACCESS_KEY_ID", "A")], "AWS_ACCESS_KEY_ID"),
            ("", None, [of_container], "container's task"),
            ("", None, [of_token], "AWS_WEB_IDENTITY_TOKEN_FILE"),
            (role, Some("ops"), [("X", "")], "role of this instance"),
            (token, Some("ops"), [("X", "")], "web_identity_token_file"),
        ] {
            let told = told_with(config, named, &set).await;
            assert!(told.contains(words), "{told}");
            assert!(!told.contains("login"), "{told}");
        }
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
