//! An agent behind a WebSocket on this machine. The benchmark compiles it too.

use std::collections::BTreeMap;

use futures::{SinkExt as _, StreamExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::{WebSocketStream, accept_async};

use super::session::wire::{
    Acknowledgement, ChannelClosed, HandshakeComplete, Message, MessageId, MessageType, OpenFrame,
    PayloadType,
};

/// What the agent wants to say after a message, and whether that is the end.
pub(crate) type Answer = Vec<(PayloadType, Vec<u8>)>;

/// The agent.
pub(crate) struct Loopback<B> {
    /// Said first on the first connection.
    pub(crate) opening: Answer,
    /// Answers what comes, in order.
    pub(crate) behaviour: B,
    /// Closes with code 1000 after this many frames, once.
    pub(crate) cut_after: Option<u64>,
    /// Told about every open frame.
    pub(crate) opened: mpsc::UnboundedSender<OpenFrame>,
    state: State,
}

#[derive(Default)]
struct State {
    expected: i64,
    next: i64,
    unacknowledged: BTreeMap<i64, Vec<u8>>,
    ids: u128,
    out: Vec<Vec<u8>>,
}

impl State {
    fn put(&mut self, message: Message) -> Vec<u8> {
        self.ids += 1;
        let id = MessageId(self.ids.to_be_bytes());
        let bytes = message.stamped(id, 1_700_000_000_000).encode().unwrap();
        self.out.push(bytes.clone());
        bytes
    }

    fn say(&mut self, answer: Answer) {
        for (payload_type, payload) in answer {
            if payload_type == PayloadType::None {
                let end = MessageType::ChannelClosed;
                self.put(Message::stream(end, 0, payload_type, payload));
                continue;
            }
            let message = Message::stream(MessageType::Output, self.next, payload_type, payload);
            let bytes = self.put(message);
            self.unacknowledged.insert(self.next, bytes);
            self.next += 1;
        }
    }
}

/// The end, as an answer.
pub(crate) fn the_end(output: &str) -> (PayloadType, Vec<u8>) {
    (PayloadType::None, ChannelClosed::of("s", output).encode())
}

/// The handshake of a forwarded port, as an opening.
pub(crate) fn port_handshake(agent_version: &str) -> Answer {
    let request = format!(
        r#"{{"AgentVersion":"{agent_version}","RequestedClientActions":[{{"ActionType":"SessionType","ActionParameters":{{"SessionType":"Port","Properties":{{"portNumber":"80","type":"LocalPortForwarding"}}}}}}]}}"#
    );
    vec![(PayloadType::HandshakeRequest, request.into_bytes())]
}

impl<B: FnMut(&Message) -> Answer> Loopback<B> {
    /// An agent, its address, and the open frames it will get.
    pub(crate) async fn new(
        opening: Answer,
        behaviour: B,
    ) -> (
        Self,
        TcpListener,
        String,
        mpsc::UnboundedReceiver<OpenFrame>,
    ) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}/v1/data-channel/s", listener.local_addr().unwrap());
        let (opened, opens) = mpsc::unbounded_channel();
        let agent = Self {
            opening,
            behaviour,
            cut_after: None,
            opened,
            state: State::default(),
        };
        (agent, listener, url, opens)
    }

    /// One connection after the other.
    pub(crate) async fn serve(mut self, listener: TcpListener) {
        while let Ok((tcp, _)) = listener.accept().await {
            tcp.set_nodelay(true).unwrap();
            let Ok(socket) = accept_async(tcp).await else {
                continue;
            };
            self.hold(socket).await;
        }
    }

    async fn hold(&mut self, mut socket: WebSocketStream<TcpStream>) {
        let Some(Ok(Frame::Text(open))) = socket.next().await else {
            return;
        };
        let _ = self.opened.send(OpenFrame::decode(&open).unwrap());
        self.state.out = self.state.unacknowledged.values().cloned().collect();
        let opening = std::mem::take(&mut self.opening);
        self.state.say(opening);
        loop {
            for bytes in std::mem::take(&mut self.state.out) {
                if socket.feed(Frame::Binary(bytes.into())).await.is_err() {
                    return;
                }
            }
            if socket.flush().await.is_err() {
                return;
            }
            let Some(Ok(frame)) = socket.next().await else {
                return;
            };
            if let Frame::Binary(bytes) = frame {
                self.take(&bytes);
                if self.is_cut() {
                    let code = CloseCode::Normal;
                    let reason = "Bye".into();
                    let _ = socket.close(Some(CloseFrame { code, reason })).await;
                    // What is left unread would reset the connection before it is heard.
                    while let Some(Ok(_)) = socket.next().await {}
                    return;
                }
            }
        }
    }

    fn is_cut(&mut self) -> bool {
        let Some(left) = &mut self.cut_after else {
            return false;
        };
        *left = left.saturating_sub(1);
        let cut = *left == 0;
        if cut {
            self.cut_after = None;
        }
        cut
    }

    fn take(&mut self, bytes: &[u8]) {
        let message = Message::decode(bytes).unwrap();
        if message.kind == MessageType::Acknowledge {
            let heard = Acknowledgement::decode(&message.payload).unwrap();
            let sequence = heard.acknowledged_message_sequence_number;
            self.state.unacknowledged.remove(&sequence);
            return;
        }
        if message.sequence > self.state.expected {
            return;
        }
        self.state.put(Message::acknowledging(&message));
        if message.sequence == self.state.expected {
            self.state.expected += 1;
            let answer = if message.payload_type == PayloadType::HandshakeResponse {
                let complete = HandshakeComplete::default().encode();
                vec![(PayloadType::HandshakeComplete, complete)]
            } else {
                (self.behaviour)(&message)
            };
            self.state.say(answer);
        }
    }
}
