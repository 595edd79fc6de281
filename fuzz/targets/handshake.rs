//! Any bytes as every payload of the handshake: read, understood, written, read the same.
#![no_main]

use firstline::session::wire::{
    Challenge, HandshakeComplete, HandshakeRequest, HandshakeResponse, OpenFrame,
};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(request) = HandshakeRequest::decode(bytes) {
        for action in &request.requested_client_actions {
            let _ = action.session_type().map(|asked| asked.map(|asked| asked.kind()));
            let _ = action.kms();
        }
        assert!(HandshakeRequest::decode(&request.encode()).is_ok());
    }
    if let Ok(response) = HandshakeResponse::decode(bytes) {
        assert!(HandshakeResponse::decode(&response.encode()).is_ok());
    }
    if let Ok(complete) = HandshakeComplete::decode(bytes) {
        assert_eq!(HandshakeComplete::decode(&complete.encode()), Ok(complete));
    }
    if let Ok(challenge) = Challenge::decode(bytes) {
        let _ = challenge.encrypted();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = OpenFrame::decode(text).map(|frame| frame.token());
    }
});
