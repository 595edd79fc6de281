//! The wire: request bytes in, response bytes out, in the protocol each service truly speaks.
//!
//! Operations, one file per AWS service, read an [`Input`] and write a
//! [`Value`]; they do not know the protocol. What the simulator has no operation
//! for is answered as AWS answers an unknown operation.

mod autoscaling;
mod cbor;
mod cloudtrail;
mod cloudwatch;
mod ecr;
mod ecs;
mod elasticache;
mod elb;
mod error;
mod input;
mod json;
mod kms;
mod logs;
mod paging;
mod protocol;
mod query;
mod rds;
mod recognise;
mod service;
mod signature;
mod ssm;
mod sts;
#[cfg(test)]
mod tests;
mod value;

use super::agent::Gateway;
use super::live::{Seats, Session};
use super::world::{Account, World};
use input::Input;
pub(crate) use value::Value;

pub(crate) use error::Refusal;
pub(crate) use json::to_json as json_text;
pub(crate) use logs::Pattern;
pub(crate) use protocol::Protocol;
pub(crate) use recognise::{Envelope, access_key, recognise};
pub use service::Service;
pub(crate) use signature::check as check_signature;

/// The largest request body read, in bytes; AWS's own limits lie below it.
pub const LARGEST_BODY: usize = 2 * 1024 * 1024;

/// An HTTP request, as far as AWS's protocols look at one.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The path with its query string.
    pub path: String,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// The value of a header; `name` in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// An HTTP response.
#[derive(Debug)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Header names in lower case, with their values.
    pub headers: Vec<(&'static str, String)>,
    /// The body, or how it begins.
    pub body: Vec<u8>,
    /// What goes on after that, for as long as somebody reads.
    pub(crate) live: Option<Session>,
}

impl Response {
    /// What AWS's front ends say to a request that fits no service.
    pub(crate) fn unrecognised() -> Self {
        Self {
            status: 404,
            headers: vec![("content-type", "application/xml".to_owned())],
            body: b"<UnknownOperationException/>\n".to_vec(),
            live: None,
        }
    }
}

/// What an operation works on: the world, and who asks.
pub(crate) struct Context<'sim> {
    /// The simulated AWS.
    pub(crate) world: &'sim mut World,
    /// The caller's account, twelve digits.
    pub(crate) account_id: &'sim str,
    /// The caller's ARN.
    pub(crate) arn: &'sim str,
    /// The dice for what the wire itself decides, such as empty pages.
    pub(crate) dice: &'sim mut fastrand::Rng,
    /// Where sessions are opened.
    pub(crate) gateway: &'sim Gateway,
    /// The Live Tail sessions that are open.
    pub(crate) seats: &'sim Seats,
    /// The one this call opened: its answer is an event stream.
    pub(crate) opened: Option<Session>,
}

impl Context<'_> {
    /// The caller's account.
    fn account(&self) -> Result<&Account, Refusal> {
        self.world
            .account(self.account_id)
            .ok_or_else(|| Refusal::receiver(500))
    }

    /// Puts a call of the caller on the trail.
    fn remember(&mut self, call: (&'static str, &'static str), asked: serde_json::Value) {
        let (caller, now) = (self.caller(), self.world.now());
        if let Some(account) = self.world.account_mut(self.account_id) {
            account.remember(call, &caller, asked, now);
        }
    }

    /// The caller's ARN.
    pub(crate) fn caller(&self) -> String {
        self.arn.to_owned()
    }
}

/// The ARN of whoever calls with the access key `key` of account `account_id`: alice of the
/// operators, unless the key names somebody else.
pub(crate) fn caller_arn(account_id: &str, key: &str) -> String {
    let (session, role) =
        signature::named(key).map_or(("alice", "ops"), |(_, session, role)| (session, role));
    format!("arn:aws:sts::{account_id}:assumed-role/{role}/{session}")
}

/// What the session token of a role that was taken on begins with; its `NAME/SESSION` follows.
pub(crate) const TAKEN_ON: &str = "simulated-role-";

/// The ARN of whoever signed `request`: a session of the role that was taken on, where one was.
pub(crate) fn caller_of(request: &Request, account_id: &str, key: &str) -> String {
    let token = request.header("x-amz-security-token").unwrap_or_default();
    match token.strip_prefix(TAKEN_ON) {
        Some(session) => format!("arn:aws:sts::{account_id}:assumed-role/{session}"),
        None => caller_arn(account_id, key),
    }
}

/// One operation: input to output.
type Operation = fn(&mut Context<'_>, Input<'_>) -> Result<Value, Refusal>;

/// The operations of a service, by name.
fn operations(service: Service) -> &'static [(&'static str, Operation)] {
    match service {
        Service::ApplicationAutoScaling => autoscaling::OPERATIONS,
        Service::CloudTrail => cloudtrail::OPERATIONS,
        Service::CloudWatch => cloudwatch::OPERATIONS,
        Service::Ecr => ecr::OPERATIONS,
        Service::Ecs => ecs::OPERATIONS,
        Service::ElastiCache => elasticache::OPERATIONS,
        Service::ElasticLoadBalancing => elb::OPERATIONS,
        Service::Kms => kms::OPERATIONS,
        Service::Logs => logs::OPERATIONS,
        Service::Rds => rds::OPERATIONS,
        Service::Ssm => ssm::OPERATIONS,
        Service::Sts => sts::OPERATIONS,
    }
}

/// The names of the operations simulated for a service.
pub fn operation_names(service: Service) -> impl Iterator<Item = &'static str> {
    operations(service).iter().map(|(name, _)| *name)
}

/// Carries out the operation of an envelope.
pub(crate) fn perform(envelope: &Envelope, context: &mut Context<'_>) -> Result<Value, Refusal> {
    let input = envelope.input.as_ref().map_err(Clone::clone)?;
    let (_, operation) = operations(envelope.service)
        .iter()
        .find(|(name, _)| *name == envelope.operation)
        .ok_or_else(|| Refusal::unknown_operation(&envelope.operation))?;
    operation(context, Input(input))
}
