//! One binary message: a header of 120 bytes and a payload.

use sha2::{Digest as _, Sha256};

use super::id::MessageId;
use super::payload::{Acknowledgement, PayloadType};

/// The value of the first field: it counts up to the payload's length, exclusively.
const HEADER_LENGTH: u32 = 116;
/// Where the payload begins in what we send.
const PAYLOAD: usize = 120;
/// The longest header we read: the field is hostile bytes until bounded.
const LONGEST_HEADER: usize = 4096;
/// The longest payload we send or read, in bytes. The agent cuts at 1024; only the text of a
/// `channel_closed` is longer.
pub const LARGEST_PAYLOAD: usize = 1 << 20;

/// First message of a stream.
const SYN: u64 = 1;
/// Both bits, as every acknowledgement has them.
const SYN_FIN: u64 = 3;

/// What a message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageType {
    /// Client to agent, in sequence.
    Input,
    /// Agent to client, in sequence.
    Output,
    /// Either way, not in sequence.
    Acknowledge,
    /// The one true end of a session.
    ChannelClosed,
    /// The other end is away.
    Pause,
    /// The other end is back.
    Start,
    /// A type we do not know: to be logged and ignored.
    Other(String),
}

impl MessageType {
    /// The name on the wire.
    pub fn name(&self) -> &str {
        match self {
            Self::Input => "input_stream_data",
            Self::Output => "output_stream_data",
            Self::Acknowledge => "acknowledge",
            Self::ChannelClosed => "channel_closed",
            Self::Pause => "pause_publication",
            Self::Start => "start_publication",
            Self::Other(name) => name,
        }
    }

    fn named(name: &str) -> Self {
        match name {
            "input_stream_data" => Self::Input,
            "output_stream_data" => Self::Output,
            "acknowledge" => Self::Acknowledge,
            "channel_closed" => Self::ChannelClosed,
            "pause_publication" => Self::Pause,
            "start_publication" => Self::Start,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The reference checks nothing in these two, and the service leaves their fields empty.
    fn is_unchecked(&self) -> bool {
        matches!(self, Self::Pause | Self::Start)
    }
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What it is.
    pub kind: MessageType,
    /// 1 so far.
    pub schema_version: u32,
    /// When it was made, in milliseconds since 1970. Never 0, or the receiver refuses it.
    pub created: u64,
    /// Counts the messages of a direction from 0; the same for a resend.
    pub sequence: i64,
    /// Bit 0 SYN, bit 1 FIN.
    pub flags: u64,
    /// Its own id.
    pub id: MessageId,
    /// What the payload is.
    pub payload_type: PayloadType,
    /// The payload as it travels, so encrypted in an encrypted session.
    pub payload: Vec<u8>,
}

/// Bytes that are no message, or a message that may not be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// Shorter than a header.
    #[error("a message of {0} bytes is shorter than its header")]
    Short(usize),
    /// A header that is no header.
    #[error("the header says it is {0} bytes long; 116 is usual")]
    Header(u32),
    /// The type is not text.
    #[error("the message type is not text")]
    Type,
    /// No time of creation.
    #[error("the message has no time of creation")]
    Undated,
    /// The payload's length is not what the header says.
    #[error("the payload is {real} bytes long and the header says {said}")]
    Length {
        /// What the header says.
        said: u32,
        /// What came.
        real: usize,
    },
    /// The payload is longer than [`LARGEST_PAYLOAD`].
    #[error("a payload of {0} bytes is longer than any we take")]
    Large(usize),
    /// The payload is not what was sent.
    #[error("the payload does not have the digest the header says")]
    Digest,
    /// A negative number of a message in sequence.
    #[error("{0} is no sequence number")]
    Sequence(i64),
    /// The other end cannot take an empty payload.
    #[error("an empty payload cannot be sent")]
    Empty,
    /// The payload is not the JSON it should be. What it holds is not repeated: it may be secret.
    #[error("the payload of {what} is not the JSON expected (line {line}, column {column})")]
    Json {
        /// Which payload.
        what: &'static str,
        /// Where in it.
        line: usize,
        /// Where in it.
        column: usize,
    },
    /// A smux frame of another version or with a command we do not know.
    #[error("not a smux frame: version {version}, command {command}")]
    Smux {
        /// 1 is ours.
        version: u8,
        /// 0 to 3.
        command: u8,
    },
}

impl Message {
    /// A message in sequence, not yet [`stamped`](Self::stamped). The agent marks its first.
    pub fn stream(
        kind: MessageType,
        sequence: i64,
        payload_type: PayloadType,
        payload: Vec<u8>,
    ) -> Self {
        let first = kind == MessageType::Output && sequence == 0;
        Self {
            kind,
            schema_version: 1,
            created: 0,
            sequence,
            flags: if first { SYN } else { 0 },
            id: MessageId([0; 16]),
            payload_type,
            payload,
        }
    }

    /// The acknowledgement of `message`, not yet stamped.
    pub fn acknowledging(message: &Self) -> Self {
        let payload = Acknowledgement::of(message).encode();
        let kind = MessageType::Acknowledge;
        Self {
            flags: SYN_FIN,
            ..Self::stream(kind, 0, PayloadType::None, payload)
        }
    }

