//! The append-only record: intent before the call, outcome after it; hash-chained.
//!
//! May not: lose a line.
//!
//! Why: the record must be trusted the morning after.
