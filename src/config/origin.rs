//! What is in force, and who set it.

use std::path::Path;

use serde::Serialize;
use toml::de::{DeTable, DeValue};

use super::{Color, ConfigError, Flags, Folders, Keymap, Settings, Zone, file, text};
use crate::estate::environment::Tier;
use crate::estate::text::Text;

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// Where it stands (`environment.staging.tier`, `display.ascii`).
    pub key: String,
    /// Its value, as a settings file writes it.
    pub value: Text,
    /// Who set it.
    pub origin: Origin,
    /// The file and line, the flag or the variable; empty for a default.
    pub place: String,
}

/// Who set a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, strum::Display)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Origin {
    /// A flag of the command line.
    Flag,
    /// An environment variable that stands for a flag.
    Variable,
    /// The settings file.
    File,
    /// Nobody: built in.
    Default,
}

/// Everything that is in force: what the file says, what flags say over it, and the defaults of
/// the rest. `given` are the flags that were given, by their names, each with the variable that
/// gave it where one did.
///
/// # Errors
/// When the file cannot be read or is not TOML.
pub fn settings(
    settings: &Settings,
    flags: &Flags,
    folders: &Folders,
    given: &[(String, Option<String>)],
) -> Result<Vec<Setting>, ConfigError> {
    let mut all = match file(flags.config.as_deref(), folders) {
        Some(path) => of_file(&text(&path)?, &path),
        None => Vec::new(),
    };
    for (key, value) in in_force(settings) {
        let flag = flag_of(key);
        let given = given.iter().find(|(name, _)| Some(name.as_str()) == flag);
        let written = all.iter().position(|one| one.key == key);
        let (origin, place) = match (given, written) {
            (Some((_, Some(variable))), _) => (Origin::Variable, variable.clone()),
            (Some((name, None)), _) => (Origin::Flag, format!("--{name}")),
            (None, Some(_)) => continue,
            (None, None) => (Origin::Default, String::new()),
        };
        let setting = Setting {
            key: key.to_owned(),
            value: Text::clean(&value),
            origin,
            place,
        };
        match written {
            Some(at) => all[at] = setting,
            None => all.push(setting),
        }
    }
    let chosen = ["env", "profile", "region"];
    for (name, variable) in given
        .iter()
        .filter(|(name, _)| chosen.contains(&name.as_str()))
    {
        let value = match name.as_str() {
            "env" => flags.environment.as_deref(),
            "profile" => flags.profile.as_deref(),
            _ => flags.region.as_deref(),
        };
        let flag = format!("--{name}");
        all.push(Setting {
            key: flag.clone(),
            value: Text::clean(&format!("{:?}", value.unwrap_or_default())),
            origin: if variable.is_some() {
                Origin::Variable
            } else {
                Origin::Flag
            },
            place: variable.clone().unwrap_or(flag),
        });
    }
    Ok(all)
}

/// The flag that speaks over a key.
fn flag_of(key: &str) -> Option<&'static str> {
    match key {
        "read_only" => Some("read-only"),
        "display.ascii" => Some("ascii"),
        "display.mouse" => Some("no-mouse"),
        "display.color" => Some("no-color"),
        "theme.name" => Some("theme"),
        _ => None,
    }
}

