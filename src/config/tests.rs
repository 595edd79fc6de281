#![expect(
    clippy::disallowed_methods,
    reason = "the fixtures are files, and adding one adds a test"
)]

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::schema::Document;
use super::*;
use crate::estate::catalogue::Known;
use crate::estate::environment::Tier;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn fixtures(kind: &str) -> Vec<PathBuf> {
    let folder = root().join("tests/fixtures/config").join(kind);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    files.sort();
    assert!(files.len() > 3, "the fixtures are gone");
    files
}

/// Parses a file as if it lay in the current folder, so that messages are the same everywhere.
fn parse(path: &Path) -> Result<Document, ConfigError> {
    let name = path.file_name().unwrap();
    Document::parse(&std::fs::read_to_string(path).unwrap(), Path::new(name))
}

#[test]
fn every_good_file_is_taken() {
    for path in fixtures("good") {
        if let Err(error) = parse(&path) {
            panic!("{}:\n{error}", path.display());
        }
    }
}

/// `REWRITE=1` writes the messages anew; look at the difference before keeping it.
#[test]
fn every_bad_file_is_refused_with_its_message() {
    for path in fixtures("bad") {
        let found = parse(&path).expect_err("a bad file was taken").to_string();
        let message = path.with_extension("txt");
        if std::env::var_os("REWRITE").is_some() {
            std::fs::write(&message, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&message).unwrap_or_default();
        assert_eq!(found, expected, "{}", path.display());
    }
}

/// Whose profile, region and role reach the group a team shares.
#[test]
fn the_shared_journal_has_one_place() {
    let read = |text: &str| {
        let document = Document::parse(text, Path::new("f.toml")).unwrap();
        let Shared { group, place } = document.shared.unwrap();
        let region = place.environment.region.to_string();
        (group, region, place.profile, place.role)
    };
    let place = "[[environment]]\nname = \"a\"\nregion = \"eu-west-1\"\nprofile = \"p\"\n";
    let journal = "[journal]\ngroup = \"g\"\n";
    let text = |word: &str| word.to_owned();
    let own = (text("g"), text("eu-west-1"), Some(text("p")), None);
    assert_eq!(read(&format!("{place}{journal}")), own, "the only one");
    let nothing = (text("g"), text(""), None, None);
    assert_eq!(read(journal), nothing, "the current profile's");
    let profile = (text("g"), text(""), Some(text("q")), None);
    let other = format!("{place}{journal}profile = \"q\"\n");
    assert_eq!(read(&other), profile, "a profile knows its own region");
    let named = format!("{other}environment = \"a\"\n");
    let both = (text("g"), text("eu-west-1"), Some(text("q")), None);
    assert_eq!(read(&named), both, "its own word wins");
}

/// Every key of `[shell]`, each with its default.
fn hold_shells(shells: &Shells) {
    let Shells {
        client,
        records,
        idle_minutes,
        minutes,
    } = shells;
    assert_eq!(minutes.len(), 3);
    let others = Shells {
        minutes: Vec::new(),
        client: *client,
        records: records.clone(),
        idle_minutes: *idle_minutes,
    };
    assert_eq!(others, Shells::default());
    for (tier, minutes) in minutes {
        assert_eq!(*minutes, Shells::default().minutes(*tier));
    }
}

/// Every key of `[policy]`, the plain ones with their defaults.
fn holds_every_term(terms: &Terms) {
    let Terms {
        arming,
        cooldown,
        pace,
        callers,
        protected,
        freezes,
        calendars,
        clauses,
        notify,
    } = terms;
    let built_in = Terms::BUILT_IN;
    assert_eq!(
        (*arming, *cooldown, *pace),
        (built_in.arming, built_in.cooldown, built_in.pace)
    );
    assert_eq!((callers.len(), freezes.len(), calendars.len()), (1, 2, 1));
    assert!(!protected.is_empty() && !notify.is_empty());
    let [clause] = clauses.as_slice() else {
        panic!("{clauses:?}");
    };
    assert!(!clause.verbs.is_empty() && !clause.tiers.is_empty() && !clause.roles.is_empty());
    assert!(!clause.services.is_empty() && !clause.environments.is_empty());
}

/// A role, and every key of `[[service]]`.
fn hold_services(document: &Document) {
    assert!(document.places.iter().any(|place| place.role.is_some()));
    let full = |one: &Known| !one.dependants.is_empty() && one.pool_size.is_some();
    assert!(document.services.iter().any(full));
}

/// The example says that it holds every key there is, each display key with its default.
#[test]
#[expect(clippy::too_many_lines, reason = "it names every key")]
fn the_example_holds_every_key() {
    let document = parse(&root().join("docs/config.example.toml")).unwrap();
    assert_eq!(document.places.len(), 2);
    for place in &document.places {
        let Place {
            environment:
                Environment {
                    name: _,
                    tier: _,
                    account: Some(_),
                    alias: Some(_),
                    region,
                    clusters: Some(_),
                },
            orders,
            profile: Some(_),
            role: _,
            source_identity: false,
            endpoint_url: None,
            kpis: _,
        } = place
        else {
            panic!("{place:?}");
        };
        assert!(!region.as_str().is_empty());
        if place.environment.tier != Tier::Production {
            let Orders {
                order,
                allow_unattended: false,
                databases,
                mute_alarms,
                hours: Some(_),
                price: Some(_),
            } = orders
            else {
                panic!("{orders:?}");
            };
            assert!(!order.is_empty() && !databases.is_empty() && !mute_alarms.is_empty());
        }
    }
    hold_services(&document);
    assert!(place::warnings(&document.places).is_empty());
    hold_shells(&document.shells);
    let Logs {
        hold,
        masks,
        links,
        keys,
    } = &document.logs;
    assert!(*hold == Logs::default().hold && !masks.is_empty());
    assert!(links.link("awsfirelens (datadog)", "orders").is_some());
    assert_ne!(keys.of("billing"), keys.of("orders"));
    holds_every_term(&document.terms);
    let Display {
        ascii,
        mouse,
        color,
        time,
        keymap,
        theme,
        colours: _,
    } = DisplayLayer::default().complete();
    let defaults = DisplayLayer {
        ascii: Some(ascii),
        mouse: Some(mouse),
        color: Some(color),
        time: Some(time),
        keymap: Some(keymap),
        theme: Some(theme),
        colours: document.display.colours.clone(),
    };
    assert_eq!(document.display, defaults);
    let (of, own) = document.display.colours.unwrap();
    assert_eq!((of, own.len()), (theme, 3));
}

proptest! {
    #[test]
    fn any_file_is_taken_or_complained_about(
        text in any::<String>(),
        key in "name|teir|clusters|account|[a-zäß]{1,9}",
        value in "\"[^\"]{0,12}\"|\\[[0-9]\\]|[0-9]{1,14}|true|1979-05-27|\\{ ä = 1 \\}",
    ) {
        let _ = Document::parse(&text, Path::new("config.toml"));
        let some = format!("[[environment]]\n\"{key}\" = {value} # {text}");
        let _ = Document::parse(&some, Path::new("config.toml"));
    }
}

const TWO: &str = r#"
[[environment]]
name = "production"
profile = "acme-prod"
region = "eu-central-1"

[[environment]]
name = "staging"
tier = "staging"
profile = "acme-staging"
"#;

fn chosen(text: &str, flags: &Flags, variables: &Variables) -> Result<Vec<Place>, ConfigError> {
    let document = Document::parse(text, Path::new("config.toml")).unwrap();
    place::choose(&document.places, flags, variables)
}

fn names(places: &[Place]) -> Vec<(&str, Option<&str>)> {
    places
        .iter()
        .map(|one| (one.environment.name.as_str(), one.profile.as_deref()))
        .collect()
}

#[test]
fn without_settings_the_profile_is_one_production_environment() {
    let variables = Variables {
        profile: Some("sandbox".to_owned()),
        ..nobody()
    };
    let places = chosen("", &Flags::default(), &variables).unwrap();
    assert_eq!(names(&places), [("sandbox", None)]);
    assert_eq!(places[0].environment.tier, Tier::Production);
    let places = chosen("", &Flags::default(), &nobody()).unwrap();
    assert_eq!(names(&places), [("default", None)]);
}

#[test]
fn flags_choose_environments() {
    let variables = nobody();
    let flags = |environment: Option<&str>, profile: Option<&str>| Flags {
        environment: environment.map(str::to_owned),
        profile: profile.map(str::to_owned),
        region: Some("us-east-1".to_owned()),
        ..Flags::default()
    };
    let all = chosen(TWO, &flags(None, None), &variables).unwrap();
    assert_eq!(all.len(), 2);
    assert!(
        all.iter()
            .all(|one| one.environment.region.as_str() == "us-east-1")
    );
    let one = chosen(TWO, &flags(Some("staging"), Some("glass")), &variables).unwrap();
    assert_eq!(names(&one), [("staging", Some("glass"))]);
    let one = chosen(TWO, &flags(None, Some("acme-prod")), &variables).unwrap();
    assert_eq!(names(&one), [("production", Some("acme-prod"))]);
    let one = chosen(TWO, &flags(None, Some("sandbox")), &variables).unwrap();
    assert_eq!(names(&one), [("sandbox", Some("sandbox"))]);
    let error = chosen(TWO, &flags(Some("stagin"), None), &variables).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no environment is called \"stagin\"; did you mean \"staging\"?"
    );
}

