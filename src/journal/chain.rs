//! How a line is sealed and tied to the one before it.
//!
//! A line is a JSON object whose last field is `"seal"`: the SHA-256 of every byte before that
//! field. Among those bytes is `"previous"`, the seal of the line before. Checking therefore
//! works on bytes and does not depend on how JSON is printed.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

/// What stands before the first line.
pub(super) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const FIELD: &str = ",\"seal\":\"";
const END: &str = "\"}";

/// Lower-case hexadecimal digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|half| DIGITS.get(usize::from(half)))
        .collect()
}

/// Seals a JSON object.
pub(super) fn seal(json: &str) -> String {
    let body = json.strip_suffix('}').unwrap_or(json);
    let seal = hexadecimal(&Sha256::digest(body));
    format!("{body}{FIELD}{seal}{END}")
}

/// The seal a line must carry, and whether it does.
pub(super) fn check(line: &[u8]) -> (String, bool) {
    let length = FIELD.len() + GENESIS.len() + END.len();
    let (body, tail) = line.split_at(line.len().saturating_sub(length));
    let right = hexadecimal(&Sha256::digest(body));
    let whole = tail == format!("{FIELD}{right}{END}").as_bytes();
    (right, whole)
}

/// The seal of the line before, as this line names it. Our own lines name it right before their
/// seal; a newer version's may name it anywhere.
pub(super) fn tie(line: &[u8]) -> Option<Cow<'_, str>> {
    #[derive(serde::Deserialize)]
    struct Tie {
        previous: String,
    }
    const PREVIOUS: &[u8] = b",\"previous\":\"";
    let body = line
        .len()
        .checked_sub(FIELD.len() + GENESIS.len() + END.len())?;
    let start = body.checked_sub(1 + GENESIS.len())?; // the quotation mark closes it
    let named = line.get(..start)?.ends_with(PREVIOUS);
    match std::str::from_utf8(line.get(start..body.checked_sub(1)?)?) {
        Ok(seal) if named => Some(Cow::Borrowed(seal)),
        _ => serde_json::from_slice::<Tie>(line)
            .ok()
            .map(|tie| Cow::Owned(tie.previous)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_flipped_bit_breaks_the_seal(text in "[a-z]{0,40}", at in any::<prop::sample::Index>(), bit in 0_u32..8) {
            let mut line = seal(&format!("{{\"word\":\"{text}\"}}")).into_bytes();
            prop_assert!(check(&line).1);
            let place = at.index(line.len());
            line[place] ^= 1_u8 << bit;
            prop_assert!(!check(&line).1);
        }
    }
}
