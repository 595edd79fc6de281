//! The words of the house: plain data and pure rules.
//!
//! May not: do I/O, know a clock, a screen or the SDK. Time comes in as an argument.
//!
//! Why: what a verdict, a KPI or a change means must be one rule in one place, tested by the
//! thousand without a runtime.
