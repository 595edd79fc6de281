//! Sessions: opened with an approval, kept up, and ended.

use aws_config::retry::RetryConfig;
use aws_sdk_ecs::operation::RequestId as _;

use super::apply::{APPROVAL_AGE, ApplyError, Receipt, SECOND_LOOK_AGE, app_name};
use super::errors::Failure;
use super::gate::{self, Operation};
use super::grant::Grant;
use super::link::Link;
use crate::estate::change::Change;
use crate::estate::doctor;
use crate::estate::problem::{Feed, Problem};
use crate::estate::session::{Place, Session};
use crate::estate::text::Text;
use crate::policy::Approved;
use crate::session::Token;

/// The most characters `StartSession` takes as a reason.
const LONGEST_REASON: usize = 256;

impl Link {
    /// Opens the session policy approved: once, without a retry, after looking again at the task
    /// and the caller. Only [`crate::policy`] makes an [`Approved`]:
    ///
    /// ```compile_fail,E0308
    /// use firstline::{cloud::Link, estate::session::Session};
    ///
    /// async fn enter(link: &Link, session: &Session) {
    ///     let _ = link.open(session, "firstline-journal-id").await;
    /// }
    /// ```
    pub async fn open(
        &self,
        approved: &Approved,
        app: &str,
    ) -> Result<(Receipt, Grant), ApplyError> {
        let Change::Session(session) = approved.change() else {
            let sentence = "this change is applied, not opened";
            return Err(ApplyError::Moved(sentence.to_owned()));
        };
        let target = &session.target;
        self.still_meant(approved, target, APPROVAL_AGE)?;
        let operation = if session.is_executed() {
            &gate::EXECUTE_COMMAND
        } else {
            &gate::START_SESSION
        };
        let look = match session.place {
            Place::Container { .. } => &gate::DESCRIBE_TASKS,
            Place::Node { .. } => &gate::NODES,
        };
        for operation in [operation, &gate::CALLER, look] {
            self.gate.turn(operation, &target.region).await;
        }
        let looked_at = self.gate.now();
        self.look_again_at(session).await?;
        if self.gate.now().duration_since(looked_at) > SECOND_LOOK_AGE {
            let sentence = "looking again took longer than two seconds; try again";
            return Err(ApplyError::Moved(sentence.to_owned()));
        }
        if session.is_executed() {
            self.execute(session, app).await
        } else {
            self.start(session, approved.reason(), app).await
        }
    }

    /// A session somebody else opened: `answer` is what `StartSession` or `ExecuteCommand` gave
    /// them. Nothing is opened by this, so no approval is asked for.
    pub fn attached(&self, answer: &str) -> Option<Grant> {
        let read: serde_json::Value = serde_json::from_str(answer).ok()?;
        let read = read.get("session").unwrap_or(&read);
        let text = |upper: &str, lower: &str| {
            let value = read.get(upper).or_else(|| read.get(lower))?;
            value.as_str().filter(|text| !text.is_empty())
        };
        Some(Grant {
            session_id: text("SessionId", "sessionId")?.into(),
            stream_url: text("StreamUrl", "streamUrl")?.to_owned(),
            token: Token::new(text("TokenValue", "tokenValue")?)?,
            // AWS does not say; whoever asked may have added it.
            target: text("Target", "target").map(str::to_owned),
        })
    }

    /// A fresh token for a session whose data channel broke; `None` when the session is over.
    pub async fn resume(&self, grant: &Grant) -> Result<Option<Token>, Problem> {
        let id = grant.session_id.as_str();
        let call = self.clients.managed.resume_session().session_id(id).send();
        let answer = self
            .gate
            .call(Feed::Session, &gate::RESUME_SESSION, call)
            .await?;
        Ok(answer.token_value().and_then(Token::new))
    }

    /// Ends a session. Ending one that is over already is no mistake.
    pub async fn terminate(&self, grant: &Grant) -> Result<(), Problem> {
        let id = grant.session_id.as_str();
        let call = self
            .clients
            .managed
            .terminate_session()
            .session_id(id)
            .send();
        self.gate
            .call(Feed::Session, &gate::TERMINATE_SESSION, call)
            .await
            .map(drop)
    }

