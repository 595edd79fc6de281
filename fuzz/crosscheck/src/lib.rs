//! The room under test, alone, beside `aws-ssm-bridge`.

#[path = "../../../src/session/mod.rs"]
pub mod session;

#[cfg(test)]
mod tests;
