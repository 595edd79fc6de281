//! Keys in, model and effects out. No terminal, no clock, no AWS.

use crate::estate::closely::example::well;
use crate::estate::deployment::example::rollout;
use crate::estate::environment::Environment;
use crate::estate::id::ServiceArn;
use crate::estate::part::{News, Part};
use crate::estate::service::Service;
use crate::estate::{SignedDuration, Timestamp};
use crate::policy::example::{Desk, caller, now, orders};
use crate::policy::{Arm, JournalState, Mode};

use super::chord::Chord;
use super::keymap::Keymap;
use super::model::{Display, Size, Start};
use super::{Effect, Model, Msg, update};

mod board;
mod charts;
mod entering;
mod grammar;
mod guide;
mod live;
mod palette;
mod reader;
mod reading;
mod redeploy;
mod staging;

/// A console and somebody at its keyboard.
pub(super) struct Desktop {
    pub(super) model: Model,
    pub(super) effects: Vec<Effect>,
    /// Whether a close look finds a deployment on its way.
    pub(super) underway: bool,
}

impl Desktop {
    /// A console that has read nothing yet.
    pub(super) fn unread(mode: Mode) -> Self {
        let model = Model::new(Start {
            now: now(),
            size: Size {
                columns: 120,
                rows: 40,
            },
            mode,
            display: Display::default(),
            environments: vec![environment("production"), environment("staging")],
            only: None,
            keymap: Keymap::load(&[]).unwrap(),
            orders: Vec::new(),
            contacts: crate::estate::advice::Contacts::default(),
            hold: crate::estate::log::held::HOLD,
            idle_after: SignedDuration::from_mins(15),
            terms: crate::policy::Terms::default(),
            services: crate::estate::catalogue::Catalogue::default(),
        });
        Self {
            model,
            effects: Vec::new(),
            underway: false,
        }
    }

    /// A console over production with these services (name, tasks running of 4), just read.
    pub(super) fn over(services: &[(&str, u32)]) -> Self {
        Self::with_mode(Mode::Observe, services)
    }

    pub(super) fn with_mode(mode: Mode, services: &[(&str, u32)]) -> Self {
        let mut desktop = Self::unread(mode);
        let terms = crate::policy::Terms::default();
        desktop.model.arm = Some(Arm::new("OPS-17", now(), &terms, false));
        desktop.tell(Msg::Recent(Some(vec![])));
        desktop.tell(Msg::Journal(JournalState::Writable));
        desktop.part(News::Identity(Some(caller())));
        desktop.see(services);
        desktop
    }

    /// AWS describes exactly these services.
    pub(super) fn see(&mut self, services: &[(&str, u32)]) -> &mut Self {
        let seen: Vec<Service> = services
            .iter()
            .map(|(name, running)| service(name, *running))
            .collect();
        self.part(News::Inventory {
            clusters: vec![orders().cluster],
            services: seen.iter().map(|one| one.arn.clone()).collect(),
            unlisted: vec![],
        });
        self.part(News::Services(seen))
    }

    pub(super) fn part(&mut self, news: News) -> &mut Self {
        let at = self.model.now;
        self.tell(Msg::Part(Part {
            environment: "production".into(),
            at,
            news,
            problems: vec![],
        }))
    }

    pub(super) fn tell(&mut self, msg: Msg) -> &mut Self {
        self.effects.extend(update(&mut self.model, msg));
        if let Some(wished) = self.model.wished.clone() {
            self.examine(wished.service.name());
        }
        self
    }

    /// A close look at a service comes home, with nothing against anything.
    pub(super) fn examine(&mut self, name: &str) -> &mut Self {
        let mut examination = well(&service(name, 4), self.model.now);
        if self.underway {
            examination.deployments = Ok(vec![rollout()]);
        }
        let news = News::Closely {
            service: arn(name),
            examination: Box::new(examination),
        };
        let part = Part {
            environment: "production".into(),
            at: self.model.now,
            news,
            problems: vec![],
        };
        let effects = update(&mut self.model, Msg::Part(part));
        self.effects.extend(effects);
        self
    }

    /// Presses keys, written as in a keymap: `j j enter`.
    pub(super) fn press(&mut self, keys: &str) -> &mut Self {
        for key in keys.split_whitespace() {
            self.tell(Msg::Key(key.parse().unwrap()));
        }
        self
    }

    /// Types text, letter by letter.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        for letter in text.chars() {
            self.tell(Msg::Key(Chord::char(letter)));
        }
        self
    }

    /// Lets time pass.
    pub(super) fn wait(&mut self, milliseconds: i64) -> &mut Self {
        let then = self.model.now + SignedDuration::from_millis(milliseconds);
        self.tell(Msg::Tick(then))
    }

    /// The name of the service an action would be about.
    pub(super) fn subject(&self) -> Option<&str> {
        self.model.subject().map(ServiceArn::name)
    }
}

pub(super) fn environment(name: &str) -> Environment {
    Environment {
        name: name.into(),
        ..Desk::ready().environment.unwrap()
    }
}

pub(super) fn arn(name: &str) -> ServiceArn {
    let arn = format!("arn:aws:ecs:eu-central-1:123456789012:service/main/{name}");
    arn.as_str().into()
}

pub(super) fn service(name: &str, running: u32) -> Service {
    let mut service = orders();
    service.arn = arn(name);
    service.name = name.into();
    service.running = running;
    service.deployments[0].running = running;
    service
}

pub(super) fn later(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}
