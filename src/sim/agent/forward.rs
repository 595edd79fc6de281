//! Forwarded ports: many connections in one stream of smux frames, version 1; with an old agent one
//! connection after the other.

use std::collections::HashMap;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, ReadHalf, WriteHalf, duplex};
use tokio::sync::mpsc;

use super::frame::flag;
use super::program::{Dial, Keys, Place, Program, Said};
use super::shell;

const VERSION: u8 = 1;
const SYN: u8 = 0;
const FIN: u8 = 1;
const PUSH: u8 = 2;
const HEADER: usize = 8;
/// Bytes of a connection read at once; a frame may hold no more.
const LARGEST: usize = 32 * 1024;

/// Something happened on a connection: what it said, or `None` at its end.
type Heard = (u32, Option<Vec<u8>>);

/// Starts the other end of a forwarded port.
pub(super) fn start(dial: Dial, place: Place, host: String, port: u16) -> Program {
    let (keys, mut typed) = mpsc::unbounded_channel();
    let (say, words) = mpsc::channel(16);
    tokio::spawn(async move {
        let (tell, mut told) = mpsc::channel::<Heard>(16);
        let mut connections: HashMap<u32, WriteHalf<DuplexStream>> = HashMap::new();
        let mut bytes = Vec::new();
        loop {
            tokio::select! {
                typed = typed.recv() => match typed {
                    Some(Keys::Bytes(more)) => bytes.extend(more),
                    Some(Keys::Size(..) | Keys::Hangup) => continue,
                    None => return,
                },
                Some((id, words)) = told.recv() => {
                    let frame = if let Some(words) = words {
                        frame(PUSH, id, &words)
                    } else {
                        connections.remove(&id);
                        frame(FIN, id, &[])
                    };
                    if say.send(frame.into()).await.is_err() {
                        return;
                    }
                    continue;
                }
            }
            while let Some((command, id, data)) = next(&mut bytes) {
                match command {
                    SYN => {
                        if let Some(stream) = dial(&place, &host, port) {
                            let (reading, writing) = tokio::io::split(stream);
                            connections.insert(id, writing);
                            tokio::spawn(listen(id, reading, tell.clone()));
                            continue;
                        }
                        let flag = Said::Flag(flag::UNREACHABLE);
                        let fin = frame(FIN, id, &[]).into();
                        if say.send(flag).await.is_err() || say.send(fin).await.is_err() {
                            return;
                        }
                    }
                    PUSH => {
                        if let Some(stream) = connections.get_mut(&id) {
                            let _ = stream.write_all(&data).await;
                        }
                    }
                    FIN => {
                        if let Some(mut stream) = connections.remove(&id) {
                            let _ = stream.shutdown().await;
                        }
                    }
                    _ => {}
                }
            }
        }
    });
    Program { keys, words }
}

/// The last agent that knows no frames.
const BASIC: [u64; 4] = [3, 0, 196, 0];

/// Whether an agent of this version carries one connection after the other.
pub(super) fn is_basic(agent: &str) -> bool {
    let numbers: Vec<u64> = agent.split('.').flat_map(str::parse).collect();
    numbers.len() != 4 || numbers[..] <= BASIC[..]
}

/// Starts the other end of a forwarded port of an old agent: the bytes as they are, a flag where a
/// connection ends.
pub(super) fn start_basic(dial: Dial, place: Place, host: String, port: u16) -> Program {
    let (keys, mut typed) = mpsc::unbounded_channel();
    let (say, words) = mpsc::channel(16);
    tokio::spawn(async move {
        let mut connection: Option<DuplexStream> = None;
        let mut bytes = vec![0; LARGEST];
        loop {
            let said = tokio::select! {
                typed = typed.recv() => match typed {
                    Some(Keys::Bytes(more)) => {
                        if connection.is_none() {
                            connection = dial(&place, &host, port);
                        }
                        match &mut connection {
                            Some(stream) => {
                                let _ = stream.write_all(&more).await;
                                continue;
                            }
                            None => Said::Flag(flag::UNREACHABLE),
                        }
                    }
                    Some(Keys::Hangup) => {
                        connection = None;
                        continue;
                    }
                    Some(Keys::Size(..)) => continue,
                    None => return,
                },
                length = read(&mut connection, &mut bytes) => match bytes.get(..length) {
                    Some(more) if !more.is_empty() => Said::Bytes(more.to_vec()),
                    _ => {
                        connection = None;
                        Said::Flag(flag::DISCONNECT)
                    }
                },
            };
            if say.send(said).await.is_err() {
                return;
            }
        }
    });
    Program { keys, words }
}

