//! The JSON Schema of the settings. The readers tell which keys there are and what they take; the
//! words about them are those of the example.

use serde_json::{Map, Value, json};

use super::schema::Document;
use super::section::{Field, Takes};
use crate::app::theme::colour::{DEFAULT, NAMES};

/// What people read, and where the words about each key are taken from.
const EXAMPLE: &str = include_str!("../../docs/config.example.toml");

/// The JSON Schema (draft 2020-12) of a settings file, for editors.
pub fn json_schema() -> Value {
    let mut schema = object(&Document::fields(), "");
    if let Some(root) = schema.as_object_mut() {
        let dialect = "https://json-schema.org/draft/2020-12/schema";
        root.insert("$schema".to_owned(), dialect.into());
        root.insert("title".to_owned(), "The settings of Firstline".into());
    }
    schema
}

fn object(fields: &[Field], section: &str) -> Value {
    let mut properties = Map::new();
    for field in fields {
        let mut schema = takes(field);
        if let (Some(words), Some(about)) = (about(section, field.key), schema.as_object_mut()) {
            about.insert("description".to_owned(), words.into());
        }
        properties.insert(field.key.to_owned(), schema);
    }
    let needed = fields.iter().filter(|field| field.needed);
    let needed: Vec<&str> = needed.map(|field| field.key).collect();
    let mut schema = json!({
        "type": "object", "properties": properties, "additionalProperties": false,
    });
    if !needed.is_empty() {
        schema["required"] = json!(needed);
    }
    schema
}

fn takes(field: &Field) -> Value {
    match &field.takes {
        Takes::Text => json!({ "type": "string", "minLength": 1 }),
        Takes::Number => json!({ "type": "number", "minimum": 0 }),
        Takes::Count(least, most) => {
            let bound = |text: &str| text.parse::<u64>().unwrap_or_default();
            json!({ "type": "integer", "minimum": bound(least), "maximum": bound(most) })
        }
        Takes::Flag => json!({ "type": "boolean" }),
        Takes::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Takes::Pairs => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
        Takes::Colour => json!({ "anyOf": [
            { "enum": NAMES.iter().chain([&DEFAULT]).collect::<Vec<_>>() },
            { "type": "string", "pattern": "^#[0-9A-Fa-f]{6}$" },
            { "type": "integer", "minimum": 0, "maximum": 255 },
        ] }),
        Takes::Word(words) => json!({ "enum": words }),
        Takes::Table(fields) => object(fields, field.key),
        Takes::Tables(fields) => json!({ "type": "array", "items": object(fields, field.key) }),
    }
}

/// The words of the example about a key: the lines `#   key   words` of the comment above the
/// section's header, or what stands behind the key's own value.
fn about(section: &str, key: &str) -> Option<String> {
    let mut words: Vec<&str> = Vec::new();
    let mut inside = section.is_empty();
    let mut speaking = false;
    for line in EXAMPLE.lines() {
        if let Some(header) = line.strip_prefix('[') {
            if inside && !words.is_empty() {
                break;
            }
            inside = header.trim_matches(['[', ']']) == section;
        }
        if let Some(comment) = line.strip_prefix("#   ") {
            let lead = comment.trim_start();
            if comment.starts_with(' ') {
                if speaking {
                    words.push(lead.trim());
                }
                continue;
            }
            let name = lead.split([' ', ',']).next().unwrap_or_default();
            speaking = name == key && of_next_header(line, section);
            if speaking {
                words.push(lead.get(name.len()..).unwrap_or_default().trim());
            }
        } else {
            speaking = false;
            if inside && line.split('=').next().is_some_and(|one| one.trim() == key) {
                words.extend(line.split_once("  # ").map(|(_, words)| words.trim()));
            }
        }
    }
    (!words.is_empty()).then(|| words.join(" "))
}

/// Whether the first header after `line` is that of `section`.
fn of_next_header(line: &str, section: &str) -> bool {
    let below = EXAMPLE.split_once(line).map_or("", |(_, below)| below);
    let header = below.lines().find_map(|line| line.strip_prefix('['));
    header.is_some_and(|header| header.trim_matches(['[', ']']) == section)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at<'a>(schema: &'a Value, section: &str, key: &str) -> &'a Value {
        &schema["properties"][section]["items"]["properties"][key]
    }

    #[test]
    fn the_schema_says_what_the_readers_take_and_the_example_explains() {
        let schema = json_schema();
        let tier = at(&schema, "environment", "tier");
        assert_eq!(
            tier["enum"],
            json!(["production", "staging", "development"])
        );
        let account = at(&schema, "environment", "account");
        let words = account["description"].as_str().unwrap();
        assert!(words.starts_with("twelve digits"), "{words}");
        assert_eq!(
            schema["properties"]["environment"]["items"]["required"],
            json!(["name"])
        );
        let kpi = &schema["properties"]["kpi"]["items"]["properties"];
        assert!(kpi["kind"].is_object() && kpi["metric"].is_object());
        let pool = at(&schema, "service", "pool_size");
        assert_eq!(pool["maximum"], json!(10_000));
        let shell = &schema["properties"]["shell"]["properties"];
        assert_eq!(
            shell["minutes"]["properties"]["production"]["maximum"],
            json!(60)
        );
    }

    /// Every key of the example is in the schema: it says that it holds every key there is.
    #[test]
    fn the_example_and_the_schema_have_the_same_keys() {
        let schema = json_schema();
        let example: toml::Table = toml::from_str(EXAMPLE).unwrap();
        for (key, value) in &example {
            let inside = &schema["properties"][key];
            assert!(inside.is_object(), "{key}");
            let repeated = value.as_array().into_iter().flatten();
            let tables = repeated.chain([value]).filter_map(toml::Value::as_table);
            let tables: Vec<&toml::Table> = tables.collect();
            let items = if value.is_array() {
                &inside["items"]
            } else {
                inside
            };
            for name in tables.into_iter().flat_map(toml::Table::keys) {
                assert!(items["properties"][name].is_object(), "{key}.{name}");
            }
        }
    }
}
