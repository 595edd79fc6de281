//! The second person of a dialog: asked for once everything else is typed, named by STS.
//!
//! What a second person hands over is pasted anywhere into the dialog. It is longer than a field
//! and nothing anybody types, so it is taken whole or not at all.

use super::Overlay;
use super::dialog::{Dialog, Stage, review};
use crate::app::effect::Effect;
use crate::app::model::Model;
use crate::estate::approval::{Approver, Code, Token, digest};
use crate::estate::change::Change;
use crate::estate::closely::Examination;
use crate::estate::id::ServiceArn;
use crate::estate::text::Text;
use crate::policy::NO_SECOND;

/// What a dialog knows of its second person.
#[derive(Clone, Debug, Default)]
pub struct Second {
    /// The code to tell them.
    pub code: Option<Code>,
    /// Who they are, once STS has said so.
    pub approver: Option<Approver>,
    /// How it goes, or what went wrong; empty while there is nothing to say.
    pub words: Text,
    asked: bool,
}

/// What has to be done for a second person now: the journal gives a code once nothing else is
/// missing.
pub(in crate::app) fn wanted(model: &mut Model) -> Option<Effect> {
    let Some(Overlay::Dialog(dialog)) = &mut model.overlay else {
        return None;
    };
    let missing = matches!(&dialog.stage, Stage::Asking(one) if one.complaint == Some(NO_SECOND));
    if !missing || dialog.second.asked {
        return None;
    }
    dialog.second.asked = true;
    Some(Effect::AskSecond(Box::new(dialog.change.clone())))
}

/// Takes `text` if it is what a second person hands over and the dialog waits for one; `None`
/// when it is anything else.
pub(in crate::app) fn paste(model: &mut Model, text: &str) -> Option<Vec<Effect>> {
    let Some(Overlay::Dialog(dialog)) = &mut model.overlay else {
        return None;
    };
    let waits = matches!(&dialog.stage, Stage::Asking(challenge) if challenge.second);
    if !waits || !Token::looks_like(text) {
        return None;
    }
    let token: Token = match text.parse() {
        Ok(token) => token,
        Err(error) => {
            dialog.second.words = error.to_string().into();
            model.touch(true);
            return Some(Vec::new());
        }
    };
    let change = dialog.change.clone();
    dialog.second.approver = None;
    dialog.second.words = "asking STS whose approval it is …".into();
    let target = change.target();
    let place = model.look.snapshot.environment(&target.environment);
    let seen = place.and_then(|one| one.closely.get(&target.service));
    let images = seen.map(Examination::known_images).unwrap_or_default();
    let subject = digest(&change, images, &token.code, &token.reason);
    model.touch(true);
    Some(vec![Effect::FindSecond {
        change: Box::new(change),
        token: Box::new(token),
        subject,
    }])
}

/// The journal gave a code, or did not.
pub(in crate::app) fn asked(model: &mut Model, about: &Change, code: Result<Code, Text>) {
    if let Some(dialog) = dialog_of(model, about) {
        match code {
            Ok(code) => dialog.second.code = Some(code),
            Err(why) => dialog.second.words = why,
        }
        review(model);
        model.touch(true);
    }
}

/// STS said who it was, or that nobody was.
pub(in crate::app) fn found(
    model: &mut Model,
    about: &Change,
    approver: Result<Box<Approver>, Text>,
) {
    if let Some(dialog) = dialog_of(model, about) {
        match approver {
            Ok(approver) => {
                dialog.second.words = Text::default();
                dialog.second.approver = Some(*approver);
            }
            Err(why) => dialog.second.words = why,
        }
        review(model);
        model.touch(true);
    }
}

/// The dialog that still asks about exactly this.
fn dialog_of<'a>(model: &'a mut Model, about: &Change) -> Option<&'a mut Dialog> {
    match &mut model.overlay {
        Some(Overlay::Dialog(dialog)) => Some(&mut **dialog).filter(|one| one.change == *about),
        _ => None,
    }
}

/// The second person of the dialog about `service`.
pub(in crate::app) fn of<'a>(model: &'a Model, service: &ServiceArn) -> Option<&'a Second> {
    match &model.overlay {
        Some(Overlay::Dialog(dialog)) => {
            (dialog.change.target().service == *service).then_some(&dialog.second)
        }
        _ => None,
    }
}
