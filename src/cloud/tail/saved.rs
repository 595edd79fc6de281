//! The queries that were saved in Logs Insights.

use crate::cloud::link::Link;
use aws_sdk_cloudwatchlogs::operation::describe_query_definitions::DescribeQueryDefinitionsOutput as Page;

use crate::cloud::{Cloud, gate};
use crate::estate::id::{EnvironmentName, LogGroup};
use crate::estate::log::SavedQuery;
use crate::estate::problem::{Feed, Problem};

impl Cloud {
    /// The query saved under this name in Logs Insights, and the environment it was found in.
    ///
    /// # Errors
    /// In a sentence, when there is none, or they could not be read.
    pub async fn saved_query(&self, name: &str) -> Result<(EnvironmentName, SavedQuery), String> {
        let mut known = Vec::new();
        for link in self.links() {
            let queries = link.saved_queries().await;
            let queries = queries.map_err(|problem| problem.sentence.to_string())?;
            if let Some(query) = queries.iter().find(|query| *query.name == *name) {
                return Ok((link.environment().name.clone(), query.clone()));
            }
            known.extend(queries);
        }
        Err(SavedQuery::unknown(name, &known))
    }
}

impl Link {
    /// The queries saved in Logs Insights, by name.
    ///
    /// # Errors
    /// When they could not be read.
    pub async fn saved_queries(&self) -> Result<Vec<SavedQuery>, Problem> {
        let ask = |token| {
            let queries = self.clients.logs.describe_query_definitions();
            queries.set_next_token(token).send()
        };
        let operation = &gate::SAVED_QUERIES;
        let answer = self
            .gate
            .pages(Feed::Logs, operation, ask, Page::next_token)
            .await;
        if let Some(problem) = answer.problem {
            return Err(problem);
        }
        let pages = answer.pages.iter();
        let raw = pages.flat_map(Page::query_definitions);
        let mut found: Vec<SavedQuery> = raw
            .filter_map(|one| {
                Some(SavedQuery {
                    name: one.name()?.into(),
                    text: one.query_string()?.to_owned(),
                    groups: one
                        .log_group_names()
                        .iter()
                        .map(|name| LogGroup::new(name))
                        .collect(),
                })
            })
            .collect();
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }
}
