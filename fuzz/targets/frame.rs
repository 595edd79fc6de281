//! Any bytes as a message: what is read is written back the same.
#![no_main]

use firstline::session::wire::{Acknowledgement, ChannelClosed, Flag, Message, MessageType, Size, exit_code};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = Acknowledgement::decode(bytes);
    let _ = ChannelClosed::decode(bytes);
    let _ = Size::decode(bytes);
    let _ = Flag::decode(bytes);
    let _ = exit_code(bytes);
    if let Ok(message) = Message::decode(bytes)
        && let Ok(written) = message.encode()
        && message.kind != MessageType::Pause
        && message.kind != MessageType::Start
    {
        assert_eq!(Message::decode(&written), Ok(message));
    }
    // The digest stops nearly all that is made up, so most bytes are tried as a payload too.
    let made = Message::stream(MessageType::Output, 1, 1.into(), bytes.to_vec())
        .stamped(firstline::session::wire::MessageId([1; 16]), 1);
    if let Ok(written) = made.encode() {
        assert_eq!(Message::decode(&written), Ok(made));
    }
});
