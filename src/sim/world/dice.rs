//! Seeded dice: the only chance in this world. Every service has its own, so that one more service
//! in a scenario does not change what happens to the others.

/// A seeded source of numbers and ids.
#[derive(Debug, Clone)]
pub struct Dice(fastrand::Rng);

impl Dice {
    /// Dice for the thing of this name in the world of this seed.
    pub fn new(seed: u64, name: &str) -> Self {
        // FNV-1a: stable over releases, which `std`'s hashers do not promise to be.
        let hash = name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64 ^ seed, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        Self(fastrand::Rng::with_seed(hash))
    }

    /// A number from `low` (included) to `high` (excluded).
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.0.f64()
    }

    /// Whole seconds from `low` to `high`, both included.
    pub fn seconds(&mut self, low: i64, high: i64) -> i64 {
        self.0.i64(low..=high.max(low))
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.0.f64() < probability
    }

    /// Sixty-four random bits.
    pub fn bits(&mut self) -> u64 {
        self.0.u64(..)
    }

    /// An index below `count`; zero for an empty range.
    pub fn index(&mut self, count: usize) -> usize {
        if count == 0 { 0 } else { self.0.usize(..count) }
    }

    /// Moves a slow noise around one by a step of at most `step`, pulled back to one.
    pub fn drift(&mut self, value: f64, step: f64) -> f64 {
        (value + (1.0 - value) * 0.1 + self.between(-step, step)).clamp(0.5, 1.6)
    }

    /// Lower-case hex digits.
    pub fn hex(&mut self, digits: usize) -> String {
        (0..digits)
            .map(|_| char::from(b"0123456789abcdef"[self.index(16)]))
            .collect()
    }

    /// Decimal digits, the first not zero.
    pub fn digits(&mut self, digits: usize) -> String {
        (0..digits)
            .map(|place| {
                if place == 0 {
                    1 + self.index(9)
                } else {
                    self.index(10)
                }
            })
            .map(|digit| char::from(b"0123456789"[digit]))
            .collect()
    }

    /// Letters and digits, as in the id of a service deployment.
    pub fn word(&mut self, letters: usize) -> String {
        (0..letters).map(|_| self.0.alphanumeric()).collect()
    }

    /// A UUID's shape.
    pub fn uuid(&mut self) -> String {
        [8, 4, 4, 4, 12].map(|digits| self.hex(digits)).join("-")
    }
}
