//! Who is asking.

use crate::cloud::gate;
use crate::cloud::link::{Link, Sink};
use crate::estate::identity::Identity;
use crate::estate::part::News;
use crate::estate::problem::{Feed, Problem};

impl Link {
    pub(in crate::cloud) async fn read_identity(&self, sink: Sink<'_>) {
        let at = self.gate.now();
        let (identity, problems) = match self.ask_identity().await {
            Ok(identity) => (identity, Vec::new()),
            Err(problem) => {
                if problem.kind.is_signed_out() {
                    // The next look has what somebody brought meanwhile, in whatever way.
                    self.renew().await;
                }
                (None, vec![problem])
            }
        };
        if let Some(identity) = &identity {
            self.gate.belongs_to(&identity.account, &self.budgets);
        }
        sink(self.part(at, News::Identity(identity), problems));
    }

    /// The caller as AWS sees it; `None` when AWS answered without an account.
    pub(in crate::cloud) async fn ask_identity(&self) -> Result<Option<Identity>, Problem> {
        let call = self.clients.callers.get_caller_identity().send();
        let caller = self.gate.call(Feed::Identity, &gate::CALLER, call).await?;
        let Some(account) = caller.account() else {
            return Ok(None);
        };
        Ok(Some(Identity {
            account: account.into(),
            arn: caller.arn().unwrap_or_default().into(),
            expires_at: self.clients.credentials_expire().await,
        }))
    }
}
