//! Signatures, where they say who calls: a key that names somebody is only good with its secret.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use aws_smithy_runtime_api::client::identity::Identity;
use jiff::Timestamp;

use super::Request;
use super::error::Refusal;
use super::recognise::access_key;

/// What the secret key of everybody who is named begins with; their session's name follows.
/// A signature does not cover the key's id, so a secret that two shared would name either.
const SECRET: &str = "simulated-";
/// How far a request's clock may be from AWS's.
const SKEW: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);
/// How AWS writes a time in a signature.
const AMZ_DATE: &str = "%Y%m%dT%H%M%SZ";

/// Who a key belongs to: `ACCOUNT:SESSION` or `ACCOUNT:SESSION@ROLE`. Any other key is alice's.
pub(crate) fn named(key: &str) -> Option<(&str, &str, &str)> {
    let (account, named) = key.split_once(':')?;
    let (session, role) = named.split_once('@').unwrap_or((named, "ops"));
    Some((account, session, role))
}

/// Whether a request with a key that names somebody was signed by them, lately. Requests with
/// other keys are not looked at: any secret will do for them.
pub(crate) fn check(request: &Request, now: Timestamp) -> Result<(), Refusal> {
    let Some(key) = access_key(request).filter(|key| named(key).is_some()) else {
        return Ok(());
    };
    let wrong = |message: String| Refusal::sender("SignatureDoesNotMatch", message);
    let unlike = || {
        wrong(
            "The request signature we calculated does not match the signature you provided. \
             Check your AWS Secret Access Key and signing method."
                .to_owned(),
        )
    };
    let date = request.header("x-amz-date").ok_or_else(unlike)?;
    let at = jiff::civil::DateTime::strptime(AMZ_DATE, date)
        .and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC))
        .map_err(|_| unlike())?
        .timestamp();
    if now.duration_since(at).abs() > SKEW {
        let (now, limit) = (now.strftime(AMZ_DATE), (now - SKEW).strftime(AMZ_DATE));
        return Err(wrong(format!(
            "Signature expired: {date} is now earlier than {limit} ({now} - 5 min.)"
        )));
    }
    let given = request.header("authorization").and_then(signature);
    match (given, signed(request, key, at)) {
        (Some(given), Some(own)) if given == own => Ok(()),
        _ => Err(unlike()),
    }
}

fn signature(authorization: &str) -> Option<&str> {
    authorization.split("Signature=").nth(1)
}

/// The signature of `request` with the secret of whoever `key` names.
fn signed(request: &Request, key: &str, at: Timestamp) -> Option<String> {
    let authorization = request.header("authorization")?;
    let part = |name: &str| authorization.split(name).nth(1)?.split(',').next();
    let mut scope = part("Credential=")?.split('/').skip(2);
    let (region, service) = (scope.next()?, scope.next()?);
    let host = request.header("host")?;
    let own = ["host", "x-amz-date", "x-amz-security-token"];
    let headers: Vec<(&str, &str)> = part("SignedHeaders=")?
        .split(';')
        .filter(|name| !own.contains(name))
        .map(|name| Some((name, request.header(name)?)))
        .collect::<Option<_>>()?;
    let token = request.header("x-amz-security-token").map(str::to_owned);
    let (_, session, _) = named(key)?;
    let secret = format!("{SECRET}{session}");
    let identity = Identity::from(Credentials::new(key, secret, token, None, "simulated"));
    let seconds = u64::try_from(at.as_second()).ok()?;
    let params = SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(service)
        .time(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
        .settings(SigningSettings::default())
        .build()
        .ok()?
        .into();
    let method = if request.body.is_empty() {
        "GET"
    } else {
        "POST"
    };
    let url = format!("https://{host}{}", request.path);
    let body = SignableBody::Bytes(&request.body);
    let signable = SignableRequest::new(method, url, headers.into_iter(), body).ok()?;
    let (instructions, _) = sign(signable, &params).ok()?.into_parts();
    let mut headers = instructions.headers();
    let (_, authorization) =
        headers.find(|(name, _)| name.eq_ignore_ascii_case("authorization"))?;
    signature(authorization).map(str::to_owned)
}
