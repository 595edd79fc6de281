//! The task that holds the socket, against an agent behind a real one.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a script answers what it is about"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use futures::future::BoxFuture;
use futures::{FutureExt as _, StreamExt as _};
use tokio::sync::{Notify, mpsc};
use tokio_tungstenite::tungstenite::Message as Frame;

use super::super::super::token::Token;
use super::super::super::wire::{KmsRequest, Message, OpenFrame, PayloadType};
use super::super::{
    Calls, Channel, DataKey, Ended, Event, OpenError, Options, ResumeError, StreamTarget,
};
use super::loopback::{Answer, Loopback, the_end};

const FIRST: &str = "first-SECRET";
const SECOND: &str = "second-SECRET";

/// Calls that count.
#[derive(Default)]
pub(in super::super::super) struct Counted {
    pub(in super::super::super) signed: AtomicUsize,
    pub(in super::super::super) terminated: Notify,
    pub(in super::super::super) refuses: bool,
}

impl Calls for Counted {
    fn sign<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Vec<(String, String)>, String>> {
        self.signed.fetch_add(1, SeqCst);
        async { Ok(vec![("x-amz-date".to_owned(), "now".to_owned())]) }.boxed()
    }

    fn resume(&self) -> BoxFuture<'_, Result<Option<Token>, ResumeError>> {
        let refused = ResumeError::Refused("ssm:ResumeSession is denied".to_owned());
        let answer = if self.refuses {
            Err(refused)
        } else {
            Ok(Token::new(SECOND))
        };
        async { answer }.boxed()
    }

    fn data_key(&self, _: KmsRequest) -> BoxFuture<'_, Result<DataKey, String>> {
        async { Err("no key".to_owned()) }.boxed()
    }

    fn terminate(&self) -> BoxFuture<'_, Result<(), String>> {
        self.terminated.notify_one();
        async { Ok(()) }.boxed()
    }
}

fn options() -> Options {
    Options {
        loopback: true,
        ..Options::at(1_700_000_000_000)
    }
}

fn target(url: String) -> StreamTarget {
    let token = Token::new(FIRST).unwrap();
    StreamTarget { url, token }
}

/// Echoes, and ends after `exit`.
fn echo(message: &Message) -> Answer {
    match message.payload_type {
        PayloadType::Output if message.payload == b"exit\r" => vec![the_end("")],
        PayloadType::Output => vec![(PayloadType::Output, message.payload.clone())],
        _ => Vec::new(),
    }
}

async fn opened(
    cut_after: Option<u64>,
    calls: &Arc<Counted>,
) -> (Channel, mpsc::UnboundedReceiver<OpenFrame>) {
    let prompt = vec![(PayloadType::Output, b"$ ".to_vec())];
    let (mut agent, listener, url, opens) = Loopback::new(prompt, echo).await;
    agent.cut_after = cut_after;
    tokio::spawn(agent.serve(listener));
    let calls = Arc::clone(calls);
    let channel = Channel::open(target(url), options(), calls).await.unwrap();
    (channel, opens)
}

#[tokio::test]
async fn a_shell_from_prompt_to_exit() {
    let calls = Arc::new(Counted::default());
    let (mut channel, mut opens) = opened(None, &calls).await;
    let writer = channel.writer();
    assert_eq!(channel.next().await, Some(Event::Ready));
    assert_eq!(channel.next().await, Some(Event::Output(b"$ ".to_vec())));
    writer.write("größe\r".as_bytes().to_vec()).await.unwrap();
    let echoed = Event::Output("größe\r".as_bytes().to_vec());
    assert_eq!(channel.next().await, Some(echoed));
    writer.write(b"exit\r".to_vec()).await.unwrap();
    let output = String::new();
    assert_eq!(
        channel.next().await,
        Some(Event::Closed(Ended::Remote { output }))
    );
    assert_eq!(channel.next().await, None);
    assert_eq!(opens.recv().await.unwrap().token(), Token::new(FIRST));
    assert_eq!(calls.signed.load(SeqCst), 1);
    assert!(writer.write(vec![1]).await.is_err());
}

