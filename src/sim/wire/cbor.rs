//! rpc-v2-cbor, what the current SDKs speak to CloudWatch: moments are tag 1 epoch seconds.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "CBOR's kinds may grow; each reader names what it accepts"
)]

use ciborium::value::{Integer, Value as Cbor};

use super::error::Refusal;
use super::input::seconds_to_time;
use super::value::Value;

/// CBOR's tag for seconds since the epoch.
const EPOCH_TAG: u64 = 1;

/// Reads a request body; an empty body is an empty record.
pub(crate) fn decode(body: &[u8]) -> Result<Value, Refusal> {
    if body.is_empty() {
        return Ok(Value::Record(Vec::new()));
    }
    let cbor: Cbor = ciborium::from_reader(body)
        .map_err(|error| Refusal::malformed(format!("Unable to parse the body: {error}")))?;
    match from_cbor(cbor)? {
        record @ Value::Record(_) => Ok(record),
        _ => Err(Refusal::malformed("the body must be a map")),
    }
}

/// Writes a response body.
pub(crate) fn encode(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing into memory cannot fail; half a body would be refused by the reader all the same.
    if ciborium::into_writer(&to_cbor(value), &mut bytes).is_err() {
        bytes.clear();
    }
    bytes
}

fn from_cbor(cbor: Cbor) -> Result<Value, Refusal> {
    Ok(match cbor {
        Cbor::Bool(flag) => Value::Flag(flag),
        Cbor::Integer(number) => i64::try_from(number)
            .map(Value::Integer)
            .map_err(|_| Refusal::malformed("an integer is out of range"))?,
        Cbor::Float(number) => Value::Float(number),
        Cbor::Text(text) => Value::Text(text),
        Cbor::Array(items) => {
            Value::List(items.into_iter().map(from_cbor).collect::<Result<_, _>>()?)
        }
        Cbor::Map(members) => Value::Record(
            members
                .into_iter()
                .map(|(name, item)| match name {
                    Cbor::Text(name) => Ok((name, from_cbor(item)?)),
                    _ => Err(Refusal::malformed("a map's key must be a string")),
                })
                .collect::<Result<_, _>>()?,
        ),
        Cbor::Tag(EPOCH_TAG, seconds) => from_epoch(&seconds)?,
        Cbor::Tag(_, inner) => from_cbor(*inner)?,
        // Null, byte strings (no input here has a blob) and what CBOR may yet grow.
        _ => Value::Null,
    })
}

fn from_epoch(seconds: &Cbor) -> Result<Value, Refusal> {
    let time = match seconds {
        Cbor::Integer(seconds) => i64::try_from(*seconds)
            .ok()
            .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok()),
        Cbor::Float(seconds) => seconds_to_time(*seconds),
        _ => None,
    };
    time.map(Value::Time)
        .ok_or_else(|| Refusal::malformed("a timestamp is out of range"))
}

fn to_cbor(value: &Value) -> Cbor {
    match value {
        Value::Null => Cbor::Null,
        Value::Flag(flag) => Cbor::Bool(*flag),
        Value::Integer(number) => Cbor::Integer(Integer::from(*number)),
        Value::Float(number) => Cbor::Float(*number),
        Value::Text(text) => Cbor::Text(text.clone()),
        Value::Time(time) => {
            #[expect(
                clippy::cast_precision_loss,
                reason = "calendar time is far below 2^53 ms"
            )]
            let seconds = time.as_millisecond() as f64 / 1000.0;
            Cbor::Tag(EPOCH_TAG, Box::new(Cbor::Float(seconds)))
        }
        Value::List(items) => Cbor::Array(items.iter().map(to_cbor).collect()),
        Value::Record(members) => Cbor::Map(
            members
                .iter()
                .filter(|(_, item)| *item != Value::Null)
                .map(|(name, item)| (Cbor::Text(name.clone()), to_cbor(item)))
                .collect(),
        ),
    }
}
