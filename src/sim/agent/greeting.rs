//! The agent's handshake: which session this is, and the keys of an encrypted one.
//!
//! While it lasts everything but its own answers is acknowledged and thrown away, as AWS's agent
//! does: a client that types too early types into nothing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::Socket;
use super::channel::{Channel, TICK, heard};
use super::frame::kind;
use super::vault::{EncryptionContext, Vault, open, seal};

/// Looks after which a step that was not answered ends the session: fifteen seconds.
const STEP: u32 = 150;

/// What the agent asks of its client.
pub(super) struct Greeting {
    /// Its version.
    pub(super) agent: String,
    /// What the document calls the session, and its properties.
    pub(super) session: (&'static str, Value),
    /// The key, where the session is encrypted.
    pub(super) secret: Option<Secret>,
}

/// How a session is encrypted.
#[derive(Clone, Debug)]
pub(super) struct Secret {
    /// The key's ARN.
    pub(super) key: String,
    /// What Session Manager calls the place.
    pub(super) target: String,
    /// Unwraps the data key.
    pub(super) vault: Vault,
    /// Whether a client that does not answer the random challenge is refused.
    pub(super) required: bool,
}

/// The keys of one session: the agent seals with the first half and opens with the second.
pub(super) struct Keys {
    plain: Vec<u8>,
    nonce: u128,
}

impl Keys {
    /// Seals what goes to the client; nonces are counted up.
    pub(super) fn seal(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let [_, _, _, _, nonce @ ..] = self.nonce.to_be_bytes();
        self.nonce = self.nonce.wrapping_add(1);
        seal(self.plain.get(..32)?, nonce, &[], bytes)
    }

    /// Opens what came from the client.
    pub(super) fn open(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        open(self.plain.get(32..)?, &[], bytes)
    }
}

impl Channel {
    /// Asks, and waits for every answer.
    ///
    /// # Errors
    /// What the client is told when the session ends with it.
    pub(super) async fn greet(
        &mut self,
        greeting: &Greeting,
        sockets: &mut mpsc::UnboundedReceiver<Socket>,
    ) -> Result<(), String> {
        let challenge = STANDARD.encode(self.random::<32>());
        let (session, properties) = &greeting.session;
        let mut actions = vec![json!({
            "ActionType": "SessionType",
            "ActionParameters": { "SessionType": session, "Properties": properties },
        })];
        if let Some(secret) = &greeting.secret {
            actions.push(json!({
                "ActionType": "KMSEncryption",
                "ActionParameters": { "KMSKeyId": secret.key, "Challenge": challenge },
            }));
        }
        let request = json!({ "AgentVersion": greeting.agent, "RequestedClientActions": actions });
        let request = request.to_string().into_bytes();
        self.message(kind::HANDSHAKE_REQUEST, request).await;
        let response = self.answer(kind::HANDSHAKE_RESPONSE, sockets).await?;
        let processed = response["ProcessedClientActions"].as_array();
        for action in processed.map_or(&[][..], Vec::as_slice) {
            if action["ActionStatus"] != 1 {
                let why = action["Error"].as_str().unwrap_or_default();
                return Err(format!("{}: {why}", action["ActionType"]));
            }
        }
        if let Some(secret) = &greeting.secret {
            let mut keyed = processed.into_iter().flatten();
            let keyed = keyed.find(|action| action["ActionType"] == "KMSEncryption");
            let result = keyed.map_or(&Value::Null, |action| &action["ActionResult"]);
            self.unwrap(secret, result, &challenge)?;
            self.prove(sockets).await?;
        }
        let complete = br#"{"HandshakeTimeToComplete":1000000,"CustomerMessage":""}"#;
        self.message(kind::HANDSHAKE_COMPLETE, complete.to_vec())
            .await;
        Ok(())
    }

    /// Takes the keys out of what the client was given by KMS.
    fn unwrap(&mut self, secret: &Secret, result: &Value, challenge: &str) -> Result<(), String> {
        let answered = result["ChallengeAcknowledgement"] == true;
        if secret.required && !answered {
            return Err("the client did not answer the random challenge".to_owned());
        }
        let mut context = EncryptionContext::from([
            ("aws:ssm:SessionId".to_owned(), self.session_id.clone()),
            ("aws:ssm:TargetId".to_owned(), secret.target.clone()),
        ]);
        if answered {
            let name = "aws:ssm:RandomChallenge".to_owned();
            context.insert(name, challenge.to_owned());
        }
        let wrapped = result["KMSCipherTextKey"].as_str().unwrap_or_default();
        let wrapped = STANDARD.decode(wrapped).unwrap_or_default();
        let unwrapped = secret.vault.unwrap(&wrapped, &context);
        let (_, plain) = unwrapped.ok_or("the data key could not be decrypted")?;
        if plain.len() != 64 {
            return Err("the data key is not 64 bytes long".to_owned());
        }
        let nonce = u128::from_be_bytes(self.random());
        self.keys = Some(Keys { plain, nonce });
        Ok(())
    }

    /// The client must open what we sealed and seal it again.
    async fn prove(&mut self, sockets: &mut mpsc::UnboundedReceiver<Socket>) -> Result<(), String> {
        let proof = self.random::<64>();
        let sealed = self.keys.as_mut().and_then(|keys| keys.seal(&proof));
        let sealed = STANDARD.encode(sealed.unwrap_or_default());
        let request = json!({ "Challenge": sealed }).to_string().into_bytes();
        self.message(kind::CHALLENGE_REQUEST, request).await;
        let answer = self.answer(kind::CHALLENGE_RESPONSE, sockets).await?;
        let answer = answer["Challenge"].as_str().unwrap_or_default();
        let answer = STANDARD.decode(answer).unwrap_or_default();
        let opened = self.keys.as_ref().and_then(|keys| keys.open(&answer));
        if opened.as_deref() == Some(&proof[..]) {
            Ok(())
        } else {
            Err("the client does not have the session's key".to_owned())
        }
    }

    /// Waits for one kind of payload and throws everything else away.
    async fn answer(
        &mut self,
        kind: u32,
        sockets: &mut mpsc::UnboundedReceiver<Socket>,
    ) -> Result<Value, String> {
        let mut tick = tokio::time::interval(TICK);
        let mut looks = 0;
        while looks < STEP {
            tokio::select! {
                biased;
                socket = sockets.recv() => match socket {
                    Some(socket) => self.plug(socket).await,
                    None => return Err("the session was ended".to_owned()),
                },
                message = heard(&mut self.socket) => match message {
                    Some(Ok(message)) => {
                        let frames = self.take(message).await;
                        let answer = frames.into_iter().find(|frame| frame.kind == kind);
                        if let Some(answer) = answer {
                            return serde_json::from_slice(&answer.payload)
                                .map_err(|_| "the client's answer is no JSON".to_owned());
                        }
                    }
                    Some(Err(_)) | None => self.socket = None,
                },
                _ = tick.tick() => {
                    looks += 1;
                    self.pass_time().await;
                }
            }
        }
        Err("the client did not answer the handshake".to_owned())
    }

    fn random<const LENGTH: usize>(&mut self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        self.dice.fill(&mut bytes);
        bytes
    }
}
