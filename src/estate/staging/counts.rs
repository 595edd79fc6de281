//! Tasks somebody asked for, where nothing is on record.

use crate::estate::text::Text;

/// Tasks by service name, as typed: `web=3 api=2`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(Vec<(Text, u32)>);

/// Why what was typed is no count.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CountsError {
    /// It has another form.
    #[error("a service and a count are expected, for example web=3, not {0:?}")]
    Form(Text),
    /// A service was named twice.
    #[error("{0} is named twice")]
    Twice(Text),
}

impl Counts {
    /// Reads words such as `web=3`, between spaces or commas.
    ///
    /// ```
    /// use firstline::estate::staging::Counts;
    ///
    /// let counts = Counts::read("web=3, api=2").unwrap();
    /// assert_eq!(counts.iter().count(), 2);
    /// assert!(Counts::read("web=x").is_err());
    /// assert!(Counts::read("web=1 web=2").is_err());
    /// ```
    ///
    /// # Errors
    /// When a word is no name and count, or a name comes twice.
    pub fn read(text: &str) -> Result<Self, CountsError> {
        let words = text.split([' ', ',']).filter(|word| !word.is_empty());
        let mut counts = Self::default();
        for word in words {
            let wrong = || CountsError::Form(word.into());
            let (name, count) = word.split_once('=').ok_or_else(wrong)?;
            let count: u32 = count.parse().map_err(|_| wrong())?;
            if name.is_empty() {
                return Err(wrong());
            }
            if counts.iter().any(|(known, _)| **known == *name) {
                return Err(CountsError::Twice(name.into()));
            }
            counts.0.push((name.into(), count));
        }
        Ok(counts)
    }

    /// Name by name.
    pub fn iter(&self) -> impl Iterator<Item = &(Text, u32)> {
        self.0.iter()
    }

    /// Whether nothing was asked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(Text, u32)> for Counts {
    fn from_iter<Pairs: IntoIterator<Item = (Text, u32)>>(pairs: Pairs) -> Self {
        Self(pairs.into_iter().collect())
    }
}
