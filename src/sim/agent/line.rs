//! What goes wrong on the way between the agent and its client.
//!
//! Grammar, several by comma: `drop=P`, `duplicate=P`, `reorder=P` (either way, with a
//! probability), `lost-acks=P` (the agent's acknowledgements), `cut=N` and `bye=N` (the socket is
//! torn, or closed with code 1000, after N frames), `pause=N` (after N frames the service says that
//! the agent is away, and half a second later that it is back), `silent` (the program prints nothing
//! until something is typed), `malformed` (frames that are none come first), `oversize` (a frame
//! beyond every limit comes first, once), `kms` (the session is encrypted, and the agent refuses a
//! client that does not answer its random challenge), `agent=VERSION` (the agent's version, which
//! decides how ports are forwarded), `tick=MS` (how often the agent looks whether something is to be
//! sent again, in place of AWS's 100 ms: what is lost is waited for that long).

use std::str::FromStr;
use std::time::Duration;

/// The faults of a data channel; none by default.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fault of its own, switched on alone"
)]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// A frame is lost, with this probability.
    pub drop: f64,
    /// A frame comes twice.
    pub duplicate: f64,
    /// A frame comes after the next one.
    pub reorder: f64,
    /// The agent's acknowledgement is lost.
    pub lost_acks: f64,
    /// The socket is torn after so many frames.
    pub cut: Option<u32>,
    /// The socket is closed with code 1000 after so many frames.
    pub bye: Option<u32>,
    /// The service pauses the channel after so many frames.
    pub pause: Option<u32>,
    /// The program prints nothing until something is typed.
    pub silent: bool,
    /// Frames that are none come first.
    pub malformed: bool,
    /// A frame beyond every limit comes first, once.
    pub oversize: bool,
    /// The session is encrypted and the random challenge required.
    pub kms: bool,
    /// How often the agent looks whether something is to be sent again.
    pub tick: Option<Duration>,
    /// The agent's version; otherwise the place's own.
    pub agent: Option<String>,
}

/// Why a specification cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a fault of a session's line; use drop, duplicate, reorder or lost-acks with a \
     probability, cut, bye or pause with a number of frames, tick with milliseconds, silent, malformed, \
     oversize or kms, or agent with a version, as in `drop=0.05,cut=200,silent`"
)]
pub struct LineError(String);

impl FromStr for Line {
    type Err = LineError;

    fn from_str(written: &str) -> Result<Self, LineError> {
        let mut line = Self::default();
        let items = written.split(',').map(str::trim);
        for item in items.filter(|item| !item.is_empty()) {
            let wrong = || LineError(item.to_owned());
            let (name, value) = item.split_once('=').unwrap_or((item, ""));
            let chance = || {
                let chance: Option<f64> = value.parse().ok();
                let chance = chance.filter(|chance| (0.0..=1.0).contains(chance));
                chance.ok_or_else(wrong)
            };
            let frames = || {
                let frames = value.parse().ok().filter(|&frames: &u32| frames > 0);
                frames.map(Some).ok_or_else(wrong)
            };
            match name {
                "drop" => line.drop = chance()?,
                "duplicate" => line.duplicate = chance()?,
                "reorder" => line.reorder = chance()?,
                "lost-acks" => line.lost_acks = chance()?,
                "cut" => line.cut = frames()?,
                "bye" => line.bye = frames()?,
                "silent" if value.is_empty() => line.silent = true,
                "pause" => line.pause = frames()?,
                "malformed" if value.is_empty() => line.malformed = true,
                "oversize" if value.is_empty() => line.oversize = true,
                "kms" if value.is_empty() => line.kms = true,
                "tick" => {
                    let milliseconds = frames()?.map(u64::from);
                    line.tick = milliseconds.map(Duration::from_millis);
                }
                "agent" if !value.is_empty() => line.agent = Some(value.to_owned()),
                _ => return Err(wrong()),
            }
        }
        Ok(line)
    }
}

/// One direction of a line: what is put in comes out as the faults want it.
#[derive(Debug, Default)]
pub(super) struct Way {
    held: Option<Vec<u8>>,
}

impl Way {
    /// What arrives now that `frame` is sent.
    pub(super) fn pass(
        &mut self,
        frame: Vec<u8>,
        line: &Line,
        dice: &mut fastrand::Rng,
    ) -> Vec<Vec<u8>> {
        let mut arrives = Vec::new();
        let held = self.held.take();
        if dice.f64() < line.drop {
            // Lost; whatever it overtook arrives now.
        } else if held.is_none() && dice.f64() < line.reorder {
            self.held = Some(frame);
            return arrives;
        } else {
            if dice.f64() < line.duplicate {
                arrives.push(frame.clone());
            }
            arrives.push(frame);
        }
        arrives.extend(held);
        arrives
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_specification_is_read_or_refused() {
        let line: Line = "drop=0.05, cut=200,silent".parse().unwrap();
        assert_eq!((line.drop, line.cut, line.silent), (0.05, Some(200), true));
        assert_eq!("".parse(), Ok(Line::default()));
        for bad in ["drop", "drop=2", "cut=0", "silent=1", "drip=0.1", "agent"] {
            let error = bad.parse::<Line>().unwrap_err().to_string();
            assert!(error.starts_with(&format!("`{bad}`")), "{error}");
        }
    }

    #[test]
    fn a_way_loses_doubles_and_turns_round() {
        let mut dice = fastrand::Rng::with_seed(7);
        let line = Line {
            drop: 0.2,
            duplicate: 0.2,
            reorder: 0.2,
            ..Line::default()
        };
        let mut way = Way::default();
        let sent: Vec<Vec<u8>> = (0..200_u8).map(|byte| vec![byte]).collect();
        let mut arrived = Vec::new();
        for frame in &sent {
            arrived.extend(way.pass(frame.clone(), &line, &mut dice));
        }
        let lost = sent.iter().filter(|frame| !arrived.contains(frame)).count();
        let turned = arrived.windows(2).filter(|two| two[0] > two[1]).count();
        let doubled = arrived.windows(2).filter(|two| two[0] == two[1]).count();
        assert!(
            lost > 10 && turned > 10 && doubled > 10,
            "{lost} {turned} {doubled}"
        );
    }
}
