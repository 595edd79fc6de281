//! The binary: parses the command line and opens one of the two faces.
fn main() {}
