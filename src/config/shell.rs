//! How shells are opened, recorded and bounded: the table `[shell]`.

use crate::estate::environment::Tier;
use crate::policy::longest;

use super::complaint::Complaint;
use super::section::Section;

/// How shells are opened, recorded and bounded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shells {
    /// Who carries a shell.
    pub client: Client,
    /// The tiers whose shells are recorded without being asked.
    pub record: Vec<Tier>,
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
            record: vec![Tier::Production],
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
        record: recorded(section).unwrap_or(default.record),
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
