//! A WebSocket to the stream's address.
//!
//! The WebSocket crate tells the `log` crate of every frame, at its most talkative level, and the open
//! frame holds the token. The program's own log listens to `tracing` alone; it must never be joined
//! to `log`.

use std::time::Duration;

use futures::SinkExt as _;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message as Frame};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async_tls_with_config};

use super::super::token::Token;
use super::super::wire::{LARGEST_PAYLOAD, MessageId, open_frame};
use super::calls::Calls;
use super::host::{Address, is_presigned};

pub(super) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// For the connection, TLS and the upgrade together.
const PATIENCE: Duration = Duration::from_secs(15);

/// The stream's address and who we are to it.
pub(super) struct Line {
    pub(super) url: String,
    pub(super) address: Address,
    pub(super) client: MessageId,
}

impl Line {
    /// Connects and sends the open frame.
    pub(super) async fn dial(
        &self,
        calls: &dyn Calls,
        token: &Token,
        request: MessageId,
    ) -> Result<Socket, String> {
        let open = open_frame(token, request, self.client);
        let dialled = tokio::time::timeout(PATIENCE, self.connect(calls, open)).await;
        dialled.map_err(|_| {
            let host = &self.address.host;
            format!("{host} did not answer within {} s", PATIENCE.as_secs())
        })?
    }

    async fn connect(&self, calls: &dyn Calls, open: String) -> Result<Socket, String> {
        let host = &self.address.host;
        // What the library says of an address may repeat it; the address names the session.
        let mut request = self
            .url
            .as_str()
            .into_client_request()
            .map_err(|_| "not an address")?;
        if !is_presigned(&self.url) {
            for (name, value) in calls.sign(&self.url).await? {
                let name = HeaderName::try_from(name).map_err(|_| "a signature is no header")?;
                let mut value =
                    HeaderValue::try_from(value).map_err(|_| "a signature is no header")?;
                value.set_sensitive(true);
                request.headers_mut().insert(name, value);
            }
        }
        let bare = host.trim_matches(['[', ']']);
        let tcp = TcpStream::connect((bare, self.address.port))
            .await
            .map_err(|error| format!("cannot connect to {host}: {error}"))?;
        // A keystroke is not to wait for the next.
        let _ = tcp.set_nodelay(true);
        let longest = LARGEST_PAYLOAD + 8192;
        let config = WebSocketConfig::default()
            .max_message_size(Some(longest))
            .max_frame_size(Some(longest));
        let connecting = client_async_tls_with_config(request, tcp, Some(config), None);
        let (mut socket, _) = connecting.await.map_err(|error| refused(host, &error))?;
        socket
            .send(Frame::Text(open.into()))
            .await
            .map_err(|error| refused(host, &error))?;
        Ok(socket)
    }
}

fn refused(host: &str, error: &tungstenite::Error) -> String {
    if let tungstenite::Error::Http(response) = error {
        let status = response.status();
        return format!("{host} refused the data channel: {status}");
    }
    format!("{host}: {error}")
}
