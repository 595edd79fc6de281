//! A simulated AWS on the wire: request bytes in, response bytes out.
//!
//! [`Sim`] is the handle. Two faces show it: [`connector`] plugs into the SDK without a socket,
//! [`server`] listens on a loopback address for any AWS client. Beneath them: [`fault`]s and
//! token [`bucket`]s stand between the caller and the operations in [`wire`]; [`agent`] is the other
//! end of the sessions they open, `live` the one answer that goes on; [`scenario`] says
//! what exists, [`world`] is what exists, `step` moves it.
//!
//! May not: be known by anything but `cli`, `main` and tests.
//!
//! Why: the wire is swapped, not the road; the demo runs the same SDK clients as production.

pub mod agent;
pub mod bucket;
mod calls;
pub mod connector;
pub mod fault;
mod live;
pub mod scenario;
pub mod server;
mod step;
#[cfg(test)]
mod tests;
pub mod wire;
pub mod world;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use agent::{Dial, Gateway, Line, Start};
use bucket::{Draw, Levels};
use calls::CallLog;
pub use calls::{Call, round_trips};
use fault::{Caller, Faults, Instead};
use live::Seats;
use scenario::Scenario;
use wire::{Context, Envelope, Refusal, Request, Response};
use world::World;

/// Where the simulator reads the time; a test hands in one that stands still.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A simulated AWS. Clones share one world.
#[derive(Clone)]
pub struct Sim {
    clock: Clock,
    state: Arc<Mutex<State>>,
    died: Arc<tokio::sync::Notify>,
}

/// Where in a call its caller dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    /// Right before AWS hears of it: after whatever was journalled.
    BeforeTheCall,
    /// AWS did it; the answer is never read.
    AfterTheCall,
}

/// A caller that dies at a call: how many calls it still lives, and where it dies.
struct Mortal {
    left: u64,
    death: Death,
}

struct State {
    world: World,
    mortal: Option<Mortal>,
    faults: Faults,
    levels: Levels,
    dice: fastrand::Rng,
    calls: CallLog,
    gateway: Gateway,
    seats: Seats,
}

/// The connection was reset by a fault before an answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the simulated connection was reset")]
pub struct ConnectionReset;

/// What will be answered, and how much later.
struct Outcome {
    call: u64,
    delay: Duration,
    response: Result<Response, ConnectionReset>,
}

impl Sim {
    /// Builds the world of a scenario as of `clock()`; the same seed gives the same world.
    pub fn new(scenario: &Scenario, seed: u64, clock: Clock) -> Self {
        let world = World::new(scenario, seed, clock());
        Self::of(world, seed, clock)
    }

    /// A simulator of a world that exists already; it goes on from its own time.
    pub fn of(world: World, seed: u64, clock: Clock) -> Self {
        let state = State {
            world,
            mortal: None,
            faults: Faults::default(),
            levels: Levels::default(),
            dice: fastrand::Rng::with_seed(seed),
            calls: CallLog::default(),
            gateway: Gateway::default(),
            seats: Seats::default(),
        };
        Self {
            clock,
            state: Arc::new(Mutex::new(state)),
            died: Arc::default(),
        }
    }

    /// The caller dies at its `call`-th call from now on, counted from one: that call never
    /// returns, and [`Sim::death`] tells when it was made.
    pub fn let_die_at(&self, call: u64, death: Death) {
        let left = call;
        self.state().mortal = Some(Mortal { left, death });
    }

    /// Calls come home again.
    pub fn let_live(&self) {
        self.state().mortal = None;
    }

    /// Waits until the caller has died.
    pub async fn death(&self) {
        self.died.notified().await;
    }

    /// Counts down one call; how its caller dies, if it is the one.
    fn last_call(&self) -> Option<Death> {
        let mut state = self.state();
        let mortal = state.mortal.as_mut()?;
        mortal.left = mortal.left.saturating_sub(1);
        (mortal.left == 0).then_some(mortal.death)
    }

    async fn die(&self) -> Result<Response, ConnectionReset> {
        self.died.notify_one();
        std::future::pending().await
    }

    /// Replaces the faults in force, so that a test can cut the endpoint and mend it.
    pub fn set_faults(&self, faults: Faults) {
        self.state().faults = faults;
    }

    /// What goes wrong on the lines of sessions opened from now on.
    pub fn set_line(&self, line: Line) {
        self.state().gateway.set_line(line);
    }

    /// Runs `start` in the containers in place of the believable shell.
    pub fn set_program(&self, start: Start) {
        self.state().gateway.set_program(start);
    }

    /// Connects forwarded ports with `dial` in place of the pretended services.
    pub fn set_dial(&self, dial: Dial) {
        self.state().gateway.set_dial(dial);
    }

    /// The calls made so far, oldest first, at most ten thousand.
    pub fn calls(&self) -> Vec<Call> {
        self.state().calls.list()
    }

    /// Forgets the calls made so far, so that a test can count from here.
    pub fn forget_calls(&self) {
        self.state().calls.clear();
    }

