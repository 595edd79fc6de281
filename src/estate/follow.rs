//! Following a change to its real end: the service deployment's terminal state, and then two
//! clean verdicts. AWS's own waiter returns right after a redeploy began (aws.md 4.4).

use serde::{Deserialize, Serialize};

use super::deployment::{ServiceDeployment, State};
use super::id::{DeploymentId, EnvironmentName, ServiceArn, ServiceDeploymentArn, TaskArn};
use super::service::{Rollout, Service};
use super::stops::stop;
use super::task::Task;
use super::text::Text;
use super::verdict::{Health, Verdict};
use super::words::duration;
use super::{SignedDuration, Timestamp};

/// Clean verdicts in a row that end it.
const CLEAN: u8 = 2;
/// How long a service may take to look clean after its rollout ended: a stop speaks against it for
/// ten minutes.
const SETTLING: SignedDuration = SignedDuration::from_mins(11);
/// Right after the call the counts may still be those from before it.
const TOO_SOON: SignedDuration = SignedDuration::from_secs(15);
/// How long a change without a deployment of its own may take to show: a stopped task drains for
/// up to 330 s, then its replacement starts (aws.md 4.4).
const UNSEEN: SignedDuration = SignedDuration::from_mins(15);
/// After so long AWS shows what it was asked: before that it may answer with what was.
const HEARD: SignedDuration = SignedDuration::from_secs(30);

/// What AWS has to show before a change counts as done. It goes into the journal with the intent:
/// whoever takes up a change of which no answer is on record must not call done what AWS was
/// never asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aim {
    /// Nothing of its own, or nobody said.
    #[default]
    Unsaid,
    /// A deployment that is none of these, which there were before. Told by their ids: clocks
    /// differ.
    Anew(Vec<DeploymentId>),
    /// This deployment, back where it came from.
    Back(ServiceDeploymentArn),
    /// None of these tasks.
    Gone(Vec<TaskArn>),
    /// So many tasks wanted.
    Wanted(u32),
}

impl Aim {
    /// Whether nobody said.
    pub fn is_unsaid(&self) -> bool {
        *self == Self::Unsaid
    }

    /// The deployment that is meant, where one is named before AWS is asked.
    pub fn deployment(&self) -> Option<&ServiceDeploymentArn> {
        match self {
            Self::Back(deployment) => Some(deployment),
            Self::Unsaid | Self::Anew(_) | Self::Gone(_) | Self::Wanted(_) => None,
        }
    }
}

/// What is followed: enough to take it up again from the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// The journal entry of its intent.
    pub intent: Text,
    /// The verb, as typed on a command line.
    pub verb: Text,
    /// Where.
    pub environment: EnvironmentName,
    /// Which.
    pub service: ServiceArn,
    /// When it was asked for.
    pub began: Timestamp,
    /// The deployment that carries it out; `None` for verbs that begin none, and where AWS did
    /// not name it.
    pub deployment: Option<ServiceDeploymentArn>,
    /// Whether AWS's answer is in the journal; without it the console ended before the answer.
    pub answered: bool,
    /// What shows that AWS did it.
    pub aim: Aim,
}

impl Followed {
    /// The tasks that have to be gone, where only looking at them proves anything: with an answer
    /// on record nobody has to.
    pub fn to_be_gone(&self) -> &[TaskArn] {
        match &self.aim {
            Aim::Gone(tasks) if !self.answered => tasks,
            Aim::Gone(_) | Aim::Unsaid | Aim::Anew(_) | Aim::Back(_) | Aim::Wanted(_) => &[],
        }
    }
}

/// One look at what is followed.
#[derive(Clone, Debug)]
pub struct Glimpse {
    /// When AWS was asked.
    pub at: Timestamp,
    /// The service, or why it could not be read.
    pub service: Result<Service, Text>,
    /// The deployment, where there is one to follow.
    pub deployment: Option<ServiceDeployment>,
    /// How many of the tasks that have to be gone still run; `None` where nobody looked.
    pub left: Option<usize>,
    /// Tasks that stopped badly since it began, newest first.
    pub stops: Vec<Task>,
    /// The last lines the newest of them logged.
    pub lines: Vec<Text>,
    /// The verdict; asked for only once the rollout is over.
    pub verdict: Option<Verdict>,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// There, and clean twice.
    Healthy,
    /// There, but the service is not well.
    Unhealthy(Text),
    /// It did not get there.
    Failed(Text),
}

impl End {
    /// How it ended, in a sentence.
    pub fn words(&self) -> String {
        match self {
            Self::Healthy => "done and healthy".to_owned(),
            Self::Unhealthy(why) => format!("done, but not healthy: {why}"),
            Self::Failed(why) => format!("failed: {why}"),
        }
    }
}

