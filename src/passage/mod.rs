//! The person's terminal, lent to a session: raw bytes both ways, and given back whatever happens.
//!
//! May not: know AWS, the model or a screen; open or end a session; touch a file.
//!
//! Why a room of its own: the console and the command line lend the terminal in the same way, and
//! neither may know the other.
//!
//! | file | holds |
//! |---|---|
//! | `raw` | the terminal's mode and size |
//! | `keys` | what is typed, read without taking a key that is meant for somebody else |
//! | `converse` | the loop: keys, output, sizes, signals, the time box |

mod converse;
mod keys;
mod raw;

pub use converse::{Left, Limits, Passage, Shown};
pub use raw::{Raw, is_terminal, size};
