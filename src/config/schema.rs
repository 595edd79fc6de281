//! Which keys there are and what they may hold. `docs/config.example.toml` says the same to
//! people; a test keeps the two together.

use std::ops::Range;
use std::path::Path;

use toml::de::DeTable;

use crate::estate::SignedDuration;
use crate::estate::advice::Contact;
use crate::estate::catalogue::Known;
use crate::estate::environment::{Environment, Tier};
use crate::estate::id::AccountId;
use crate::estate::kpi::Wanted;
use crate::estate::log::{KeysOf, LogKeys, LogLinks, Masks};
use crate::estate::usage::Prices;
use crate::policy::Terms;

use super::complaint::{Complaint, nearest};
use super::kpis;
use super::section::{Field, Section};
use super::{Color, ConfigError, DisplayLayer, Keymap, Logs, Place, Shared, Shells, Zone};

/// What a settings file says.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) read_only: bool,
    pub(super) places: Vec<Place>,
    pub(super) contacts: Vec<Contact>,
    pub(super) services: Vec<Known>,
    pub(super) display: DisplayLayer,
    pub(super) logs: Logs,
    pub(super) prices: Prices,
    pub(super) idle_after: Option<SignedDuration>,
    /// KPIs for every environment.
    pub(super) everywhere: Wanted,
    pub(super) shells: Shells,
    pub(super) terms: Terms,
    pub(super) shared: Option<Shared>,
}

impl Document {
    /// Reads `text`; `path` is where it came from and what relative paths start at.
    pub(super) fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut complaints: Vec<Complaint> = errors
            .iter()
            .map(|error| {
                Complaint::new(
                    error.span().unwrap_or_default(),
                    error.message(),
                    hint(error.message()),
                )
            })
            .collect();
        let mut document = Self::default();
        if complaints.is_empty() {
            let mut root = Section::new(table.get_ref());
            document.read(&mut root, path);
            complaints = root.finish();
        }
        if complaints.is_empty() {
            return Ok(document);
        }
        complaints.sort_by_key(|one| one.span.start);
        let drawn = complaints.iter().map(|one| one.draw(text, path));
        Err(ConfigError::Document(drawn.collect()))
    }

    /// Every key there is, and what it takes: what the readers ask for.
    pub(super) fn fields() -> Vec<Field> {
        let nothing = DeTable::new();
        let mut root = Section::describing(&nothing);
        Self::default().read(&mut root, Path::new(""));
        root.fields()
    }

    fn read(&mut self, root: &mut Section<'_, '_>, path: &Path) {
        self.read_only = root.flag("read_only").unwrap_or(false);
        if let Some(mut section) = root.table("policy") {
            self.terms = super::policy::read(&mut section);
            root.absorb(section);
        }
        for (mut section, begin) in root.tables("environment") {
            let calendars = section.texts("change_calendars").unwrap_or_default();
            if let Some(place) = place(&mut section, &begin, &self.places) {
                if !calendars.is_empty() {
                    let names = calendars.into_iter().map(Into::into).collect();
                    let calendars = (place.environment.name.clone(), names);
                    self.terms.calendars.push(calendars);
                }
                self.places.push(place);
            }
            root.absorb(section);
        }
        for (mut section, begin) in root.tables("kpi") {
            if let Some(written) = kpis::read(&mut section, &begin) {
                self.want(&written, &mut section);
            }
            root.absorb(section);
        }
        if let Some(mut section) = root.table("metrics") {
            self.prices = kpis::prices(&mut section);
            let idle = section.count("idle_minutes", 1, 240);
            self.idle_after = idle.map(|minutes| SignedDuration::from_mins(minutes.into()));
            root.absorb(section);
        }
        for (mut section, begin) in root.tables("contact") {
            self.contacts
                .push(super::contact::read(&mut section, &begin));
            root.absorb(section);
        }
        for (mut section, begin) in root.tables("service") {
            let read = super::service::read(&mut section, &begin, &self.services);
            if let Some((known, contact)) = read {
                self.services.push(known);
                self.contacts.extend(contact);
            }
            root.absorb(section);
        }
        if let Some(mut section) = root.table("display") {
            self.display = display(&mut section, path);
            root.absorb(section);
        }
        if let Some(mut section) = root.table("theme") {
            let (name, colours) = super::theme::read(&mut section);
            self.display.theme = name;
            self.display.colours = Some((name.unwrap_or_default(), colours));
            root.absorb(section);
        }
        if let Some(mut section) = root.table("logs") {
            self.logs = logs(&mut section);
            root.absorb(section);
        }
        self.read_shells_and_journal(root);
    }

    fn read_shells_and_journal(&mut self, root: &mut Section<'_, '_>) {
        if let Some(mut section) = root.table("shell") {
            self.shells = super::shell::read(&mut section);
            root.absorb(section);
        }
        if let Some((mut section, begin)) = root.table_with_place("journal") {
            self.shared = super::journal::read(&mut section, &begin, &self.places);
            root.absorb(section);
        }
    }

    /// Hands a KPI to the environments it is for.
    fn want(&mut self, written: &kpis::Written, section: &mut Section<'_, '_>) {
        let Some((name, span)) = &written.environment else {
            written.add_to(&mut self.everywhere);
            return;
        };
        let near = {
            let names = self.places.iter().map(|one| one.environment.name.as_str());
            let names: Vec<&str> = names.collect();
            nearest(name, &names).map(|one| format!("did you mean {one:?}?"))
        };
        let mut places = self.places.iter_mut();
        if let Some(place) = places.find(|place| *place.environment.name.as_str() == **name) {
            written.add_to(&mut place.kpis);
        } else {
            let what = format!("no environment is called {name:?}");
            section.complain(Complaint::new(span.clone(), what, near.unwrap_or_default()));
        }
    }
}

