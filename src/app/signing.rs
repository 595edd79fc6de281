//! Signing in again without leaving: everything that is open stays as it is.

use crate::estate::id::EnvironmentName;
use crate::estate::part::{News, Part};
use crate::estate::problem::Feed;
use crate::estate::sign_in::SignIn;

use super::effect::Effect;
use super::model::Model;
use super::msg::Tone;

/// The environments that are looked at and take nothing until somebody signs in.
fn signed_out(model: &Model) -> impl Iterator<Item = &EnvironmentName> {
    let environments = model.look.snapshot.environments.iter();
    environments
        .filter(|one| model.shows(&one.environment.name) && one.signed_out())
        .map(|one| &one.environment.name)
}

/// Whether there is anywhere to sign in.
pub(super) fn wanted(model: &Model) -> bool {
    signed_out(model).next().is_some()
}

/// Whether `part` tells that AWS knows the caller again.
pub(super) fn is_back(model: &Model, part: &Part) -> bool {
    let place = model.look.snapshot.environment(&part.environment);
    let feed = place.and_then(|place| place.feed(Feed::Identity));
    let mut problems = feed.iter().flat_map(|feed| &feed.problems);
    let was_out = problems.any(|problem| problem.kind.is_signed_out());
    was_out && matches!(part.news, News::Identity(Some(_)))
}

/// Finds out how that is done: a file may have changed since, or somebody did it elsewhere.
pub(super) fn begin(model: &Model) -> Vec<Effect> {
    vec![Effect::SignIn(signed_out(model).cloned().collect())]
}

/// Lends the terminal to what brings credentials, and says what only a person can do.
pub(super) fn found(model: &mut Model, ways: Vec<SignIn>) -> Vec<Effect> {
    if ways.is_empty() {
        model.say(Tone::Good, "signed in already, somewhere else");
        return vec![Effect::Refresh];
    }
    let mut commands = Vec::new();
    for way in ways {
        match way {
            SignIn::Tool(words) => commands.push(words),
            SignIn::ByHand(sentence) => {
                model.say(
                    Tone::Info,
                    format!("{sentence}; they are read again by themselves"),
                );
            }
        }
    }
    if commands.is_empty() {
        return Vec::new();
    }
    vec![Effect::Lend(commands)]
}
