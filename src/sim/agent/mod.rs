//! The agent's side of a session's data channel, over a WebSocket on this machine.
//!
//! AWS's gateway between client and agent is one thing with the agent here: it listens on a free
//! loopback port from the first session on, takes the open frame with the session's token, and
//! keeps a session alive while its socket is away.
//!
//! | file | holds |
//! |---|---|
//! | `frame` | the frames; the agent's own reading of the protocol |
//! | `channel` | one session: order, acknowledgements, resending, the socket's coming and going |
//! | `greeting` | the handshake, and the keys of an encrypted session |
//! | `vault` | what wraps those keys |
//! | `forward` | forwarded ports: many connections in one stream |
//! | `shell` | a small believable shell |
//! | `program` | what can stand in its place, such as a real one |
//! | `line` | what goes wrong on the way |

mod channel;
mod forward;
mod frame;
mod greeting;
mod line;
mod program;
mod shell;
mod vault;

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;

pub use line::{Line, LineError};
pub use program::{Dial, Keys, Opening, Place, Program, Said, Start};
pub(super) use vault::{EncryptionContext, Vault};

/// A client's socket, as the gateway hands it to a session.
type Socket = WebSocketStream<TcpStream>;

/// What a session is opened for.
#[derive(Clone, Debug)]
pub(super) enum Purpose {
    /// A command in a container.
    Command(Opening),
    /// A port of the container, or of a host it can reach.
    Port {
        place: Place,
        host: String,
        port: u16,
    },
}

/// What AWS answers when a session is opened.
#[derive(Clone, Debug)]
pub(super) struct Opened {
    pub(super) session_id: String,
    pub(super) stream_url: String,
    pub(super) token: String,
}

/// A session as `DescribeSessions` tells it.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) id: String,
    pub(super) target: String,
    pub(super) owner: String,
    pub(super) reason: Option<String>,
    pub(super) began: Timestamp,
    pub(super) ended: bool,
}

/// Who opens a session, where to and why.
#[derive(Clone, Debug)]
pub(super) struct Asking {
    pub(super) account: String,
    pub(super) owner: String,
    pub(super) target: String,
    pub(super) reason: Option<String>,
    pub(super) now: Timestamp,
    /// The version of the agent there.
    pub(super) agent: String,
    /// The ARN of the key the session is encrypted with, where it is.
    pub(super) key: Option<String>,
    /// The ARN of the key to take when a fault wants encryption.
    pub(super) spare_key: Option<String>,
}

/// The gateway. Clones share one.
#[derive(Clone, Default)]
pub(crate) struct Gateway {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    address: Option<SocketAddr>,
    line: Line,
    start: Option<Start>,
    dial: Option<Dial>,
    vault: Vault,
    sessions: HashMap<String, Session>,
}

/// What the gateway keeps of a session.
struct Session {
    account: String,
    token: String,
    known: Known,
    /// Takes the next socket; dropped when the session is ended.
    sockets: Option<mpsc::UnboundedSender<Socket>>,
}

impl Gateway {
    /// What goes wrong on the lines of sessions opened from now on.
    pub(super) fn set_line(&self, line: Line) {
        self.state().line = line;
    }

    /// Runs `start` in place of the believable shell.
    pub(super) fn set_program(&self, start: Start) {
        self.state().start = Some(start);
    }

    /// Connects forwarded ports with `dial` in place of a pretended service.
    pub(super) fn set_dial(&self, dial: Dial) {
        self.state().dial = Some(dial);
    }

    /// Opens a session; `None` when no port of this machine can be listened on.
    pub(super) fn open(
        &self,
        asking: Asking,
        mut purpose: Purpose,
        dice: &mut fastrand::Rng,
    ) -> Option<Opened> {
        let mut state = self.state();
        let address = self.listening(&mut state)?;
        let session_id = format!(
            "alice-{:017x}",
            u128::from(dice.u64(..)) & 0xf_ffff_ffff_ffff
        );
        let token = format!("AAEAA{:016x}{:016x}", dice.u64(..), dice.u64(..));
        let (sockets, arrivals) = mpsc::unbounded_channel();
        if let Purpose::Command(opening) = &mut purpose {
            opening.silent = state.line.silent;
        }
        let agent = state.line.agent.clone();
        let agent = agent.unwrap_or_else(|| asking.agent.clone());
        let work = channel::Work {
            greeting: greeting(&asking, &purpose, &agent, &state),
            line: state.line.clone(),
            start: program(purpose, &agent, &state),
            dice: fastrand::Rng::with_seed(dice.u64(..)),
            session_id: session_id.clone(),
        };
        let (gateway, id) = (self.clone(), session_id.clone());
        tokio::spawn(async move {
            channel::run(work, arrivals).await;
            gateway.ended(&id);
        });
        let known = Known {
            id: session_id.clone(),
            target: asking.target,
            owner: asking.owner,
            reason: asking.reason,
            began: asking.now,
            ended: false,
        };
        let session = Session {
            account: asking.account,
            token: token.clone(),
            known,
            sockets: Some(sockets),
        };
        state.sessions.insert(session_id.clone(), session);
        Some(Opened {
            stream_url: url(address, &session_id),
            session_id,
            token,
        })
    }

