//! How this run speaks and asks: `--quiet` and `--no-input`, said once for the whole run.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::app::command::Flags;

static QUIET: AtomicBool = AtomicBool::new(false);
static NO_INPUT: AtomicBool = AtomicBool::new(false);

/// Takes over what the flags say.
pub(super) fn take(flags: &Flags) {
    QUIET.store(flags.quiet, Ordering::Relaxed);
    NO_INPUT.store(flags.no_input, Ordering::Relaxed);
}

/// Whether nothing but errors is printed.
pub(super) fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// Whether somebody sits here to be asked.
pub(super) fn may_ask() -> bool {
    !NO_INPUT.load(Ordering::Relaxed) && io::stdin().is_terminal()
}
