//! The loopback face: any AWS client can use the simulated AWS over HTTP.

use std::future::Future;
use std::net::SocketAddr;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full, Limited, StreamBody};
use hyper::body::{Body as _, Bytes, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::wire::{LARGEST_BODY, Request, Response};
use super::{ConnectionReset, Sim};

/// Why the server cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is reachable from other machines.
    #[error(
        "the simulator only listens on a loopback address, and {0} is not one; \
         use 127.0.0.1:{port} or [::1]:{port}", port = .0.port()
    )]
    NotLoopback(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// The listener does not know its own address.
    #[error("the listener has no address")]
    Address(#[source] std::io::Error),
}

/// Listens on a loopback address; port 0 takes a free one.
///
/// # Errors
/// [`ServeError::NotLoopback`] before anything is opened, [`ServeError::Bind`] when the port is
/// taken.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    require_loopback(address)?;
    TcpListener::bind(address)
        .await
        .map_err(|source| ServeError::Bind { address, source })
}

/// Serves `sim` on `listener` until `shutdown` is done; requests under way are cut off.
///
/// # Errors
/// [`ServeError::NotLoopback`] when other machines could reach the listener. A client that
/// misbehaves ends its own connection and nothing else.
pub async fn serve(
    listener: TcpListener,
    sim: Sim,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServeError> {
    require_loopback(listener.local_addr().map_err(ServeError::Address)?)?;
    let mut connections = JoinSet::new();
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => return Ok(()),
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => { connections.spawn(converse(stream, sim.clone())); }
                // Out of file descriptors, or the client is gone already: the next may fare
                // better once one of ours has ended.
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    connections.join_next().await;
                }
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
}

fn require_loopback(address: SocketAddr) -> Result<(), ServeError> {
    if address.ip().is_loopback() {
        Ok(())
    } else {
        Err(ServeError::NotLoopback(address))
    }
}

/// Bytes at once, or message after message.
type Body = BoxBody<Bytes, ConnectionReset>;

async fn converse(stream: TcpStream, sim: Sim) {
    let service = service_fn(move |request| {
        let sim = sim.clone();
        async move { reply(request, &sim).await }
    });
    let conversation = http1::Builder::new()
        .timer(TokioTimer::new())
        .keep_alive(true)
        .serve_connection(TokioIo::new(stream), service);
    // Resets, broken pipes and nonsense that is not HTTP end this connection only.
    if let Err(error) = conversation.await {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// An error ends the connection without an answer, which is what a reset is.
async fn reply(
    request: hyper::Request<Incoming>,
    sim: &Sim,
) -> Result<hyper::Response<Body>, ConnectionReset> {
    let (head, body) = request.into_parts();
    // A body that says it is too large is not waited for.
    let too_large = body.size_hint().lower() > LARGEST_BODY as u64;
    let body = if too_large {
        None
    } else {
        Limited::new(body, LARGEST_BODY).collect().await.ok()
    };
    let Some(body) = body else {
        return Ok(bare(413));
    };
    let request = Request {
        path: head
            .uri
            .path_and_query()
            .map_or("/", |path| path.as_str())
            .to_owned(),
        headers: head
            .headers
            .iter()
            .map(|(name, value)| {
                (
                    name.as_str().to_owned(),
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                )
            })
            .collect(),
        body: body.to_bytes().to_vec(),
    };
    let answer = sim.answer(&request).await;
    answer.map(|response| answered(response, sim))
}

fn answered(response: Response, sim: &Sim) -> hyper::Response<Body> {
    let mut builder = hyper::Response::builder().status(response.status);
    for (name, value) in response.headers {
        builder = builder.header(name, value);
    }
    let first = Bytes::from(response.body);
    let body = match response.live {
        None => whole(first),
        Some(session) => {
            let messages = session.messages(sim.clone());
            let all = stream::iter([Ok(first)]).chain(messages);
            BoxBody::new(StreamBody::new(Box::pin(all.map_ok(Frame::data))))
        }
    };
    builder.body(body).unwrap_or_else(|_| bare(500))
}

fn whole(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never| match never {}).boxed()
}

fn bare(status: u16) -> hyper::Response<Body> {
    let mut response = hyper::Response::new(whole(Bytes::new()));
    if let Ok(status) = hyper::StatusCode::from_u16(status) {
        *response.status_mut() = status;
    }
    response
}
