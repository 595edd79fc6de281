//! Pages: a token is the position to go on from, dressed so that nobody parses it.

use super::error::Refusal;

/// Marks our tokens, so that another service's token is refused.
const MARK: &str = "fl1-";

/// One page of a list, and the token of the next.
#[derive(Debug)]
pub(crate) struct Page<T> {
    /// The items of this page.
    pub(crate) items: Vec<T>,
    /// Where to go on; `None` on the last page.
    pub(crate) next: Option<String>,
}

/// How a service names its refusals of bad paging parameters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The page size when none is asked for.
    pub(crate) default: usize,
    /// The smallest page one may ask for.
    pub(crate) smallest: usize,
    /// The largest page.
    pub(crate) largest: usize,
    /// The name of the refusal.
    pub(crate) code: &'static str,
}

impl Limits {
    /// Cuts the page that `token` begins out of `items`.
    ///
    /// A size outside `smallest..=largest` and a token that is not ours are refused.
    pub(crate) fn page<T>(
        self,
        items: impl IntoIterator<Item = T>,
        size: Option<i64>,
        token: Option<&str>,
    ) -> Result<Page<T>, Refusal> {
        let size = match size {
            None => self.default,
            Some(size) => usize::try_from(size)
                .ok()
                .filter(|size| (self.smallest..=self.largest).contains(size))
                .ok_or_else(|| {
                    Refusal::sender(
                        self.code,
                        format!(
                            "The page size must be between {} and {}.",
                            self.smallest, self.largest
                        ),
                    )
                })?,
        };
        let start = position(token, self.code)?;
        let mut rest = items.into_iter().skip(start);
        let items: Vec<T> = rest.by_ref().take(size).collect();
        let next = rest.next().map(|_| token_at(start + items.len()));
        Ok(Page { items, next })
    }
}

/// The token of a position.
pub(crate) fn token_at(position: usize) -> String {
    format!("{MARK}{position:012x}")
}

/// The position of a token, 0 without one; `code` names the refusal of a token that is not ours.
pub(crate) fn position(token: Option<&str>, code: &str) -> Result<usize, Refusal> {
    let Some(token) = token else { return Ok(0) };
    token
        .strip_prefix(MARK)
        .and_then(|position| usize::from_str_radix(position, 16).ok())
        .ok_or_else(|| Refusal::sender(code, "The pagination token is invalid."))
}
