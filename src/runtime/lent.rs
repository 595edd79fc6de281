//! What is said before the terminal is lent to a shell.

use std::io::Write as _;

use crate::app::Model;
use crate::estate::standing::Standing;
use crate::estate::words::duration;
use crate::session::plugin::PROGRAM;

/// Says where one is, for how long, who keeps what, and how one comes back.
pub(super) fn announce(model: &Model, number: u32) {
    if let Some(one) = model.sessions.iter().find(|one| one.number == number) {
        let mut out = std::io::stdout().lock();
        // A terminal that is gone is noticed by whoever reads it next.
        let _ = writeln!(out, "{}", words(one).join("\n"));
        let _ = out.flush();
    }
}

fn words(one: &Standing) -> Vec<String> {
    let session = &one.session;
    let mut words = vec![format!(
        "\n{}: {} of {}; {}; ended in {}",
        one.tier.word().to_uppercase(),
        session.place.words(),
        session.target.service.name(),
        one.aws,
        duration(one.left),
    )];
    if let Some(path) = &one.recording {
        words.push(format!(
            "what is shown is kept in {path}; secrets are masked only as far as they can be told"
        ));
    } else {
        words.push("not recorded by firstline".to_owned());
    }
    if one.unread > 0 {
        let last = "of lines, the last 1000 are shown";
        words.push(format!("{} bytes came meanwhile; {last}", one.unread));
    }
    if let Some(said) = &one.said {
        words.push(format!("last said: {said}"));
    }
    let silence = duration(one.silence);
    words.push(if one.plugin {
        format!("{PROGRAM} carries it: exit ends it; AWS ends it after {silence} without use")
    } else {
        format!(
            "Ctrl-] goes back to the console and leaves the shell open; exit ends it; AWS ends it after {silence} without use"
        )
    });
    words
}
