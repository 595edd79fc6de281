//! What AWS answers when it will not do it.

use super::Protocol;

/// A refusal, named as the JSON protocols name it; [`Refusal::code_in`] gives the Query name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The error's name, such as `ClusterNotFoundException`.
    pub(crate) code: String,
    /// The sentence sent along.
    pub(crate) message: String,
    /// The HTTP status in the JSON and CBOR protocols.
    pub(crate) status: u16,
}

impl Refusal {
    /// The client's mistake: status 400.
    pub(crate) fn sender(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
            status: 400,
        }
    }

    /// The service's own failure.
    pub(crate) fn receiver(status: u16) -> Self {
        let (code, message) = match status {
            503 => (
                "ServiceUnavailable",
                "Service is unavailable, please retry.",
            ),
            _ => ("InternalFailure", "An internal error has occurred."),
        };
        Self {
            code: code.to_owned(),
            message: message.to_owned(),
            status,
        }
    }

    /// A token bucket is empty.
    pub(crate) fn throttled() -> Self {
        Self::sender("ThrottlingException", "Rate exceeded")
    }

    /// The caller's policy does not allow `action` (such as `ecs:UpdateService`).
    pub(crate) fn denied(caller: &str, action: &str) -> Self {
        Self::sender(
            "AccessDeniedException",
            format!(
                "User: {caller} is not authorized to perform: {action} on resource: * because no \
                 identity-based policy allows the {action} action"
            ),
        )
    }

    /// The session credentials ran out.
    pub(crate) fn expired() -> Self {
        Self::sender(
            "ExpiredTokenException",
            "The security token included in the request is expired",
        )
    }

    /// The service has no operation of that name.
    pub(crate) fn unknown_operation(operation: &str) -> Self {
        Self::sender(
            "UnknownOperationException",
            format!("Could not find operation {operation}."),
        )
    }

    /// The body could not be read, or a member has the wrong type.
    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self::sender("SerializationException", message)
    }

    /// A parameter's value is not acceptable (the JSON services' common name).
    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::sender("ValidationException", message)
    }

    /// The error's name in `protocol`.
    pub(crate) fn code_in(&self, protocol: Protocol) -> &str {
        if protocol != Protocol::Query {
            return &self.code;
        }
        match self.code.as_str() {
            "ThrottlingException" => "Throttling",
            "AccessDeniedException" => "AccessDenied",
            "ExpiredTokenException" => "ExpiredToken",
            "UnknownOperationException" => "InvalidAction",
            "SerializationException" => "MalformedQueryString",
            "ValidationException" => "ValidationError",
            "InvalidParameterValueException" => "InvalidParameterValue",
            "InvalidParameterCombinationException" => "InvalidParameterCombination",
            "MissingRequiredParameterException" => "MissingParameter",
            "UnrecognizedClientException" => "InvalidClientTokenId",
            code => code,
        }
    }

    /// The HTTP status in `protocol`: Query services answer 403 where JSON services answer 400.
    pub(crate) fn status_in(&self, protocol: Protocol) -> u16 {
        let forbidden = [
            "AccessDeniedException",
            "ExpiredTokenException",
            "UnrecognizedClientException",
        ];
        if protocol == Protocol::Query && forbidden.contains(&self.code.as_str()) {
            403
        } else {
            self.status
        }
    }

    /// Whether the fault lies with the sender, as Query's `Type` and CloudWatch's header say.
    pub(crate) fn side(&self) -> &'static str {
        if self.status >= 500 {
            "Receiver"
        } else {
            "Sender"
        }
    }
}
