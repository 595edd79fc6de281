//! The person's terminal, lent to a session: raw bytes both ways, and given back whatever happens.
//!
//! May not: know AWS, the model or a screen; open a session; touch a file.
//!
//! Why a room of its own: the console and the command line lend the terminal in the same way, and
//! neither may know the other.
//!
//! | file | holds |
//! |---|---|
//! | `raw` | the terminal's mode and size |
//! | `keys` | what is typed, read without taking a key that is meant for somebody else |
//! | `kept` | a session kept open, whether or not a terminal is lent to it |
//! | `scene` | what it shows, for a terminal that comes later |
//! | `clock` | the time box and the silence |
//! | `converse` | the loop: keys, output, sizes, signals |
//! | `program` | the same terminal lent to somebody else's program |

mod clock;
mod converse;
mod kept;
mod keys;
pub mod program;
mod raw;
mod scene;

pub use clock::{Clock, Passed};
pub use converse::{Left, converse};
pub use kept::{Copy, Keeping, Kept, Over, Shown, State};
pub use raw::{is_terminal, size};
