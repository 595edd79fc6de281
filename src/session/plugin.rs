//! A session handed over to AWS's own client, `session-manager-plugin`.
//!
//! The answer of `StartSession` holds the token, so it does not go into an argument, which every user
//! of the machine can read: it goes into the one variable whose name is the first argument. The
//! client takes it out of its environment again (its `session.go`).

use std::fmt;
use std::process::Command;

use super::token::Token;

/// The client's name on the path.
pub const PROGRAM: &str = "session-manager-plugin";

/// The variable that holds the answer.
const VARIABLE: &str = "AWS_SSM_START_SESSION_RESPONSE";

/// What the client is told of the session beside the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// The session's region.
    pub region: String,
    /// The profile its own calls are made with; empty is the current one.
    pub profile: String,
    /// What Session Manager calls the place: `i-…` or `ecs:CLUSTER_TASK_RUNTIME`.
    pub target: String,
    /// Where its own calls go.
    pub endpoint: String,
}

/// A session to be handed over. Its `Debug` shows no token.
#[derive(Clone)]
pub struct Handover {
    errand: Errand,
    answer: String,
}

impl Handover {
    /// Hands over what was opened.
    pub fn new(errand: Errand, session_id: &str, stream_url: &str, token: &Token) -> Self {
        let answer = serde_json::json!({
            "SessionId": session_id,
            "StreamUrl": stream_url,
            "TokenValue": token.reveal(),
        });
        Self {
            errand,
            answer: answer.to_string(),
        }
    }

    /// The client, ready to be started in this terminal. The command must not be printed: it shows
    /// its variables.
    pub fn command(&self) -> Command {
        let Errand {
            region,
            profile,
            target,
            endpoint,
        } = &self.errand;
        let request = serde_json::json!({ "Target": target }).to_string();
        let mut command = Command::new(PROGRAM);
        command
            .args([
                VARIABLE,
                region,
                "StartSession",
                profile,
                &request,
                endpoint,
            ])
            .env(VARIABLE, &self.answer);
        command
    }
}

impl fmt::Debug for Handover {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Handover({:?}, …)", self.errand)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_in_one_variable_and_nowhere_else() {
        let errand = Errand {
            region: "eu-central-1".to_owned(),
            profile: "ops".to_owned(),
            target: "i-0a1b2c3d4e5f60718".to_owned(),
            endpoint: "https://ssm.eu-central-1.amazonaws.com".to_owned(),
        };
        let token = Token::new("AAEAA-hush").unwrap();
        let handover = Handover::new(errand, "alice-1", "wss://host/", &token);
        assert!(!format!("{handover:?}").contains("hush"));
        let command = handover.command();
        let arguments: Vec<_> = command.get_args().collect();
        assert_eq!(
            arguments,
            [
                "AWS_SSM_START_SESSION_RESPONSE",
                "eu-central-1",
                "StartSession",
                "ops",
                r#"{"Target":"i-0a1b2c3d4e5f60718"}"#,
                "https://ssm.eu-central-1.amazonaws.com",
            ]
        );
        let variables: Vec<_> = command.get_envs().collect();
        let [(name, Some(value))] = variables.as_slice() else {
            panic!("{} variables", variables.len());
        };
        assert_eq!(*name, "AWS_SSM_START_SESSION_RESPONSE");
        let read: serde_json::Value = serde_json::from_str(value.to_str().unwrap()).unwrap();
        assert_eq!(read["TokenValue"], "AAEAA-hush");
        assert_eq!(read["SessionId"], "alice-1");
    }
}
