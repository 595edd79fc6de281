//! Events that nobody has fetched yet.

use std::collections::VecDeque;

use super::event::Event;

/// Events, at most; then the socket is not read, and the agent slows down.
const EVENTS: usize = 4096;
/// Their bytes, at most: a message of a hostile end is larger than an agent's.
const BYTES: usize = 4 << 20;

#[derive(Default)]
pub(super) struct Queue {
    events: VecDeque<Event>,
    bytes: usize,
}

impl Queue {
    pub(super) fn push(&mut self, event: Event) {
        self.bytes += size(&event);
        self.events.push_back(event);
    }

    pub(super) fn pop(&mut self) -> Option<Event> {
        let event = self.events.pop_front()?;
        self.bytes -= size(&event);
        Some(event)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.events.len() >= EVENTS || self.bytes >= BYTES
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

fn size(event: &Event) -> usize {
    match event {
        Event::Output(bytes) | Event::ErrorOutput(bytes) => bytes.len(),
        Event::Message(words) => words.len(),
        Event::Greeted { .. }
        | Event::Ready
        | Event::ExitCode(_)
        | Event::Flag(_)
        | Event::Away
        | Event::Back
        | Event::Lost { .. }
        | Event::Resumed
        | Event::Closed(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_large_events_fill_it_as_many_small_ones_do() {
        let mut queue = Queue::default();
        for _ in 0..4 {
            assert!(!queue.is_full());
            queue.push(Event::Output(vec![0; 1 << 20]));
        }
        assert!(queue.is_full());
        while queue.pop().is_some() {}
        assert_eq!(queue.bytes, 0);
        for _ in 0..EVENTS {
            assert!(!queue.is_full());
            queue.push(Event::Ready);
        }
        assert!(queue.is_full());
    }
}
