//! Single rules and known traps.

use super::super::super::wire::{Flag, Message, MessageId, MessageType, PayloadType, Size};
use super::super::machine::{Effect, Happening, Kind};
use super::super::{DataKey, Ended, Event};
use super::world::{Faults, World, ms};

fn shell() -> World {
    World::new(Kind::Shell, Faults::default(), 1)
}

const PORT: &str = r#"{"AgentVersion":"3.3.1.1","RequestedClientActions":[{"ActionType":"SessionType","ActionParameters":{"SessionType":"Port","Properties":{"portNumber":"80","type":"LocalPortForwarding"}}}]}"#;
const SIZE: Size = Size {
    cols: 120,
    rows: 40,
};

#[test]
fn a_silent_start_gets_its_size_and_input_after_two_seconds() {
    let mut world = shell();
    world.happen(Happening::Resize(SIZE));
    world.happen(Happening::Input(b"ls\r".to_vec()));
    world.until(ms(1900), |world| world.now >= ms(1800));
    assert!(world.agent.input.is_empty(), "not before");
    world.until(ms(3000), |world| world.agent.input == b"ls\r");
    assert_eq!(world.agent.others, [(PayloadType::Size, SIZE.encode())]);
    assert_eq!(world.told, [Event::Ready]);
}

#[test]
fn the_first_output_opens_the_session() {
    let mut world = shell();
    world.happen(Happening::Input(b"x".to_vec()));
    world.agent.output(b"$ ", ms(0));
    world.until(ms(500), |world| world.agent.input == b"x");
    assert_eq!(world.told, [Event::Ready, Event::Output(b"$ ".to_vec())]);
}

#[test]
fn input_waits_for_the_end_of_the_handshake() {
    let mut world = World::new(Kind::Port, Faults::default(), 1);
    world.happen(Happening::Resize(SIZE));
    world.happen(Happening::Input(b"\n".to_vec()));
    world.until(ms(5000), |world| world.now >= ms(4000));
    assert!(
        world.agent.others.is_empty(),
        "a port waits for its handshake"
    );
    let now = world.now;
    world.agent.shake(PORT, now);
    world.until(ms(9000), |world| !world.agent.input.is_empty());
    assert_eq!(world.agent.input, b"\n", "a lone LF is nobody's to change");
    let kinds: Vec<_> = world.agent.others.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, [PayloadType::HandshakeResponse, PayloadType::Size]);
    let greeted = matches!(&world.told[0], Event::Greeted { agent_version, session: Some(session), encrypted: false }
        if agent_version == "3.3.1.1" && session.properties["portNumber"] == "80");
    assert!(greeted, "{:?}", world.told);
}

#[test]
fn a_size_that_a_late_handshake_threw_away_is_sent_again() {
    let mut world = shell();
    world.happen(Happening::Resize(SIZE));
    world.agent.shake(PORT, ms(0));
    world.agent.out.clear();
    // The request is lost, and its repetition comes only after the silence was taken for consent.
    world.agent.client_is(true);
    world.until(ms(3000), |world| world.told == [Event::Ready]);
    world.agent.client_is(false);
    world.until(ms(6000), |world| world.agent.others.len() == 2);
    let (response, size) = (&world.agent.others[0].0, &world.agent.others[1]);
    assert_eq!(*response, PayloadType::HandshakeResponse);
    assert_eq!(*size, (PayloadType::Size, SIZE.encode()));
}

#[test]
fn a_port_without_a_handshake_is_given_up() {
    let mut world = World::new(Kind::Port, Faults::default(), 1);
    world.until(ms(31_000), |world| world.machine.is_over());
    assert_eq!(world.told, [Event::Closed(Ended::NotGreeted)]);
}

#[test]
fn a_kind_of_session_that_is_not_known_is_refused() {
    let mut world = shell();
    world
        .agent
        .shake(&PORT.replace("Port\"", "Telepathy\""), ms(0));
    world.until(ms(1000), |world| world.machine.is_over());
    let answer = String::from_utf8(world.agent.others[0].1.clone()).unwrap();
    assert!(
        answer.contains("\"ActionStatus\":2") && answer.contains("Telepathy"),
        "{answer}"
    );
    let output = "handshake failed".to_owned();
    assert_eq!(
        world.told.last(),
        Some(&Event::Closed(Ended::Remote { output }))
    );
}

#[test]
fn what_was_had_before_is_acknowledged_again() {
    let mut world = shell();
    world.agent.output(b"once", ms(0));
    let frame = world.agent.out[0].clone();
    world.happen(Happening::Frame(frame.clone()));
    world.happen(Happening::Frame(frame));
    world.until(ms(200), |world| !world.agent.waits_for(0));
    world.until(ms(400), |world| world.now > ms(300));
    assert!(
        world.agent.acknowledged.len() >= 2,
        "{:?}",
        world.agent.acknowledged
    );
    assert_eq!(world.heard(), b"once");
}

