//! Every integration test, in one binary: each binary of tests links the whole SDK once more.
