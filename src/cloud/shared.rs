//! The log group a team's journals go to: written with `PutLogEvents`, read with `FilterLogEvents`.
//!
//! The group itself is never created: whoever keeps it decides its account, retention and key.

use aws_sdk_cloudwatchlogs::types::InputLogEvent;

use super::clients::Clients;
use super::connect::Connection;
use super::errors::Failure;
use super::gate::{self, Gate, Operation};
use crate::estate::Timestamp;
use crate::estate::checkup::{Outcome, Trial};
use crate::estate::id::Region;
use crate::estate::problem::{Feed, Problem, ProblemKind};
use crate::estate::shared::{Found, Sent};
use crate::estate::text::Text;

/// The stream that cannot exist, for a trial: `user@host/…` is what ours are called.
const NOTHING: &str = "firstline-doctor-nothing";
/// As often as this in a row a token may come back before nobody believes it any more.
const CIRCLES: u32 = 8;
/// Days a group of journals had better keep: an audit asks for a year.
const RETENTION: u32 = 400;

/// The group, and the way there.
pub struct SharedGroup {
    name: String,
    clients: Clients,
    gate: Gate,
    connection: Connection,
}

impl SharedGroup {
    pub(super) const fn new(
        name: String,
        connection: Connection,
        clients: Clients,
        gate: Gate,
    ) -> Self {
        Self {
            name,
            clients,
            gate,
            connection,
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The region it lies in.
    pub fn region(&self) -> &Region {
        &self.gate.region
    }

    /// What stands for the group and nothing else, on this machine.
    pub fn key(&self) -> String {
        let connection = &self.connection;
        let role = connection.role.as_ref().map_or("", |role| &role.arn);
        let profile = connection.profile.as_deref().unwrap_or_default();
        let endpoint = self.clients.endpoint().unwrap_or_default();
        let account = connection.environment.account.as_ref();
        let account = account.map_or("", |account| account.as_str());
        let (region, name) = (self.region(), &self.name);
        format!("{name}\n{region}\n{account}\n{profile}\n{role}\n{endpoint}")
    }

    /// What to type so that there is such a group.
    pub fn how_to_create(&self) -> String {
        let (name, region) = (&self.name, self.region());
        let profile = self.connection.profile.as_ref();
        let profile = profile.map_or_else(String::new, |name| format!(" --profile {name}"));
        let place = format!("--log-group-name {name} --region {region}{profile}");
        format!(
            "aws logs create-log-group {place} && \
             aws logs put-retention-policy {place} --retention-in-days {RETENTION}"
        )
    }

    /// Sends `lines`, in the order of their times and within one call's limits, to `stream`, which
    /// is created where there is none. What comes back are the places of those AWS rejected for
    /// their times.
    ///
    /// # Errors
    /// When AWS did not take them, or nobody knows whether it did.
    pub async fn put(&self, stream: &str, lines: &[Sent]) -> Result<Vec<usize>, Problem> {
        let failure = match self.put_once(stream, lines).await {
            Ok(rejected) => return Ok(rejected),
            Err(failure) => failure,
        };
        if failure.kind(&gate::PUT_EVENTS) != ProblemKind::NotFound {
            return Err(self.problem(&gate::PUT_EVENTS, &failure));
        }
        self.create(stream).await?;
        let again = self.put_once(stream, lines).await;
        again.map_err(|failure| self.problem(&gate::PUT_EVENTS, &failure))
    }

    async fn put_once(&self, stream: &str, lines: &[Sent]) -> Result<Vec<usize>, Failure> {
        let events = lines.iter().filter_map(|line| {
            InputLogEvent::builder()
                .timestamp(line.at.as_millisecond())
                .message(&line.line)
                .build()
                .ok() // both are set
        });
        let call = self
            .clients
            .logs
            .put_log_events()
            .log_group_name(&self.name)
            .log_stream_name(stream)
            .set_log_events(Some(events.collect()))
            .send();
        let region = self.region();
        let answer = self.gate.attempt(&gate::PUT_EVENTS, region, call).await;
        let answer = answer.map_err(|error| Failure::of(&error))?;
        let Some(rejected) = answer.rejected_log_events_info() else {
            return Ok(Vec::new());
        };
        let index = |index: Option<i32>| index.and_then(|index| usize::try_from(index).ok());
        let old = index(rejected.too_old_log_event_end_index());
        let expired = index(rejected.expired_log_event_end_index());
        let new = index(rejected.too_new_log_event_start_index());
        let (first, last) = (old.max(expired).unwrap_or(0), new.unwrap_or(lines.len()));
        Ok((0..lines.len())
            .filter(|at| *at < first || *at >= last)
            .collect())
    }

    async fn create(&self, stream: &str) -> Result<(), Problem> {
        let call = self
            .clients
            .logs
            .create_log_stream()
            .log_group_name(&self.name)
            .log_stream_name(stream)
            .send();
        let region = self.region();
        let answer = self.gate.attempt(&gate::CREATE_STREAM, region, call).await;
        match answer.map_err(|error| Failure::of(&error)) {
            Ok(_) => Ok(()),
            // Another console was quicker.
            Err(failure) if failure.has_code("ResourceAlreadyExistsException") => Ok(()),
            Err(failure) => Err(self.problem(&gate::CREATE_STREAM, &failure)),
        }
    }

    /// Every line in the group since `since`, by the times AWS filed them under; as far as they came,
    /// with what ended them early.
    pub async fn lines(&self, since: Option<Timestamp>) -> (Vec<Found>, Option<Problem>) {
        let mut lines = Vec::new();
        let (mut token, mut circles): (Option<String>, u32) = (None, 0);
        loop {
            let call = self
                .clients
                .logs
                .filter_log_events()
                .log_group_name(&self.name)
                .set_start_time(Some(since.map_or(0, Timestamp::as_millisecond)))
                .set_next_token(token.clone())
                .send();
            let region = self.region();
            let answer = self.gate.attempt(&gate::SHARED_EVENTS, region, call).await;
            let page = match answer.map_err(|error| Failure::of(&error)) {
                Ok(page) => page,
                Err(failure) => {
                    let problem = self.problem(&gate::SHARED_EVENTS, &failure);
                    return (lines, Some(problem));
                }
            };
            lines.extend(page.events().iter().filter_map(|event| {
                Some(Found {
                    stream: Text::clean(event.log_stream_name()?),
                    at: Timestamp::from_millisecond(event.timestamp()?).ok()?,
                    line: event.message()?.to_owned(),
                })
            }));
            // An empty page may come with the token that was sent; for ever is going round in circles.
            let next = page.next_token().filter(|next| !next.is_empty());
            let same = next.is_some() && token.as_deref() == next;
            circles = if same { circles + 1 } else { 0 };
            token = next.filter(|_| circles < CIRCLES).map(str::to_owned);
            if token.is_none() {
                return (lines, None);
            }
        }
    }

    /// Tries what sharing takes: that lines can be read there, and written. Nothing is written: a line
    /// is offered to a stream that cannot exist. That a stream may be created is not tried.
    pub async fn try_it(&self, write: bool) -> (Result<(), Problem>, Vec<Trial>) {
        let call = self.clients.logs.filter_log_events();
        let call = call.log_group_name(&self.name).limit(1).send();
        let region = self.region();
        let read = self.gate.attempt(&gate::SHARED_EVENTS, region, call).await;
        let read = read.map(drop).map_err(|error| Failure::of(&error));
        let mut there = match &read {
            Err(failure) => Err(self.problem(&gate::SHARED_EVENTS, failure)),
            Ok(()) => Ok(()),
        };
        let mut trials = vec![self.trial(&gate::SHARED_EVENTS, read)];
        if write {
            let line = Sent {
                at: self.gate.now(),
                line: NOTHING.to_owned(),
            };
            let written = self.put_once(NOTHING, &[line]).await.map(drop);
            // Who may write and not read learns from this whether there is a group.
            if let (
                Err(Problem {
                    kind: ProblemKind::Denied { .. },
                    ..
                }),
                Err(failure),
            ) = (&there, &written)
                && no_group(failure)
            {
                there = Err(self.problem(&gate::PUT_EVENTS, failure));
            }
            trials.push(self.trial(&gate::PUT_EVENTS, written));
            trials.push(Trial {
                permission: gate::CREATE_STREAM.permission(),
                outcome: Outcome::NotTried("a trial would make something"),
            });
        }
        (there, trials)
    }

    fn trial(&self, operation: &'static Operation, answer: Result<(), Failure>) -> Trial {
        let outcome = match answer {
            Ok(()) => Outcome::Permitted,
            Err(failure) => match failure.kind(operation) {
                ProblemKind::Denied { action } => Outcome::Missing(action),
                // AWS looked for what was named, and so had let the caller in.
                ProblemKind::NotFound => Outcome::Permitted,
                ProblemKind::Throttled
                | ProblemKind::Expired
                | ProblemKind::NoCredentials
                | ProblemKind::NoRegion
                | ProblemKind::Unreachable
                | ProblemKind::ClockSkew
                | ProblemKind::Unreadable
                | ProblemKind::Other => {
                    Outcome::Unclear(self.gate.problem(Feed::Sink, operation, &failure))
                }
            },
        };
        Trial {
            permission: operation.permission(),
            outcome,
        }
    }

    /// The failure in words; a group that is not there is told with what creates it.
    fn problem(&self, operation: &'static Operation, failure: &Failure) -> Problem {
        let mut problem = self.gate.problem(Feed::Sink, operation, failure);
        if problem.kind == ProblemKind::NotFound {
            let (name, region) = (&self.name, self.region());
            let create = self.how_to_create();
            problem.sentence =
                format!("there is no log group {name} in {region}; create it: {create}").into();
        }
        problem
    }

    /// Reads the credentials anew.
    pub(super) async fn renew(&self) {
        self.clients.renew().await;
    }
}

/// AWS says with the same code that there is no group and that there is no stream.
fn no_group(failure: &Failure) -> bool {
    matches!(failure, Failure::Refused { message, .. } if message.contains("group does not exist"))
}
