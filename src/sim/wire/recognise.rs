//! Whose request is this, in which protocol, for which operation?

use strum::IntoEnumIterator as _;

use super::error::Refusal;
use super::value::Value;
use super::{Input, Protocol, Request, Service, cbor, json, query};

/// The path of CBOR requests: `/service/<target prefix>/operation/<operation>`.
const CBOR_PATH: [&str; 2] = ["service", "operation"];

/// A request understood as far as its envelope goes.
#[derive(Clone, Debug)]
pub(crate) struct Envelope {
    /// The service asked.
    pub(crate) service: Service,
    /// How it was asked, and so how to answer.
    pub(crate) protocol: Protocol,
    /// The operation's name, as sent.
    pub(crate) operation: String,
    /// The input, or why it cannot be read.
    pub(crate) input: Result<Value, Refusal>,
}

/// Reads the envelope; `None` when nothing says which service is meant.
pub(crate) fn recognise(request: &Request) -> Option<Envelope> {
    from_cbor_path(request)
        .or_else(|| from_target(request))
        .or_else(|| from_form(request))
}

/// The access key id of the signature, which here chooses the account.
pub(crate) fn access_key(request: &Request) -> Option<&str> {
    credential(request)?.split('/').next()
}

fn from_cbor_path(request: &Request) -> Option<Envelope> {
    let path = request.path.split('?').next()?;
    let mut parts = path.trim_start_matches('/').split('/');
    let (first, prefix) = (parts.next()?, parts.next()?);
    let (second, operation) = (parts.next()?, parts.next()?);
    if [first, second] != CBOR_PATH || parts.next().is_some() {
        return None;
    }
    Some(Envelope {
        service: service_of_target(prefix)?,
        protocol: Protocol::Cbor,
        operation: operation.to_owned(),
        input: cbor::decode(&request.body),
    })
}

fn from_target(request: &Request) -> Option<Envelope> {
    // Some clients write the whole package before CloudTrail's prefix, others do not.
    let (prefix, operation) = request.header("x-amz-target")?.rsplit_once('.')?;
    let prefix = prefix.rsplit('.').next()?;
    Some(Envelope {
        service: service_of_target(prefix)?,
        protocol: Protocol::Json,
        operation: operation.to_owned(),
        input: json::decode(&request.body),
    })
}

fn from_form(request: &Request) -> Option<Envelope> {
    let form = match request.path.split_once('?') {
        Some((_, form)) if request.body.is_empty() => form.as_bytes(),
        _ => &request.body,
    };
    let input = query::decode(form);
    let fields = input.as_ref().ok().map(Input);
    let text = |name| fields?.text(name).ok()?.map(str::to_owned);
    let service = text("Version")
        .and_then(|version| service_of_version(&version))
        .or_else(|| {
            service_of_scope(request).filter(|service| service.query_version().is_some())
        })?;
    let operation = text("Action");
    let input = match &operation {
        Some(_) => input,
        None => input.and_then(|_| {
            Err(Refusal::sender(
                "MissingAction",
                "The request must contain the parameter Action",
            ))
        }),
    };
    Some(Envelope {
        service,
        protocol: Protocol::Query,
        operation: operation.unwrap_or_default(),
        input,
    })
}

fn service_of_target(prefix: &str) -> Option<Service> {
    Service::iter().find(|service| service.target_prefix() == Some(prefix))
}

fn service_of_version(version: &str) -> Option<Service> {
    Service::iter().find(|service| {
        service
            .query_version()
            .is_some_and(|(own, _)| own == version)
    })
}

fn service_of_scope(request: &Request) -> Option<Service> {
    let name = credential(request)?.split('/').nth(3)?;
    Service::iter().find(|service| service.signing_name() == name)
}

/// `AKID/20260101/eu-central-1/ecs/aws4_request` out of the Authorization header.
fn credential(request: &Request) -> Option<&str> {
    let (_, rest) = request.header("authorization")?.split_once("Credential=")?;
    rest.split([',', ' ']).next()
}
