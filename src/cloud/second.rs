//! A second person's word, signed and found out: a `GetCallerIdentity` with the digest of the
//! change in a signed header.
//!
//! Both ways go over the link's own STS client, so nothing is ever sent anywhere else than where
//! every other question about callers goes. The list of signed headers is written here and not
//! taken from a token: a request somebody signed for another purpose names nobody here.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sdk_sts::config::{ConfigBag, Intercept, ProvideCredentials as _, RuntimeComponents};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::identity::Identity;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextMut;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;

use super::apply::ApplyError;
use super::errors::Failure;
use super::gate;
use super::link::Link;
use crate::estate::Timestamp;
use crate::estate::approval::{Approver, Code, Token, digest};
use crate::estate::id::AccountId;
use crate::estate::problem::{Feed, ProblemKind};
use crate::estate::text::Text;
use crate::policy::Approved;

/// The header that carries the digest.
const SUBJECT: &str = "x-firstline-approval";
/// What is signed, beside the body: without and with a session token.
const SIGNED: &str = "host;x-amz-date;x-firstline-approval";
const SIGNED_WITH_SESSION: &str = "host;x-amz-date;x-amz-security-token;x-firstline-approval";
/// How AWS writes a time in a signature.
const AMZ_DATE: &str = "%Y%m%dT%H%M%SZ";

/// Why nobody was named, or nothing could be signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecondError {
    /// The token says itself that it is about something else.
    #[error("that approval is of something else: it moved, or another change was meant")]
    Other,
    /// STS says that nobody signed this.
    #[error("STS says that nobody signed this: it was altered, or signed too long ago")]
    Unsigned,
    /// There are no credentials, or nothing can be signed with them.
    #[error("it cannot be signed: {0}")]
    Unsignable(String),
    /// STS could not be asked.
    #[error("STS could not be asked whose approval it is: {0}")]
    Unanswered(Text),
}

impl Link {
    /// Signs `subject`, the digest of what is approved under `code` with `reason`. STS has taken
    /// the signature once when this returns, so the token is known to be good.
    ///
    /// # Errors
    /// When there are no credentials to sign with, or STS does not take the signature.
    pub async fn approve(
        &self,
        code: &Code,
        (subject, reason): (&Text, &Text),
    ) -> Result<Token, SecondError> {
        let unsignable = |error: &dyn std::fmt::Display| SecondError::Unsignable(error.to_string());
        let provider = self.clients.credentials();
        let provider = provider.ok_or_else(|| unsignable(&"no AWS credentials were found"))?;
        let credentials = provider.provide_credentials().await;
        let credentials = credentials.map_err(|error| unsignable(&error))?;
        let region = self.gate.region.as_str().to_owned();
        let signed = Arc::default();
        let interceptor = Signer {
            credentials: credentials.clone(),
            region,
            at: SystemTime::from(self.gate.now()),
            subject: subject.to_string(),
            signed: Arc::clone(&signed),
        };
        let call = self.clients.callers.get_caller_identity().customize();
        let call = call.interceptor(interceptor);
        let answer = self.gate.make(&gate::CALLER, call.send()).await;
        answer.map_err(|error| self.unanswered(&Failure::of(&error)))?;
        let headers = {
            let mut signed = signed.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *signed)
        };
        let session = credentials.session_token().map(str::to_owned);
        let token = token(code, (subject, reason), &headers, session);
        token.ok_or_else(|| unsignable(&"the signature cannot be read"))
    }

    /// Has STS say who signed `token`, with `subject`, the digest of what is about to be done:
    /// a token about anything else names nobody.
    ///
    /// # Errors
    /// When nobody signed this, or not lately, or STS could not be asked.
    pub async fn approver(&self, token: &Token, subject: &Text) -> Result<Approver, SecondError> {
        if token.subject != *subject {
            return Err(SecondError::Other);
        }
        let bearer = Bearer(headers(token, subject));
        let call = self.clients.callers.get_caller_identity().customize();
        let call = call.interceptor(bearer);
        let answer = self.gate.make(&gate::CALLER, call.send()).await;
        let answer = answer.map_err(|error| self.nobody(&Failure::of(&error)))?;
        let (Some(arn), Some(account)) = (answer.arn(), answer.account()) else {
            return Err(SecondError::Unsigned);
        };
        let caller = Text::clean(arn);
        Ok(Approver::of(token, caller, AccountId::new(account)))
    }

    /// Whether what a second person approved is still what would be done: the tag may have moved
    /// once more. Looks at the images again, which the second look at the service does not.
    pub(super) async fn still_seconded(&self, approved: &Approved) -> Result<(), ApplyError> {
        let Some(second) = approved.second() else {
            return Ok(());
        };
        let change = approved.change();
        let target = change.target();
        let images = self.images(&target.cluster, &target.service).await;
        let images = images.map_err(ApplyError::Unchecked)?;
        if digest(change, &images, &second.code, &second.reason) == second.subject {
            return Ok(());
        }
        let name = target.service.name();
        let sentence = format!("the image of {name} is not the one that was approved any more");
        Err(ApplyError::Moved(sentence))
    }

    fn nobody(&self, failure: &Failure) -> SecondError {
        let later = failure.kind(&gate::CALLER) == ProblemKind::Throttled;
        if failure.is_a_clear_no(&gate::CALLER) && !later {
            return SecondError::Unsigned;
        }
        self.unanswered(failure)
    }

    fn unanswered(&self, failure: &Failure) -> SecondError {
        let problem = self.gate.problem(Feed::Identity, &gate::CALLER, failure);
        SecondError::Unanswered(problem.sentence)
    }
}

