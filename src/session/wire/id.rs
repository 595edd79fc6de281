//! The id of a message.

use std::fmt;
use std::str::FromStr;

/// A UUID, its bytes in the usual order. On the wire its two halves are swapped, which is
/// [`Message`](super::Message)'s concern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MessageId(pub [u8; 16]);

impl MessageId {
    /// Makes sixteen random bytes a version 4 UUID.
    pub fn random(mut bytes: [u8; 16]) -> Self {
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Self(bytes)
    }

    /// The sixteen bytes with the halves swapped, as they travel. Its own inverse.
    pub(super) fn swapped(self) -> [u8; 16] {
        let mut bytes = self.0;
        bytes.rotate_left(8);
        bytes
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            if [4, 6, 8, 10].contains(&at) {
                formatter.write_str("-")?;
            }
            write!(formatter, "{byte:02x}")?;
        }
        Ok(())
    }
}

/// The text is not 32 hexadecimal digits in five groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a message id: expected a UUID like 00112233-4455-6677-8899-aabbccddeeff")]
pub struct NotAMessageId;

impl FromStr for MessageId {
    type Err = NotAMessageId;

    fn from_str(text: &str) -> Result<Self, NotAMessageId> {
        let groups: Vec<usize> = text.split('-').map(str::len).collect();
        if groups != [8, 4, 4, 4, 12] {
            return Err(NotAMessageId);
        }
        let mut digits = text.chars().filter(|letter| *letter != '-');
        let mut bytes = [0; 16];
        for byte in &mut bytes {
            let mut digit = || digits.next()?.to_digit(16);
            let pair = digit().zip(digit()).ok_or(NotAMessageId)?;
            *byte = u8::try_from(pair.0 << 4 | pair.1).map_err(|_| NotAMessageId)?;
        }
        Ok(Self(bytes))
    }
}