#[test]
fn a_tier_nothing_can_prove_is_told() {
    let places = chosen(TWO, &Flags::default(), &nobody()).unwrap();
    assert_eq!(
        place::warnings(&places),
        [
            "staging is set to staging without an account and clusters: nothing proves it, so it counts as production"
        ]
    );
}

fn nobody() -> Variables {
    variables(&[]).unwrap()
}

fn variables(pairs: &[(&str, &str)]) -> Result<Variables, ConfigError> {
    let known = ["FIRSTLINE_CONFIG", "FIRSTLINE_READ_ONLY", "FIRSTLINE_ENV"];
    let all = pairs
        .iter()
        .map(|(name, value)| (OsString::from(name), OsString::from(value)));
    Variables::of(all, &known)
}

#[test]
fn a_misspelt_variable_might_have_been_a_guard() {
    let error = variables(&[("FIRSTLINE_READONLY", "1")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "unknown variable FIRSTLINE_READONLY: did you mean FIRSTLINE_READ_ONLY?"
    );
    assert!(variables(&[("FIRSTLINE_READONLY", "")]).is_ok());
    let fine = [
        ("FIRSTLINE_READ_ONLY", "1"),
        ("FIRSTLINE_PYTHON", "python3"),
    ];
    assert!(variables(&fine).is_ok());
}

#[test]
fn the_login_name_is_the_users() {
    assert_eq!(nobody().user, "unknown");
    assert_eq!(variables(&[("LOGNAME", "bob")]).unwrap().user, "bob");
    let both = variables(&[("LOGNAME", "bob"), ("USER", "alice")]);
    assert_eq!(both.unwrap().user, "alice");
}

#[test]
fn a_flag_wins_over_the_file_and_that_over_the_default() {
    let layer = |ascii, keymap| DisplayLayer {
        ascii,
        keymap,
        ..DisplayLayer::default()
    };
    let display = layer(Some(false), None)
        .over(layer(Some(true), Some(Keymap::Vim)))
        .complete();
    assert!(!display.ascii && display.mouse);
    assert_eq!(display.keymap, Keymap::Vim);
}

#[test]
fn a_file_that_was_named_must_be_there_the_users_own_need_not() {
    let nowhere = root().join("tests/fixtures/config/nowhere");
    let folders = Folders {
        config: nowhere.clone(),
        state: nowhere.clone(),
        cache: nowhere.clone(),
        working: None,
    };
    let load = |flags: &Flags| Settings::load(flags, &nobody(), &folders);
    assert_eq!(names(&load(&Flags::default()).unwrap().places).len(), 1);
    let named = Flags {
        config: Some(nowhere.join("config.toml")),
        ..Flags::default()
    };
    let error = load(&named).unwrap_err().to_string();
    assert!(error.starts_with("cannot read the settings "), "{error}");
    let read_only = Flags {
        config: Some(root().join("tests/fixtures/config/good/read-only.toml")),
        ..Flags::default()
    };
    assert!(load(&read_only).unwrap().read_only);
}
