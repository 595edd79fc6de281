//! The handshake: who we are, what kind of session this is, and the keys of an encrypted one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::message::WireError;
use super::payload::{read, write};

/// The agent asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct HandshakeRequest {
    /// Such as `3.3.2746.0`; it decides how ports are forwarded.
    pub agent_version: String,
    /// What it wants done. Go writes an empty list as null.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub requested_client_actions: Vec<Action>,
}

/// One thing the agent wants done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Action {
    /// `SessionType` or `KMSEncryption`; others are answered as unsupported.
    pub action_type: String,
    /// Its own words.
    #[serde(default)]
    pub action_parameters: Value,
}

/// The parameters of the action `SessionType`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SessionTypeRequest {
    /// The kind of session.
    pub session_type: String,
    /// Of a `Port`: `portNumber`, `type`, `host`, all texts. Null of the others.
    #[serde(default)]
    pub properties: Value,
}

/// The kinds of session we can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionType {
    /// A shell, or a command with or without a terminal: all the same on the wire.
    Shell,
    /// A forwarded port, many connections at once or one.
    Port,
}

impl SessionTypeRequest {
    /// `None` for a kind we do not know.
    pub fn kind(&self) -> Option<SessionType> {
        match self.session_type.as_str() {
            "Standard_Stream" | "InteractiveCommands" | "NonInteractiveCommands" => {
                Some(SessionType::Shell)
            }
            "Port" => Some(SessionType::Port),
            _ => None,
        }
    }
}

/// The parameters of the action `KMSEncryption`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KmsRequest {
    /// Which key.
    #[serde(rename = "KMSKeyId")]
    pub key_id: String,
    /// Newer agents: goes into the encryption context as `aws:ssm:RandomChallenge`.
    #[serde(rename = "Challenge", default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<String>,
}

impl Action {
    /// The action's parameters, if it is about the kind of session.
    pub fn session_type(&self) -> Option<Result<SessionTypeRequest, WireError>> {
        (self.action_type == "SessionType").then(|| self.parameters())
    }

    /// The action's parameters, if it is about encryption.
    pub fn kms(&self) -> Option<Result<KmsRequest, WireError>> {
        (self.action_type == "KMSEncryption").then(|| self.parameters())
    }

    fn parameters<T: for<'de> Deserialize<'de>>(&self) -> Result<T, WireError> {
        T::deserialize(&self.action_parameters).map_err(|_| WireError::Json {
            what: "an action's parameters",
            line: 0,
            column: 0,
        })
    }
}

impl HandshakeRequest {
    /// # Errors
    /// [`WireError::Json`].
    pub fn decode(payload: &[u8]) -> Result<Self, WireError> {
        read("a handshake request", payload)
    }

    /// The payload.
    pub fn encode(&self) -> Vec<u8> {
        write(self)
    }
}

/// The client answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct HandshakeResponse {
    /// See [`CLIENT_VERSION`](super::CLIENT_VERSION).
    pub client_version: String,
    /// One for every action asked.
    pub processed_client_actions: Vec<ProcessedAction>,
    /// Null when there are none.
    pub errors: Option<Vec<String>>,
}

/// How one action went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProcessedAction {
    /// As asked.
    pub action_type: String,
    /// [`ActionStatus`] as a number; whatever is not success makes the agent end the session.
    pub action_status: u32,
    /// [`KmsResult`], or null.
    pub action_result: Value,
    /// Shown to the user by the agent.
    pub error: String,
}

/// The numbers of [`ProcessedAction::action_status`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum ActionStatus {
    /// Done.
    Success = 1,
    /// Known, and not done.
    Failed = 2,
    /// Unknown.
    Unsupported = 3,
}

/// The result of the action `KMSEncryption`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KmsResult {
    /// The wrapped data key, base64.
    #[serde(rename = "KMSCipherTextKey")]
    pub cipher_text_key: String,
    /// Null.
    #[serde(rename = "KMSCipherTextHash")]
    pub cipher_text_hash: Option<String>,
    /// True when the challenge went into the context: the agent decrypts accordingly.
    #[serde(
        rename = "ChallengeAcknowledgement",
        default,
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub challenge_acknowledgement: bool,
}

impl KmsResult {
    /// The result for a wrapped key.
    pub fn new(wrapped: &[u8], challenged: bool) -> Self {
        Self {
            cipher_text_key: STANDARD.encode(wrapped),
            cipher_text_hash: None,
            challenge_acknowledgement: challenged,
        }
    }
}

impl ProcessedAction {
    /// A success without a result.
    pub fn done(action: &Action) -> Self {
        Self::new(action, ActionStatus::Success, String::new())
    }

    /// An action that went `status` because of `error`.
    pub fn new(action: &Action, status: ActionStatus, error: String) -> Self {
        Self {
            action_type: action.action_type.clone(),
            action_status: status as u32,
            action_result: Value::Null,
            error,
        }
    }

    /// A success with a wrapped key.
    pub fn keyed(action: &Action, result: &KmsResult) -> Self {
        Self {
            action_result: serde_json::to_value(result).unwrap_or_default(),
            ..Self::done(action)
        }
    }
}

impl HandshakeResponse {
    /// The answer of this client.
    pub fn new(processed_client_actions: Vec<ProcessedAction>) -> Self {
        Self {
            client_version: super::CLIENT_VERSION.to_owned(),
            processed_client_actions,
            errors: None,
        }
    }

    /// # Errors
    /// [`WireError::Json`].
    pub fn decode(payload: &[u8]) -> Result<Self, WireError> {
        read("a handshake response", payload)
    }

    /// The payload.
    pub fn encode(&self) -> Vec<u8> {
        write(self)
    }
}

/// The agent is content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HandshakeComplete {
    /// Nanoseconds.
    pub handshake_time_to_complete: i64,
    /// To be shown when not empty.
    #[serde(deserialize_with = "null_is_empty")]
    pub customer_message: String,
}

impl HandshakeComplete {
    /// # Errors
    /// [`WireError::Json`].
    pub fn decode(payload: &[u8]) -> Result<Self, WireError> {
        read("the end of the handshake", payload)
    }

    /// The payload.
    pub fn encode(&self) -> Vec<u8> {
        write(self)
    }
}

/// The proof of having the keys, the same shape both ways: encrypted random bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Challenge {
    challenge: String,
}

impl Challenge {
    /// Around encrypted bytes.
    pub fn new(encrypted: &[u8]) -> Self {
        Self {
            challenge: STANDARD.encode(encrypted),
        }
    }

    /// The encrypted bytes; `None` when it is not base64.
    pub fn encrypted(&self) -> Option<Vec<u8>> {
        STANDARD.decode(&self.challenge).ok()
    }

    /// # Errors
    /// [`WireError::Json`].
    pub fn decode(payload: &[u8]) -> Result<Self, WireError> {
        read("a challenge", payload)
    }

    /// The payload.
    pub fn encode(&self) -> Vec<u8> {
        write(self)
    }
}

fn null_is_empty<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(from)?.unwrap_or_default())
}
