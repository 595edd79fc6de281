//! What is wished of a service: looked at closely first, then asked about in the dialog.

use super::Overlay;
use super::dialog::{Stage, ask, ask_for};
use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::app::msg::Tone;
use crate::estate::Timestamp;
use crate::estate::change::{Change, Target};
use crate::estate::closely::Wish;
use crate::estate::id::{EnvironmentName, ServiceArn};
use crate::estate::text::Text;
use crate::policy::Decision;

/// What a person wants of a service, while it is looked at closely.
#[derive(Clone, Debug)]
pub struct Wished {
    pub(in crate::app) environment: EnvironmentName,
    pub(in crate::app) service: ServiceArn,
    wish: Wish,
    reason: String,
    name: String,
    since: Timestamp,
}

/// Looks closely at a service, to do to it what is wished; the dialog opens once that is home.
pub(in crate::app) fn wish(
    model: &mut Model,
    arn: &ServiceArn,
    wish: Wish,
    (reason, name): (&str, &str),
) -> Vec<Effect> {
    if let Some(busy) = &model.carrying {
        let words = format!("wait for the outcome of {} first", busy.name());
        model.say(Tone::Bad, words);
        return Vec::new();
    }
    let Some((place, _)) = model.look.snapshot.service(arn) else {
        let name = arn.name();
        model.say(
            Tone::Bad,
            format!("{name} has not been seen, so nothing can be changed"),
        );
        return Vec::new();
    };
    let environment = place.environment.name.clone();
    if let Some(missing) = model.denied.get(&(environment.clone(), wish.verb())) {
        let words = format!("you may not {}: {missing} is missing", wish.verb());
        model.say(Tone::Bad, words);
        return Vec::new();
    }
    model.say(Tone::Info, format!("looking closely at {} …", arn.name()));
    model.overlay = None;
    model.wished = Some(Wished {
        environment,
        service: arn.clone(),
        wish,
        reason: reason.to_owned(),
        name: name.to_owned(),
        since: model.now,
    });
    Vec::new()
}

/// The service to be looked at closely, and again and again while a dialog about it is open.
pub(in crate::app) fn looked_at(model: &Model) -> Option<(EnvironmentName, ServiceArn)> {
    if let Some(wished) = &model.wished {
        return Some((wished.environment.clone(), wished.service.clone()));
    }
    let change = match model.overlay.as_ref()? {
        Overlay::Dialog(dialog) => {
            let open = matches!(dialog.stage, Stage::Asking(_) | Stage::Denied(_));
            open.then_some(&dialog.change)?
        }
        // Once it is armed the dialog opens, on what is true then.
        Overlay::Arming(arming) => &arming.then.as_ref()?.change,
        Overlay::Help(_)
        | Overlay::Palette(_)
        | Overlay::Filter
        | Overlay::Condition
        | Overlay::Follow
        | Overlay::Page(_)
        | Overlay::Picker
        | Overlay::Sessions(_)
        | Overlay::Parting => return None,
    };
    let target = change.target();
    let service = (target.environment.clone(), target.service.clone());
    change.alters_a_service().then_some(service)
}

/// Opens the dialog of what is wished, if the close look at it came home.
pub(in crate::app) fn open_wished(model: &mut Model) -> Vec<Effect> {
    let Some(wished) = &model.wished else {
        return Vec::new();
    };
    let seen = model.look.snapshot.service(&wished.service);
    let found = seen.and_then(|(place, sighting)| {
        let examination = place.closely.get(&wished.service)?;
        let target = Target::of(&sighting.service, &place.environment.name)?;
        (examination.seen_at >= wished.since).then(|| wished.wish.change(target, examination))
    });
    let Some(change) = found else {
        return Vec::new();
    };
    let Some(wished) = model.wished.take() else {
        return Vec::new();
    };
    model.notice = None;
    if model.overlay.is_some() {
        let words = format!(
            "{} was looked at; ask again when this is closed",
            wished.service.name()
        );
        model.say(Tone::Info, words);
        return Vec::new();
    }
    match change {
        Ok(change) => ask_for(model, change, &wished.reason, &wished.name),
        Err(why) => {
            model.say(Tone::Bad, why);
            Vec::new()
        }
    }
}

/// Why a redeployment of a service would be refused now; `None` when it would be asked for.
pub(in crate::app) fn refused(model: &Model, arn: &ServiceArn) -> Option<Text> {
    let (place, seen) = model.look.snapshot.service(arn)?;
    let target = Target::of(&seen.service, &place.environment.name)?;
    match ask(model, &Change::Redeploy(target), None) {
        // The close look comes with the dialog, and so does arming.
        Decision::Deny(why) if !["not-looked", "not-armed"].contains(&why.rule) => {
            Some(why.sentence)
        }
        Decision::Deny(_) | Decision::Allow(_) | Decision::Ask(_) => None,
    }
}
