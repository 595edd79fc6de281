//! The vectors of the agent's own serializer, and laws.

use proptest::prelude::*;

use super::super::token::Token;
use super::smux::{Command, Frame, Reader};
use super::*;

const ID: &str = "00112233-4455-6677-8899-aabbccddeeff";

fn bytes(hex: &str) -> Vec<u8> {
    let digits: String = hex.chars().filter(char::is_ascii_hexdigit).collect();
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn both_ways(message: &Message, hex: &str) {
    assert_eq!(message.encode().unwrap(), bytes(hex));
    assert_eq!(&Message::decode(&bytes(hex)).unwrap(), message);
}

fn id(text: &str) -> MessageId {
    text.parse().unwrap()
}

#[test]
fn vector_1_input() {
    let payload = b"ls\r".to_vec();
    let message = Message::stream(MessageType::Input, 0, PayloadType::Output, payload);
    both_ways(
        &message.stamped(id(ID), 1_700_000_000_000),
        "00000074696e7075745f73747265616d5f64617461202020202020202020202020202020000000010000018bcfe5680000000000000000000000000000000000
         8899aabbccddeeff00112233445566771d887ce0f8672e4914d9000e801cd74ecd805dd9366c0bc42dc16adc0197dc2f00000001000000036c730d",
    );
}

#[test]
fn vector_2_size() {
    let size = Size {
        cols: 120,
        rows: 40,
    };
    let message = Message::stream(MessageType::Input, 1, PayloadType::Size, size.encode());
    assert_eq!(Size::decode(&message.payload), Ok(size));
    both_ways(
        &message.stamped(id("0f0e0d0c-0b0a-4908-8706-050403020100"), 1_700_000_000_123),
        "00000074696e7075745f73747265616d5f64617461202020202020202020202020202020000000010000018bcfe5687b00000000000000010000000000000000
         87060504030201000f0e0d0c0b0a4908edf7359c89077b608a6b3e8b19e63bbfc7aa724989a05ea371a9966a6e9db7cc00000003000000167b22636f6c73223a
         3132302c22726f7773223a34307d",
    );
}

#[test]
fn vector_3_acknowledgement() {
    let output =
        Message::stream(MessageType::Output, 7, PayloadType::Output, vec![1]).stamped(id(ID), 1);
    let message = Message::acknowledging(&output);
    let read = Acknowledgement::decode(&message.payload).unwrap();
    assert_eq!(read.acknowledged_message_sequence_number, 7);
    both_ways(
        &message.stamped(id("deadbeef-cafe-4bad-8f00-112233445566"), 1_700_000_000_456),
        "0000007461636b6e6f776c65646765202020202020202020202020202020202020202020000000010000018bcfe569c800000000000000000000000000000003
         8f00112233445566deadbeefcafe4bad62d57ca2dfb7aa0eee6a8e12491c3e9feffd166f2b0f36b96eba41866669e85400000000000000b07b2241636b6e6f77
         6c65646765644d65737361676554797065223a226f75747075745f73747265616d5f64617461222c2241636b6e6f776c65646765644d6573736167654964223a
         2230303131323233332d343435352d363637372d383839392d616162626363646465656666222c2241636b6e6f776c65646765644d6573736167655365717565
         6e63654e756d626572223a372c22497353657175656e7469616c4d657373616765223a747275657d",
    );
}

#[test]
fn vector_4_flag() {
    let payload = Flag::ConnectToPortError.encode();
    let message = Message::stream(MessageType::Output, 0, PayloadType::Flag, payload);
    assert_eq!(
        Flag::decode(&message.payload),
        Some(Flag::ConnectToPortError)
    );
    both_ways(
        &message.stamped(id(ID), 1_700_000_000_789),
        "000000746f75747075745f73747265616d5f646174612020202020202020202020202020000000010000018bcfe56b1500000000000000000000000000000001
         8899aabbccddeeff001122334455667788185d128d9922e0e6bcd32b07b6c7f20f27968eab447a1d8d1cdf250f79f7d30000000a0000000400000003",
    );
}

#[test]
fn vector_smux() {
    let wanted = bytes(
        "01000000 03000000  01020500 03000000 68656c6c6f  01010000 03000000
         01000000 05000000  01020100 05000000 01",
    );
    let said: [(Command, u32, &[u8]); 5] = [
        (Command::Syn, 3, b""),
        (Command::Push, 3, b"hello"),
        (Command::Fin, 3, b""),
        (Command::Syn, 5, b""),
        (Command::Push, 5, &[1]),
    ];
    let mut written = Vec::new();
    let mut reader = Reader::default();
    for (command, stream, data) in said {
        smux::write(command, stream, data, &mut written);
    }
    assert_eq!(written, wanted);
    let mut frames = Vec::new();
    for byte in wanted {
        reader.feed(&[byte]);
        frames.extend(reader.next_frame().unwrap());
    }
    let said = said.map(|(command, stream, data)| Frame {
        command,
        stream,
        data: data.to_vec(),
    });
    assert_eq!(frames, said);
}

#[test]
fn what_does_not_hold_is_refused() {
    let good = Message::stream(MessageType::Input, 0, PayloadType::Output, b"ls\r".to_vec())
        .stamped(id(ID), 1);
    let encoded = good.encode().unwrap();
    let altered = |at: usize, byte: u8| {
        let mut bytes = encoded.clone();
        bytes[at] = byte;
        Message::decode(&bytes)
    };
    assert_eq!(altered(3, 115), Err(WireError::Header(115)));
    assert_eq!(altered(0, 255), Err(WireError::Header(0xff00_0074)));
    assert_eq!(altered(4, 0xff), Err(WireError::Type));
    assert_eq!(altered(47, 0), Err(WireError::Undated));
    assert_eq!(altered(48, 0x80), Err(WireError::Sequence(i64::MIN)));
    assert_eq!(altered(80, 0), Err(WireError::Digest));
    assert_eq!(altered(119, 2), Err(WireError::Length { said: 2, real: 3 }));
    assert_eq!(altered(120, b'r'), Err(WireError::Digest));
    assert_eq!(
        Message::decode(&encoded[..119]),
        Err(WireError::Header(116))
    );
    assert_eq!(Message::decode(&encoded[..99]), Err(WireError::Short(99)));
    let empty = Message::stream(MessageType::Input, 0, PayloadType::Output, vec![]);
    assert_eq!(empty.stamped(id(ID), 1).encode(), Err(WireError::Empty));
}

#[test]
fn types_we_do_not_know_are_messages() {
    let kind = MessageType::Other("agent_job_reply".to_owned());
    let message = Message::stream(kind, 9, PayloadType::Other(77), vec![1]).stamped(id(ID), 1);
    assert_eq!(Message::decode(&message.encode().unwrap()), Ok(message));
}

#[test]
fn publication_skips_every_check() {
    let pause = Message::stream(MessageType::Pause, -1, PayloadType::None, vec![]);
    let mut bytes = pause.encode().unwrap();
    bytes[80] ^= 1;
    assert_eq!(Message::decode(&bytes).unwrap().kind, MessageType::Pause);
}

#[test]
fn the_open_frame_holds_the_token_and_hides_it_again() {
    let token = Token::new("AA\"EA").unwrap();
    let text = open_frame(&token, id(ID), MessageId([0; 16]));
    assert!(text.starts_with(
        "{\"MessageSchemaVersion\":\"1.0\",\"RequestId\":\"00112233-4455-6677-8899-aabbccddeeff\",\"TokenValue\":\"AA\\\"EA\",\"ClientId\":"
    ));
    assert!(text.ends_with("\"ClientVersion\":\"1.2.764.0\"}"));
    assert_eq!(OpenFrame::decode(&text).unwrap().token(), Some(token));
    let broken = OpenFrame::decode(&text.replace('}', ",}")).map(|_| ());
    let said = broken.unwrap_err().to_string();
    assert!(!said.contains("EA"), "{said}");
}

#[test]
fn a_handshake_is_read_and_answered() {
    let asked = br#"{"AgentVersion":"3.3.1.2","RequestedClientActions":[
        {"ActionType":"SessionType","ActionParameters":{"SessionType":"Port","Properties":{"type":"LocalPortForwarding"}}},
        {"ActionType":"KMSEncryption","ActionParameters":{"KMSKeyId":"k","Challenge":"Yw=="}}]}"#;
    let request = HandshakeRequest::decode(asked).unwrap();
    let [session, kms] = &request.requested_client_actions[..] else {
        panic!("{request:?}")
    };
    let session = session.session_type().unwrap().unwrap();
    assert_eq!(session.kind(), Some(SessionType::Port));
    assert_eq!(session.properties["type"], "LocalPortForwarding");
    let asked = kms.kms().unwrap().unwrap();
    assert_eq!(asked.challenge.as_deref(), Some("Yw=="));
    let first = ProcessedAction::done(&request.requested_client_actions[0]);
    let answer = HandshakeResponse::new(vec![first]).encode();
    let wanted: &[u8] = br#"{"ClientVersion":"1.2.764.0","ProcessedClientActions":[{"ActionType":"SessionType","ActionStatus":1,"ActionResult":null,"Error":""}],"Errors":null}"#;
    assert_eq!(answer, wanted);
    let keyed = ProcessedAction::keyed(kms, &KmsResult::new(b"wrapped", true));
    assert_eq!(
        keyed.action_result.to_string(),
        r#"{"ChallengeAcknowledgement":true,"KMSCipherTextHash":null,"KMSCipherTextKey":"d3JhcHBlZA=="}"#
    );
    let empty = br#"{"AgentVersion":"","RequestedClientActions":null}"#;
    assert_eq!(
        HandshakeRequest::decode(empty)
            .unwrap()
            .requested_client_actions,
        []
    );
}

