//! A third party's faults in front of a third party's AWS: each becomes a sentence and a state.

use firstline::estate::part::Read;
use firstline::estate::problem::{Feed, ProblemKind};

use super::backend::{Backend, SERVICES, read};
use crate::endpoints::Server;

#[tokio::test]
async fn every_fault_becomes_a_sentence_and_heals() {
    let Some(backend) = Backend::ministack_behind_a_proxy() else {
        return;
    };
    let (backend, proxy) = backend;
    let link = backend.link(backend.connection()).await;
    let denied = ProblemKind::Denied {
        action: "ecs:DescribeServices".into(),
    };
    let faults = [
        (
            "ThrottlingException",
            ProblemKind::Throttled,
            "AWS asks for fewer DescribeServices calls",
        ),
        (
            "ExpiredTokenException",
            ProblemKind::Expired,
            "the credentials ran out",
        ),
        (
            "AccessDeniedException",
            denied,
            "the permission ecs:DescribeServices is missing",
        ),
    ];
    for (code, kind, sentence) in faults {
        proxy.inject(&format!(
            r#"[{{"service": "ecs", "operation": "DescribeServices", "error": {{"code": "{code}"}}}}]"#
        ));
        let seen = read(&link, &[Read::Identity, Read::Services]).await;
        let problems = &seen.feed(Feed::Services).unwrap().problems;
        assert!(seen.services.is_empty() && !problems.is_empty(), "{code}");
        assert!(
            problems.iter().all(|one| one.kind == kind),
            "{code}: {problems:?}"
        );
        assert!(
            problems[0].sentence.contains(sentence),
            "{code}: {}",
            problems[0].sentence
        );
        assert!(seen.identity.is_some(), "the rest is kept");
        proxy.inject("[]");
        let seen = read(&link, &[Read::Services]).await;
        assert_eq!(seen.services.len(), SERVICES, "{code} is over");
        assert!(seen.feed(Feed::Services).unwrap().problems.is_empty());
    }
}

#[tokio::test]
async fn a_server_that_is_gone_is_unreachable() {
    let Some(server) = Server::moto() else { return };
    let backend = Backend::simulated_nowhere(&server);
    drop(server);
    let link = backend.link(backend.connection()).await;
    let seen = read(
        &link,
        &[Read::Identity, Read::Services, Read::Alarms, Read::Kpis],
    )
    .await;
    for feed in [Feed::Identity, Feed::Inventory, Feed::Alarms] {
        let problems = &seen.feed(feed).unwrap().problems;
        assert_eq!(problems[0].kind, ProblemKind::Unreachable, "{problems:?}");
        assert!(
            problems[0].sentence.contains("nobody answered"),
            "{problems:?}"
        );
    }
}