    /// The same with its own id and the time, in milliseconds since 1970.
    #[must_use]
    pub fn stamped(self, id: MessageId, created: u64) -> Self {
        Self {
            created,
            id,
            ..self
        }
    }

    /// The bytes of one binary WebSocket message.
    ///
    /// # Errors
    /// [`WireError::Empty`], [`WireError::Large`] and [`WireError::Undated`]: the other end would
    /// refuse it. [`WireError::Type`] for a type that is not 1 to 32 letters of ASCII.
    pub fn encode(&self) -> Result<Vec<u8>, WireError> {
        let name = self.kind.name().as_bytes();
        if name.is_empty() || name.len() > 32 || !name.is_ascii() {
            return Err(WireError::Type);
        }
        if !self.kind.is_unchecked() {
            if self.payload.is_empty() {
                return Err(WireError::Empty);
            }
            if self.created == 0 {
                return Err(WireError::Undated);
            }
        }
        let length = self.payload.len();
        let said = u32::try_from(length).map_err(|_| WireError::Large(length))?;
        if length > LARGEST_PAYLOAD {
            return Err(WireError::Large(length));
        }
        let mut padded = [b' '; 32];
        padded[..name.len()].copy_from_slice(name);
        let mut bytes = Vec::with_capacity(PAYLOAD + length);
        bytes.extend(HEADER_LENGTH.to_be_bytes());
        bytes.extend(padded);
        bytes.extend(self.schema_version.to_be_bytes());
        bytes.extend(self.created.to_be_bytes());
        bytes.extend(self.sequence.to_be_bytes());
        bytes.extend(self.flags.to_be_bytes());
        bytes.extend(self.id.swapped());
        bytes.extend(Sha256::digest(&self.payload));
        bytes.extend(u32::from(self.payload_type).to_be_bytes());
        bytes.extend(said.to_be_bytes());
        bytes.extend(&self.payload);
        Ok(bytes)
    }

    /// Reads one binary WebSocket message. An unknown type is a message all the same.
    ///
    /// # Errors
    /// Every error but [`WireError::Empty`]: what does not hold is not guessed at.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let short = WireError::Short(bytes.len());
        let mut fields = Fields(bytes);
        let mut header = || {
            let header_length = u32::from_be_bytes(fields.take()?);
            let name: [u8; 32] = fields.take()?;
            let schema_version = u32::from_be_bytes(fields.take()?);
            let created = u64::from_be_bytes(fields.take()?);
            let sequence = i64::from_be_bytes(fields.take()?);
            let flags = u64::from_be_bytes(fields.take()?);
            let id = MessageId(MessageId(fields.take()?).swapped());
            let digest: [u8; 32] = fields.take()?;
            let payload_type = PayloadType::from(u32::from_be_bytes(fields.take()?));
            let kind = MessageType::Other(String::new());
            let message = Self {
                kind,
                schema_version,
                created,
                sequence,
                flags,
                id,
                payload_type,
                payload: Vec::new(),
            };
            Some((header_length, name, digest, message))
        };
        let (header_length, name, digest, mut message) = header().ok_or(short)?;
        message.kind = kind(&name)?;
        message.payload = payload(bytes, header_length)?;
        if !message.kind.is_unchecked() {
            message.check(digest)?;
        }
        Ok(message)
    }

    fn check(&self, digest: [u8; 32]) -> Result<(), WireError> {
        if self.created == 0 {
            return Err(WireError::Undated);
        }
        if self.sequence < 0 {
            return Err(WireError::Sequence(self.sequence));
        }
        if !self.payload.is_empty() && Sha256::digest(&self.payload)[..] != digest {
            return Err(WireError::Digest);
        }
        Ok(())
    }
}

/// The bytes not yet read.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (field, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*field)
    }
}

/// Padded with spaces by some and with NULs by others.
fn kind(name: &[u8; 32]) -> Result<MessageType, WireError> {
    let name = std::str::from_utf8(name).map_err(|_| WireError::Type)?;
    let name = name.trim_matches('\0').trim();
    if name.is_empty() || !name.is_ascii() {
        return Err(WireError::Type);
    }
    Ok(MessageType::named(name))
}

fn payload(bytes: &[u8], header_length: u32) -> Result<Vec<u8>, WireError> {
    let wrong = WireError::Header(header_length);
    let at = usize::try_from(header_length).map_err(|_| wrong.clone())?;
    let usual = usize::try_from(HEADER_LENGTH).map_err(|_| wrong.clone())?;
    if !(usual..=LONGEST_HEADER).contains(&at) {
        return Err(wrong);
    }
    let rest = bytes.get(at..).ok_or(wrong.clone())?;
    let (length, rest) = rest.split_first_chunk().ok_or(wrong)?;
    let said = u32::from_be_bytes(*length);
    let real = rest.len();
    if real > LARGEST_PAYLOAD {
        return Err(WireError::Large(real));
    }
    if usize::try_from(said) != Ok(real) {
        return Err(WireError::Length { said, real });
    }
    Ok(rest.to_vec())
}
