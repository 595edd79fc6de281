//! A simulated service that counts, and somebody who follows its log.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use firstline::cloud::{Cloud, Link, Options, Span, Tail};
use firstline::estate::id::ServiceArn;
use firstline::estate::log::{LiveTail, LogKeys, LogLine, Masks, TailNews};
use firstline::estate::part::Read;
use firstline::estate::permission::Duty;
use firstline::estate::usage::{Prices, Usage};
use firstline::sim::scenario::{Estate, Scenario};
use firstline::sim::{Sim, connector};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::opened::{PRODUCTION, clock, everything};
use crate::permitted::{Watch, Watched};

pub(super) struct World {
    cloud: Cloud,
    pub(super) sim: Sim,
    pub(super) link: Arc<Link>,
    _watched: Watched,
}

/// `counter` in cluster `main`: so many tasks that count so many lines a second, and whatever
/// `more` adds to the estate; `effects` happen.
pub(super) async fn counting(tasks: u32, per_second: u32, more: &str, effects: &str) -> World {
    let estate = format!(
        "region = 'eu-central-1'\n\
         [[account]]\nid = '{PRODUCTION}'\nalias = 'acme-prod'\n\
         [[cluster]]\nname = 'main'\naccount = 'acme-prod'\nenvironment = 'production'\n\
         [[service]]\nname = 'counter'\ncluster = 'main'\ndesired = {tasks}\nrevision = 3\n\
         tag = '1.0'\nlines = {per_second}.0\nnumbered = true\nlog_group = '/ecs/counter'\n{more}"
    );
    let estate: Estate = toml::from_str(&estate).unwrap();
    let scenario = Scenario::parsed(
        "counting",
        &format!("about = 'It counts.'\n{effects}"),
        estate,
    )
    .unwrap();
    let read = clock();
    let sim = Sim::new(&scenario, 7, Arc::clone(&read));
    let options = Options {
        endpoint_url: None,
        region: None,
        http: Some(connector::http_client(sim.clone())),
        cache_dir: None,
        clock: read,
        masks: Masks::default(),
        log_keys: LogKeys::default(),
        prices: Prices::default(),
    };
    let connection = everything(PRODUCTION, "eu-central-1");
    let cloud = Cloud::connect(vec![connection], options).await.unwrap();
    let link = Arc::clone(&cloud.links()[0]);
    link.read(&Read::Services, &|_| {}).await;
    // Whoever reads a log only looks.
    let watch = Watch::of(Duty::Observer).over(PRODUCTION, link.environment(), false);
    World {
        _watched: watch.on(&sim),
        cloud,
        sim,
        link,
    }
}

impl World {
    pub(super) fn service_in(cluster: &str, name: &str) -> ServiceArn {
        let arn = format!("arn:aws:ecs:eu-central-1:{PRODUCTION}:service/{cluster}/{name}");
        arn.as_str().into()
    }

    pub(super) fn follow(&self, name: &str) -> Follower {
        let tail = self
            .link
            .tail_of(Self::service_in("main", name), Span::default());
        Follower::new(tail)
    }

    /// The same with a Live Tail, and the switch to it.
    pub(super) fn listen(&self, name: &str) -> (Follower, watch::Sender<bool>) {
        let (switch, wanted) = watch::channel(true);
        let service = Self::service_in("main", name);
        let tail = self.link.tail_of(service, Span::default());
        (Follower::new(tail.with_live_tail(wanted)), switch)
    }

    /// What the console says it costs.
    pub(super) fn usage(&self) -> Usage {
        let now = self.sim.with_world(|world| world.now());
        self.cloud.usage(now)
    }

    pub(super) fn fault(&self, faults: &str) {
        self.sim.set_faults(faults.parse().unwrap());
    }

    /// The last number said so far in a log group.
    pub(super) fn counted(&self, group: &str) -> u64 {
        self.sim.with_world(|world| {
            let account = world.account(PRODUCTION).unwrap();
            let groups = account.log_groups_named(group);
            groups.iter().map(|group| group.counted()).max().unwrap()
        })
    }

    /// Calls of `FilterLogEvents` so far; the log of calls forgets the oldest.
    pub(super) fn reads(&self) -> usize {
        let calls = self.sim.calls();
        let reads = calls
            .iter()
            .filter(|call| call.operation == "FilterLogEvents");
        reads.count()
    }
}

/// Somebody who writes down what a tail brings.
pub(super) struct Follower {
    tail: Tail,
    pub(super) lines: Vec<LogLine>,
    /// How many lines each news brought.
    pub(super) came: Vec<usize>,
    pub(super) news: Vec<(Instant, TailNews)>,
}

impl Follower {
    pub(super) fn new(tail: Tail) -> Self {
        Self {
            tail,
            lines: Vec::new(),
            came: Vec::new(),
            news: Vec::new(),
        }
    }

    /// Follows for so long.
    pub(super) async fn wait(&mut self, length: Duration) {
        let end = Instant::now() + length;
        loop {
            let mut news = tokio::select! {
                biased;
                news = self.tail.next() => news,
                () = sleep_until(end) => return,
            };
            self.came.push(news.lines.len());
            self.lines.append(&mut news.lines);
            self.news.push((Instant::now(), news));
        }
    }

    /// Follows until `done`, a minute at most.
    pub(super) async fn until(&mut self, done: impl Fn(&Self) -> bool) {
        let end = Instant::now() + Duration::from_mins(1);
        while !done(self) {
            let mut news = tokio::select! {
                news = self.tail.next() => news,
                () = sleep_until(end) => panic!("not within a minute: {:?}", self.news.last()),
            };
            self.lines.append(&mut news.lines);
            self.news.push((Instant::now(), news));
        }
    }

    /// What the tail last said of its Live Tail.
    pub(super) fn live(&self) -> &LiveTail {
        let (_, news) = self.news.last().unwrap();
        &news.live
    }

    /// How often each number came.
    pub(super) fn numbers(&self) -> BTreeMap<u64, usize> {
        let mut numbers = BTreeMap::new();
        for line in &self.lines {
            *numbers.entry(number(line)).or_default() += 1;
        }
        numbers
    }
}

pub(super) fn number(line: &LogLine) -> u64 {
    let digits = line.message.strip_prefix("n=").unwrap();
    digits.split(' ').next().unwrap().parse().unwrap()
}
