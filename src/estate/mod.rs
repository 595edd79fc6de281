//! The words of the house: plain data and pure rules.
//!
//! May not: do I/O, know a clock, a screen or the SDK. Time comes in as an argument.
//!
//! Why: what a verdict, a KPI or a change means must be one rule in one place, tested by the
//! thousand without a runtime.

pub mod advice;
pub mod alarm;
pub mod approval;
pub mod aspect;
pub mod board;
pub mod calendar;
pub mod catalogue;
pub mod census;
pub mod change;
pub mod chart;
pub mod checkup;
pub mod closely;
pub mod cut;
pub mod deployment;
pub mod doctor;
pub mod dossier;
pub mod environment;
pub mod event;
pub mod explain;
pub mod feed;
pub mod figures;
#[cfg(test)]
pub(crate) mod fixture;
pub mod follow;
pub mod handoff;
pub mod history;
pub mod id;
pub mod identity;
pub mod kpi;
pub mod log;
pub mod node;
pub mod notice;
pub mod part;
pub mod permission;
pub mod problem;
pub mod report;
pub mod series;
pub mod service;
pub mod session;
pub mod shared;
pub mod sign_in;
pub mod snapshot;
pub mod staging;
pub mod standing;
pub mod stops;
pub mod task;
pub mod text;
pub mod timeline;
pub mod usage;
pub mod verdict;
pub mod words;

pub use jiff::{SignedDuration, Timestamp};