/// What replaces the headers the SDK signed.
fn headers(token: &Token, subject: &Text) -> Vec<(&'static str, String)> {
    let (scope, signature) = (&token.scope, &token.signature);
    let signed = if token.session.is_some() {
        SIGNED_WITH_SESSION
    } else {
        SIGNED
    };
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={signed}, Signature={signature}"
    );
    let date = token.signed_at.strftime(AMZ_DATE).to_string();
    let mut headers = vec![
        ("authorization", authorization),
        ("x-amz-date", date),
        (SUBJECT, subject.to_string()),
    ];
    let session = token.session.clone();
    headers.extend(session.map(|session| ("x-amz-security-token", session)));
    headers
}

/// The token out of the headers that were signed.
fn token(
    code: &Code,
    (subject, reason): (&Text, &Text),
    headers: &[(String, String)],
    session: Option<String>,
) -> Option<Token> {
    let value = |wanted: &str| {
        let mut headers = headers.iter();
        let found = headers.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.as_str())
    };
    let authorization = value("authorization")?;
    let (_, scope) = authorization.split_once("Credential=")?;
    let (_, signature) = authorization.split_once("Signature=")?;
    let day = jiff::civil::DateTime::strptime(AMZ_DATE, value("x-amz-date")?).ok()?;
    let signed_at: Timestamp = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
    Some(Token {
        code: code.clone(),
        subject: subject.clone(),
        reason: reason.clone(),
        signed_at,
        scope: scope.split(',').next()?.to_owned(),
        signature: signature.to_owned(),
        session,
    })
}

/// Takes the SDK's own signature off a request and puts other headers on.
fn dress(request: &mut HttpRequest, headers: &[(impl AsRef<str>, String)]) -> Result<(), BoxError> {
    let own = request.headers_mut();
    for name in ["authorization", "x-amz-date", "x-amz-security-token"] {
        own.remove(name);
    }
    for (name, value) in headers {
        own.try_insert(name.as_ref().to_owned(), value.clone())?;
    }
    Ok(())
}

/// Sends somebody else's signature in place of one's own.
struct Bearer(Vec<(&'static str, String)>);

/// What it carries is nobody's to read.
impl std::fmt::Debug for Bearer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Bearer(…)")
    }
}

impl Intercept for Bearer {
    fn name(&self) -> &'static str {
        "Bearer"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        dress(context.request_mut(), &self.0)
    }
}

/// Signs the digest with the request, and keeps what it signed.
#[derive(Debug)]
struct Signer {
    credentials: Credentials,
    region: String,
    at: SystemTime,
    subject: String,
    signed: Arc<Mutex<Vec<(String, String)>>>,
}

impl Intercept for Signer {
    fn name(&self) -> &'static str {
        "Signer"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let identity = Identity::from(self.credentials.clone());
        let params = SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("sts")
            .time(self.at)
            .settings(SigningSettings::default())
            .build()?
            .into();
        let body = request.body().bytes().unwrap_or_default().to_vec();
        let subject = [(SUBJECT, self.subject.as_str())];
        let signable = SignableRequest::new(
            request.method(),
            request.uri(),
            subject.into_iter(),
            SignableBody::Bytes(&body),
        )?;
        let (instructions, _) = sign(signable, &params)?.into_parts();
        let mut headers: Vec<(String, String)> = instructions
            .headers()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        headers.push((SUBJECT.to_owned(), self.subject.clone()));
        dress(request, &headers)?;
        *self.signed.lock().unwrap_or_else(PoisonError::into_inner) = headers;
        Ok(())
    }
}
