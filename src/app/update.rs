//! The one function that changes the model. It only routes.

use crate::estate::Timestamp;
use crate::estate::log::TailNews;
use crate::estate::part::{News, Part};
use crate::estate::shared::Sharing;
use crate::policy::JournalState;

use super::effect::Effect;
use super::keys;
use super::model::{Model, Notice};
use super::mouse;
use super::msg::{Msg, Tone};
use super::screen::{
    Overlay, arming, dialog, entering, follow, handoff, second, sessions, staging, wish,
};
use super::signing;
use super::subscription::SETTLE;
use super::whose;

/// Takes in one message; what comes back is to be done.
pub fn update(model: &mut Model, msg: Msg) -> Vec<Effect> {
    if matches!(msg, Msg::Key(_) | Msg::Mouse(..) | Msg::Paste(_)) {
        model.wake();
    }
    let mut effects = route(model, msg);
    effects.extend(second::wanted(model));
    if let Some(reader) = &mut model.reader {
        reader.begin_patterns(model.now);
    }
    let (focus, back) = (model.focus(), model.back());
    let turned = model.look.attend(focus, back, model.now);
    model.touch(turned);
    effects
}

fn route(model: &mut Model, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Key(chord) => return keys::press(model, chord),
        Msg::Mouse(mouse, Some(hit)) => return mouse::point(model, mouse, hit),
        Msg::Mouse(_, None) => {}
        Msg::Road(news) => return dialog::follow(model, news),
        Msg::Followed(followed) => return follow::begin(model, followed),
        Msg::TakenUp(followed) => return follow::take_up(model, followed),
        Msg::Pursuit(pursuit) => return follow::saw(model, *pursuit),
        Msg::Survey(environment, goal, survey) => {
            return staging::surveyed(model, &environment, goal, survey);
        }
        Msg::Ways(service, ways) => entering::found(model, &service, ways),
        Msg::Nodes(environment, nodes) => entering::found_nodes(model, &environment, nodes),
        Msg::Session(news) => return sessions::follow(model, news),
        Msg::Staging(environment, event) => staging::follow(model, &environment, &event),
        Msg::Paste(text) => return keys::paste(model, &text),
        Msg::Tick(now) => tick(model, now),
        Msg::Part(part) => return absorb(model, part),
        Msg::Tail(news) => tailed(model, news),
        Msg::Found(news) => {
            let reader = model.reader.as_mut();
            let changed = reader.is_some_and(|reader| reader.found(&news));
            model.touch(changed);
        }
        Msg::Query(found, more) => whose::found_query(model, found, more),
        Msg::Usage(usage) => {
            let changed = model.usage != usage;
            model.usage = usage;
            model.touch(changed);
        }
        Msg::Journal(state) => journal(model, state),
        Msg::Sharing(sharing) => shared(model, sharing),
        Msg::Deeds(deeds) => {
            let changed = model.look.remember(deeds, model.now);
            model.touch(changed);
        }
        Msg::Recent(deeds) => {
            model.recent = deeds;
            dialog::review(model);
        }
        Msg::Code(change, code) => second::asked(model, &change, code),
        Msg::Second(change, approver) => second::found(model, &change, approver),
        Msg::Armed(arm) => return arming::armed(model, arm),
        Msg::Acts(wanted, acts) => return handoff::open(model, *wanted, &acts),
        Msg::Page(page) => {
            model.overlay = Some(Overlay::Page(page));
            model.touch(true);
        }
        Msg::SignIns(ways) => return signing::found(model, ways),
        Msg::Renewed => return vec![Effect::Refresh],
        Msg::Notice(tone, words) => model.say(tone, words),
        Msg::Resize(size) => {
            let changed = model.size != size;
            model.size = size;
            model.touch(changed);
        }
        Msg::Focus(focused) => model.focused = focused,
        Msg::Resumed => model.touch(true),
    }
    Vec::new()
}

/// Time has passed: a clock on the screen moved, old news go, verdicts age, a selection rests.
fn tick(model: &mut Model, now: Timestamp) {
    let second_passed = model.now.as_second() != now.as_second();
    model.now = now;
    model.touch(second_passed);
    let over = |notice: &Notice| now.duration_since(notice.since) >= notice.lasts();
    if model.notice.as_ref().is_some_and(over) {
        model.notice = None;
        model.touch(true);
    }
    let at = model.board.selected_index(&model.look.rows);
    if model.look.age(now) {
        model.arrange_from(at);
    }
    if second_passed && model.is_idle() != model.attention.iter().any(|(_, one)| one.idle) {
        model.attend();
    }
    let searched = model
        .reader
        .as_mut()
        .is_some_and(|reader| reader.look_on() | reader.look_for_patterns(now));
    model.touch(searched);
    settle(model);
    arming::expire(model);
    if second_passed {
        dialog::review(model);
    }
}

/// A part of the estate came home.
fn absorb(model: &mut Model, part: Part) -> Vec<Effect> {
    let at = model.board.selected_index(&model.look.rows);
    let measured = matches!(part.news, News::Kpis(_));
    let back = signing::is_back(model, &part);
    if model.look.absorb(part, model.now) {
        if measured {
            model.attend();
        }
        model.arrange_from(at);
        dialog::review(model);
    }
    let mut effects = wish::open_wished(model);
    // What is asked seldom would go on telling of credentials that ran out.
    effects.extend(back.then_some(Effect::Refresh));
    effects
}

/// Lines of a log came home.
fn tailed(model: &mut Model, news: TailNews) {
    let reader = model.reader.as_mut();
    let read = reader.is_some_and(|reader| reader.absorb(&news));
    let changed = model.logs.absorb(news) | read;
    model.touch(changed);
}

/// Turns to the log of the service that has been selected long enough, or was opened.
fn settle(model: &mut Model) {
    let rested = model.now.duration_since(model.board.selected_at) >= SETTLE;
    if model.service.is_some() || rested {
        let subject = model.subject().cloned();
        let turned = model.logs.follow(subject);
        if turned {
            model.attend();
        }
        model.touch(turned);
    }
}

fn shared(model: &mut Model, sharing: Box<Sharing>) {
    model.sharing = Some(sharing);
    model.touch(true);
}

fn journal(model: &mut Model, state: JournalState) {
    if model.journal.as_ref() == Some(&state) {
        return;
    }
    if let JournalState::Unwritable(why) = &state {
        let words = format!("the journal takes no line, so nothing can be changed: {why}");
        model.say(Tone::Bad, words);
    }
    model.journal = Some(state);
    model.touch(true);
    dialog::review(model);
}
