//! What `cloud` says, in the journal's words.

use super::{Answered, Carried, Road};
use crate::cloud::{ApplyError, Link, Receipt};
use crate::estate::text::Text;
use crate::journal::Ending;
use crate::policy::Approved;

impl Road<'_> {
    /// Carries `approved` down the road to AWS; see [`Road::carry`].
    pub async fn send(&self, approved: &Approved, link: &Link) -> Carried {
        self.carry(approved, async |approved, intent| {
            link.apply(approved, intent.as_str()).await.into()
        })
        .await
    }
}

impl From<Result<Receipt, ApplyError>> for Answered {
    fn from(answer: Result<Receipt, ApplyError>) -> Self {
        match answer {
            Ok(receipt) => Self {
                ending: Ending::Done,
                words: Text::default(),
                request_id: receipt.request_id,
                deployment: receipt.service_deployment,
            },
            Err(error) => Self {
                ending: match error {
                    ApplyError::Moved(_) | ApplyError::Unchecked(_) => Ending::Refused,
                    ApplyError::Refused(_) => Ending::Failed,
                    ApplyError::Unclear(_) => Ending::Unclear,
                },
                words: error.to_string().into(),
                request_id: None,
                deployment: None,
            },
        }
    }
}
