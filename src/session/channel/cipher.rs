//! AES-256-GCM of an encrypted session: `nonce (12) | ciphertext | tag (16)`, a key each way.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

/// A data key of KMS, made for one session. Never shown.
#[derive(Clone)]
pub struct DataKey {
    /// 64 bytes: the first half opens, the second half seals.
    pub plaintext: [u8; 64],
    /// The same, wrapped, for the agent to unwrap.
    pub wrapped: Vec<u8>,
}

impl fmt::Debug for DataKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DataKey(redacted)")
    }
}

/// The payload was not sealed with our key, or was altered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Undecipherable;

/// Both directions of one session.
pub(super) struct Cipher {
    open: LessSafeKey,
    seal: LessSafeKey,
    nonce: u128,
}

impl Cipher {
    /// `nonce` is where to count from: random, for a key that no other session has.
    pub(super) fn new(key: &[u8; 64], nonce: [u8; NONCE_LEN]) -> Result<Self, Undecipherable> {
        let half = |bytes: &[u8]| {
            let key = UnboundKey::new(&AES_256_GCM, bytes).map_err(|_| Undecipherable)?;
            Ok(LessSafeKey::new(key))
        };
        let mut start = [0; 16];
        start[4..].copy_from_slice(&nonce);
        Ok(Self {
            open: half(&key[..32])?,
            seal: half(&key[32..])?,
            nonce: u128::from_be_bytes(start),
        })
    }

    pub(super) fn seal(&mut self, plain: &[u8]) -> Result<Vec<u8>, Undecipherable> {
        let [_, _, _, _, nonce @ ..] = self.nonce.to_be_bytes();
        self.nonce = self.nonce.wrapping_add(1);
        let mut sealed = plain.to_vec();
        let unique = Nonce::assume_unique_for_key(nonce);
        let sealing = self
            .seal
            .seal_in_place_append_tag(unique, Aad::empty(), &mut sealed);
        sealing.map_err(|_| Undecipherable)?;
        Ok([&nonce[..], &sealed].concat())
    }

    pub(super) fn open(&self, frame: &[u8]) -> Result<Vec<u8>, Undecipherable> {
        let (nonce, sealed) = frame.split_first_chunk().ok_or(Undecipherable)?;
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self.open.open_in_place(nonce, Aad::empty(), &mut sealed);
        Ok(opened.map_err(|_| Undecipherable)?.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cipher() -> Cipher {
        let key = std::array::from_fn(|at| u8::try_from(at).unwrap());
        let nonce = std::array::from_fn(|at| 0xa0 + u8::try_from(at).unwrap());
        Cipher::new(&key, nonce).unwrap()
    }

    fn bytes(hex: &str) -> Vec<u8> {
        let pairs = (0..hex.len()).step_by(2);
        pairs
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
            .collect()
    }

    #[test]
    fn the_vectors_of_the_reference() {
        let from_agent = bytes(
            "a0a1a2a3a4a5a6a7a8a9aaab8e7d10412aeb64cd0d08a7b2601faeaad32448037fcddb9b445329884689954a",
        );
        assert_eq!(cipher().open(&from_agent).unwrap(), b"hello from agent");
        let from_client = bytes(
            "a0a1a2a3a4a5a6a7a8a9aaab1659c858abf7e6d8ce458dd94a3413c8e555725c900ca5ce81cefc476059f53f22",
        );
        assert_eq!(cipher().seal(b"hello from client").unwrap(), from_client);
    }

    #[test]
    fn short_and_altered_frames_are_refused() {
        let cipher = cipher();
        for length in 0..28 {
            assert_eq!(
                cipher.open(&vec![0; length]),
                Err(Undecipherable),
                "{length}"
            );
        }
    }

    #[test]
    fn a_nonce_is_used_once_and_a_key_is_not_shown() {
        let mut cipher = cipher();
        let (one, two) = (cipher.seal(b"x").unwrap(), cipher.seal(b"x").unwrap());
        assert_ne!(one[..12], two[..12]);
        let key = DataKey {
            plaintext: [7; 64],
            wrapped: vec![7],
        };
        assert_eq!(format!("{key:?}"), "DataKey(redacted)");
    }
}
