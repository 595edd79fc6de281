//! What a payload is, and the small ones.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::super::token::Token;
use super::id::MessageId;
use super::message::{Message, WireError};
use super::{CLIENT_VERSION, MessageType};

/// What a payload is. Numbers we do not know are kept, to be acknowledged and ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadType {
    /// 0, of acknowledgements and ends.
    None,
    /// 1: bytes of a terminal or a connection, either way.
    Output,
    /// 3: the terminal's size.
    Size,
    /// 5
    HandshakeRequest,
    /// 6
    HandshakeResponse,
    /// 7
    HandshakeComplete,
    /// 8
    ChallengeRequest,
    /// 9
    ChallengeResponse,
    /// 10: see [`Flag`].
    Flag,
    /// 11: bytes of the other output of a command.
    StdErr,
    /// 12: see [`exit_code`].
    ExitCode,
    /// Another number.
    Other(u32),
}

impl From<u32> for PayloadType {
    fn from(number: u32) -> Self {
        match number {
            0 => Self::None,
            1 => Self::Output,
            3 => Self::Size,
            5 => Self::HandshakeRequest,
            6 => Self::HandshakeResponse,
            7 => Self::HandshakeComplete,
            8 => Self::ChallengeRequest,
            9 => Self::ChallengeResponse,
            10 => Self::Flag,
            11 => Self::StdErr,
            12 => Self::ExitCode,
            other => Self::Other(other),
        }
    }
}

impl From<PayloadType> for u32 {
    fn from(kind: PayloadType) -> Self {
        match kind {
            PayloadType::None => 0,
            PayloadType::Output => 1,
            PayloadType::Size => 3,
            PayloadType::HandshakeRequest => 5,
            PayloadType::HandshakeResponse => 6,
            PayloadType::HandshakeComplete => 7,
            PayloadType::ChallengeRequest => 8,
            PayloadType::ChallengeResponse => 9,
            PayloadType::Flag => 10,
            PayloadType::StdErr => 11,
            PayloadType::ExitCode => 12,
            PayloadType::Other(number) => number,
        }
    }
}

/// A payload of four bytes that commands rather than carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    /// 1: the local connection of a basic forward is gone.
    DisconnectToPort,
    /// 2: the user ends the session.
    TerminateSession,
    /// 3: the agent could not connect to the port.
    ConnectToPortError,
}

impl Flag {
    /// The payload.
    pub fn encode(self) -> Vec<u8> {
        let number: u32 = match self {
            Self::DisconnectToPort => 1,
            Self::TerminateSession => 2,
            Self::ConnectToPortError => 3,
        };
        number.to_be_bytes().to_vec()
    }

    /// `None` for what is no flag we know.
    pub fn decode(payload: &[u8]) -> Option<Self> {
        match u32::from_be_bytes(payload.try_into().ok()?) {
            1 => Some(Self::DisconnectToPort),
            2 => Some(Self::TerminateSession),
            3 => Some(Self::ConnectToPortError),
            _ => None,
        }
    }
}

/// A terminal's size, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// Wide.
    pub cols: u16,
    /// High.
    pub rows: u16,
}

impl Size {
    /// The payload.
    pub fn encode(self) -> Vec<u8> {
        let Self { cols, rows } = self;
        format!("{{\"cols\":{cols},\"rows\":{rows}}}").into_bytes()
    }

    /// # Errors
    /// [`WireError::Json`].
    pub fn decode(payload: &[u8]) -> Result<Self, WireError> {
        read("a size", payload)
    }
}

/// The payload of an acknowledgement. Receivers match on the sequence number alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Acknowledgement {
    /// Which stream.
    pub acknowledged_message_type: String,
    /// Which message.
    pub acknowledged_message_id: String,
    /// Which number.
    pub acknowledged_message_sequence_number: i64,
    /// True so far.
    pub is_sequential_message: bool,
}