    /// Looks at the world as it is at `clock()`, or lends a hand in it.
    pub fn with_world<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        let now = (self.clock)();
        let mut state = self.state();
        state.world.advance(now);
        look(&mut state.world)
    }

    /// Answers one request, after the delay the faults in force ask for.
    ///
    /// # Errors
    /// [`ConnectionReset`] when a `drop` fault strikes: there is no answer at all.
    pub async fn answer(&self, request: &Request) -> Result<Response, ConnectionReset> {
        let death = self.last_call();
        if death == Some(Death::BeforeTheCall) {
            return self.die().await;
        }
        let outcome = {
            let now = (self.clock)();
            self.state().begin(request, now)
        };
        if death == Some(Death::AfterTheCall) {
            return self.die().await;
        }
        // An answer never comes in the same breath as its request: calls made together are seen
        // together in the log, with or without latency.
        tokio::task::yield_now().await;
        if !outcome.delay.is_zero() {
            #[expect(
                clippy::disallowed_methods,
                reason = "the latency fault is one of the three that may wait"
            )]
            tokio::time::sleep(outcome.delay).await;
        }
        self.state().calls.answered(outcome.call);
        outcome.response
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic in one request (a failed test assertion in `with_world`) must not silence the rest.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Sim {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sim").finish_non_exhaustive()
    }
}

impl State {
    fn begin(&mut self, request: &Request, now: Timestamp) -> Outcome {
        self.world.advance(now);
        let Some(envelope) = wire::recognise(request) else {
            let response = Ok(Response::unrecognised());
            return Outcome {
                call: self.calls.unheard(),
                delay: Duration::ZERO,
                response,
            };
        };
        let request_id = request_id(&mut self.dice);
        let (service, protocol) = (envelope.service, envelope.protocol);
        let refuse = |refusal: &Refusal| protocol.refuse(service, refusal, &request_id);
        let known = wire::check_signature(request, now).and_then(|()| self.account_of(request));
        let account = match known {
            Ok(account) => account,
            Err(refusal) => {
                let call = self.calls.unheard();
                return Outcome {
                    call,
                    delay: Duration::ZERO,
                    response: Ok(refuse(&refusal)),
                };
            }
        };
        let call = self.calls.arrived(Call::new(&envelope, &account, now));
        let key = wire::access_key(request).unwrap_or_default();
        let arn = wire::caller_of(request, &account, key);
        let caller = Caller { arn: &arn, key };
        let struck = self
            .faults
            .strike((service, &envelope.operation), caller, &mut self.dice);
        let response = match struck.instead {
            Some(Instead::Reset) => Err(ConnectionReset),
            Some(Instead::Refusal(refusal)) => Ok(refuse(&refusal)),
            None => Ok(match self.perform(&envelope, (&account, &arn), now) {
                Ok((output, None)) => {
                    protocol.answer(service, &envelope.operation, &output, &request_id)
                }
                Ok((output, Some(session))) => session.answer(&output, &request_id),
                Err(refusal) => refuse(&refusal),
            }),
        };
        Outcome {
            call,
            delay: struck.delay,
            response,
        }
    }

    fn perform(
        &mut self,
        envelope: &Envelope,
        (account_id, arn): (&str, &str),
        now: Timestamp,
    ) -> Result<(wire::Value, Option<live::Session>), Refusal> {
        if let Some(account) = self.world.account(account_id) {
            let draw = Draw {
                account: account_id,
                region: &account.region,
                pollers: &account.pollers,
                at: now,
            };
            let call = (envelope.service, envelope.operation.as_str());
            if !self.levels.take(call, draw, &mut self.dice) {
                return Err(Refusal::throttled());
            }
        }
        let mut context = Context {
            world: &mut self.world,
            account_id,
            arn,
            dice: &mut self.dice,
            gateway: &self.gateway,
            seats: &self.seats,
            opened: None,
        };
        let output = wire::perform(envelope, &mut context)?;
        Ok((output, context.opened))
    }

    /// The account an access key belongs to: twelve digits are an account's id, with a name
    /// behind them or not; anything else is a key of the first account, production.
    fn account_of(&self, request: &Request) -> Result<String, Refusal> {
        let key = wire::access_key(request).unwrap_or_default();
        let key = key.split(':').next().unwrap_or_default();
        let numbered = key.len() == 12 && key.bytes().all(|byte| byte.is_ascii_digit());
        let account = if numbered {
            self.world.account(key).ok_or_else(|| {
                Refusal::sender(
                    "UnrecognizedClientException",
                    "The security token included in the request is invalid.",
                )
            })
        } else {
            self.world
                .accounts
                .first()
                .ok_or_else(|| Refusal::receiver(500))
        };
        account.map(|account| account.id.clone())
    }
}

/// A request id of AWS's form, out of the seeded dice.
fn request_id(dice: &mut fastrand::Rng) -> String {
    let (high, low) = (dice.u64(..), dice.u64(..));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        0x8000 | (low >> 48) & 0x3fff,
        low & 0xffff_ffff_ffff
    )
}