#[test]
fn bytes_are_never_taken_for_letters() {
    let mut world = shell();
    world.agent.output(&[0xe2, 0x82], ms(0));
    world.agent.output(&[0xac, 0xff, 0], ms(0));
    world.until(ms(500), |world| world.heard().len() == 5);
    assert_eq!(world.heard(), [0xe2, 0x82, 0xac, 0xff, 0]);
}

#[test]
fn exit_codes_flags_and_the_other_output_are_told_in_order() {
    let mut world = shell();
    world.agent.send(PayloadType::StdErr, b"no", ms(0));
    world
        .agent
        .send(PayloadType::ExitCode, b"EXIT_CODE: 3", ms(0));
    world
        .agent
        .send(PayloadType::Flag, &Flag::ConnectToPortError.encode(), ms(0));
    world.agent.send(PayloadType::Other(99), b"?", ms(0));
    world.until(ms(500), |world| world.agent.in_flight() == 0);
    let wanted = [
        Event::Ready,
        Event::ErrorOutput(b"no".to_vec()),
        Event::ExitCode(3),
        Event::Flag(Flag::ConnectToPortError),
    ];
    assert_eq!(world.told, wanted);
}

#[test]
fn the_end_is_told_once_and_last() {
    let mut world = shell();
    world
        .agent
        .close("\n----------ERROR-------\nno shell\n", ms(0));
    world.agent.output(b"late", ms(0));
    world.until(ms(500), |world| world.now > ms(300));
    let [Event::Closed(ended)] = &world.told[..] else {
        panic!("{:?}", world.told)
    };
    assert!(ended.to_string().ends_with("no shell"), "{ended}");
}

#[test]
fn while_the_other_end_is_away_one_message_asks_for_it() {
    let mut world = shell();
    world.agent.publication(false);
    world.until(ms(3000), |world| world.now > ms(2500));
    world.agent.client_is(true);
    for letter in [b'a'; 9] {
        world.happen(Happening::Input(vec![letter; 1024]));
    }
    let under_way = |world: &World| !world.machine.is_idle();
    assert!(under_way(&world));
    world.until(ms(5000), |world| world.agent.input.len() == 9 * 1024);
    assert_eq!(world.told, [Event::Away, Event::Ready, Event::Back]);
}

#[test]
fn an_agent_that_never_answers_is_given_up_after_five_minutes() {
    let all_lost = Faults {
        lost: 100,
        ..Faults::default()
    };
    let mut world = World::new(Kind::Shell, all_lost, 1);
    world.happen(Happening::Input(b"x".to_vec()));
    world.until(ms(400_000), |world| world.machine.is_over());
    assert_eq!(world.told.last(), Some(&Event::Closed(Ended::Unanswered)));
    assert!(world.now >= ms(300_000), "{:?}", world.now);
}

#[test]
fn sizes_are_sent_when_they_change() {
    let mut world = shell();
    world.agent.output(b"$", ms(0));
    world.until(ms(500), |world| !world.told.is_empty());
    for _ in 0..3 {
        world.happen(Happening::Resize(SIZE));
    }
    world.until(ms(1000), |world| world.machine.is_idle());
    assert_eq!(world.agent.others.len(), 1);
}

#[test]
fn malformed_and_oversize_frames_change_nothing() {
    let mut world = shell();
    world.agent.output(b"fine", ms(0));
    let good = world.agent.out[0].clone();
    for cut in [0, 1, 119, 120, good.len() - 1] {
        world.happen(Happening::Frame(good[..cut].to_vec()));
    }
    let mut large = good.clone();
    large.resize(3 << 20, 0);
    world.happen(Happening::Frame(large));
    let far = Message::stream(MessageType::Output, i64::MAX, PayloadType::Output, vec![1]);
    let far = far.stamped(MessageId([1; 16]), 1).encode().unwrap();
    world.happen(Happening::Frame(far));
    assert!(world.told.is_empty(), "{:?}", world.told);
    world.until(ms(900), |world| world.heard() == b"fine");
}

const KMS: &str = r#"{"AgentVersion":"3.3.808.0","RequestedClientActions":[{"ActionType":"SessionType","ActionParameters":{"SessionType":"Standard_Stream","Properties":null}},{"ActionType":"KMSEncryption","ActionParameters":{"KMSKeyId":"k","Challenge":"Y2hhbGxlbmdl"}}]}"#;