/// A change that is followed, and everything seen of it.
#[derive(Clone, Debug)]
pub struct Pursuit {
    /// What.
    pub followed: Followed,
    /// The newest look.
    pub latest: Option<Glimpse>,
    /// How long such a deployment took before.
    pub usual: Option<SignedDuration>,
    /// How it ended, once it did.
    pub end: Option<End>,
    settled_at: Option<Timestamp>,
    clean: u8,
}

impl Pursuit {
    /// Begins to follow.
    pub const fn new(followed: Followed, usual: Option<SignedDuration>) -> Self {
        Self {
            followed,
            latest: None,
            usual,
            end: None,
            settled_at: None,
            clean: 0,
        }
    }

    /// Whether the rollout is over and only clean verdicts are missing.
    pub const fn wants_verdict(&self) -> bool {
        self.settled_at.is_some() && self.end.is_none()
    }

    /// Takes in a look.
    pub fn see(&mut self, glimpse: Glimpse) {
        if self.end.is_some() {
            return;
        }
        if let Ok(service) = &glimpse.service {
            if let Some(why) = self.unheard(service, &glimpse) {
                let words = format!("nothing shows that AWS was asked: {why}");
                self.end = Some(End::Failed(words.into()));
                self.latest = Some(glimpse);
                return;
            }
            let over = match &glimpse.deployment {
                Some(deployment) => self.deployment_over(deployment),
                None => self.service_over(service, glimpse.at),
            };
            match over {
                Some(Ok(())) => self.settle(&glimpse),
                Some(Err(why)) => self.end = Some(End::Failed(why.into())),
                None => {
                    self.settled_at = None;
                    self.clean = 0;
                }
            }
        }
        self.latest = Some(glimpse);
    }

    /// Why it seems that AWS never heard of it, where no answer is on record and long enough ago
    /// nothing of it is to be seen.
    fn unheard(&self, service: &Service, glimpse: &Glimpse) -> Option<String> {
        let followed = &self.followed;
        if followed.answered || glimpse.at.duration_since(followed.began) < HEARD {
            return None;
        }
        match &followed.aim {
            Aim::Unsaid => None,
            Aim::Anew(before) => {
                let known = |id| before.contains(id);
                let none = followed.deployment.is_none()
                    && service.deployments.iter().all(|one| known(&one.id));
                none.then(|| "no deployment began".to_owned())
            }
            Aim::Back(_) => {
                let deployment = glimpse.deployment.as_ref()?;
                let on = matches!(deployment.state, State::Pending | State::InProgress);
                on.then(|| "the deployment goes on".to_owned())
            }
            Aim::Gone(tasks) => {
                let all = tasks.len();
                (glimpse.left == Some(all)).then(|| match all {
                    1 => "the task still runs".to_owned(),
                    _ => format!("all {all} tasks still run"),
                })
            }
            Aim::Wanted(count) => (service.desired != *count)
                .then(|| format!("{} tasks are wanted, not {count}", service.desired)),
        }
    }

    /// Whether the deployment reached its end, and whether that is the wanted one.
    fn deployment_over(&self, deployment: &ServiceDeployment) -> Option<Result<(), String>> {
        let why = || {
            let reason = deployment.rollback.as_ref().or(deployment.reason.as_ref());
            reason.map_or_else(String::new, |reason| format!(": {reason}"))
        };
        let back = &*self.followed.verb == "rollback";
        match &deployment.state {
            State::Successful if back => Some(Err("it completed before it could go back".into())),
            State::Successful => Some(Ok(())),
            State::RollbackSuccessful if back => Some(Ok(())),
            State::RollbackSuccessful => Some(Err(format!("AWS rolled it back{}", why()))),
            State::RollbackFailed => Some(Err(format!("the rollback failed{}", why()))),
            State::Stopped => Some(Err(format!(
                "it was stopped, or another deployment took its place{}",
                why()
            ))),
            State::Pending
            | State::InProgress
            | State::StopRequested
            | State::RollbackRequested
            | State::RollbackInProgress
            | State::Unknown(_) => None,
        }
    }

    /// The same where no deployment is followed: as many tasks as wanted, and none on its way.
    fn service_over(&self, service: &Service, at: Timestamp) -> Option<Result<(), String>> {
        if at.duration_since(self.followed.began) < TOO_SOON {
            return None;
        }
        let still = service.running == service.desired
            && service.pending == 0
            && service.deployments.len() == 1
            && service
                .primary()
                .is_some_and(|one| matches!(one.rollout, Rollout::Completed | Rollout::Absent));
        if still {
            return Some(Ok(()));
        }
        let late = at.duration_since(self.followed.began) > UNSEEN;
        late.then(|| {
            let (running, desired) = (service.running, service.desired);
            Err(format!(
                "{running} of {desired} tasks run after {}",
                duration(UNSEEN)
            ))
        })
    }

