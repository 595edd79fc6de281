//! The snapshot as `firstline status` prints it.
