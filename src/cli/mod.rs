//! The other face: the same grammar, policy, cloud and journal; tables, JSON, exit codes.
//!
//! May not: know the model or the view.
//!
//! Why: a scheduler and a person must meet the same guards.