/// What to do about a mistake in the TOML itself.
fn hint(message: &str) -> &'static str {
    if message == "duplicate key" {
        "it stands further up already: keep one of them"
    } else {
        ""
    }
}

fn place(section: &mut Section<'_, '_>, begin: &Range<usize>, earlier: &[Place]) -> Option<Place> {
    let name = section.text("name");
    let tiers = [Tier::Production, Tier::Staging, Tier::Development];
    let tier = section.word("tier", &tiers.map(|tier| (tier.word(), tier)));
    let account = account(section);
    let alias = section.text("alias").map(|(text, _)| text.into());
    let region = section.text("region").map_or("", |(text, _)| text);
    let profile = section.text("profile").map(|(text, _)| text.to_owned());
    let clusters = section.texts("clusters");
    let role = role(section);
    let source_identity = section.flag("source_identity").unwrap_or(false);
    let endpoint_url = endpoint(section);
    let orders = super::orders::read(section, region);
    if section.needs("name") {
        let what = "an environment needs a name";
        section.complain(Complaint::new(begin.clone(), what, "add `name = \"…\"`"));
    }
    let (name, span) = name?;
    let environment = Environment {
        name: name.into(),
        tier: tier.unwrap_or_default(),
        account,
        alias,
        region: region.into(),
        clusters: clusters.map(|names| names.into_iter().map(Into::into).collect()),
    };
    if earlier
        .iter()
        .any(|one| one.environment.name == environment.name)
    {
        let what = format!("two environments are called {name:?}");
        section.complain(Complaint::new(span, what, "give it another name"));
    }
    Some(Place {
        environment,
        profile,
        role,
        source_identity,
        endpoint_url,
        orders,
        kpis: Wanted::default(),
    })
}

/// The ARN of an IAM role.
pub(super) fn role(section: &mut Section<'_, '_>) -> Option<String> {
    let (text, span) = section.text("role")?;
    let mut parts = text.splitn(6, ':');
    let arn = parts.next() == Some("arn") && parts.nth(1) == Some("iam");
    let role = arn && parts.nth(2).is_some_and(|tail| tail.starts_with("role/"));
    if !role {
        let advice = "for example \"arn:aws:iam::123456789012:role/firstline\"";
        section.complain(Complaint::new(span, "this is no role's ARN", advice));
    }
    role.then(|| text.to_owned())
}

/// Where an environment is reached in place of AWS.
fn endpoint(section: &mut Section<'_, '_>) -> Option<String> {
    let (text, span) = section.text("endpoint_url")?;
    let web = text.starts_with("http://") || text.starts_with("https://");
    if !web {
        let advice = "write http://HOST:PORT or https://HOST";
        section.complain(Complaint::new(span, "this is no URL", advice));
    }
    web.then(|| text.to_owned())
}

