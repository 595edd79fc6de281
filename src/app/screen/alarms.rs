//! The alarms: all of them, and everything there is to say of the selected one.

use crate::app::action::Action;
use crate::app::model::Model;
use crate::app::screen::chart;
use crate::estate::alarm::Alarm;
use crate::estate::figures::ordered;
use crate::estate::id::{AlarmArn, EnvironmentName, ServiceArn};
use crate::estate::snapshot::EnvironmentSnapshot;

/// The page's state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bells {
    /// The selected alarm, wherever its line moves; the first until somebody chooses.
    pub selected: Option<AlarmArn>,
}

/// The alarms shown, those in ALARM first, with where they are.
pub fn shown(model: &Model) -> Vec<(&EnvironmentSnapshot, &Alarm)> {
    let all = ordered(&model.look.snapshot).into_iter();
    all.filter(|(place, _)| model.shows(&place.environment.name))
        .collect()
}

/// The place of the selected one among those shown.
pub fn at(model: &Model) -> usize {
    let wanted = model.bells.as_ref().and_then(|page| page.selected.as_ref());
    let place = |wanted: &AlarmArn| {
        let mut all = shown(model).into_iter();
        all.position(|(_, alarm)| alarm.arn == *wanted)
    };
    wanted.and_then(place).unwrap_or(0)
}

/// The selected one.
pub fn selected(model: &Model) -> Option<(&EnvironmentSnapshot, &Alarm)> {
    shown(model).into_iter().nth(at(model))
}

/// The services the selected alarm watches and nothing wider.
pub fn watched(place: &EnvironmentSnapshot, alarm: &Alarm) -> Vec<ServiceArn> {
    let services = place.services.values().map(|seen| &seen.service);
    let watched = services.filter(|service| alarm.watches(service));
    watched.map(|service| service.arn.clone()).collect()
}

/// Whether `action` leads from the selected alarm to what it watches.
pub(in crate::app) fn offers(model: &Model, action: Action) -> bool {
    if action == Action::Charts {
        selected(model).is_some()
    } else {
        service(model).is_some()
    }
}

/// Opens the page.
pub(in crate::app) fn open(model: &mut Model) {
    model.bells = Some(Bells::default());
}

/// Moves the selection. Says whether it moved.
pub(in crate::app) fn step(model: &mut Model, steps: isize) -> bool {
    let before = at(model);
    let all = shown(model);
    let last = all.len().saturating_sub(1);
    let next = before.saturating_add_signed(steps).min(last);
    let arn = all.get(next).map(|(_, alarm)| alarm.arn.clone());
    if let Some(page) = &mut model.bells {
        page.selected = arn;
    }
    before != next
}

/// The service the selected alarm watches, where it is one.
pub(in crate::app) fn service(model: &Model) -> Option<ServiceArn> {
    let (place, alarm) = selected(model)?;
    watched(place, alarm).into_iter().next()
}

/// Shows what the selected alarm watches over time, otherwise its whole environment.
pub(in crate::app) fn open_charts(model: &mut Model) {
    let found = selected(model).map(|(place, alarm)| {
        let kpi = alarm.kpis(place).first().map(|kpi| kpi.id.clone());
        (place.environment.name.clone(), kpi)
    });
    if let Some((environment, kpi)) = found {
        chart::open_on(model, environment, None, kpi);
    }
}

/// The environments whose alarms are shown.
pub(in crate::app) fn environments(model: &Model) -> Vec<EnvironmentName> {
    let all = model.look.snapshot.environments.iter();
    let names = all.map(|one| one.environment.name.clone());
    names.filter(|name| model.shows(name)).collect()
}