#[tokio::test]
async fn code_1000_is_no_end_and_nothing_is_lost_with_it() {
    let calls = Arc::new(Counted::default());
    let (mut channel, mut opens) = opened(Some(40), &calls).await;
    let writer = channel.writer();
    let sent: Vec<u8> = (0..300_000u32).map(|at| (at % 251) as u8).collect();
    let sending = sent.clone();
    tokio::spawn(async move {
        for piece in sending.chunks(777) {
            writer.write(piece.to_vec()).await.unwrap();
        }
    });
    let (mut heard, mut other) = (Vec::new(), Vec::new());
    while heard.len() < sent.len() + 2 {
        match channel.next().await.unwrap() {
            Event::Output(bytes) => heard.extend(bytes),
            event => other.push(event),
        }
    }
    assert!(heard[2..] == sent[..], "{} bytes", heard.len());
    let why = "closed with code 1000".to_owned();
    assert_eq!(other, [Event::Ready, Event::Lost { why }, Event::Resumed]);
    let (first, second) = (opens.recv().await.unwrap(), opens.recv().await.unwrap());
    assert_eq!(first.client_id, second.client_id);
    assert_ne!(first.request_id, second.request_id);
    assert_eq!(second.token(), Token::new(SECOND));
    assert_eq!(calls.signed.load(SeqCst), 2, "signed afresh");
}

#[tokio::test]
async fn a_refused_resume_is_said_and_the_session_ended() {
    let calls = Arc::new(Counted {
        refuses: true,
        ..Counted::default()
    });
    let (mut channel, _opens) = opened(Some(1), &calls).await;
    let mut last = None;
    while let Some(event) = channel.next().await {
        last = Some(event);
    }
    let why = "ssm:ResumeSession is denied".to_owned();
    assert_eq!(last, Some(Event::Closed(Ended::NotResumed { why })));
    calls.terminated.notified().await;
}

#[tokio::test(start_paused = true)]
async fn a_deaf_line_is_pinged_and_then_lost() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    let (sender, mut came) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        // The first connection hears and says nothing, not even a pong.
        let (tcp, _) = listener.accept().await.unwrap();
        let mut deaf = tokio_tungstenite::accept_async(tcp).await.unwrap();
        for _ in 0..2 {
            sender.send(deaf.next().await.unwrap().unwrap()).unwrap();
        }
        let tcp = listener.accept().await.unwrap();
        drop((deaf, tcp));
    });
    let calls: Arc<Counted> = Arc::default();
    let mut channel = Channel::open(target(url), options(), calls).await.unwrap();
    assert_eq!(channel.next().await, Some(Event::Ready), "the silent start");
    let why = "nothing heard for 75 s".to_owned();
    assert_eq!(channel.next().await, Some(Event::Lost { why }));
    assert!(came.recv().await.unwrap().is_text());
    assert_eq!(came.recv().await.unwrap(), Frame::Ping("keepalive".into()));
}

#[tokio::test]
async fn letting_go_ends_the_session_at_aws() {
    let calls = Arc::new(Counted::default());
    let (channel, _opens) = opened(None, &calls).await;
    drop(channel);
    calls.terminated.notified().await;
}

#[tokio::test]
async fn no_refusal_repeats_the_token_or_the_session() {
    let calls: Arc<Counted> = Arc::default();
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let taken = silent.local_addr().unwrap();
    tokio::spawn(async move {
        use tokio::io::AsyncWriteExt as _;
        let (mut socket, _) = silent.accept().await.unwrap();
        let refusal = b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n";
        socket.write_all(refusal).await.unwrap();
        silent
    });
    let urls = [
        format!("ws://{taken}/v1/data-channel/the-session"),
        "ws://127.0.0.1:1/the-session".to_owned(),
        "wss://evil.example/the-session".to_owned(),
        "http://the-session".to_owned(),
        "the-session \n".to_owned(),
    ];
    for url in urls {
        let target = target(url);
        let shown = format!("{target:?}");
        assert!(!shown.contains("SECRET"), "{shown}");
        let calls: Arc<Counted> = Arc::clone(&calls);
        let error: OpenError = Channel::open(target, options(), calls).await.unwrap_err();
        let said = format!("{error} {error:?}");
        assert!(
            !said.contains("SECRET") && !said.contains("the-session"),
            "{said}"
        );
    }
}
