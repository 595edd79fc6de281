//! What programs say: the words of a log line, written from its topic and bits when it is read.

use jiff::Timestamp;

use crate::sim::world::log::{Line, LogStream};

/// Who speaks.
#[derive(Debug, Clone)]
pub(in crate::sim) struct Voice {
    /// The service's name.
    pub service: String,
    /// Whether it speaks JSON.
    pub json: bool,
    /// Whether it answers requests; it works on jobs otherwise.
    pub web: bool,
    /// Whether it only counts: for tests that miss no line.
    pub numbered: bool,
    /// The most events in one answer: five seconds' worth where it counts, as AWS's ten thousand
    /// are at two thousand a second.
    pub page: usize,
}

impl Voice {
    /// Nobody's.
    pub(in crate::sim) const fn silent() -> Self {
        Self {
            service: String::new(),
            json: false,
            web: false,
            numbered: false,
            page: usize::MAX,
        }
    }
}

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sim) enum Topic {
    /// The container starts.
    Started,
    /// It warms up.
    Loading,
    /// A request was answered.
    Request,
    /// A job was done.
    Job,
    /// Something took long.
    Slow,
    /// A retry.
    Retry,
    /// A request failed.
    Failed,
    /// The pool is exhausted.
    PoolTimeout,
    /// The database admits no more.
    SlotsReserved,
    /// The heap grows.
    Heap,
    /// The configuration lacks a key.
    MissingKey,
    /// The program dies of a signal.
    Segfault,
    /// The program was asked to end.
    Terminating,
    /// The next number; the line's bits are the number.
    Number,
}

/// `level` of a topic.
const fn level(topic: Topic) -> &'static str {
    match topic {
        Topic::Started
        | Topic::Loading
        | Topic::Request
        | Topic::Job
        | Topic::Terminating
        | Topic::Number => "INFO",
        Topic::Slow | Topic::Retry | Topic::Heap => "WARN",
        Topic::Failed | Topic::PoolTimeout | Topic::MissingKey => "ERROR",
        Topic::SlotsReserved | Topic::Segfault => "FATAL",
    }
}

const PATHS: [(&str, &str); 6] = [
    ("GET", "/"),
    ("GET", "/items"),
    ("POST", "/items"),
    ("GET", "/items/recent"),
    ("PUT", "/items/state"),
    ("GET", "/status"),
];

/// The event's id.
pub(in crate::sim) fn event_id(stream: &LogStream, at: i64, bits: u64) -> String {
    let source = hash(&stream.name) % 10_u64.pow(16);
    format!("3{at:019}{bits:020}{source:016}")
}

fn hash(text: &str) -> u64 {
    text.bytes().fold(17, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// A number below `below`, from the bits above `shift`.
const fn cut(bits: u64, shift: u32, below: u64) -> u64 {
    (bits >> shift) % below
}

/// The words of a line.
pub(in crate::sim) fn message(voice: &Voice, line: &Line) -> String {
    let bits = line.bits;
    if line.topic == Topic::Number {
        return format!("n={bits:08} counted by {}", voice.service);
    }
    let request = format!("{:08x}", cut(bits, 4, 1 << 32));
    let words = words(voice, line.topic, bits);
    let level = level(line.topic);
    let at = Timestamp::from_millisecond(line.at).unwrap_or_default();
    if voice.json {
        let level = level.to_lowercase();
        let text = words.replace('"', "'").replace('\n', "\\n");
        format!(
            "{{\"time\":\"{at:.3}\",\"level\":\"{level}\",\"service\":\"{}\",\
             \"request_id\":\"{request}\",\"msg\":\"{text}\"}}",
            voice.service
        )
    } else {
        format!(
            "{at:.3} {level:<5} [{}] {words} req={request}",
            voice.service
        )
    }
}

fn words(voice: &Voice, topic: Topic, bits: u64) -> String {
    let name = &voice.service;
    let (verb, path) = PATHS[usize::try_from(cut(bits, 9, 6)).unwrap_or(0)];
    let task = if voice.web {
        format!("{verb} /{name}{path}")
    } else {
        format!("job {}", cut(bits, 17, 90_000))
    };
    match topic {
        Topic::Started if voice.web => format!("{name} listening on 0.0.0.0:8080"),
        Topic::Started => format!("{name} ready, waiting for jobs"),
        Topic::Loading => format!("loading snapshot, part {} of 9", 1 + cut(bits, 17, 9)),
        Topic::Request => {
            let status = if cut(bits, 40, 40) == 0 { 404 } else { 200 };
            format!("{task} {status} {} ms", 8 + cut(bits, 17, 90))
        }
        Topic::Job => format!("{task} done in {} ms", 40 + cut(bits, 30, 900)),
        Topic::Slow => format!("slow: {task} took {} ms", 900 + cut(bits, 17, 4_000)),
        Topic::Retry => format!("retry {}/3 {task}", 1 + cut(bits, 17, 3)),
        Topic::Failed => format!(
            "{task} 500: upstream answered with an error\n    at handle \
             (/app/src/{name}/handler.js:{}:17)\n    at next (/app/node_modules/router/index.js:280:10)",
            20 + cut(bits, 17, 200)
        ),
        Topic::PoolTimeout => format!("pool timeout after 5000 ms: {task} 500"),
        Topic::SlotsReserved => {
            "remaining connection slots are reserved for roles with the SUPERUSER attribute"
                .to_owned()
        }
        Topic::Heap => format!(
            "heap {} MiB of 512 MiB, gc took {} ms",
            440 + cut(bits, 17, 68),
            200 + cut(bits, 30, 800)
        ),
        Topic::MissingKey => "Error: config key PAYMENT_URL missing".to_owned(),
        Topic::Segfault => format!(
            "signal 11 (SIGSEGV) while decoding message {:08x}\n    at decode (worker/codec.c:{})",
            cut(bits, 30, 1 << 32),
            100 + cut(bits, 17, 400)
        ),
        Topic::Terminating => "SIGTERM received, closing".to_owned(),
        Topic::Number => bits.to_string(),
    }
}
