//! The key service's own secret: what a data key is wrapped with.
//!
//! A wrapped key carries everything that is needed to unwrap it but the secret, as KMS's do, and it
//! opens only in the context it was made in.

use std::collections::BTreeMap;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

/// What a data key is bound to.
pub(in crate::sim) type EncryptionContext = BTreeMap<String, String>;

/// Wraps data keys and unwraps them again.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Vault {
    secret: [u8; 32],
}

impl Default for Vault {
    fn default() -> Self {
        Self {
            secret: *b"only this simulator's data keys!",
        }
    }
}

impl Vault {
    /// Wraps `plain` under the key with this ARN, for `context` alone.
    pub(in crate::sim) fn wrap(
        &self,
        arn: &str,
        context: &EncryptionContext,
        plain: &[u8],
        nonce: [u8; NONCE_LEN],
    ) -> Option<Vec<u8>> {
        let length = u8::try_from(arn.len()).ok()?;
        let sealed = seal(&self.secret, nonce, &bound(arn, context), plain)?;
        Some([&[length], arn.as_bytes(), &sealed].concat())
    }

    /// The key's ARN and what was wrapped; `None` in any other context.
    pub(in crate::sim) fn unwrap(
        &self,
        wrapped: &[u8],
        context: &EncryptionContext,
    ) -> Option<(String, Vec<u8>)> {
        let (&length, rest) = wrapped.split_first()?;
        let (arn, sealed) = rest.split_at_checked(length.into())?;
        let arn = std::str::from_utf8(arn).ok()?;
        let plain = open(&self.secret, &bound(arn, context), sealed)?;
        Some((arn.to_owned(), plain))
    }
}

fn bound(arn: &str, context: &EncryptionContext) -> Vec<u8> {
    format!("{arn}{context:?}").into_bytes()
}

/// `nonce | ciphertext | tag`.
pub(super) fn seal(
    key: &[u8],
    nonce: [u8; NONCE_LEN],
    bound: &[u8],
    plain: &[u8],
) -> Option<Vec<u8>> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
    let mut sealed = plain.to_vec();
    let unique = Nonce::assume_unique_for_key(nonce);
    key.seal_in_place_append_tag(unique, Aad::from(bound), &mut sealed)
        .ok()?;
    Some([&nonce[..], &sealed].concat())
}

/// What was sealed; `None` when it was altered, or sealed otherwise.
pub(super) fn open(key: &[u8], bound: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
    let (nonce, sealed) = sealed.split_first_chunk()?;
    let mut plain = sealed.to_vec();
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let length = key
        .open_in_place(nonce, Aad::from(bound), &mut plain)
        .ok()?
        .len();
    plain.truncate(length);
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_key_opens_in_its_context_alone() {
        let context = |id: &str| EncryptionContext::from([("session".to_owned(), id.to_owned())]);
        let vault = Vault::default();
        let wrapped = vault.wrap("arn:key", &context("one"), &[7; 64], [1; 12]);
        let wrapped = wrapped.unwrap();
        let opened = vault.unwrap(&wrapped, &context("one")).unwrap();
        assert_eq!(opened, ("arn:key".to_owned(), vec![7; 64]));
        assert_eq!(vault.unwrap(&wrapped, &context("two")), None);
        for at in 0..wrapped.len() {
            let mut torn = wrapped.clone();
            torn[at] ^= 1;
            assert_eq!(vault.unwrap(&torn, &context("one")), None, "byte {at}");
            assert_eq!(vault.unwrap(&wrapped[..at], &context("one")), None);
        }
    }
}
