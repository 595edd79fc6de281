//! Settings: flag over environment over file over embedded default.
//!
//! May not: fall back in silence. An unknown key is an error with file, line and suggestion.
//!
//! Why: a typo must never drop a guard.
