//! What one writes the other reads.

use aws_ssm_bridge::ack::{build_ack, parse_ack};
use aws_ssm_bridge::binary_protocol::{self as theirs, ClientMessage};
use aws_ssm_bridge::handshake as shake;
use bytes::Bytes;
use proptest::prelude::*;
use uuid::Uuid;

use crate::session::wire::{
    Acknowledgement, Action, Challenge, HandshakeComplete, HandshakeRequest, HandshakeResponse,
    Message, MessageId, MessageType, ProcessedAction, exit_code,
};

fn kinds() -> impl Strategy<Value = (MessageType, theirs::MessageType)> {
    prop::sample::select(vec![
        (MessageType::Input, theirs::MessageType::InputStreamData),
        (MessageType::Output, theirs::MessageType::OutputStreamData),
        (MessageType::Acknowledge, theirs::MessageType::Acknowledge),
        (MessageType::ChannelClosed, theirs::MessageType::ChannelClosed),
    ])
}

prop_compose! {
    fn pair()(
        (ours, other) in kinds(),
        sequence in 0..i64::MAX,
        created in 1..u64::MAX,
        flags: u64,
        number in 0u32..13,
        payload in prop::collection::vec(any::<u8>(), 1..1500),
        id: [u8; 16],
    ) -> (Message, ClientMessage) {
        let mut message = Message::stream(ours, sequence, number.into(), payload.clone())
            .stamped(MessageId(id), created);
        message.flags = flags;
        let number = theirs::PayloadType::from_u32(number).unwrap();
        let mut same = ClientMessage::new(other, sequence, number, Bytes::from(payload));
        same.created_date = created;
        same.flags = flags;
        same.message_id = Uuid::from_bytes(id);
        (message, same)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn frames_are_the_same_bytes((ours, theirs) in pair()) {
        let written = ours.encode().unwrap();
        prop_assert_eq!(&written[..], &theirs.serialize()[..]);
        let read = ClientMessage::deserialize(Bytes::from(written)).unwrap();
        prop_assert_eq!(read.message_id.to_string(), ours.id.to_string());
        prop_assert_eq!(&read.payload[..], &ours.payload[..]);
        prop_assert_eq!(Message::decode(&theirs.serialize()), Ok(ours));
    }

    #[test]
    fn what_one_refuses_the_other_refuses((_, theirs) in pair(), at in 0usize..1620, bit in 0u8..8) {
        let mut bytes = theirs.serialize().to_vec();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        let ours = Message::decode(&bytes);
        let other = ClientMessage::deserialize(Bytes::from(bytes));
        // We are the stricter one (no date, bytes beyond the payload) and know how to skip a type
        // and a payload that nobody knows, and a longer header.
        if let Ok(ours) = ours && !matches!(ours.kind, MessageType::Other(_)) && u32::from(ours.payload_type) < 13 {
            prop_assert!(other.is_ok(), "{ours:?} {other:?}");
        }
    }

    #[test]
    fn acknowledgements_are_the_same((ours, theirs) in pair()) {
        let mine = Message::acknowledging(&ours).stamped(MessageId([1; 16]), 1);
        let other = build_ack(&theirs, true).unwrap();
        prop_assert_eq!(&mine.payload[..], &other.payload[..]);
        prop_assert_eq!(mine.flags, other.flags);
        let read = Message::decode(&other.serialize()).unwrap();
        let read = Acknowledgement::decode(&read.payload).unwrap();
        prop_assert_eq!(read.acknowledged_message_sequence_number, ours.sequence);
        let bytes = Bytes::from(mine.encode().unwrap());
        let read = parse_ack(&ClientMessage::deserialize(bytes).unwrap()).unwrap();
        prop_assert_eq!(read.sequence_number, ours.sequence);
    }
}

fn request() -> HandshakeRequest {
    HandshakeRequest {
        agent_version: "3.3.2746.0".to_owned(),
        requested_client_actions: vec![Action {
            action_type: "SessionType".to_owned(),
            action_parameters: serde_json::json!({"SessionType": "Port", "Properties": {"portNumber": "80"}}),
        }],
    }
}

#[tokio::test]
async fn the_handshake_is_understood_both_ways() {
    // Our agent's side to their client, their client's answer to our agent's side.
    let asked: shake::HandshakeRequest = serde_json::from_slice(&request().encode()).unwrap();
    let mut handler = shake::HandshakeHandler::new();
    let answer = handler.on_request(asked).await.unwrap().unwrap();
    assert_eq!(handler.session_type(), Some(shake::NegotiatedSessionType::Port));
    let answer = serde_json::to_value(answer).unwrap();
    // It leaves out what Go writes as null and "": only then do the two differ.
    let mine = HandshakeResponse::new(vec![ProcessedAction::done(
        &request().requested_client_actions[0],
    )]);
    let mine = serde_json::to_value(mine).unwrap();
    let (theirs, ours) = (&answer["ProcessedClientActions"][0], &mine["ProcessedClientActions"][0]);
    for field in ["ActionType", "ActionStatus"] {
        assert_eq!(theirs[field], ours[field], "{field}");
    }
    let done = HandshakeComplete { handshake_time_to_complete: 7, customer_message: "hi".to_owned() };
    let done: shake::HandshakeComplete = serde_json::from_slice(&done.encode()).unwrap();
    assert_eq!(handler.on_complete(done).unwrap().as_deref(), Some("hi"));
}

#[test]
fn challenges_are_the_same() {
    let ours = Challenge::new(&[0, 1, 2, 250]);
    let theirs: shake::EncryptionChallengeRequest = serde_json::from_slice(&ours.encode()).unwrap();
    let back = shake::EncryptionChallengeResponse { challenge: theirs.challenge };
    let back = Challenge::decode(&serde_json::to_vec(&back).unwrap()).unwrap();
    assert_eq!(back.encrypted(), Some(vec![0, 1, 2, 250]));
}

#[test]
fn the_agents_exit_code_is_read_where_the_other_expects_a_bare_number() {
    assert_eq!((exit_code(b"EXIT_CODE: 3"), exit_code(b"3")), (Some(3), Some(3)));
}
