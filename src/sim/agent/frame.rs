//! The frames of the data channel, as the agent reads and writes them.
//!
//! Written from the protocol's facts alone and on purpose not shared with the console's own
//! codec: two readings of one description check each other.

use sha2::{Digest, Sha256};

/// Where the payload of our own frames begins.
const HEADER: usize = 120;
/// What the first field of a frame says: everything before the payload's length.
const HEADER_LENGTH: u32 = 116;
/// The largest payload taken.
const LARGEST: usize = 1024 * 1024;

/// Kinds of payload.
pub(super) mod kind {
    pub(crate) const OUTPUT: u32 = 1;
    pub(crate) const SIZE: u32 = 3;
    pub(crate) const HANDSHAKE_REQUEST: u32 = 5;
    pub(crate) const HANDSHAKE_RESPONSE: u32 = 6;
    pub(crate) const HANDSHAKE_COMPLETE: u32 = 7;
    pub(crate) const CHALLENGE_REQUEST: u32 = 8;
    pub(crate) const CHALLENGE_RESPONSE: u32 = 9;
    pub(crate) const FLAG: u32 = 10;
}

/// What a flag payload says.
pub(super) mod flag {
    pub(crate) const DISCONNECT: u32 = 1;
    pub(crate) const TERMINATE: u32 = 2;
    pub(crate) const UNREACHABLE: u32 = 3;
}

/// A frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// `input_stream_data`, `output_stream_data`, `acknowledge`, …
    pub(super) name: String,
    pub(super) sequence: i64,
    pub(super) flags: u64,
    pub(super) id: u128,
    pub(super) created: u64,
    pub(super) kind: u32,
    pub(super) payload: Vec<u8>,
}

/// Reads a frame; `None` when it is not one.
pub(super) fn read(bytes: &[u8]) -> Option<Frame> {
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let long = |at: usize| Some(u64::from_be_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
    let length_at = usize::try_from(number(0)?).ok()?;
    if length_at != HEADER_LENGTH as usize {
        return None;
    }
    let size = usize::try_from(number(length_at)?).ok()?;
    let payload = bytes.get(length_at + 4..)?;
    if payload.len() != size || size > LARGEST {
        return None;
    }
    let digest = bytes.get(80..112)?;
    if size > 0 && Sha256::digest(payload).as_slice() != digest {
        return None;
    }
    let name = std::str::from_utf8(bytes.get(4..36)?).ok()?;
    let (low, high) = (long(64)?, long(72)?);
    let frame = Frame {
        name: name.trim_end_matches(['\0', ' ']).to_owned(),
        created: long(40)?,
        sequence: long(48)?.cast_signed(),
        flags: long(56)?,
        id: u128::from(high) << 64 | u128::from(low),
        kind: number(112)?,
        payload: payload.to_vec(),
    };
    (frame.created != 0).then_some(frame)
}

/// Writes a frame.
pub(super) fn write(frame: &Frame) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER + frame.payload.len());
    let name = format!("{:<32}", frame.name);
    let id = frame.id.to_be_bytes();
    let (high, low) = id.split_at(8);
    let size = u32::try_from(frame.payload.len()).unwrap_or(u32::MAX);
    bytes.extend(HEADER_LENGTH.to_be_bytes());
    bytes.extend(name.as_bytes());
    bytes.extend(1_u32.to_be_bytes());
    bytes.extend(frame.created.to_be_bytes());
    bytes.extend(frame.sequence.to_be_bytes());
    bytes.extend(frame.flags.to_be_bytes());
    bytes.extend(low);
    bytes.extend(high);
    bytes.extend(Sha256::digest(&frame.payload));
    bytes.extend(frame.kind.to_be_bytes());
    bytes.extend(size.to_be_bytes());
    bytes.extend(&frame.payload);
    bytes
}

/// An id in the form people and JSON write it.
pub(super) fn hyphenated(id: u128) -> String {
    let digits = format!("{id:032x}");
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    format!(
        "{}-{}-{}-{}-{}",
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `ls\r` as the first message of a client, written by AWS's own serializer.
    const VECTOR: &str = "00000074696e7075745f73747265616d5f64617461202020202020202020202020202020000000010000018bcfe56800000000000000000000000000000000008899aabbccddeeff00112233445566771d887ce0f8672e4914d9000e801cd74ecd805dd9366c0bc42dc16adc0197dc2f00000001000000036c730d";

    fn vector() -> Vec<u8> {
        let byte = |at: usize| u8::from_str_radix(&VECTOR[at..at + 2], 16).unwrap();
        (0..VECTOR.len()).step_by(2).map(byte).collect()
    }

    #[test]
    fn a_frame_of_another_hand_is_read_and_written_byte_for_byte() {
        let frame = read(&vector()).unwrap();
        assert_eq!(frame.name, "input_stream_data");
        assert_eq!(frame.payload, b"ls\r");
        assert_eq!(hyphenated(frame.id), "00112233-4455-6677-8899-aabbccddeeff");
        assert_eq!(write(&frame), vector());
    }

    #[test]
    fn what_is_no_frame_is_none() {
        let whole = vector();
        for end in 0..whole.len() {
            assert_eq!(read(&whole[..end]), None);
        }
        for at in [0, 3, 80, 119, 122] {
            let mut torn = whole.clone();
            torn[at] ^= 1;
            assert_eq!(read(&torn), None, "byte {at}");
        }
    }
}
