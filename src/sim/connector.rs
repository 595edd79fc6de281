//! The in-process face: the SDK's HTTP client, without a socket.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use http_body_util::StreamBody;
use hyper::body::{Bytes, Frame};

use super::wire::{Request, Response};
use super::{ConnectionReset, Sim};

/// An SDK HTTP client whose every request is answered by `sim`.
///
/// Nothing leaves the process and nothing waits but the latency fault, on tokio's clock, so it
/// works while that clock is paused.
pub fn http_client(sim: Sim) -> SharedHttpClient {
    SharedHttpClient::new(Connector { sim })
}

#[derive(Clone, Debug)]
struct Connector {
    sim: Sim,
}

impl HttpClient for Connector {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let sim = self.sim.clone();
        let request = received(&request);
        HttpConnectorFuture::new(async move {
            match sim.answer(&request).await {
                Ok(response) => sent(response, sim),
                Err(reset) => Err(connection_reset(reset)),
            }
        })
    }
}

fn received(request: &HttpRequest) -> Request {
    let uri = request.uri();
    // `scheme://authority/path?query`; the path is all that AWS's protocols look at.
    let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let (host, path) = rest
        .find('/')
        .map_or((rest, "/"), |start| rest.split_at(start));
    let headers = request.headers().iter();
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    Request {
        path: path.to_owned(),
        // On a socket the client's HTTP library writes it.
        headers: headers
            .chain([("host".to_owned(), host.to_owned())])
            .collect(),
        // Requests of the simulated operations are never streams.
        body: request.body().bytes().unwrap_or_default().to_vec(),
    }
}

fn sent(response: Response, sim: Sim) -> Result<HttpResponse, ConnectorError> {
    let status = StatusCode::try_from(response.status)
        .map_err(|error| ConnectorError::other(error.into(), None))?;
    let body = match response.live {
        None => SdkBody::from(response.body),
        Some(session) => {
            let begins = stream::iter([Ok(Bytes::from(response.body))]);
            let all = begins.chain(session.messages(sim)).map_ok(Frame::data);
            SdkBody::from_body_1_x(StreamBody::new(Box::pin(all)))
        }
    };
    let mut sent = HttpResponse::new(status, body);
    for (name, value) in response.headers {
        sent.headers_mut()
            .try_insert(name, value)
            .map_err(|error| ConnectorError::other(error.into(), None))?;
    }
    Ok(sent)
}

fn connection_reset(reset: ConnectionReset) -> ConnectorError {
    ConnectorError::io(std::io::Error::new(std::io::ErrorKind::ConnectionReset, reset).into())
}
