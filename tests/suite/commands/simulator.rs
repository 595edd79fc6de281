//! `firstline sim`: what it refuses, and how it ends.

use super::shell::{Home, Simulator};

#[test]
fn it_ends_when_it_is_told_to() {
    assert_eq!(Simulator::start("told", &[]).end(), Some(0));
}

#[test]
fn it_serves_this_machine_only_and_knows_what_it_is_asked() {
    let home = Home::new("sim-refuses");
    let here = ["sim", "--listen", "127.0.0.1:0"];
    for (line, expected) in [
        (
            vec!["sim", "--listen", "0.0.0.0:0"],
            "only loopback addresses",
        ),
        (vec!["sim", "--listen", "[::]:0"], "only loopback addresses"),
        (
            vec!["sim", "--listen", "4566"],
            "for example 127.0.0.1:4566",
        ),
        (
            [&here[..], &["--scenario", "nosuch"]].concat(),
            "there is no scenario \"nosuch\"; there are: demo, steady, ",
        ),
        (
            [&here[..], &["--fault", "latency=soon"]].concat(),
            "as in 80ms or 2s",
        ),
        (
            [&here[..], &["--fault", "slow"]].concat(),
            "`slow` is not a fault; use latency, ",
        ),
        (
            [&here[..], &["--fault", "drop:sqs"]].concat(),
            "use one of ",
        ),
    ] {
        let ended = home.run(&line, &[]);
        assert_eq!((ended.code, &*ended.out), (64, ""), "{line:?}: {ended:?}");
        assert!(ended.err.contains(expected), "{line:?}: {ended:?}");
    }
}
