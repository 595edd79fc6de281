//! The last lines a task wrote before it died.

use crate::cloud::link::{Link, Sink};
use crate::cloud::{convert, gate};
use crate::estate::Timestamp;
use crate::estate::aspect::Aspect;
use crate::estate::dossier::{LastWords, Leaf};
use crate::estate::id::{ServiceArn, TaskArn, TaskDefinitionArn};
use crate::estate::log::LogSource;
use crate::estate::part::News;
use crate::estate::problem::{Feed, Problem};
use crate::estate::text::Text;

use super::prepare::cut;
use super::source::Source;

/// How many lines; enough for a stack trace's end (aws.md 1.3).
const LINES: i32 = 30;

impl Link {
    /// Reads the end of a task's log streams, one for each container that logs to CloudWatch.
    pub(in crate::cloud) async fn read_last_words(
        &self,
        service: &ServiceArn,
        task: &TaskArn,
        definition: &TaskDefinitionArn,
        sink: Sink<'_>,
    ) {
        let at = self.gate.now();
        let lines = Aspect::of(at, self.last_lines(task, definition).await);
        let (service, task) = (service.clone(), task.clone());
        let leaf = Leaf::LastWords(LastWords { task, lines });
        sink(self.part(at, News::Leaf { service, leaf }, Vec::new()));
    }

    /// The last lines `task` wrote, oldest first.
    pub(in crate::cloud) async fn last_lines(
        &self,
        task: &TaskArn,
        definition: &TaskDefinitionArn,
    ) -> Result<Vec<(Timestamp, Text)>, Problem> {
        let mut lines = Vec::new();
        for source in self.log_sources(definition).await? {
            lines.extend(self.end_of(&source, task).await?);
        }
        lines.sort_by_key(|(at, _)| *at);
        let surplus = lines.len().saturating_sub(LINES.unsigned_abs() as usize);
        lines.drain(..surplus);
        Ok(lines)
    }

    async fn end_of(
        &self,
        source: &Source,
        task: &TaskArn,
    ) -> Result<Vec<(Timestamp, Text)>, Problem> {
        let LogSource::CloudWatch {
            group,
            stream_prefix,
        } = &source.place
        else {
            return Ok(Vec::new());
        };
        let client = match &source.region {
            Some(region) => self.clients.logs_in(region),
            None => self.clients.logs.clone(),
        };
        let ask = client.get_log_events();
        let ask = ask
            .log_group_name(group.as_str())
            .log_stream_name(format!("{stream_prefix}{}", task.id()))
            .start_from_head(false)
            .limit(LINES)
            .send();
        let answer = self.gate.call(Feed::Logs, &gate::GET_LOG_EVENTS, ask).await;
        let answer = match answer {
            Ok(answer) => answer,
            // A task that never got as far as its first line has no stream.
            Err(problem) if problem.kind == crate::estate::problem::ProblemKind::NotFound => {
                return Ok(Vec::new());
            }
            Err(problem) => return Err(problem),
        };
        let events = answer.events().iter();
        let line = |event: &aws_sdk_cloudwatchlogs::types::OutputLogEvent| {
            let at = convert::milliseconds(event.timestamp()?)?;
            let message = self.masks.apply(event.message()?);
            Some((at, Text::from(cut(&message))))
        };
        Ok(events.filter_map(line).collect())
    }
}