    /// `ExecuteCommand`, tried exactly once. It takes no reason; `app` in the user agent
    /// carries the journal's id.
    async fn execute(&self, session: &Session, app: &str) -> Result<(Receipt, Grant), ApplyError> {
        let (
            Place::Container {
                task, container, ..
            },
            Some(command),
        ) = (&session.place, session.command())
        else {
            let sentence = "this session runs no command in a container";
            return Err(ApplyError::Moved(sentence.to_owned()));
        };
        let mut once = aws_sdk_ecs::config::Config::builder().retry_config(RetryConfig::disabled());
        once.set_app_name(app_name(app));
        let call = self
            .clients
            .ecs
            .execute_command()
            .cluster(session.target.cluster.as_str())
            .task(task.as_str())
            .container(container.as_str())
            .command(command)
            .interactive(true)
            .customize()
            .config_override(once)
            .send();
        let operation = &gate::EXECUTE_COMMAND;
        let answer = self.gate.make(operation, call).await;
        let answer = answer.map_err(|error| self.not_let_in(operation, &Failure::of(&error)))?;
        let opened = answer.session();
        self.let_in(
            (operation, session),
            answer.request_id(),
            (
                opened.and_then(|one| one.session_id()),
                opened.and_then(|one| one.stream_url()),
                opened.and_then(|one| one.token_value()),
            ),
        )
    }

    /// `StartSession` on the container or node, tried exactly once; the reason is kept in
    /// Session Manager's history.
    async fn start(
        &self,
        session: &Session,
        reason: &str,
        app: &str,
    ) -> Result<(Receipt, Grant), ApplyError> {
        let mut once = aws_sdk_ssm::config::Config::builder().retry_config(RetryConfig::disabled());
        once.set_app_name(app_name(app));
        let (document, parameters) = session.document();
        let mut call = self
            .clients
            .managed
            .start_session()
            .target(session.managed_target())
            .set_document_name(document.map(str::to_owned))
            .reason(reason.chars().take(LONGEST_REASON).collect::<String>());
        for (name, value) in parameters {
            call = call.parameters(name, vec![value]);
        }
        let operation = &gate::START_SESSION;
        let call = call.customize().config_override(once).send();
        let answer = self.gate.make(operation, call).await;
        let answer = answer.map_err(|error| self.not_let_in(operation, &Failure::of(&error)))?;
        self.let_in(
            (operation, session),
            answer.request_id(),
            (
                answer.session_id(),
                answer.stream_url(),
                answer.token_value(),
            ),
        )
    }

    /// The failure, with the prerequisite that is behind it where it can be told.
    fn not_let_in(&self, operation: &'static Operation, failure: &Failure) -> ApplyError {
        let mut problem = self.gate.problem(Feed::Session, operation, failure);
        if let Failure::Refused { code, message, .. } = failure
            && let Some(behind) = doctor::behind(code, message)
        {
            problem.sentence = format!("{}: {behind}", problem.sentence).into();
        }
        if failure.is_a_clear_no(operation) {
            ApplyError::Refused(problem)
        } else {
            ApplyError::Unclear(problem)
        }
    }

    /// The grant out of an answer that may lack half of it.
    fn let_in(
        &self,
        (operation, session): (&'static Operation, &Session),
        request_id: Option<&str>,
        (session_id, stream_url, token): (Option<&str>, Option<&str>, Option<&str>),
    ) -> Result<(Receipt, Grant), ApplyError> {
        let token = token.and_then(Token::new);
        let (Some(session_id), Some(stream_url), Some(token)) = (session_id, stream_url, token)
        else {
            let failure = Failure::Unreadable { status: 200 };
            let problem = self.gate.problem(Feed::Session, operation, &failure);
            return Err(ApplyError::Unclear(problem));
        };
        let session_id = Text::clean(session_id);
        let receipt = Receipt {
            request_id: request_id.map(Text::clean),
            deployment: None,
            service_deployment: None,
            session_id: Some(session_id.clone()),
        };
        let grant = Grant {
            session_id,
            stream_url: stream_url.to_owned(),
            token,
            target: Some(session.managed_target()),
        };
        Ok((receipt, grant))
    }
}