    fn settle(&mut self, glimpse: &Glimpse) {
        let since = *self.settled_at.get_or_insert(glimpse.at);
        let Some(verdict) = &glimpse.verdict else {
            return;
        };
        let clean = matches!(
            verdict.health,
            Health::Healthy | Health::HealthyUnverified | Health::Stopped
        );
        self.clean = if clean { self.clean + 1 } else { 0 };
        if self.clean >= CLEAN {
            self.end = Some(self.halfway(glimpse).unwrap_or(End::Healthy));
        } else if glimpse.at.duration_since(since) > SETTLING {
            self.end = Some(End::Unhealthy(verdict.evidence.clone()));
        }
    }

    /// A recycle whose console ended on the way: what is left of it nobody does any more.
    fn halfway(&self, glimpse: &Glimpse) -> Option<End> {
        let all = self.followed.to_be_gone().len();
        let left = glimpse.left.filter(|left| *left > 0)?;
        let words = format!(
            "{} of {all} tasks were replaced before the console ended; the service is healthy",
            all.saturating_sub(left)
        );
        Some(End::Failed(words.into()))
    }

    /// Whether it goes wrong while it is still under way: time to think of rolling back.
    pub fn goes_wrong(&self) -> bool {
        let Some(latest) = &self.latest else {
            return false;
        };
        let deployment = latest.deployment.as_ref();
        let under_way = deployment.is_some_and(|one| !one.state.is_over());
        let counted = deployment
            .and_then(|one| one.breaker.as_ref())
            .is_some_and(|breaker| breaker.failures > 0);
        let alarmed = deployment.is_some_and(|one| !one.triggered.is_empty());
        self.end.is_none() && under_way && (counted || alarmed || !latest.stops.is_empty())
    }

    /// How much longer it takes, going by those before; `None` where nobody can say, or once it
    /// took longer than they did.
    pub fn left(&self, now: Timestamp) -> Option<SignedDuration> {
        let left = self.usual? - now.duration_since(self.followed.began);
        (self.end.is_none() && left.is_positive()).then_some(left)
    }

    /// How far it is, from 0 to 100: tasks of the new revision that run.
    pub fn percent(&self) -> u32 {
        if matches!(self.end, Some(End::Healthy | End::Unhealthy(_))) {
            return 100;
        }
        let latest = self.latest.as_ref();
        let counts = latest.and_then(|one| {
            let new = one
                .deployment
                .as_ref()
                .map(|one| (one.new.running, one.new.wanted));
            new.or_else(|| {
                let service = one.service.as_ref().ok()?;
                Some((service.running, service.desired))
            })
        });
        counts.map_or(0, |(running, wanted)| {
            (running * 100).checked_div(wanted).unwrap_or(0).min(99)
        })
    }

    /// Where it is, in a line.
    pub fn words(&self, now: Timestamp) -> String {
        if let Some(end) = &self.end {
            return end.words();
        }
        let Some(latest) = &self.latest else {
            return "looking".to_owned();
        };
        let mut parts = Vec::new();
        match (&latest.service, &latest.deployment) {
            (Err(why), _) => return format!("cannot be read: {why}"),
            (Ok(_), Some(deployment)) => parts.extend(rollout_words(deployment)),
            (Ok(service), None) => {
                parts.push(format!("{} of {} run", service.running, service.desired));
            }
        }
        if self.wants_verdict() {
            parts.push(match &latest.verdict {
                Some(verdict) if self.clean == 0 => format!("not clean yet: {}", verdict.evidence),
                Some(_) | None => format!("clean {} of {CLEAN} times", self.clean),
            });
        }
        parts.extend(
            self.left(now)
                .map(|left| format!("about {} left", duration(left))),
        );
        parts.join(", ")
    }

    /// What stopped badly since it began, newest first, in a line each; then the last words of
    /// the newest.
    pub fn trouble(&self) -> Vec<String> {
        let Some(latest) = &self.latest else {
            return Vec::new();
        };
        let stops = latest.stops.iter().map(|task| {
            let (short, words) = (task.arn.short(), stop(task).words);
            format!("task {short} stopped: {words}")
        });
        let lines = latest.lines.iter().map(|line| format!("  {line}"));
        stops.chain(lines).collect()
    }
}

