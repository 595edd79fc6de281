//! What an open session needs of AWS until it ends.

use std::sync::Arc;
use std::time::SystemTime;

use aws_sdk_sts::config::ProvideCredentials as _;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use aws_smithy_runtime_api::client::identity::Identity;
use futures::FutureExt as _;
use futures::future::BoxFuture;

use super::gate;
use super::grant::Grant;
use super::link::Link;
use crate::estate::problem::{Feed, ProblemKind};
use crate::session::Token;
use crate::session::channel::{Calls, DataKey, Kind, Options, ResumeError, StreamTarget};
use crate::session::plugin::{Errand, Handover};
use crate::session::wire::KmsRequest;

/// The service a data channel's upgrade is signed for.
const SIGNED_FOR: &str = "ssmmessages";

/// The calls of one session.
struct Upkeep {
    link: Arc<Link>,
    grant: Grant,
}

impl Link {
    /// Where the session of `grant` is to be reached, and how.
    pub fn way_in(&self, grant: &Grant, kind: Kind) -> (StreamTarget, Options) {
        let target = StreamTarget {
            url: grant.stream_url.clone(),
            token: grant.token.clone(),
        };
        let now = u64::try_from(self.gate.now().as_millisecond()).unwrap_or(1);
        let options = Options {
            kind,
            loopback: self.loopback,
            ..Options::at(now)
        };
        (target, options)
    }

    /// The session of `grant` for AWS's own client, whose calls are made with the environment's
    /// profile; `None` when nobody knows where it leads.
    pub fn handover(&self, grant: &Grant) -> Option<Handover> {
        let region = self.gate.region.as_str();
        let endpoint = self.clients.endpoint().map_or_else(
            || {
                let china = if region.starts_with("cn-") { ".cn" } else { "" };
                format!("https://ssm.{region}.amazonaws.com{china}")
            },
            str::to_owned,
        );
        let errand = Errand {
            region: region.to_owned(),
            profile: self.gate.profile.as_deref().unwrap_or_default().to_owned(),
            target: grant.target()?.to_owned(),
            endpoint,
        };
        let (id, url) = (grant.session_id.as_str(), &grant.stream_url);
        Some(Handover::new(errand, id, url, &grant.token))
    }

    /// What the session of `grant` needs of AWS until it ends, and no other.
    pub fn upkeep(self: &Arc<Self>, grant: &Grant) -> Arc<dyn Calls> {
        Arc::new(Upkeep {
            link: Arc::clone(self),
            grant: grant.clone(),
        })
    }

    /// `SigV4` headers for the upgrade of `url`, signed afresh.
    async fn signature(&self, url: &str) -> Result<Vec<(String, String)>, String> {
        // Only an address on this machine may be without TLS; nobody there looks at a signature.
        if url.starts_with("ws://") {
            return Ok(Vec::new());
        }
        let provider = self.clients.credentials();
        let provider = provider.ok_or("no AWS credentials were found")?;
        let credentials = provider.provide_credentials().await;
        let credentials = credentials.map_err(|error| format!("no credentials: {error}"))?;
        let identity = Identity::from(credentials);
        let params = SigningParams::builder()
            .identity(&identity)
            .region(self.gate.region.as_str())
            .name(SIGNED_FOR)
            .time(SystemTime::from(self.gate.now()))
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| error.to_string())?
            .into();
        signed(url, &params)
    }
}

/// Bytes of a session's key: a half each way.
const KEY_BYTES: i32 = 64;

/// What the key is bound to, and the agent unwraps it with (session-channel.md A14).
const SESSION_ID: &str = "aws:ssm:SessionId";
const TARGET_ID: &str = "aws:ssm:TargetId";
const CHALLENGE: &str = "aws:ssm:RandomChallenge";

