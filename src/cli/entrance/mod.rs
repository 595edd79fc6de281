//! The commands that let somebody into a container or node: from a name to an open session and its end.
//!
//! | file | holds |
//! |---|---|
//! | `pick` | the service, task and container that are meant |
//! | `nodes` | the nodes of Session Manager: listed, and one picked |
//! | `enter` | the decision, the road, and what was opened |
//! | `inside` | an open session: carried, warned about, ended and recorded |
//! | `doctor` | whether it could work, printed |
//! | `plugin` | a shell carried by AWS's own client |
//! | `shell`, `exec`, `forward`, `attach`, `recordings` | one file a subcommand |

mod attach;
mod doctor;
mod enter;
mod exec;
mod forward;
mod inside;
mod nodes;
mod pick;
mod plugin;
mod recordings;
mod shell;

pub(super) use attach::run as attach;
pub(super) use exec::run as exec;
pub(super) use forward::run as forward;
pub(super) use nodes::list as nodes;
pub(super) use recordings::run as recordings;
pub(super) use shell::run as shell;
