//! How shells are opened, recorded and bounded: the table `[shell]`.

use crate::estate::environment::Tier;
use crate::estate::session::{IDLE_MINUTES, Records};
use crate::policy::longest;

use super::complaint::Complaint;
use super::section::Section;

/// How shells are opened, recorded and bounded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shells {
    /// Who carries a shell.
    pub client: Client,
    /// What is recorded.
    pub records: Records,
    /// After how many minutes without a byte AWS ends a session on a node.
    pub idle_minutes: u32,
    /// Minutes a session is open when nobody says, for each tier that has a number of its own.
    pub minutes: Vec<(Tier, u32)>,
}

/// Who carries a shell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Client {
    /// The program itself.
    #[default]
    Native,
    /// AWS's session-manager-plugin.
    Plugin,
}

impl Default for Shells {
    fn default() -> Self {
        Self {
            client: Client::default(),
            records: Records::default(),
            idle_minutes: IDLE_MINUTES,
            minutes: Vec::new(),
        }
    }
}

impl Shells {
    /// Minutes a session in `tier` is open when nobody says: never more than policy allows.
    pub fn minutes(&self, tier: Tier) -> u32 {
        let mut own = self.minutes.iter();
        let own = own.find_map(|(other, minutes)| (*other == tier).then_some(*minutes));
        own.unwrap_or_else(|| longest(tier))
    }
}

const TIERS: [Tier; 3] = [Tier::Production, Tier::Staging, Tier::Development];

/// Reads the table.
pub(super) fn read(section: &mut Section<'_, '_>) -> Shells {
    let default = Shells::default();
    let client = [("native", Client::Native), ("plugin", Client::Plugin)];
    Shells {
        client: section.word("client", &client).unwrap_or_default(),
        records: Records {
            tiers: recorded(section).unwrap_or(default.records.tiers),
            input: section.flag("record_input").unwrap_or(false),
        },
        idle_minutes: section
            .count("idle_minutes", 1, 60)
            .unwrap_or(default.idle_minutes),
        minutes: minutes(section),
    }
}

fn recorded(section: &mut Section<'_, '_>) -> Option<Vec<Tier>> {
    let words = section.texts_with_places("record")?;
    let mut tiers = Vec::new();
    for (word, span) in words {
        if let Some(tier) = TIERS.iter().find(|tier| tier.word() == word) {
            tiers.push(*tier);
        } else {
            let what = format!("`record` cannot hold {word:?}");
            let advice = "tiers: production, staging, development";
            section.complain(Complaint::new(span, what, advice));
        }
    }
    Some(tiers)
}

fn minutes(section: &mut Section<'_, '_>) -> Vec<(Tier, u32)> {
    let Some(mut table) = section.table("minutes") else {
        return Vec::new();
    };
    let own = TIERS.map(|tier| {
        let number = table.count(tier.word(), 1, longest(tier));
        number.map(|minutes| (tier, minutes))
    });
    section.absorb(table);
    own.into_iter().flatten().collect()
}