impl Link {
    /// `GenerateDataKey` with the user's own credentials.
    async fn data_key(&self, grant: &Grant, request: KmsRequest) -> Result<DataKey, String> {
        let target = grant.target().ok_or(
            "the session is encrypted, and a key can only be asked for when its target is known",
        )?;
        let mut call = self
            .clients
            .keys
            .generate_data_key()
            .key_id(request.key_id)
            .number_of_bytes(KEY_BYTES)
            .encryption_context(SESSION_ID, grant.session_id.as_str())
            .encryption_context(TARGET_ID, target);
        if let Some(challenge) = request.challenge {
            call = call.encryption_context(CHALLENGE, challenge);
        }
        let answer = self
            .gate
            .call(Feed::Session, &gate::DATA_KEY, call.send())
            .await
            .map_err(|problem| {
                format!(
                    "the session is encrypted with a key of KMS: {}",
                    problem.sentence
                )
            })?;
        let unreadable = "KMS answered with no key of 64 bytes";
        let plaintext = answer.plaintext().ok_or(unreadable)?;
        let wrapped = answer.ciphertext_blob().ok_or(unreadable)?;
        Ok(DataKey {
            plaintext: plaintext.as_ref().try_into().map_err(|_| unreadable)?,
            wrapped: wrapped.as_ref().to_vec(),
        })
    }
}

fn signed(
    url: &str,
    params: &aws_sigv4::http_request::SigningParams<'_>,
) -> Result<Vec<(String, String)>, String> {
    let headers = std::iter::empty();
    let request = SignableRequest::new("GET", url, headers, SignableBody::Bytes(b""))
        .map_err(|_| "the stream's address cannot be signed")?;
    let signed = sign(request, params).map_err(|_| "the stream's address cannot be signed")?;
    let (instructions, _) = signed.into_parts();
    let headers = instructions.headers();
    Ok(headers
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect())
}

impl Calls for Upkeep {
    fn sign<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<Vec<(String, String)>, String>> {
        self.link.signature(url).boxed()
    }

    fn resume(&self) -> BoxFuture<'_, Result<Option<Token>, ResumeError>> {
        let resumed = self.link.resume(&self.grant);
        let answered = |answer: Result<Option<Token>, crate::estate::problem::Problem>| {
            answer.map_err(|problem| {
                let sentence = problem.sentence.to_string();
                match problem.kind {
                    ProblemKind::Denied { .. } | ProblemKind::NotFound => {
                        ResumeError::Refused(sentence)
                    }
                    ProblemKind::Throttled
                    | ProblemKind::Expired
                    | ProblemKind::NoCredentials
                    | ProblemKind::NoRegion
                    | ProblemKind::Unreachable
                    | ProblemKind::ClockSkew
                    | ProblemKind::Unreadable
                    | ProblemKind::Other => ResumeError::Unanswered(sentence),
                }
            })
        };
        resumed.map(answered).boxed()
    }

    fn data_key(&self, request: KmsRequest) -> BoxFuture<'_, Result<DataKey, String>> {
        self.link.data_key(&self.grant, request).boxed()
    }

    fn terminate(&self) -> BoxFuture<'_, Result<(), String>> {
        let ended = self.link.terminate(&self.grant);
        ended
            .map(|answer| answer.map_err(|problem| problem.sentence.to_string()))
            .boxed()
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sts::config::Credentials;

    use super::*;

    /// The reference's vectors, made by AWS's Go signer.
    #[test]
    fn the_upgrade_is_signed_as_aws_signs_it() {
        let url = "wss://ssmmessages.us-east-1.amazonaws.com/v1/data-channel/user@example.com-0123456789abcdef0?role=publish_subscribe&cell-number=AAEA%2Fb%2Bc%3D";
        let at: crate::estate::Timestamp = "2025-11-21T00:00:00Z".parse().unwrap();
        let signature = |token: Option<&str>| {
            let token = token.map(str::to_owned);
            let credentials = Credentials::new("AKIDINTEROP", "interopsecret", token, None, "test");
            let identity = Identity::from(credentials);
            let params = SigningParams::builder()
                .identity(&identity)
                .region("us-east-1")
                .name(SIGNED_FOR)
                .time(SystemTime::from(at))
                .settings(SigningSettings::default())
                .build()
                .unwrap()
                .into();
            let headers = signed(url, &params).unwrap();
            let (_, value) = headers
                .iter()
                .find(|(name, _)| name == "authorization")
                .unwrap();
            value.rsplit("Signature=").next().unwrap().to_owned()
        };
        assert_eq!(
            signature(None),
            "426a3e12b3b2ca2acd6a79a1cf0745dc5b4f1c9f8c9ad4ee1c549b4530520ea9"
        );
        assert_eq!(
            signature(Some("SESSIONTOKEN==")),
            "d52bf7d00b6bda727a9ca335e51f8b447a7eb05da81f8dd0fe4a6f7edcced55e"
        );
    }
}
