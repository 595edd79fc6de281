//! `GetDashboard`.

use crate::cloud::gate;
use crate::cloud::link::Link;
use crate::estate::problem::{Feed, Problem};

impl Link {
    /// The body of the CloudWatch dashboard `name`: JSON as its author wrote it.
    ///
    /// # Errors
    /// When there is none of that name, or it may not be read.
    pub async fn dashboard(&self, name: &str) -> Result<String, Problem> {
        let ask = self.clients.cloudwatch.get_dashboard();
        let ask = ask.dashboard_name(name).send();
        let call = self.gate.call(Feed::Metrics, &gate::DASHBOARD, ask);
        let answer = call.await?;
        let body = answer.dashboard_body().map(str::to_owned);
        body.ok_or_else(|| self.unreadable(Feed::Metrics, &gate::DASHBOARD))
    }
}
