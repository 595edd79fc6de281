//! Settings for an account that was looked at. Nothing in them counts as less than production: a
//! cluster that sounds like staging is named, and somebody has to say so.

use std::fmt::Write as _;
use std::io::ErrorKind;
use std::path::Path;

use super::ConfigError;
use crate::estate::environment::Tier;

/// What was found in an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// What the environment that holds the rest is called.
    pub name: String,
    /// Twelve digits.
    pub account: String,
    /// The region.
    pub region: String,
    /// The profile it was looked at with.
    pub profile: Option<String>,
    /// Who was asked in place of AWS.
    pub endpoint_url: Option<String>,
    /// The names of its clusters.
    pub clusters: Vec<String>,
}

/// Words in a cluster's name that sound like less than production.
const SOUNDS: [(&str, Tier); 9] = [
    ("staging", Tier::Staging),
    ("stage", Tier::Staging),
    ("stg", Tier::Staging),
    ("qa", Tier::Staging),
    ("uat", Tier::Staging),
    ("test", Tier::Development),
    ("dev", Tier::Development),
    ("development", Tier::Development),
    ("sandbox", Tier::Development),
];

/// What a cluster's name sounds like; it proves nothing.
fn sounds_like(cluster: &str) -> Option<Tier> {
    let lower = cluster.to_lowercase();
    let words = lower.split(|one: char| !one.is_ascii_alphabetic());
    let mut tiers = words.filter_map(|word| SOUNDS.iter().find(|(sound, _)| *sound == word));
    tiers.next().map(|(_, tier)| *tier)
}

const HEAD: &str = "\
# The settings of Firstline, as `firstline config init` found the account. Change what is not so.
#
#   firstline config check     says everything that is wrong with this file
#   firstline config show --origin
#   firstline config schema    the JSON Schema, for editors
#
# Another account: firstline config init --profile OTHER --output - >> THIS FILE
# Whatever is not proven to be something else counts as production, and production cannot be stopped.
";

/// The settings as a file.
pub fn draft(found: &Draft) -> String {
    let mut text = HEAD.to_owned();
    let (low, rest): (Vec<&String>, Vec<&String>) = found
        .clusters
        .iter()
        .partition(|name| sounds_like(name).is_some());
    if !rest.is_empty() || low.is_empty() {
        environment(&mut text, found, (&found.name, None), &rest);
    }
    for cluster in low {
        let name = if *cluster == found.name && !rest.is_empty() {
            format!("{cluster}-cluster")
        } else {
            cluster.clone()
        };
        environment(&mut text, found, (&name, sounds_like(cluster)), &[cluster]);
    }
    shared(&mut text, found);
    text.push_str(TAIL);
    text
}

/// The journal a team shares, for somebody to say so: nobody's group is written to unasked.
fn shared(text: &mut String, found: &Draft) {
    let _ = write!(
        text,
        "\n# One journal for a team: what each console records goes to a CloudWatch Logs group as well. Create\n\
         # the group first, nobody else does; `firstline doctor` says how.\n\
         #\n\
         # [journal]\n\
         # group       = \"/ops/firstline\"\n\
         # environment = {:?}\n",
        found.name
    );
}
const TAIL: &str = "
# The colours: dark, light, high-contrast, colour-blind or mono. `firstline theme light` prints one.
# [theme]
# name = \"light\"
";

fn environment(
    text: &mut String,
    found: &Draft,
    (name, sound): (&str, Option<Tier>),
    clusters: &[&String],
) {
    let _ = write!(text, "\n[[environment]]\nname     = {name:?}\n");
    let _ = match sound {
        None => writeln!(text, "tier     = \"production\""),
        Some(tier) => writeln!(
            text,
            "# The name sounds like {word}, and a name proves nothing. If it is so, say so: then it can be\n\
             # stopped and started.\n\
             # tier     = \"{word}\"\n\
             tier     = \"production\"",
            word = tier.word(),
        ),
    };
    let _ = writeln!(text, "account  = {:?}", found.account);
    let _ = writeln!(text, "region   = {:?}", found.region);
    if let Some(profile) = &found.profile {
        let _ = writeln!(text, "profile  = {profile:?}");
    }
    if let Some(url) = &found.endpoint_url {
        let _ = writeln!(text, "endpoint_url = {url:?}");
    }
    let _ = if clusters.is_empty() {
        writeln!(
            text,
            "# clusters = [\"…\"]  # none was found; without this line every one counts"
        )
    } else {
        writeln!(text, "clusters = {clusters:?}")
    };
}

/// Writes settings to `path`, and over a file that is there only with `force`.
///
/// # Errors
/// When there is one, or the folder or file cannot be written.
#[expect(
    clippy::disallowed_methods,
    reason = "the settings are one of the rooms that own files"
)]
pub fn write(path: &Path, text: &str, force: bool) -> Result<(), ConfigError> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true);
    if force {
        options.create(true).truncate(true);
    } else {
        options.create_new(true);
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let made = folder.map_or(Ok(()), std::fs::create_dir_all);
    let written = made.and_then(|()| options.open(path)?.write_all(text.as_bytes()));
    written.map_err(|source| ConfigError::Write {
        path: path.to_owned(),
        hint: if source.kind() == ErrorKind::AlreadyExists {
            "; --force writes over it, --output names another"
        } else {
            ""
        },
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::schema::Document;

    fn found(clusters: &[&str]) -> Draft {
        Draft {
            name: "acme".to_owned(),
            account: "123456789012".to_owned(),
            region: "eu-central-1".to_owned(),
            profile: Some("acme".to_owned()),
            clusters: clusters.iter().map(|&one| one.to_owned()).collect(),
            ..Draft::default()
        }
    }

    #[test]
    fn nothing_is_guessed_to_be_less_than_production() {
        let text = draft(&found(&["main", "batch", "shop-staging", "dev"]));
        let document = Document::parse(&text, Path::new("firstline.toml")).unwrap();
        let told: Vec<_> = document
            .places
            .iter()
            .map(|one| (one.environment.name.as_str(), one.environment.tier))
            .collect();
        let production = Tier::Production;
        assert_eq!(
            told,
            [
                ("acme", production),
                ("shop-staging", production),
                ("dev", production)
            ]
        );
        assert!(text.contains("# tier     = \"staging\""), "{text}");
    }

    #[test]
    fn what_was_found_can_always_be_read() {
        for clusters in [&[][..], &["acme"], &["staging"], &["main", "ACME Dev"]] {
            let text = draft(&found(clusters));
            let document = Document::parse(&text, Path::new("firstline.toml")).unwrap();
            assert!(!document.places.is_empty(), "{text}");
        }
    }

    #[test]
    fn only_whole_words_sound_like_something() {
        for plain in ["main", "production", "devices", "attestation", "stagecoach"] {
            assert_eq!(sounds_like(plain), None, "{plain}");
        }
        assert_eq!(sounds_like("acme-stg-eu"), Some(Tier::Staging));
    }
}
