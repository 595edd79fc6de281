//! Many connections in one byte stream: the first version of smux, as the agent uses it.
//!
//! `version 1, command, length u16, stream u32, data`, and little-endian, unlike all else here.
//! The frames of a direction are one stream of bytes; messages cut them anywhere.

use super::message::WireError;

/// The longest data of a frame we send, in bytes.
pub const LONGEST_DATA: usize = 32_768;
/// A client's first stream; the next ones are odd as well.
pub const FIRST_STREAM: u32 = 3;
const VERSION: u8 = 1;
const HEADER: usize = 8;

/// What a frame says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// 0: a stream begins.
    Syn,
    /// 1: a stream is over, both ways.
    Fin,
    /// 2: data of a stream.
    Push,
    /// 3: nothing, to stay alive.
    Nop,
}

/// One frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What it says.
    pub command: Command,
    /// About which stream.
    pub stream: u32,
    /// At most 65 535 bytes; empty but for [`Command::Push`].
    pub data: Vec<u8>,
}

/// Writes one frame to the end of `out`. Data beyond [`LONGEST_DATA`] goes into further frames.
pub fn write(command: Command, stream: u32, data: &[u8], out: &mut Vec<u8>) {
    let number = match command {
        Command::Syn => 0,
        Command::Fin => 1,
        Command::Push => 2,
        Command::Nop => 3,
    };
    let mut rest = data;
    loop {
        let (now, later) = rest.split_at(rest.len().min(LONGEST_DATA));
        // At most LONGEST_DATA, so the length never reaches the other arm.
        let length = u16::try_from(now.len()).unwrap_or(u16::MAX);
        out.extend([VERSION, number]);
        out.extend(length.to_le_bytes());
        out.extend(stream.to_le_bytes());
        out.extend(now);
        rest = later;
        if rest.is_empty() {
            break;
        }
    }
}

/// Takes frames out of a stream of bytes, wherever it was cut.
#[derive(Debug, Default)]
pub struct Reader {
    bytes: Vec<u8>,
    at: usize,
}

impl Reader {
    /// Takes in the next bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.at);
        self.at = 0;
        self.bytes.extend(bytes);
    }

    /// The next whole frame, if there is one.
    ///
    /// # Errors
    /// [`WireError::Smux`]: the stream cannot be followed any further, and says the same again.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, WireError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let Some(([version, number, low, high, stream @ ..], rest)) =
            rest.split_first_chunk::<HEADER>()
        else {
            return Ok(None);
        };
        let command = match (*version, *number) {
            (VERSION, 0) => Command::Syn,
            (VERSION, 1) => Command::Fin,
            (VERSION, 2) => Command::Push,
            (VERSION, 3) => Command::Nop,
            (version, command) => return Err(WireError::Smux { version, command }),
        };
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        let Some(data) = rest.get(..length) else {
            return Ok(None);
        };
        self.at += HEADER + length;
        Ok(Some(Frame {
            command,
            stream: u32::from_le_bytes(*stream),
            data: data.to_vec(),
        }))
    }
}
