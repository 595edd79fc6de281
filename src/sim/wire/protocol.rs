//! The three protocols AWS's services speak, and how each dresses an answer.

use super::error::Refusal;
use super::value::{Value, record};
use super::{Response, Service, cbor, json, query};

/// How a request was sent and so how it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// awsJson 1.0 or 1.1.
    Json,
    /// awsQuery: form in, XML out.
    Query,
    /// rpc-v2-cbor.
    Cbor,
}

impl Protocol {
    /// The answer of a successful operation.
    pub(crate) fn answer(
        self,
        service: Service,
        operation: &str,
        output: &Value,
        request_id: &str,
    ) -> Response {
        let body = match self {
            Self::Json => json::encode(output),
            Self::Cbor => cbor::encode(output),
            Self::Query => query::encode(operation, namespace(service), output, request_id),
        };
        self.response(200, body, request_id)
    }

    /// The answer of a refused operation.
    pub(crate) fn refuse(self, service: Service, refusal: &Refusal, request_id: &str) -> Response {
        let code = refusal.code_in(self);
        let shape = record! { "__type": code, "message": &refusal.message };
        let body = match self {
            Self::Json => json::encode(&shape),
            Self::Cbor => cbor::encode(&shape),
            Self::Query => query::encode_refusal(refusal, code, namespace(service), request_id),
        };
        let mut response = self.response(refusal.status_in(self), body, request_id);
        if service == Service::CloudWatch && self != Self::Query {
            // CloudWatch spoke Query first; clients of the old error names read this header.
            let error = format!("{};{}", refusal.code_in(Self::Query), refusal.side());
            response.headers.push(("x-amzn-query-error", error));
        }
        response
    }

    fn response(self, status: u16, body: Vec<u8>, request_id: &str) -> Response {
        let content_type = match self {
            Self::Json => "application/x-amz-json-1.1",
            Self::Query => "text/xml",
            Self::Cbor => "application/cbor",
        };
        let mut headers = vec![
            ("content-type", content_type.to_owned()),
            ("x-amzn-requestid", request_id.to_owned()),
        ];
        if self == Self::Cbor {
            headers.push(("smithy-protocol", "rpc-v2-cbor".to_owned()));
        }
        Response {
            status,
            headers,
            body,
            live: None,
        }
    }
}

fn namespace(service: Service) -> &'static str {
    service
        .query_version()
        .map_or("", |(_, namespace)| namespace)
}
