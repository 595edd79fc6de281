//! The agent's handshake, answered.

use std::time::Duration;

use super::super::wire::{
    Action, ActionStatus, Challenge, HandshakeRequest, HandshakeResponse, KmsResult, PayloadType,
    ProcessedAction, SessionTypeRequest,
};
use super::cipher::{Cipher, DataKey};
use super::event::{Ended, Event};
use super::machine::Machine;

/// A handshake whose answer is not complete: a key is missing.
pub(super) struct Greeting {
    request: HandshakeRequest,
    challenged: bool,
}

impl Machine {
    /// The agent asks who we are.
    pub(super) fn greeted(&mut self, payload: &[u8], now: Duration) {
        let request = match HandshakeRequest::decode(payload) {
            Ok(request) => request,
            Err(error) => return tracing::warn!(%error, "a handshake was not understood"),
        };
        let mut actions = request.requested_client_actions.iter();
        let kms = actions.find_map(Action::kms).and_then(Result::ok);
        let greeting = Greeting {
            challenged: kms.as_ref().is_some_and(|kms| kms.challenge.is_some()),
            request,
        };
        match kms {
            Some(kms) => {
                self.greeting = Some(greeting);
                self.ask_key(kms);
            }
            None => self.answer(&greeting, None, now),
        }
    }

    /// The key the agent asked for is there, or is not.
    pub(super) fn keyed(&mut self, key: Result<(DataKey, [u8; 12]), String>, now: Duration) {
        let Some(greeting) = self.greeting.take() else {
            return;
        };
        let key = key.and_then(|(key, nonce)| {
            let cipher = Cipher::new(&key.plaintext, nonce);
            self.cipher = Some(cipher.map_err(|_| "the key is no key of AES-256".to_owned())?);
            Ok(key)
        });
        self.answer(&greeting, Some(&key), now);
    }

    fn answer(
        &mut self,
        greeting: &Greeting,
        key: Option<&Result<DataKey, String>>,
        now: Duration,
    ) {
        let actions = &greeting.request.requested_client_actions;
        let processed = actions.iter().map(|action| match key {
            Some(key) if action.kms().is_some() => processed_key(action, key, greeting.challenged),
            _ => processed(action),
        });
        let response = HandshakeResponse::new(processed.collect());
        self.send(PayloadType::HandshakeResponse, response.encode(), now);
        let session = actions.iter().find_map(Action::session_type);
        self.tell(Event::Greeted {
            agent_version: greeting.request.agent_version.clone(),
            session: session.and_then(Result::ok),
            encrypted: matches!(key, Some(Ok(_))),
        });
    }

    /// The agent wants proof that we have the key.
    pub(super) fn challenged(&mut self, payload: &[u8], now: Duration) {
        let proof = self.cipher.as_mut().and_then(|cipher| {
            let asked = Challenge::decode(payload).ok()?.encrypted()?;
            let plain = cipher.open(&asked).ok()?;
            cipher.seal(&plain).ok()
        });
        match proof {
            Some(proof) => {
                let answer = Challenge::new(&proof).encode();
                self.send(PayloadType::ChallengeResponse, answer, now);
            }
            None => self.end(Ended::Undecipherable),
        }
    }
}

fn processed_key(
    action: &Action,
    key: &Result<DataKey, String>,
    challenged: bool,
) -> ProcessedAction {
    match key {
        Ok(key) => ProcessedAction::keyed(action, &KmsResult::new(&key.wrapped, challenged)),
        Err(why) => ProcessedAction::new(action, ActionStatus::Failed, why.clone()),
    }
}

fn processed(action: &Action) -> ProcessedAction {
    let known = |asked: SessionTypeRequest| asked.kind().ok_or(asked.session_type);
    match action.session_type() {
        Some(Ok(asked)) => match known(asked) {
            Ok(_) => ProcessedAction::done(action),
            Err(kind) => {
                let why = format!("sessions of the kind {kind} are not known here");
                ProcessedAction::new(action, ActionStatus::Failed, why)
            }
        },
        Some(Err(_)) => {
            let why = "the kind of session was not understood".to_owned();
            ProcessedAction::new(action, ActionStatus::Failed, why)
        }
        None => {
            let why = format!("{} is not known here", action.action_type);
            ProcessedAction::new(action, ActionStatus::Unsupported, why)
        }
    }
}
