use super::*;
use crate::estate::environment::Tier;
use crate::estate::id::AlarmArn;
use crate::estate::problem::ProblemKind;
use crate::estate::text::Text;

fn environment() -> Environment {
    Environment {
        name: "production".into(),
        tier: Tier::Production,
        account: None,
        alias: None,
        region: "eu-central-1".into(),
        clusters: None,
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn part(second: i64, news: News) -> Part {
    Part {
        environment: "production".into(),
        at: at(second),
        news,
        problems: Vec::new(),
    }
}

fn alarm(name: &str, state: AlarmState) -> Alarm {
    Alarm {
        arn: AlarmArn::new(name),
        name: name.into(),
        state,
        since: None,
        reason: Text::default(),
        metric: None,
        dimensions: Vec::new(),
        threshold: None,
        notifies: true,
        rule: crate::estate::alarm::AlarmRule::default(),
    }
}

#[test]
fn a_failed_read_keeps_what_was_known_and_its_age() {
    let mut snapshot = Snapshot::unread(vec![environment()]);
    let identity = Identity {
        account: "1".into(),
        arn: "a".into(),
        expires_at: None,
    };
    snapshot.absorb(part(10, News::Identity(Some(identity.clone()))));
    let problem = Problem {
        feed: Feed::Identity,
        operation: "GetCallerIdentity",
        kind: ProblemKind::Unreachable,
        sentence: "nobody answered".into(),
        at: at(20),
    };
    snapshot.absorb(Part {
        problems: vec![problem.clone()],
        ..part(20, News::Identity(None))
    });
    let one = &snapshot.environments[0];
    assert_eq!(one.identity, Some(identity));
    let feed = one.feed(Feed::Identity).unwrap();
    assert_eq!((feed.good_at, feed.asked_at), (Some(at(10)), Some(at(20))));
    assert_eq!(
        snapshot.problems().map(|(_, one)| one).collect::<Vec<_>>(),
        [&problem]
    );
}

#[test]
fn credentials_that_aws_takes_no_more_have_run_out_whatever_was_promised() {
    let mut snapshot = Snapshot::unread(vec![environment()]);
    let promised = Some(at(900));
    let identity = Identity {
        account: "1".into(),
        arn: "a".into(),
        expires_at: promised,
    };
    snapshot.absorb(part(10, News::Identity(Some(identity.clone()))));
    let problem = Problem {
        feed: Feed::Stops,
        operation: "ListTasks",
        kind: ProblemKind::Expired,
        sentence: "the credentials ran out".into(),
        at: at(20),
    };
    for second in [20, 30] {
        snapshot.absorb(Part {
            problems: vec![problem.clone()],
            ..part(second, News::Stops(Vec::new()))
        });
        let one = &snapshot.environments[0];
        assert!(one.signed_out());
        assert_eq!(one.identity.as_ref().unwrap().expires_at, Some(at(20)));
    }
    snapshot.absorb(part(40, News::Stops(Vec::new())));
    snapshot.absorb(part(40, News::Identity(Some(identity))));
    let one = &snapshot.environments[0];
    assert!(!one.signed_out());
    assert_eq!(one.identity.as_ref().unwrap().expires_at, promised);
}

#[test]
fn an_alarm_that_left_the_short_list_is_not_called_ok() {
    let mut snapshot = Snapshot::unread(vec![environment()]);
    let full = vec![alarm("a", AlarmState::Alarm), alarm("b", AlarmState::Ok)];
    snapshot.absorb(part(
        0,
        News::Alarms {
            alarms: full,
            complete: true,
        },
    ));
    let short = vec![alarm("b", AlarmState::Alarm)];
    snapshot.absorb(part(
        30,
        News::Alarms {
            alarms: short,
            complete: false,
        },
    ));
    let states: Vec<_> = snapshot.environments[0]
        .alarms
        .iter()
        .map(|one| (&*one.name, &one.state))
        .collect();
    let unknown = AlarmState::Unknown("no longer in ALARM".into());
    assert_eq!(states, [("a", &unknown), ("b", &AlarmState::Alarm)]);
}

#[test]
fn values_are_kept_as_long_as_their_kind_needs_them() {
    use crate::estate::fixture;
    use crate::estate::kpi::{KpiKind, Unit};
    for (kind, kept) in [(KpiKind::Requests, 178), (KpiKind::ServiceCpu, 58)] {
        let mut snapshot = Snapshot::unread(vec![environment()]);
        let all = fixture::kpi(kind, Unit::Percent, &[1.0; 200]);
        let end = all.series.as_of.unwrap();
        let mut newest = all.clone();
        newest.series.points.drain(..199);
        for (minute, kpi) in [(-1, all), (0, newest)] {
            let at = end + SignedDuration::from_mins(minute);
            snapshot.absorb(Part {
                at,
                ..part(0, News::Kpis(vec![kpi]))
            });
        }
        let points = &snapshot.environments[0].kpis[0].series.points;
        assert_eq!(points.len(), kept, "{kind:?}");
    }
}
