//! A client, an agent and a line between them that loses, repeats, reorders and breaks.

use std::collections::VecDeque;
use std::time::Duration;

use super::super::Event;
use super::super::machine::{Effect, Happening, Kind, Machine};
use super::agent::Agent;

/// What the line does.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Faults {
    /// Of a hundred frames.
    pub(super) lost: u64,
    /// Of a hundred frames.
    pub(super) repeated: u64,
    /// Frames overtake each other.
    pub(super) reordered: bool,
    /// Between two cuts, on average.
    pub(super) cut: Option<Duration>,
}

pub(super) const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// Frames under way, with the time of their arrival.
type Line = Vec<(Duration, u64, Vec<u8>)>;

pub(super) struct World {
    pub(super) now: Duration,
    pub(super) machine: Machine,
    pub(super) agent: Agent,
    pub(super) told: Vec<Event>,
    pub(super) keys: usize,
    pub(super) cuts: usize,
    faults: Faults,
    dice: fastrand::Rng,
    up: Line,
    down: Line,
    sent: u64,
    connected: bool,
    turn: Duration,
    /// Bytes still to be given to the client.
    pub(super) input: VecDeque<Vec<u8>>,
    /// Bytes still to be given to the agent.
    pub(super) output: VecDeque<Vec<u8>>,
}

impl World {
    pub(super) fn new(kind: Kind, faults: Faults, seed: u64) -> Self {
        let mut dice = fastrand::Rng::with_seed(seed);
        let mut machine = Machine::new(kind, 1_700_000_000_000, dice.fork());
        machine.handle(Happening::Connected, Duration::ZERO);
        let turn = faults.cut.unwrap_or(Duration::MAX);
        Self {
            now: Duration::ZERO,
            machine,
            agent: Agent::default(),
            told: Vec::new(),
            keys: 0,
            cuts: 0,
            faults,
            dice,
            up: Vec::new(),
            down: Vec::new(),
            sent: 0,
            connected: true,
            turn,
            input: VecDeque::new(),
            output: VecDeque::new(),
        }
    }

    pub(super) fn happen(&mut self, happening: Happening) {
        self.machine.handle(happening, self.now);
        self.carry();
    }

    /// Moves what was sent onto the line.
    fn carry(&mut self) {
        while let Some(effect) = self.machine.next_effect() {
            match effect {
                Effect::Send(frame) => self.put(&frame, true),
                Effect::Tell(event) => self.told.push(event),
                Effect::AskKey(_) => self.keys += 1,
            }
        }
        for frame in std::mem::take(&mut self.agent.out) {
            self.put(&frame, false);
        }
    }

    fn put(&mut self, frame: &[u8], up: bool) {
        let percent = |dice: &mut fastrand::Rng| dice.u64(0..100);
        let times = if percent(&mut self.dice) < self.faults.lost {
            0
        } else if percent(&mut self.dice) < self.faults.repeated {
            2
        } else {
            1
        };
        if !self.connected {
            return;
        }
        for _ in 0..times {
            let late = if self.faults.reordered {
                self.dice.u64(0..20)
            } else {
                0
            };
            self.sent += 1;
            let arrival = (self.now + ms(10 + late), self.sent, frame.to_vec());
            if up { &mut self.up } else { &mut self.down }.push(arrival);
        }
    }

    fn next_time(&self) -> Duration {
        let arrivals = self.up.iter().chain(&self.down).map(|frame| frame.0);
        let tick = self.now + ms(100);
        let more =
            (!self.output.is_empty() && self.agent.in_flight() < 200).then(|| self.now + ms(1));
        let deadline = self.machine.deadline().map(|at| at.max(self.now + ms(1)));
        let others = [Some(tick), Some(self.turn), deadline, more];
        arrivals.chain(others.into_iter().flatten()).min().unwrap()
    }

    /// One step of time.
    pub(super) fn step(&mut self) {
        self.now = self.next_time();
        if self.now >= self.turn {
            self.turn_line();
        }
        for frame in due(&mut self.up, self.now) {
            self.agent.frame(&frame, self.now);
        }
        for frame in due(&mut self.down, self.now) {
            self.machine.handle(Happening::Frame(frame), self.now);
        }
        while self.machine.accepts_input()
            && let Some(bytes) = self.input.pop_front()
        {
            self.machine.handle(Happening::Input(bytes), self.now);
        }
        while self.agent.in_flight() < 200
            && let Some(bytes) = self.output.pop_front()
        {
            self.agent.output(&bytes, self.now);
        }
        self.agent.tick(self.now);
        self.happen(Happening::Tick);
    }

    /// Cuts the line, or mends it.
    fn turn_line(&mut self) {
        let cut = self.faults.cut.unwrap_or(Duration::MAX);
        self.connected = !self.connected;
        if self.connected {
            self.machine.handle(Happening::Connected, self.now);
            self.turn = self.now + cut.mul_f64(0.5 + self.dice.f64());
        } else {
            self.cuts += 1;
            self.up.clear();
            self.down.clear();
            self.machine.handle(Happening::Disconnected, self.now);
            self.turn = self.now + ms(self.dice.u64(100..900));
        }
        self.agent.client_is(!self.connected);
    }

    pub(super) fn until(&mut self, longest: Duration, mut done: impl FnMut(&Self) -> bool) {
        while !done(self) {
            assert!(
                self.now < longest,
                "not done after {longest:?}: {:?}",
                self.told.last()
            );
            self.step();
        }
    }

    /// Takes the output told so far.
    pub(super) fn heard(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for event in &self.told {
            if let Event::Output(more) = event {
                bytes.extend(more);
            }
        }
        bytes
    }
}

fn due(line: &mut Line, now: Duration) -> Vec<Vec<u8>> {
    let mut arrived: Vec<_> = line.extract_if(.., |frame| frame.0 <= now).collect();
    arrived.sort();
    arrived.into_iter().map(|frame| frame.2).collect()
}
