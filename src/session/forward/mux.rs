//! Many connections in one stream of bytes, and which agent can do so.

use super::super::wire::smux::{self, Command, Frame, Reader};
use super::super::wire::{SessionTypeRequest, WireError};

/// How the agent at hand forwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Many connections at once.
    Smux {
        /// Whether the agent drops a session that sends no NOP for 30 s. Others must get none: it
        /// would keep an idle session alive for ever.
        nops: bool,
    },
    /// One connection after the other.
    Basic,
}

impl Mode {
    pub(super) fn of(agent_version: &str, session: Option<&SessionTypeRequest>) -> Self {
        let kind = session.and_then(|session| session.properties["type"].as_str());
        if kind == Some("LocalPortForwarding") && newer(agent_version, [3, 0, 196, 0]) {
            let nops = !newer(agent_version, [3, 1, 1511, 0]);
            Self::Smux { nops }
        } else {
            Self::Basic
        }
    }
}

/// As the agent compares: four numbers, and anything else is no version that can do it.
fn newer(version: &str, than: [u64; 4]) -> bool {
    let numbers: Option<Vec<u64>> = version.split('.').map(|part| part.parse().ok()).collect();
    numbers.is_some_and(|numbers| numbers.len() == 4 && numbers[..] > than[..])
}

/// The ids of a client's streams: odd, from 3 on.
#[derive(Debug)]
pub(super) struct Ids(Option<u32>);

impl Default for Ids {
    fn default() -> Self {
        Self(Some(smux::FIRST_STREAM))
    }
}

impl Ids {
    /// The next one; `None` after two thousand million.
    pub(super) fn next(&mut self) -> Option<u32> {
        let id = self.0?;
        self.0 = id.checked_add(2);
        Some(id)
    }
}

/// What came for the connections.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Incoming {
    /// Bytes of a stream.
    Data(u32, Vec<u8>),
    /// The other end closed a stream.
    Finished(u32),
}

/// Takes the bytes of the session apart.
#[derive(Debug, Default)]
pub(super) struct Demux {
    reader: Reader,
}

impl Demux {
    /// What the next bytes complete.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<Vec<Incoming>, WireError> {
        self.reader.feed(bytes);
        let mut incoming = Vec::new();
        while let Some(Frame {
            command,
            stream,
            data,
        }) = self.reader.next_frame()?
        {
            match command {
                Command::Push => incoming.push(Incoming::Data(stream, data)),
                Command::Fin => incoming.push(Incoming::Finished(stream)),
                // An agent opens no streams.
                Command::Syn | Command::Nop => {}
            }
        }
        Ok(incoming)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(kind: &str) -> SessionTypeRequest {
        SessionTypeRequest {
            session_type: "Port".to_owned(),
            properties: serde_json::json!({ "type": kind }),
        }
    }

    #[test]
    fn the_agents_version_decides() {
        let port = session("LocalPortForwarding");
        let mode = |version| Mode::of(version, Some(&port));
        assert_eq!(mode("3.3.2746.0"), Mode::Smux { nops: false });
        assert_eq!(mode("3.1.1511.0"), Mode::Smux { nops: true });
        assert_eq!(mode("3.0.197.0"), Mode::Smux { nops: true });
        for old in ["3.0.196.0", "2.9.999.9", "3.3", "3.3.x.0", ""] {
            assert_eq!(mode(old), Mode::Basic, "{old}");
        }
        assert_eq!(Mode::of("3.3.2746.0", Some(&session(""))), Mode::Basic);
        assert_eq!(Mode::of("3.3.2746.0", None), Mode::Basic);
    }

    #[test]
    fn ids_are_odd_and_end() {
        let mut ids = Ids::default();
        assert_eq!([ids.next(), ids.next()], [Some(3), Some(5)]);
        ids.0 = Some(u32::MAX);
        assert_eq!([ids.next(), ids.next()], [Some(u32::MAX), None]);
    }
}
