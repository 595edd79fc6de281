//! One SDK client for each AWS service, all over one HTTP client.

use std::sync::Arc;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_sts::config::{
    AppName, Credentials, ProvideCredentials, Region as SdkRegion, SharedCredentialsProvider,
};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, ConnectorBuilder};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::identity::SharedIdentityCache;
use aws_smithy_runtime_api::shared::IntoShared;

use super::connect::{Connection, Options};
use super::sign_in::Renewal;
use crate::estate::Timestamp;
use crate::estate::id::Region;

/// What a user agent carries so that `CloudTrail` can name the console (aws.md 8.3).
pub(super) const APP_NAME: &str = concat!("firstline-", env!("CARGO_PKG_VERSION"));

/// The clients of one set of credentials in one region.
#[derive(Clone)]
pub(super) struct Clients {
    pub(super) ecs: aws_sdk_ecs::Client,
    pub(super) cloudwatch: aws_sdk_cloudwatch::Client,
    pub(super) logs: aws_sdk_cloudwatchlogs::Client,
    pub(super) balancers: aws_sdk_elasticloadbalancingv2::Client,
    pub(super) databases: aws_sdk_rds::Client,
    pub(super) caches: aws_sdk_elasticache::Client,
    pub(super) managed: aws_sdk_ssm::Client,
    pub(super) keys: aws_sdk_kms::Client,
    pub(super) callers: aws_sdk_sts::Client,
    pub(super) scaling: aws_sdk_applicationautoscaling::Client,
    pub(super) trail: aws_sdk_cloudtrail::Client,
    images: aws_sdk_ecr::Client,
    config: SdkConfig,
    recipe: Arc<Recipe>,
}

/// What credentials are read anew with.
struct Recipe {
    connection: Connection,
    options: Options,
    http: SharedHttpClient,
    /// Those in force; `None` where the SDK has none to offer.
    renewal: Option<Renewal>,
}

impl Clients {
    /// The clients for `connection`. The region is the SDK's to find unless it is given.
    pub(super) async fn load(
        connection: &Connection,
        options: &Options,
        http: &SharedHttpClient,
    ) -> Self {
        let config = configured(connection, options, http).await;
        let renewal = Renewal::of(&config);
        let mut connection = connection.clone();
        if let Some(region) = config.region() {
            // Credentials read anew are for the same place; to look for it again may take long.
            connection.environment.region = region.as_ref().into();
        }
        let recipe = Recipe {
            connection,
            options: options.clone(),
            http: http.clone(),
            renewal: renewal.clone(),
        };
        let config = match renewal {
            Some(renewal) => config
                .into_builder()
                .credentials_provider(SharedCredentialsProvider::new(renewal.clone()))
                .identity_cache(SharedIdentityCache::new(renewal))
                .build(),
            None => config,
        };
        Self::over(config, Arc::new(recipe))
    }

    /// Whether they ask where `other` asks, as whom it asks.
    pub(super) fn are_of(&self, other: &Connection) -> bool {
        let own = &self.recipe.connection;
        let (region, wanted) = (&own.environment.region, &other.environment.region);
        own.profile == other.profile
            && own.role == other.role
            && own.endpoint_url == other.endpoint_url
            && (wanted.as_str().is_empty() || region == wanted)
            && own.credentials == other.credentials
    }

    /// Reads the credentials anew.
    pub(super) async fn renew(&self) {
        let recipe = &self.recipe;
        if let Some(renewal) = &recipe.renewal {
            // The SDK's futures are large.
            let config = configured(&recipe.connection, &recipe.options, &recipe.http);
            renewal.take(&Box::pin(config).await);
        }
    }

    fn over(config: SdkConfig, recipe: Arc<Recipe>) -> Self {
        Self {
            ecs: aws_sdk_ecs::Client::new(&config),
            cloudwatch: aws_sdk_cloudwatch::Client::new(&config),
            logs: aws_sdk_cloudwatchlogs::Client::new(&config),
            balancers: aws_sdk_elasticloadbalancingv2::Client::new(&config),
            databases: aws_sdk_rds::Client::new(&config),
            caches: aws_sdk_elasticache::Client::new(&config),
            managed: aws_sdk_ssm::Client::new(&config),
            keys: aws_sdk_kms::Client::new(&config),
            callers: aws_sdk_sts::Client::new(&config),
            scaling: aws_sdk_applicationautoscaling::Client::new(&config),
            images: aws_sdk_ecr::Client::new(&config),
            trail: aws_sdk_cloudtrail::Client::new(&config),
            config,
            recipe,
        }
    }

