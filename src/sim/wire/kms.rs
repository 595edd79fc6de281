//! The key management service, as far as a session needs it.

use aws_lc_rs::aead::NONCE_LEN;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::value::{Value, record};
use super::{Context, Input, Operation, Refusal};
use crate::sim::agent::EncryptionContext;
use crate::sim::world::Key;

/// Every operation, by name.
pub(super) const OPERATIONS: &[(&str, Operation)] =
    &[("Decrypt", decrypt), ("GenerateDataKey", generate)];

const INVALID: &str = "ValidationException";

fn generate(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let name = input.required_text("KeyId", INVALID)?;
    let bound = encryption_context(input)?;
    let length = match (input.integer("NumberOfBytes")?, input.text("KeySpec")?) {
        (Some(length), None) => usize::try_from(length)
            .ok()
            .filter(|length| (1..=1024).contains(length)),
        (None, Some("AES_256")) => Some(32),
        (None, Some("AES_128")) => Some(16),
        _ => None,
    };
    let length = length.ok_or_else(|| {
        let message = "Please specify either number of bytes or key spec.";
        Refusal::sender(INVALID, message)
    })?;
    let arn = key(context, name)?.arn.clone();
    let mut plain = vec![0; length];
    context.dice.fill(&mut plain);
    let mut nonce = [0; NONCE_LEN];
    context.dice.fill(&mut nonce);
    let wrapped = context.gateway.vault().wrap(&arn, &bound, &plain, nonce);
    let wrapped = wrapped.ok_or_else(|| Refusal::receiver(500))?;
    Ok(record! {
        "CiphertextBlob": STANDARD.encode(wrapped),
        "KeyId": arn,
        "Plaintext": STANDARD.encode(plain),
    })
}

fn decrypt(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let wrapped = input.required_text("CiphertextBlob", INVALID)?;
    let bound = encryption_context(input)?;
    let wrapped = STANDARD.decode(wrapped).unwrap_or_default();
    let unwrapped = context.gateway.vault().unwrap(&wrapped, &bound);
    // KMS says no more than this, whatever is wrong.
    let (arn, plain) =
        unwrapped.ok_or_else(|| Refusal::sender("InvalidCiphertextException", ""))?;
    key(context, &arn)?;
    Ok(record! {
        "EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
        "KeyId": arn,
        "Plaintext": STANDARD.encode(plain),
    })
}

fn key<'world>(context: &'world Context<'_>, name: &str) -> Result<&'world Key, Refusal> {
    let mut keys = context.account()?.keys.iter();
    keys.find(|key| key.is_called(name))
        .ok_or_else(|| Refusal::sender("NotFoundException", format!("Key '{name}' does not exist")))
}

fn encryption_context(input: Input<'_>) -> Result<EncryptionContext, Refusal> {
    let Some(context) = input.record("EncryptionContext")? else {
        return Ok(EncryptionContext::new());
    };
    let Value::Record(members) = context.0 else {
        return Ok(EncryptionContext::new());
    };
    let pairs = members.iter().map(|(name, _)| {
        let value = context.text(name)?.unwrap_or_default();
        Ok((name.clone(), value.to_owned()))
    });
    pairs.collect()
}