/// What has a value even where nobody says so.
fn in_force(settings: &Settings) -> Vec<(&'static str, String)> {
    let display = &settings.display;
    let color = match display.color {
        Color::Auto => "auto",
        Color::Never => "never",
    };
    let time = match display.time {
        Zone::Local => "local",
        Zone::Utc => "utc",
    };
    let keymap = match &display.keymap {
        Keymap::Default => "default".to_owned(),
        Keymap::Vim => "vim".to_owned(),
        Keymap::K9s => "k9s".to_owned(),
        Keymap::File(path) => path.display().to_string(),
    };
    let client = match settings.shells.client {
        super::Client::Native => "native",
        super::Client::Plugin => "plugin",
    };
    let record = settings.shells.records.tiers.iter().map(|tier| tier.word());
    let record: Vec<&str> = record.collect();
    let minutes = |tier| settings.shells.minutes(tier).to_string();
    let ceiling = settings.prices.ceiling;
    vec![
        ("read_only", settings.read_only.to_string()),
        ("display.ascii", display.ascii.to_string()),
        ("display.mouse", display.mouse.to_string()),
        ("display.color", format!("{color:?}")),
        ("display.time", format!("{time:?}")),
        ("display.keymap", format!("{keymap:?}")),
        ("theme.name", format!("\"{}\"", display.theme)),
        ("logs.hold", format!("\"{} MiB\"", settings.logs.hold >> 20)),
        (
            "metrics.dollars_per_thousand",
            settings.prices.per_thousand.to_string(),
        ),
        (
            "metrics.dollars_per_hour",
            ceiling.map_or("no limit".to_owned(), |limit| limit.to_string()),
        ),
        (
            "metrics.idle_minutes",
            settings.idle_after.as_mins().to_string(),
        ),
        ("shell.client", format!("{client:?}")),
        ("shell.record", format!("{record:?}")),
        (
            "shell.record_input",
            settings.shells.records.input.to_string(),
        ),
        (
            "shell.idle_minutes",
            settings.shells.idle_minutes.to_string(),
        ),
        ("shell.minutes.production", minutes(Tier::Production)),
        ("shell.minutes.staging", minutes(Tier::Staging)),
        ("shell.minutes.development", minutes(Tier::Development)),
        ("journal.group", group(settings)),
    ]
}

/// Where the journal is shared.
fn group(settings: &Settings) -> String {
    let shared = settings.shared.as_ref();
    shared.map_or("none".to_owned(), |shared| format!("{:?}", shared.group))
}

/// Every value of a file with its line, in the order they are written.
fn of_file(text: &str, path: &Path) -> Vec<Setting> {
    let (table, _) = DeTable::parse_recoverable(text);
    let mut found = Vec::new();
    flatten(table.get_ref(), "", &mut found);
    found.sort_by_key(|(_, span)| span.start);
    let setting = |(key, span): (String, std::ops::Range<usize>)| {
        let line = text
            .get(..span.start)
            .unwrap_or_default()
            .matches('\n')
            .count()
            + 1;
        let value = text.get(span).unwrap_or_default();
        let value: Vec<&str> = value.split_whitespace().collect();
        Setting {
            key,
            value: Text::clean(&value.join(" ")),
            origin: Origin::File,
            place: format!("{}:{line}", path.display()),
        }
    };
    found.into_iter().map(setting).collect()
}

type Found = Vec<(String, std::ops::Range<usize>)>;

fn flatten(table: &DeTable<'_>, lead: &str, found: &mut Found) {
    for (key, value) in table {
        let key = format!("{lead}{}", key.get_ref());
        match value.get_ref() {
            DeValue::Table(inner) => flatten(inner, &format!("{key}."), found),
            DeValue::Array(items) if items.iter().any(|one| one.get_ref().is_table()) => {
                for (number, item) in items.iter().enumerate() {
                    if let Some(inner) = item.get_ref().as_table() {
                        let name = inner.get("name").and_then(|name| name.get_ref().as_str());
                        let name = name.map_or_else(|| number.to_string(), str::to_owned);
                        flatten(inner, &format!("{key}.{name}."), found);
                    }
                }
            }
            DeValue::Array(_)
            | DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_) => found.push((key, value.span())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_of_a_file_has_its_line() {
        let text = "read_only = true\n[[environment]]\nname = \"a\"\nclusters = [\n  \"x\",\n]\n[shell]\nminutes = { staging = 9 }\n";
        let found = of_file(text, Path::new("f.toml"));
        let told: Vec<String> = found
            .iter()
            .map(|one| format!("{} {} {}", one.key, one.value, one.place))
            .collect();
        assert_eq!(
            told,
            [
                "read_only true f.toml:1",
                "environment.a.name \"a\" f.toml:3",
                "environment.a.clusters [ \"x\", ] f.toml:4",
                "shell.minutes.staging 9 f.toml:8",
            ]
        );
    }
}
