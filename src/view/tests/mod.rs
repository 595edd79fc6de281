//! Pictures of every screen.
mod estate;
