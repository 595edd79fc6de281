//! The one door to AWS.
//!
//! May not: be bypassed. Nobody else names `aws_sdk_*`; nothing is altered without an `Approved`.
//!
//! Why: budget, retries, errors and conversions have one home.
//!
//! A [`Cloud`] has one [`Link`] for each environment. A link reads ([`Link::read`]), follows logs
//! ([`Link::tail`]) and carries out what policy approved
//! ([`Link::apply`], and [`Link::open`] for a session, which it then keeps up and ends). Beside them
//! stands the [`SharedGroup`] a team's journals go to, where there is one.

mod apply;
mod budget;
mod clients;
mod connect;
mod convert;
mod environment;
mod errors;
mod examine;
mod gate;
mod grant;
mod link;
mod nodes;
mod open;
mod read;
mod role;
mod second;
mod second_look;
mod shared;
mod sign_in;
mod tail;
mod trial;
mod upkeep;

pub use apply::{ApplyError, Receipt};
pub use aws_smithy_runtime_api::client::http::SharedHttpClient;
pub use connect::{Cloud, ConnectError, Connection, Options, StaticCredentials};
pub use environment::Look;
pub use examine::Candidate;
pub use grant::Grant;
pub use link::Link;
pub use read::{Serving, remembered_services};
pub use role::Role;
pub use second::SecondError;
pub use shared::SharedGroup;
pub use tail::{Span, Tail};

use crate::estate::permission::Permission;

/// What has to be permitted for everything the console does: the list of the calls it makes.
pub fn permissions() -> Vec<Permission> {
    let mut all: Vec<Permission> = Vec::new();
    for operation in gate::OPERATIONS {
        let one = operation.permission();
        // STS tells everybody who they are, and some operations are made for two reasons.
        if one.operation != "GetCallerIdentity" && !all.contains(&one) {
            all.push(one);
        }
    }
    all
}

#[cfg(test)]
mod tests;