    /// The region the SDK settled on.
    pub(super) fn region(&self) -> Option<Region> {
        let region = self.config.region()?.as_ref();
        (!region.is_empty()).then(|| Region::new(region))
    }

    /// A logs client for another region: `awslogs-region` may differ from the service's.
    pub(super) fn logs_in(&self, region: &Region) -> aws_sdk_cloudwatchlogs::Client {
        let elsewhere = aws_sdk_cloudwatchlogs::config::Builder::from(&self.config)
            .region(SdkRegion::new(region.as_str().to_owned()))
            .build();
        aws_sdk_cloudwatchlogs::Client::from_conf(elsewhere)
    }

    /// The endpoint asked instead of AWS, where one is set.
    pub(super) fn endpoint(&self) -> Option<&str> {
        self.config.endpoint_url()
    }

    /// An ECR client for `region`: a registry may lie elsewhere than its services.
    pub(super) fn images_in(&self, region: &str) -> aws_sdk_ecr::Client {
        if self
            .config
            .region()
            .is_some_and(|own| own.as_ref() == region)
        {
            return self.images.clone();
        }
        let elsewhere = aws_sdk_ecr::config::Builder::from(&self.config)
            .region(SdkRegion::new(region.to_owned()))
            .build();
        aws_sdk_ecr::Client::from_conf(elsewhere)
    }

    /// Where the credentials come from.
    pub(super) fn credentials(&self) -> Option<SharedCredentialsProvider> {
        self.config.credentials_provider()
    }

    /// When the credentials in use run out, where their provider says so.
    pub(super) async fn credentials_expire(&self) -> Option<Timestamp> {
        let provider = self.config.credentials_provider()?;
        let credentials = provider.provide_credentials().await.ok()?;
        Timestamp::try_from(credentials.expiry()?).ok()
    }
}

/// The SDK's settings for `connection`, with everything the profile's files say.
async fn configured(
    connection: &Connection,
    options: &Options,
    http: &SharedHttpClient,
) -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http.clone())
        .retry_config(RetryConfig::standard().with_max_attempts(3))
        .timeout_config(timeouts());
    if let Ok(name) = AppName::new(APP_NAME) {
        loader = loader.app_name(name);
    }
    if let Some(profile) = &connection.profile {
        loader = loader.profile_name(profile);
    }
    let given = Some(connection.environment.region.as_str()).filter(|name| !name.is_empty());
    if let Some(region) = options.region.as_deref().or(given) {
        loader = loader.region(SdkRegion::new(region.to_owned()));
    }
    if let Some(url) = options.endpoint(connection) {
        loader = loader.endpoint_url(url);
    }
    if let Some(fixed) = &connection.credentials {
        let (key, secret) = (&fixed.access_key_id, &fixed.secret_access_key);
        loader =
            loader.credentials_provider(Credentials::new(key, secret, None, None, "simulated"));
    }
    let config = loader.load().await;
    match &connection.role {
        Some(role) => role.taken_on(config, &options.clock),
        None => config,
    }
}

/// Connect 3 s, one attempt 10 s, all attempts 20 s: a board that waits longer is a dead board.
pub(super) fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(3))
        .operation_attempt_timeout(Duration::from_secs(10))
        .operation_timeout(Duration::from_secs(20))
        .build()
}

/// The HTTP client the SDK would make for each service client by itself: made once instead, so
/// that connections and the certificate store are shared.
pub(super) fn http_client() -> SharedHttpClient {
    Builder::new()
        .build_with_connector_fn(|settings, components| {
            let mut connector =
                ConnectorBuilder::default().tls_provider(Provider::Rustls(CryptoMode::AwsLc));
            connector.set_connector_settings(settings.cloned());
            if let Some(components) = components {
                connector.set_sleep_impl(components.sleep_impl());
            }
            connector.set_proxy_config(Some(ProxyConfig::from_env()));
            connector.build()
        })
        .into_shared()
}
