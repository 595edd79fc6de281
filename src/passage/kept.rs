//! A session kept open, whether or not a terminal is lent to it.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::session::channel::{Channel, Ended, Event, Remote, Writer};

use super::clock::{Clock, Passed, now};
use super::scene::Scene;

/// How often the time box and the silence are looked at.
const TICK: Duration = Duration::from_secs(5);
/// Pieces of typing on their way, at most: with the connection lost, a pasted book waits at the
/// keyboard.
const TYPED: usize = 1_024;
/// Pieces of output on their way to a terminal, at most; beyond it the other end is slowed down.
const SHOWN: usize = 64;

/// How a session came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Over {
    /// The other side, or the line, ended it.
    Ended(Ended),
    /// Somebody here ended it, and this is why.
    LetGo(String),
    /// The time box is over.
    TimeBox,
}

/// What a recording keeps.
#[derive(Clone, Copy, Debug)]
pub enum Shown<'a> {
    /// Output.
    Bytes(&'a [u8]),
    /// What was typed.
    Typed(&'a [u8]),
    /// Columns and rows.
    Size(u16, u16),
}

/// Sees what is shown and typed, and each new size.
pub type Copy = Box<dyn FnMut(Shown<'_>) + Send>;

/// What a session needs to be kept.
pub struct Keeping {
    /// How long it may last.
    pub open: Duration,
    /// After so long without a byte AWS ends it.
    pub silence: Duration,
    /// Columns and rows, until a terminal is lent to it.
    pub size: (u16, u16),
    /// Words from outside, such as that the task is being stopped.
    pub notices: mpsc::Receiver<String>,
    /// Sees what is shown.
    pub copy: Copy,
}

/// How a session is.
#[derive(Clone, Debug)]
pub struct State {
    used: Instant,
    ends: Instant,
    /// Bytes shown since the terminal was last lent to it.
    pub unread: u64,
    /// Why its connection is lost, while it is.
    pub lost: Option<String>,
    /// The last thing that was said of it.
    pub said: Option<String>,
}

impl State {
    /// How long nothing was typed and nothing shown.
    pub fn idle(&self) -> Duration {
        now().saturating_duration_since(self.used)
    }

    /// How long until it is ended.
    pub fn left(&self) -> Duration {
        self.ends.saturating_duration_since(now())
    }
}

/// What a lent terminal is told.
pub(super) enum Told {
    Bytes(Vec<u8>),
    Words(String),
    Over(Over),
}

enum Order {
    Attach {
        size: Option<(u16, u16)>,
        show: mpsc::Sender<Told>,
    },
    Leave,
    Resize(u16, u16),
    Typed(Vec<u8>),
    End(String),
}

/// A session that is kept open. Dropping the last one ends it.
#[derive(Clone, Debug)]
pub struct Kept {
    orders: mpsc::UnboundedSender<Order>,
    typed: mpsc::Sender<Vec<u8>>,
    state: watch::Receiver<State>,
}

impl std::fmt::Debug for Order {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Order")
    }
}

impl Kept {
    /// Keeps `channel` open on a task of its own; the task tells how it came to its end.
    pub fn keep(channel: Channel, keeping: Keeping) -> (Self, JoinHandle<Over>) {
        let (orders, ordered) = mpsc::unbounded_channel();
        let (typed, typing) = mpsc::channel(TYPED);
        let clock = Clock::start(keeping.open, keeping.silence);
        let (columns, rows) = keeping.size;
        let (told, state) = watch::channel(State {
            used: clock.used_at(),
            ends: clock.ends_at(),
            unread: 0,
            lost: None,
            said: None,
        });
        tokio::spawn(send(channel.writer(), typing));
        let keeper = Keeper {
            remote: channel.remote(),
            channel,
            clock,
            scene: Scene::new(columns, rows),
            attached: None,
            pending: VecDeque::new(),
            state: told,
            copy: keeping.copy,
        };
        let task = tokio::spawn(keeper.run(ordered, keeping.notices));
        let kept = Self {
            orders,
            typed,
            state,
        };
        (kept, task)
    }

    /// How it is.
    pub fn state(&self) -> State {
        self.state.borrow().clone()
    }

    /// Whether it is over, and at most its end is still to be written down.
    pub fn is_over(&self) -> bool {
        self.orders.is_closed()
    }

    /// Ends it, and says why in a few words.
    pub fn end(&self, why: &str) {
        self.order(Order::End(why.to_owned()));
    }

    /// Shows the session to whoever takes what comes; until that is dropped.
    pub(super) fn attach(&self, size: Option<(u16, u16)>) -> mpsc::Receiver<Told> {
        let (show, shown) = mpsc::channel(SHOWN);
        self.order(Order::Attach { size, show });
        shown
    }

    /// The terminal is its owner's again.
    pub(super) fn detach(&self) {
        self.order(Order::Leave);
    }

    pub(super) fn resize(&self, (columns, rows): (u16, u16)) {
        self.order(Order::Resize(columns, rows));
    }

    /// Whether it takes what is typed now.
    pub(super) fn takes(&self) -> bool {
        self.typed.capacity() > 0
    }

    /// Sends what was typed.
    pub(super) fn write(&self, bytes: Vec<u8>) {
        self.order(Order::Typed(bytes.clone()));
        // A session that is over says so by itself.
        let _ = self.typed.try_send(bytes);
    }

    fn order(&self, order: Order) {
        // A session that is over obeys nothing.
        let _ = self.orders.send(order);
    }
}

/// Sends what was typed, however slowly the other end takes it; output is not held up by it.
async fn send(writer: Writer, mut typing: mpsc::Receiver<Vec<u8>>) {
    while let Some(bytes) = typing.recv().await {
        if writer.write(bytes).await.is_err() {
            return;
        }
    }
}

/// The task that holds the channel.
struct Keeper {
    channel: Channel,
    remote: Remote,
    clock: Clock,
    scene: Scene,
    attached: Option<mpsc::Sender<Told>>,
    /// What the terminal has not taken yet.
    pending: VecDeque<Told>,
    state: watch::Sender<State>,
    copy: Copy,
}

impl Keeper {
    async fn run(
        mut self,
        mut orders: mpsc::UnboundedReceiver<Order>,
        mut notices: mpsc::Receiver<String>,
    ) -> Over {
        let mut tick = tokio::time::interval(TICK);
        loop {
            let over = tokio::select! {
                biased;
                order = orders.recv() => self.obey(order),
                Some(words) = notices.recv() => {
                    self.say(&words);
                    None
                }
                _ = tick.tick() => match self.clock.passed() {
                    Passed::Over => Some(Over::TimeBox),
                    Passed::Warn(words) => {
                        self.say(&words);
                        None
                    }
                    Passed::Quiet => None,
                },
                () = flush(&mut self.attached, &mut self.pending), if !self.pending.is_empty() => None,
                event = self.channel.next(), if self.pending.is_empty() => match event {
                    Some(event) => self.take(event),
                    None => Some(Over::Ended(Ended::Here)),
                },
            };
            if let Some(over) = over {
                return self.finish(over).await;
            }
        }
    }

    /// Tells the terminal, if there is one, before anything else is done about the end.
    async fn finish(mut self, over: Over) -> Over {
        self.pending.push_back(Told::Over(over.clone()));
        while self.attached.is_some() && !self.pending.is_empty() {
            flush(&mut self.attached, &mut self.pending).await;
        }
        over
    }

    fn obey(&mut self, order: Option<Order>) -> Option<Over> {
        match order {
            None => return Some(Over::LetGo("let go".to_owned())),
            Some(Order::End(why)) => return Some(Over::LetGo(why)),
            Some(Order::Typed(bytes)) => {
                self.used();
                (self.copy)(Shown::Typed(&bytes));
            }
            Some(Order::Leave) => self.leave(),
            Some(Order::Resize(columns, rows)) => self.fit(columns, rows),
            Some(Order::Attach { size, show }) => {
                if let Some((columns, rows)) = size {
                    self.fit(columns, rows);
                }
                self.pending.clear();
                self.pending.push_back(Told::Bytes(self.scene.redraw()));
                self.attached = Some(show);
                self.state.send_modify(|state| state.unread = 0);
            }
        }
        None
    }

    fn take(&mut self, event: Event) -> Option<Over> {
        match event {
            Event::Output(bytes) | Event::ErrorOutput(bytes) => {
                self.used();
                self.scene.watch(&bytes);
                (self.copy)(Shown::Bytes(&bytes));
                self.show(bytes);
            }
            Event::Message(words) => self.say(&words),
            Event::Lost { why } => {
                self.say(&format!("the connection is lost ({why}); resuming"));
                self.state.send_modify(|state| state.lost = Some(why));
            }
            Event::Resumed => {
                self.state.send_modify(|state| state.lost = None);
                self.say("resumed, nothing was lost");
            }
            Event::Away => self.say("the other end is away"),
            Event::Back => self.say("the other end is back"),
            Event::Closed(ended) => return Some(Over::Ended(ended)),
            Event::Greeted { .. } | Event::Ready | Event::ExitCode(_) | Event::Flag(_) => {}
        }
        None
    }

    /// To the terminal; while there is none, it is counted.
    fn show(&mut self, bytes: Vec<u8>) {
        if self.attached.is_some() {
            self.pending.push_back(Told::Bytes(bytes));
        } else {
            let more = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            let count = |state: &mut State| state.unread = state.unread.saturating_add(more);
            self.state.send_modify(count);
        }
    }

    fn leave(&mut self) {
        self.scene.leave();
        self.attached = None;
        self.pending.clear();
    }

    fn say(&mut self, words: &str) {
        self.state
            .send_modify(|state| state.said = Some(words.to_owned()));
        if self.attached.is_some() {
            self.pending.push_back(Told::Words(words.to_owned()));
        }
    }

    fn used(&mut self) {
        self.clock.used();
        let used = self.clock.used_at();
        self.state.send_modify(|state| state.used = used);
    }

    fn fit(&mut self, columns: u16, rows: u16) {
        self.scene.resize(columns, rows);
        self.remote.resize(columns, rows);
        (self.copy)(Shown::Size(columns, rows));
    }
}

/// Hands the first pending piece to the terminal; forgets a terminal that is gone.
async fn flush(attached: &mut Option<mpsc::Sender<Told>>, pending: &mut VecDeque<Told>) {
    if let Some(show) = attached.as_ref()
        && let Ok(room) = show.reserve().await
    {
        if let Some(told) = pending.pop_front() {
            room.send(told);
        }
        return;
    }
    *attached = None;
    pending.clear();
}