fn rollout_words(deployment: &ServiceDeployment) -> Vec<String> {
    let (old, new) = (deployment.old, deployment.new);
    let mut parts = vec![deployment.state.word().to_owned()];
    parts.push(format!("{} of {} new", new.running, new.wanted));
    if old.running > 0 {
        parts.push(format!("{} old", old.running));
    }
    parts.extend(
        deployment
            .stage
            .as_ref()
            .map(|stage| format!("stage {stage}")),
    );
    parts.extend(
        deployment
            .breaker
            .as_ref()
            .filter(|one| one.failures > 0)
            .map(|one| format!("circuit breaker {} of {}", one.failures, one.threshold)),
    );
    if !deployment.triggered.is_empty() {
        let names: Vec<&str> = deployment.triggered.iter().map(Text::as_str).collect();
        parts.push(format!("alarm {}", names.join(", ")));
    }
    parts.extend(
        deployment
            .rollback
            .as_ref()
            .map(|why| format!("because {why}")),
    );
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::deployment::{Breaker, example};
    use crate::estate::fixture::{ago, service, stop as stopped};

    fn pursuit(verb: &str, deployment: bool) -> Pursuit {
        let followed = Followed {
            intent: "0123456789ab".into(),
            verb: verb.into(),
            environment: "production".into(),
            service: service("orders").arn,
            began: ago(600),
            deployment: deployment.then(|| "arn:aws:ecs:x:1:service-deployment/p/orders/9".into()),
            answered: true,
            aim: Aim::Unsaid,
        };
        Pursuit::new(followed, Some(SignedDuration::from_mins(12)))
    }

    fn rollout(state: State) -> ServiceDeployment {
        ServiceDeployment {
            state,
            ..example::rollout()
        }
    }

    fn look(age: i64, deployment: Option<ServiceDeployment>, health: Option<Health>) -> Glimpse {
        Glimpse {
            at: ago(age),
            service: Ok(service("orders")),
            deployment,
            left: None,
            stops: vec![],
            lines: vec![],
            verdict: health.map(|health| Verdict {
                health,
                since: None,
                evidence: "3/4 running".into(),
                source: "DescribeServices",
            }),
        }
    }

    #[test]
    fn success_is_not_the_end_two_clean_verdicts_are() {
        let mut one = pursuit("redeploy", true);
        one.see(look(590, Some(rollout(State::InProgress)), None));
        assert!(!one.wants_verdict());
        let done = || Some(rollout(State::Successful));
        one.see(look(300, done(), None));
        assert!(one.wants_verdict() && one.end.is_none());
        one.see(look(285, done(), Some(Health::Healthy)));
        one.see(look(270, done(), Some(Health::Degraded)));
        one.see(look(255, done(), Some(Health::Healthy)));
        assert_eq!(one.end, None, "the clean ones must follow each other");
        one.see(look(240, done(), Some(Health::Healthy)));
        assert_eq!(one.end, Some(End::Healthy));
        assert_eq!(one.percent(), 100);
    }

    #[test]
    fn done_and_sick_is_not_done_and_healthy() {
        let mut one = pursuit("redeploy", true);
        let done = || Some(rollout(State::Successful));
        one.see(look(900, done(), Some(Health::Degraded)));
        one.see(look(219, done(), Some(Health::Unknown)));
        assert_eq!(one.end, Some(End::Unhealthy("3/4 running".into())));
    }

    #[test]
    fn every_other_terminal_state_is_a_failure_that_says_why() {
        let ended = |verb: &str, state: State| {
            let mut one = pursuit(verb, true);
            let mut deployment = rollout(state);
            deployment.rollback = Some("circuit breaker".into());
            one.see(look(10, Some(deployment), None));
            one.end.map(|end| end.words())
        };
        let said = |verb, state| ended(verb, state).unwrap();
        assert_eq!(
            said("redeploy", State::RollbackSuccessful),
            "failed: AWS rolled it back: circuit breaker"
        );
        assert!(said("redeploy", State::RollbackFailed).contains("the rollback failed"));
        assert!(said("redeploy", State::Stopped).contains("another deployment"));
        assert!(said("rollback", State::Successful).contains("before it could go back"));
        assert_eq!(ended("rollback", State::RollbackSuccessful), None);
        assert_eq!(ended("redeploy", State::Unknown("SIDEWAYS".into())), None);
    }

    #[test]
    fn without_a_deployment_the_counts_must_settle() {
        let mut one = pursuit("stop-task", false);
        let mut short = look(590, None, None);
        short.service.as_mut().unwrap().running = 3;
        one.see(short);
        assert_eq!(one.words(ago(590)), "3 of 4 run, about 11 min left");
        one.see(look(500, None, None));
        one.see(look(485, None, Some(Health::HealthyUnverified)));
        one.see(look(470, None, Some(Health::HealthyUnverified)));
        assert_eq!(one.end, Some(End::Healthy));
    }

    #[test]
    fn what_goes_wrong_is_said_while_it_can_still_be_taken_back() {
        let mut one = pursuit("redeploy", true);
        let mut bad = rollout(State::InProgress);
        bad.breaker = Some(Breaker {
            status: "MONITORING".into(),
            failures: 2,
            threshold: 3,
        });
        let mut seen = look(0, Some(bad), None);
        seen.stops = vec![stopped(20, "EssentialContainerExited", 1, "exited")];
        seen.lines = vec!["Error: config key PAYMENT_URL missing".into()];
        one.see(seen);
        assert!(one.goes_wrong());
        assert_eq!(
            one.words(ago(0)),
            "in progress, 2 of 4 new, 4 old, circuit breaker 2 of 3, about 2 min left"
        );
        assert!(one.trouble()[0].starts_with("task 3f9c0020 stopped: "));
        assert_eq!(one.trouble()[1], "  Error: config key PAYMENT_URL missing");
    }

    /// The console died before AWS's answer was on record.
    fn unanswered(verb: &str, aim: Aim) -> Pursuit {
        let mut one = pursuit(verb, false);
        one.followed.deployment = aim.deployment().cloned();
        one.followed.answered = false;
        one.followed.aim = aim;
        one
    }

    fn tasks(count: u32) -> Aim {
        let arn = |number| format!("arn:aws:ecs:x:1:task/main/{number:032}");
        Aim::Gone((0..count).map(|one| arn(one).as_str().into()).collect())
    }

    #[test]
    fn what_aws_never_heard_of_is_not_done() {
        let back = || Aim::Back("arn:aws:ecs:x:1:service-deployment/p/orders/9".into());
        let ended = |verb, aim, spoil: fn(&mut Glimpse)| {
            let mut one = unanswered(verb, aim);
            let mut early = look(580, None, None);
            spoil(&mut early);
            one.see(early);
            assert_eq!(one.end, None, "AWS may still answer with what was");
            let mut late = look(500, None, None);
            spoil(&mut late);
            one.see(late);
            one.end.map(|end| end.words())
        };
        let before = || {
            let known = service("orders").deployments.into_iter();
            Aim::Anew(known.map(|one| one.id).collect())
        };
        let said = [
            ended("redeploy", before(), |_| {}),
            ended("rollback", back(), |seen| {
                seen.deployment = Some(rollout(State::InProgress));
            }),
            ended("stop-task", tasks(1), |seen| seen.left = Some(1)),
            ended("recycle", tasks(3), |seen| seen.left = Some(3)),
            ended("scale", Aim::Wanted(6), |_| {}),
        ];
        let why = "failed: nothing shows that AWS was asked: ";
        let words = said.map(|one| one.unwrap().strip_prefix(why).unwrap().to_owned());
        assert_eq!(
            words,
            [
                "no deployment began",
                "the deployment goes on",
                "the task still runs",
                "all 3 tasks still run",
                "4 tasks are wanted, not 6",
            ]
        );
        // What AWS shows, it heard.
        let begun: fn(&mut Glimpse) = |seen| {
            seen.service.as_mut().unwrap().deployments[0].id = "ecs-svc/99".into();
        };
        assert_eq!(ended("redeploy", before(), begun), None);
        assert_eq!(ended("scale", Aim::Wanted(4), |_| {}), None);
        assert_eq!(
            ended("stop-task", tasks(1), |seen| seen.left = Some(0)),
            None
        );
    }

    #[test]
    fn half_a_recycle_is_not_done() {
        let mut one = unanswered("recycle", tasks(3));
        for age in [500, 485, 470, 455] {
            let mut seen = look(age, None, Some(Health::Healthy));
            seen.left = Some(2);
            one.see(seen);
        }
        let words =
            "failed: 1 of 3 tasks were replaced before the console ended; the service is healthy";
        assert_eq!(one.end.unwrap().words(), words);
    }

    #[test]
    fn a_service_that_cannot_be_read_ends_nothing() {
        let mut one = pursuit("redeploy", true);
        let mut blind = look(0, None, None);
        blind.service = Err("AWS does not answer".into());
        one.see(blind);
        assert_eq!(one.end, None);
        assert_eq!(one.words(ago(0)), "cannot be read: AWS does not answer");
    }
}