    /// What wraps the data keys of encrypted sessions.
    pub(super) fn vault(&self) -> Vault {
        self.state().vault.clone()
    }

    /// A fresh token for a session of `account` that still lives.
    pub(super) fn resume(
        &self,
        account: &str,
        id: &str,
        dice: &mut fastrand::Rng,
    ) -> Option<Opened> {
        let mut state = self.state();
        let address = state.address?;
        let session = state.sessions.get_mut(id)?;
        if session.account != account || session.sockets.is_none() {
            return None;
        }
        session.token = format!("AAEAA{:016x}{:016x}", dice.u64(..), dice.u64(..));
        Some(Opened {
            session_id: id.to_owned(),
            stream_url: url(address, id),
            token: session.token.clone(),
        })
    }

    /// Ends a session of `account`; whether there was one.
    pub(super) fn terminate(&self, account: &str, id: &str) -> bool {
        let mut state = self.state();
        let session = state.sessions.get_mut(id);
        let Some(session) = session.filter(|session| session.account == account) else {
            return false;
        };
        session.sockets = None;
        true
    }

    /// The sessions of `account`, newest first.
    pub(super) fn sessions(&self, account: &str) -> Vec<Known> {
        let state = self.state();
        let own = state.sessions.values().filter(|one| one.account == account);
        let mut known: Vec<Known> = own.map(|one| one.known.clone()).collect();
        known.sort_by(|one, other| (other.began, &other.id).cmp(&(one.began, &one.id)));
        known
    }

    fn ended(&self, id: &str) {
        if let Some(session) = self.state().sessions.get_mut(id) {
            session.sockets = None;
            session.known.ended = true;
        }
    }

    /// Where it listens; begins to on the first call.
    fn listening(&self, state: &mut State) -> Option<SocketAddr> {
        if let Some(address) = state.address {
            return Some(address);
        }
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).ok()?;
        listener.set_nonblocking(true).ok()?;
        let address = listener.local_addr().ok()?;
        let listener = TcpListener::from_std(listener).ok()?;
        tokio::spawn(accept(self.clone(), listener));
        state.address = Some(address);
        Some(address)
    }

    /// Hands a socket to the session whose token it shows; anybody else is hung up on.
    fn admit(&self, token: &str, socket: Socket) {
        let state = self.state();
        let session = state.sessions.values().find(|one| one.token == token);
        if let Some(sockets) = session.and_then(|one| one.sockets.as_ref()) {
            let _ = sockets.send(socket);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the agent asks before anything else: a port's session always begins with a handshake, a
/// shell's only when it is encrypted.
fn greeting(
    asking: &Asking,
    purpose: &Purpose,
    agent: &str,
    state: &State,
) -> Option<greeting::Greeting> {
    let key = match (&asking.key, &asking.spare_key) {
        (None, Some(spare)) if state.line.kms => Some(spare),
        (key, _) => key.as_ref(),
    };
    let (session, secret) = match purpose {
        Purpose::Port { port, .. } => {
            let port = port.to_string();
            let properties = json!({ "portNumber": port, "type": "LocalPortForwarding" });
            (("Port", properties), None)
        }
        Purpose::Command(_) => {
            let secret = greeting::Secret {
                key: key?.clone(),
                target: asking.target.clone(),
                vault: state.vault.clone(),
                required: state.line.kms,
            };
            (("InteractiveCommands", Value::Null), Some(secret))
        }
    };
    Some(greeting::Greeting {
        agent: agent.to_owned(),
        session,
        secret,
    })
}

/// What is behind the session, to be started with its first client.
fn program(purpose: Purpose, agent: &str, state: &State) -> Box<dyn FnOnce() -> Program + Send> {
    match purpose {
        Purpose::Command(opening) => {
            let start = state.start.clone();
            let start = start.unwrap_or_else(|| Arc::new(shell::start));
            Box::new(move || start(&opening))
        }
        Purpose::Port { place, host, port } => {
            let dial = state.dial.clone();
            let dial = dial.unwrap_or_else(|| Arc::new(forward::pretended));
            if forward::is_basic(agent) {
                Box::new(move || forward::start_basic(dial, place, host, port))
            } else {
                Box::new(move || forward::start(dial, place, host, port))
            }
        }
    }
}

fn url(address: SocketAddr, session_id: &str) -> String {
    format!("ws://{address}/v1/data-channel/{session_id}?role=publish_subscribe&cell-number=AAEA")
}

async fn accept(gateway: Gateway, listener: TcpListener) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(greet(gateway.clone(), stream));
            }
            Err(error) => tracing::debug!(%error, "a session's socket could not be accepted"),
        }
    }
}

/// Waits for the open frame and looks for its session.
async fn greet(gateway: Gateway, stream: TcpStream) {
    use futures::StreamExt as _;
    use tokio_tungstenite::tungstenite::Message;

    /// What the gateway reads of the open frame.
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Open {
        token_value: String,
    }
    let _ = stream.set_nodelay(true);
    let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else {
        return;
    };
    if let Some(Ok(Message::Text(text))) = socket.next().await
        && let Ok(open) = serde_json::from_str::<Open>(text.as_str())
    {
        gateway.admit(&open.token_value, socket);
    }
}