fn account(section: &mut Section<'_, '_>) -> Option<AccountId> {
    let (text, span) = section.text("account")?;
    let digits = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits {
        let advice = "twelve digits, without dashes";
        section.complain(Complaint::new(span, "this is no account id", advice));
    }
    digits.then(|| text.into())
}

fn display(section: &mut Section<'_, '_>, path: &Path) -> DisplayLayer {
    DisplayLayer {
        ascii: section.flag("ascii"),
        mouse: section.flag("mouse"),
        color: section.word("color", &[("auto", Color::Auto), ("never", Color::Never)]),
        time: section.word("time", &[("local", Zone::Local), ("utc", Zone::Utc)]),
        keymap: keymap(section, path),
        ..DisplayLayer::default()
    }
}

fn logs(section: &mut Section<'_, '_>) -> Logs {
    let mut logs = Logs::default();
    if let Some((text, span)) = section.text("hold") {
        if let Some(hold) = bytes(text) {
            logs.hold = hold;
        } else {
            let what = format!("`hold` cannot be {text:?}");
            section.complain(Complaint::new(span, what, "a size like \"64 MiB\""));
        }
    }
    let links = section.pairs("links").into_iter();
    logs.links = LogLinks::new(links.map(|(name, to)| (name.to_owned(), to.to_owned())));
    let masks = section.texts_with_places("masks").unwrap_or_default();
    for (mask, span) in masks {
        match Masks::with(&[mask.to_owned()]) {
            Ok(_) => logs.masks.push(mask.to_owned()),
            Err(error) => section.complain(Complaint::new(
                span,
                "this is no regular expression",
                error.why,
            )),
        }
    }
    let mut keys = Vec::new();
    for (mut of, begin) in section.tables("keys") {
        keys.extend(log_keys(&mut of, &begin));
        section.absorb(of);
    }
    logs.keys = LogKeys::new(keys);
    logs
}

/// One `[[logs.keys]]`.
fn log_keys(section: &mut Section<'_, '_>, begin: &Range<usize>) -> Option<KeysOf> {
    let texts = |section: &mut Section<'_, '_>, key| -> Vec<String> {
        let written = section.texts(key).unwrap_or_default();
        written.into_iter().map(str::to_owned).collect()
    };
    let keys = KeysOf {
        services: texts(section, "services"),
        level: texts(section, "level"),
        time: texts(section, "time"),
        message: texts(section, "message"),
    };
    let says = [&keys.level, &keys.time, &keys.message];
    let nothing = says.iter().all(|one| one.is_empty());
    if nothing && !section.describes() {
        let advice = "add `level`, `time` or `message`, as in message = [\"text\"]";
        section.complain(Complaint::new(begin.clone(), "no key is named", advice));
    }
    (!nothing).then_some(keys)
}

/// `64 MiB`: from one to four thousand mebibytes.
fn bytes(text: &str) -> Option<usize> {
    let count = text.strip_suffix("MiB")?.trim_end();
    let mebibytes: usize = count.parse().ok()?;
    (1..=4096)
        .contains(&mebibytes)
        .then_some(mebibytes * 1024 * 1024)
}

/// A file's name ends in `.toml`; it is looked for beside the settings.
fn keymap(section: &mut Section<'_, '_>, path: &Path) -> Option<Keymap> {
    let (text, span) = section.text("keymap")?;
    let keymap = named_keymap(text, path.parent().unwrap_or(Path::new("")));
    if keymap.is_none() {
        let what = format!("`keymap` cannot be {text:?}");
        section.complain(Complaint::new(span, what, KEYMAPS));
    }
    keymap
}

/// What a keymap may be called.
const KEYMAPS: &str = "one of default, vim, k9s, or a file ending in .toml";

fn named_keymap(name: &str, folder: &Path) -> Option<Keymap> {
    match name {
        "default" => Some(Keymap::Default),
        "vim" => Some(Keymap::Vim),
        "k9s" => Some(Keymap::K9s),
        file => {
            let toml = Path::new(file).extension().is_some_and(|end| end == "toml");
            toml.then(|| Keymap::File(folder.join(file)))
        }
    }
}
