//! Any bytes as a smux stream, cut anywhere: the same frames.
#![no_main]

use firstline::session::wire::smux::{Frame, Reader};

fn frames(bytes: &[u8], cut: usize) -> (Vec<Frame>, bool) {
    let mut reader = Reader::default();
    let mut frames = Vec::new();
    for piece in bytes.chunks(cut) {
        reader.feed(piece);
        loop {
            match reader.next_frame() {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(_) => return (frames, true),
            }
        }
    }
    (frames, false)
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let whole = frames(rest, usize::MAX);
    assert_eq!(frames(rest, usize::from(*first).max(1)), whole);
});
