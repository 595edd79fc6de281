//! The built binary without a terminal: what it prints, and how it ends.
//!
//! | file | holds |
//! |---|---|
//! | `shell` | starts the binary alone in the world, and a simulated AWS for it |
//! | `help` | the grammar: help of every command, version, mistakes |
//! | `mistakes` | settings, keys, endpoints and credentials that cannot be used |
//! | `doctor` | the doctor, and the policies that are printed |
//! | `manual` | completions, man pages, how it speaks and asks |
//! | `codes` | every command ends as the table of exit codes says |
//! | `packaging` | the container file against the tree it is built from |
//! | `docs`, `schemas` | what the documentation promises; every `--json` against its schema |
//! | `settings` | `config`: written, checked, shown |
//! | `status`, `explain`, `redeploy`, `journal`, `simulator` | one file a subcommand |
//! | `readme` | what the README promises |

mod clone;
mod codes;
mod docs;
mod doctor;
mod environment;
mod explain;
mod help;
mod journal;
mod logs;
mod manual;
mod measure;
mod ministack;
mod mistakes;
mod packaging;
mod readme;
mod redeploy;
mod schemas;
mod second;
mod settings;
mod shared;
mod shell;
mod simulator;
mod status;