/// Bytes read, 0 at the end; without a connection it waits for ever.
async fn read(connection: &mut Option<DuplexStream>, bytes: &mut [u8]) -> usize {
    match connection {
        Some(stream) => stream.read(bytes).await.unwrap_or(0),
        None => std::future::pending().await,
    }
}

async fn listen(id: u32, mut stream: ReadHalf<DuplexStream>, tell: mpsc::Sender<Heard>) {
    let mut bytes = vec![0; LARGEST];
    while let Ok(length) = stream.read(&mut bytes).await {
        let words = bytes.get(..length).filter(|words| !words.is_empty());
        let over = words.is_none();
        if tell.send((id, words.map(<[u8]>::to_vec))).await.is_err() || over {
            return;
        }
    }
    let _ = tell.send((id, None)).await;
}

fn frame(command: u8, id: u32, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap_or(u16::MAX);
    let mut bytes = vec![VERSION, command];
    bytes.extend(length.to_le_bytes());
    bytes.extend(id.to_le_bytes());
    bytes.extend(data);
    bytes
}

/// Takes the next whole frame off `bytes`.
fn next(bytes: &mut Vec<u8>) -> Option<(u8, u32, Vec<u8>)> {
    let header: [u8; HEADER] = bytes.get(..HEADER)?.try_into().ok()?;
    let [_, command, low, high, id @ ..] = header;
    let length = usize::from(u16::from_le_bytes([low, high]));
    let data = bytes.get(HEADER..HEADER + length)?.to_vec();
    bytes.drain(..HEADER + length);
    Some((command, u32::from_le_bytes(id), data))
}

/// A service that answers any request with its health; a host that is not there refuses.
pub(super) fn pretended(place: &Place, host: &str, port: u16) -> Option<DuplexStream> {
    let own = host.is_empty() || host == "localhost" || host == place.address;
    if own && port != place.port {
        return None;
    }
    let (ours, mut theirs) = duplex(64 * 1024);
    let body = shell::health(place);
    tokio::spawn(async move {
        let mut request: Vec<u8> = Vec::new();
        let mut bytes = [0; 4096];
        while !request.windows(4).any(|end| end == b"\r\n\r\n") {
            match theirs.read(&mut bytes).await {
                Ok(0) | Err(_) => return,
                Ok(length) => request.extend(bytes.get(..length).unwrap_or_default()),
            }
        }
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        let _ = theirs.write_all(answer.as_bytes()).await;
    });
    Some(ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_taken_off_a_stream_cut_anywhere() {
        // The reference's vector: open, `hello`, close.
        let stream = b"\x01\x00\x00\x00\x03\x00\x00\x00\x01\x02\x05\x00\x03\x00\x00\x00hello\x01\x01\x00\x00\x03\x00\x00\x00";
        let (mut bytes, mut found) = (Vec::new(), Vec::new());
        for byte in stream {
            bytes.push(*byte);
            found.extend(next(&mut bytes));
        }
        let expected = [
            (SYN, 3, vec![]),
            (PUSH, 3, b"hello".to_vec()),
            (FIN, 3, vec![]),
        ];
        assert_eq!(found, expected);
        assert_eq!(frame(PUSH, 3, b"hello"), &stream[8..21]);
    }
}
