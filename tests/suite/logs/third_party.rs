//! Polling and Live Tail over an AWS that somebody else wrote.
//!
//! ministack cuts an answer of `FilterLogEvents` at its limit and hands out no token for the rest,
//! so no more lines are said than fit into one answer.

use std::sync::Arc;

use aws_sdk_cloudwatchlogs::types::InputLogEvent;
use firstline::cloud::{Cloud, Options, Span};
use firstline::estate::Timestamp;
use firstline::estate::log::{LiveState, LogKeys, Masks};
use firstline::estate::usage::Prices;
use tokio::sync::watch;

use super::world::Follower;
use crate::endpoints::Server;
use crate::opened::{self, everything};

const ACCOUNT: &str = "333344445555";
const GROUP: &str = "/ecs/counter";
const STREAMS: [&str; 3] = ["app/a", "app/b", "app/c"];

/// Says the numbers of a range, over the streams by turns.
async fn say(logs: &aws_sdk_cloudwatchlogs::Client, numbers: std::ops::Range<usize>) {
    for (place, stream) in STREAMS.iter().enumerate() {
        let own = numbers
            .clone()
            .filter(|number| number % STREAMS.len() == place);
        let events = own.map(|number| {
            let at = Timestamp::now().as_millisecond();
            let said = InputLogEvent::builder().timestamp(at);
            let said = said.message(format!("n={number:08} counted"));
            said.build().unwrap()
        });
        let put = logs.put_log_events().log_group_name(GROUP);
        let put = put.log_stream_name(*stream);
        put.set_log_events(Some(events.collect()))
            .send()
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn ministack_streams_and_is_polled_and_each_line_comes_once() {
    let Some(server) = Server::ministack() else {
        return;
    };
    let clock: opened::Read = Arc::new(Timestamp::now);
    let options = Options {
        endpoint_url: Some(server.url.clone()),
        region: None,
        http: None,
        cache_dir: None,
        clock,
        masks: Masks::default(),
        log_keys: LogKeys::default(),
        prices: Prices::default(),
    };
    let connection = everything(ACCOUNT, "us-east-1");
    let key = aws_sdk_ecs::config::Credentials::new(ACCOUNT, "test", None, None, "test");
    let logs = aws_sdk_cloudwatchlogs::Client::from_conf(
        aws_sdk_cloudwatchlogs::Config::builder()
            .behavior_version(aws_config::BehaviorVersion::latest())
            .region(aws_config::Region::new("us-east-1"))
            .credentials_provider(key)
            .endpoint_url(&server.url)
            .build(),
    );
    let group = logs.create_log_group().log_group_name(GROUP);
    group.send().await.unwrap();
    for stream in STREAMS {
        let stream = logs.create_log_stream().log_stream_name(stream);
        stream.log_group_name(GROUP).send().await.unwrap();
    }
    let cloud = Cloud::connect(vec![connection], options).await.unwrap();
    let span = Span {
        since: Some(Timestamp::now()),
        until: None,
    };
    let (switch, wanted) = watch::channel(true);
    let tail = cloud.links()[0].tail_of_group(GROUP.into(), span);
    let mut follower = Follower::new(tail.with_live_tail(wanted));
    let open = LiveState::Open { sampled: false };
    for turn in 0..3 {
        let live = turn % 2 == 0;
        switch.send_replace(live);
        let expected = if live { open.clone() } else { LiveState::Off };
        follower
            .until(|seen| !seen.news.is_empty() && seen.live().state == expected)
            .await;
        say(&logs, turn * 90..(turn + 1) * 90).await;
        follower
            .until(|seen| seen.numbers().len() >= (turn + 1) * 90)
            .await;
    }
    // What the stream brought, the polling finds as well, and hands over no more.
    switch.send_replace(false);
    follower
        .until(|seen| seen.live().state == LiveState::Off)
        .await;
    say(&logs, 270..271).await;
    follower.until(|seen| seen.numbers().len() >= 271).await;
    let twice = follower.numbers().into_values().filter(|times| *times > 1);
    assert_eq!(twice.count(), 0);
    assert_eq!(follower.lines.len(), 271);
}