impl Acknowledgement {
    pub(super) fn of(message: &Message) -> Self {
        Self {
            acknowledged_message_type: message.kind.name().to_owned(),
            acknowledged_message_id: message.id.to_string(),
            acknowledged_message_sequence_number: message.sequence,
            is_sequential_message: true,
        }
    }

    /// The payload.
    pub fn encode(&self) -> Vec<u8> {
        write(self)
    }

    /// # Errors
    /// [`WireError::Json`].
    pub fn decode(payload: &[u8]) -> Result<Self, WireError> {
        read("an acknowledgement", payload)
    }
}

/// The payload of the end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ChannelClosed {
    /// The message's own id.
    pub message_id: String,
    /// A time, as text.
    pub created_date: String,
    /// Whom it is for.
    pub destination_id: String,
    /// Which session.
    pub session_id: String,
    /// `channel_closed`.
    pub message_type: String,
    /// 1 so far.
    pub schema_version: i64,
    /// Empty when all is well, else the text to show.
    pub output: String,
}

impl ChannelClosed {
    /// The payload.
    pub fn encode(&self) -> Vec<u8> {
        write(self)
    }

    /// # Errors
    /// [`WireError::Json`].
    pub fn decode(payload: &[u8]) -> Result<Self, WireError> {
        read("the end", payload)
    }

    /// The end of `session`, as the service says it.
    pub fn of(session: &str, output: &str) -> Self {
        Self {
            session_id: session.to_owned(),
            message_type: MessageType::ChannelClosed.name().to_owned(),
            schema_version: 1,
            output: output.to_owned(),
            ..Self::default()
        }
    }
}

/// The first frame of a client, as text.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OpenFrame {
    /// `1.0`.
    pub message_schema_version: String,
    /// New on every connection.
    pub request_id: String,
    /// The secret.
    token_value: String,
    /// The same on every connection of a session.
    pub client_id: String,
    /// What the client claims to be.
    #[serde(default)]
    pub client_version: String,
}

impl OpenFrame {
    /// # Errors
    /// [`WireError::Json`].
    pub fn decode(text: &str) -> Result<Self, WireError> {
        read("the open frame", text.as_bytes())
    }

    /// The secret, if there is one.
    pub fn token(&self) -> Option<Token> {
        Token::new(self.token_value.clone())
    }
}

/// The first frame of every connection: a text message, the only place a token is written to.
pub fn open_frame(token: &Token, request: MessageId, client: MessageId) -> String {
    let (request, client) = (request.to_string(), client.to_string());
    let token = serde_json::Value::from(token.reveal()).to_string();
    format!(
        "{{\"MessageSchemaVersion\":\"1.0\",\"RequestId\":\"{request}\",\"TokenValue\":{token},\
         \"ClientId\":\"{client}\",\"ClientVersion\":\"{CLIENT_VERSION}\"}}"
    )
}

/// The exit code of a command: the agent says `EXIT_CODE: 3`, other ends a bare number.
pub fn exit_code(payload: &[u8]) -> Option<i32> {
    let text = std::str::from_utf8(payload).ok()?.trim();
    let number = text.strip_prefix("EXIT_CODE:").unwrap_or(text);
    number.trim().parse().ok()
}

/// What the agent says about a command that ended with `code`.
pub fn exit_code_text(code: i32) -> Vec<u8> {
    format!("EXIT_CODE: {code}").into_bytes()
}

pub(super) fn read<T: DeserializeOwned>(
    what: &'static str,
    payload: &[u8],
) -> Result<T, WireError> {
    serde_json::from_slice(payload).map_err(|error| WireError::Json {
        what,
        line: error.line(),
        column: error.column(),
    })
}

pub(super) fn write(value: &impl Serialize) -> Vec<u8> {
    // Plain structs of texts and numbers cannot fail; an empty payload is refused when encoded.
    serde_json::to_vec(value).unwrap_or_default()
}
