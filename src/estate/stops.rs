//! What stopped tasks say about a service (aws.md 1.3).