#[test]
fn exit_codes_are_read_as_the_agent_says_them() {
    assert_eq!(exit_code(b"EXIT_CODE: 3"), Some(3));
    assert_eq!(exit_code(&exit_code_text(-1)), Some(-1));
    assert_eq!(exit_code(b"0"), Some(0));
    assert_eq!(exit_code(b"EXIT_CODE: x"), None);
}

proptest! {
    #[test]
    fn any_message_comes_back(
        kind in prop::sample::select(vec![MessageType::Input, MessageType::Output, MessageType::Acknowledge]),
        sequence in 0..i64::MAX,
        created in 1..u64::MAX,
        number: u32,
        payload in prop::collection::vec(any::<u8>(), 1..2000),
        id: [u8; 16],
    ) {
        let message = Message::stream(kind, sequence, number.into(), payload);
        let message = message.stamped(MessageId(id), created);
        prop_assert_eq!(Message::decode(&message.encode().unwrap()), Ok(message));
    }

    #[test]
    fn no_bytes_make_it_fall_over(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Message::decode(&bytes);
        let _ = HandshakeRequest::decode(&bytes);
        let mut reader = Reader::default();
        reader.feed(&bytes);
        while let Ok(Some(_)) = reader.next_frame() {}
    }

    #[test]
    fn smux_is_the_same_wherever_it_is_cut(
        pushes in prop::collection::vec((any::<u32>(), prop::collection::vec(any::<u8>(), 0..90)), 0..9),
        cut in 1usize..50,
    ) {
        let mut bytes = Vec::new();
        for (stream, data) in &pushes {
            smux::write(Command::Push, *stream, data, &mut bytes);
        }
        let mut reader = Reader::default();
        let mut read = Vec::new();
        for piece in bytes.chunks(cut) {
            reader.feed(piece);
            while let Some(frame) = reader.next_frame().unwrap() {
                read.push((frame.stream, frame.data));
            }
        }
        prop_assert_eq!(read, pushes);
    }
}
