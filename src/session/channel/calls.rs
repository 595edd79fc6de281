//! What a channel needs of AWS. It is handed in: the SDK is somebody else's.

use futures::future::BoxFuture;

use super::super::token::Token;
use super::super::wire::KmsRequest;
use super::cipher::DataKey;

/// Why AWS gave no new token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResumeError {
    /// No answer: worth asking again.
    Unanswered(String),
    /// A refusal, such as a missing `ssm:ResumeSession`.
    Refused(String),
}

/// The calls of one session. No error text may hold a token.
pub trait Calls: Send + Sync + 'static {
    /// The headers that sign a GET of `url`, a `wss://` address: `SigV4`, service `ssmmessages`, afresh
    /// for every connection. Not asked when the address carries a signature already.
    fn sign<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<Vec<(String, String)>, String>>;

    /// `ssm:ResumeSession`, with fresh credentials. `Ok(None)` when the answer holds no token: the
    /// session is over.
    fn resume(&self) -> BoxFuture<'_, Result<Option<Token>, ResumeError>>;

    /// `kms:GenerateDataKey` of 64 bytes, in the context of the session, its target and, if the
    /// request has one, the challenge.
    fn data_key(&self, request: KmsRequest) -> BoxFuture<'_, Result<DataKey, String>>;

    /// `ssm:TerminateSession`: the holder let go.
    fn terminate(&self) -> BoxFuture<'_, Result<(), String>>;
}
