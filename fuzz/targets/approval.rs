//! Any bytes as the line a second person hands over, as what is in it, and as a code: whatever is read
//! is written the same, and puts nothing into a header that could begin another.
#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use firstline::estate::approval::{Code, LONGEST_TOKEN, Token};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(code) = text.parse::<Code>() {
        let again: Code = code.to_string().parse().expect("what was read can be read again");
        assert_eq!(again, code);
    }
    // Bytes that happen to be base64 are rare: what is in a token is tried for itself.
    let wrapped = format!("firstline1.{}", URL_SAFE_NO_PAD.encode(bytes));
    for written in [&*text, &*wrapped] {
        let Ok(token) = written.parse::<Token>() else {
            continue;
        };
        assert!(Token::looks_like(written));
        let headers = [&token.scope, &token.signature];
        for header in headers.into_iter().chain(&token.session) {
            assert!(header.bytes().all(|one| one.is_ascii_graphic()), "{header:?}");
        }
        assert!(!token.scope.contains(',') && !token.signature.contains(','));
        let said = token.to_string();
        if said.len() > LONGEST_TOKEN {
            continue; // it was read at the very edge, and JSON has more than one spelling
        }
        let again: Token = said.parse().expect("what was read can be read again");
        assert!(again == token && again.digest() == token.digest());
    }
});
