//! awsJson 1.0 and 1.1: operation in `X-Amz-Target`, moments as epoch seconds.

use serde_json::{Map, Number, Value as Json};

use super::error::Refusal;
use super::value::Value;

/// Reads a request body; an empty body is an empty record.
pub(crate) fn decode(body: &[u8]) -> Result<Value, Refusal> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Record(Vec::new()));
    }
    let json: Json = serde_json::from_slice(body)
        .map_err(|error| Refusal::malformed(format!("Unable to parse the body: {error}")))?;
    let input = from_json(json);
    if matches!(input, Value::Record(_)) {
        Ok(input)
    } else {
        Err(Refusal::malformed(
            "Start of structure or map found where not expected",
        ))
    }
}

/// Writes a response body.
pub(crate) fn encode(value: &Value) -> Vec<u8> {
    to_json(value).to_string().into_bytes()
}

fn from_json(json: Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Flag(flag),
        Json::Number(number) => number.as_i64().map_or_else(
            || Value::Float(number.as_f64().unwrap_or(f64::MAX)),
            Value::Integer,
        ),
        Json::String(text) => Value::Text(text),
        Json::Array(items) => Value::List(items.into_iter().map(from_json).collect()),
        Json::Object(members) => Value::Record(
            members
                .into_iter()
                .map(|(name, item)| (name, from_json(item)))
                .collect(),
        ),
    }
}

/// A value as JSON.
pub(crate) fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Flag(flag) => Json::Bool(*flag),
        Value::Integer(number) => Json::Number((*number).into()),
        Value::Float(number) => Number::from_f64(*number).map_or(Json::Null, Json::Number),
        Value::Text(text) => Json::String(text.clone()),
        Value::Time(time) => epoch_seconds(time.as_millisecond()),
        Value::List(items) => Json::Array(items.iter().map(to_json).collect()),
        Value::Record(members) => Json::Object(
            members
                .iter()
                .filter(|(_, item)| *item != Value::Null)
                .map(|(name, item)| (name.clone(), to_json(item)))
                .collect::<Map<_, _>>(),
        ),
    }
}

fn epoch_seconds(milliseconds: i64) -> Json {
    if milliseconds % 1000 == 0 {
        return Json::Number((milliseconds / 1000).into());
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "calendar milliseconds are far below 2^53"
    )]
    let seconds = milliseconds as f64 / 1000.0;
    Number::from_f64(seconds).map_or(Json::Null, Json::Number)
}