#[test]
fn an_encrypted_session_proves_its_key_and_encrypts_bytes_only() {
    use super::super::super::wire::Challenge;
    use super::super::cipher::Cipher;

    let mut world = shell();
    world.agent.shake(KMS, ms(0));
    world.until(ms(500), |world| world.keys == 1);
    assert!(
        world.agent.others.is_empty(),
        "the answer waits for the key"
    );
    let plaintext: [u8; 64] = std::array::from_fn(|at| u8::try_from(at).unwrap());
    let key = DataKey {
        plaintext,
        wrapped: b"wrapped".to_vec(),
    };
    world.happen(Happening::Key(Ok((key, [0; 12]))));
    // The agent's halves are the other way round.
    let mut turned = plaintext;
    turned.rotate_left(32);
    let mut agent = Cipher::new(&turned, [9; 12]).unwrap();
    let challenge = Challenge::new(&agent.seal(&[5; 64]).unwrap()).encode();
    let now = world.now;
    world
        .agent
        .send(PayloadType::ChallengeRequest, &challenge, now);
    let sealed = agent.seal(b"$ ").unwrap();
    world.agent.send(PayloadType::Output, &sealed, now);
    world.happen(Happening::Resize(SIZE));
    world.happen(Happening::Input(b"id\r".to_vec()));
    world.until(ms(5000), |world| !world.agent.input.is_empty());
    let kinds: Vec<_> = world.agent.others.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(
        kinds,
        [
            PayloadType::HandshakeResponse,
            PayloadType::ChallengeResponse,
            PayloadType::Size
        ]
    );
    let answer = String::from_utf8(world.agent.others[0].1.clone()).unwrap();
    assert!(
        answer.contains("\"ChallengeAcknowledgement\":true"),
        "{answer}"
    );
    let proof = Challenge::decode(&world.agent.others[1].1).unwrap();
    assert_eq!(agent.open(&proof.encrypted().unwrap()).unwrap(), [5; 64]);
    assert_eq!(world.agent.others[2].1, SIZE.encode());
    assert_eq!(agent.open(&world.agent.input).unwrap(), b"id\r");
    assert_eq!(world.heard(), b"$ ");
    // Bytes that are not ours end it, unshown.
    let now = world.now;
    world
        .agent
        .send(PayloadType::Output, b"plain and long enough for a tag", now);
    world.until(ms(9000), |world| world.machine.is_over());
    assert_eq!(
        world.told.last(),
        Some(&Event::Closed(Ended::Undecipherable))
    );
    assert_eq!(world.heard(), b"$ ");
}

#[test]
fn a_key_that_takes_its_time_holds_the_input_back() {
    use super::super::cipher::Cipher;

    let mut world = shell();
    world.agent.shake(KMS, ms(0));
    world.until(ms(500), |world| world.keys == 1);
    world.happen(Happening::Input(b"x".to_vec()));
    world.until(ms(9000), |world| world.now > ms(8000));
    let plaintext = [3; 64];
    let wrapped = vec![1];
    let key = DataKey { plaintext, wrapped };
    world.happen(Happening::Key(Ok((key, [0; 12]))));
    world.until(ms(12_000), |world| !world.agent.input.is_empty());
    let agent = Cipher::new(&plaintext, [0; 12]).unwrap();
    assert_eq!(agent.open(&world.agent.input).unwrap(), b"x");
}

#[test]
fn without_a_key_the_agent_is_told_why() {
    let mut world = shell();
    world.agent.shake(KMS, ms(0));
    world.until(ms(500), |world| world.keys == 1);
    world.happen(Happening::Key(Err(
        "kms:GenerateDataKey was denied".to_owned()
    )));
    world.until(ms(2000), |world| world.machine.is_over());
    let answer = String::from_utf8(world.agent.others[0].1.clone()).unwrap();
    assert!(
        answer.contains("\"ActionStatus\":2") && answer.contains("denied"),
        "{answer}"
    );
}

#[test]
fn an_action_that_is_not_known_is_unsupported() {
    let mut world = shell();
    world.agent.shake(
        &PORT.replace("\"ActionType\":\"SessionType\"", "\"ActionType\":\"Dance\""),
        ms(0),
    );
    world.until(ms(1000), |world| world.machine.is_over());
    let answer = String::from_utf8(world.agent.others[0].1.clone()).unwrap();
    assert!(answer.contains("\"ActionStatus\":3"), "{answer}");
}

#[test]
fn no_frame_of_ours_is_empty_and_effects_need_no_connection() {
    let mut world = shell();
    world.machine.handle(Happening::Disconnected, ms(1));
    world.machine.handle(Happening::Input(Vec::new()), ms(2));
    world.machine.handle(Happening::Input(b"x".to_vec()), ms(3));
    world.machine.handle(Happening::Tick, ms(5000));
    while let Some(effect) = world.machine.next_effect() {
        assert!(matches!(effect, Effect::Tell(Event::Ready)), "{effect:?}");
    }
    world.happen(Happening::Connected);
    world.until(ms(9000), |world| world.agent.input == b"x");
}
