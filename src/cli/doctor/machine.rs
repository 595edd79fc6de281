//! What this machine brings: versions, files, and a terminal that can show things.

use std::io::{self, IsTerminal};

use crate::app::command::Flags;
use crate::cli::open::Opened;
use crate::config::{self, Client, Color};
use crate::estate::checkup::Check;
use crate::estate::doctor::Finding;

/// Everything there is to look at without AWS.
pub(super) fn checks(flags: &Flags, opened: &Opened) -> Vec<Check> {
    let mut checks = vec![version(), settings(flags, opened), journal(opened)];
    checks.push(plugin(opened));
    checks.extend(terminal(opened));
    checks
}

fn version() -> Check {
    let system = rustix::system::uname();
    let words = format!(
        "firstline {}, {} {} {}",
        crate::VERSION,
        system.sysname().to_string_lossy(),
        system.release().to_string_lossy(),
        system.machine().to_string_lossy(),
    );
    Check::new("version", Finding::Good, words)
}

/// The file the settings came from, its warnings, and the keys.
fn settings(flags: &Flags, opened: &Opened) -> Check {
    if let Err(error) = config::keymap(&opened.settings.display.keymap, &opened.folders) {
        return Check::new("settings", Finding::Bad, error.to_string());
    }
    let file = config::file(flags.config.as_deref(), &opened.folders);
    let words = file.map_or_else(
        || "no file: one environment, found, and it counts as production".to_owned(),
        |path| path.display().to_string(),
    );
    match opened.settings.warnings.as_slice() {
        [] => Check::new("settings", Finding::Good, words),
        warnings => {
            let words = format!("{words}: {}", warnings.join("; "));
            Check::new("settings", Finding::Careful, words)
        }
    }
}

fn journal(opened: &Opened) -> Check {
    let journal = &opened.journal;
    let path = journal.path();
    match journal.writable() {
        Ok(()) => match journal.verify() {
            Ok(lines) => {
                let words = format!("{}: {lines} lines, whole, writable", path.display());
                Check::new("journal", Finding::Good, words)
            }
            Err(error) => Check::new("journal", Finding::Bad, error.to_string())
                .mended("keep the file as evidence and begin another folder"),
        },
        Err(error) => Check::new("journal", Finding::Bad, error.to_string())
            .mended("without it nothing can be altered: make its folder writable"),
    }
}

/// AWS's own client for sessions: whether it is there, and whether anything needs it.
fn plugin(opened: &Opened) -> Check {
    let name = crate::session::plugin::PROGRAM;
    let wanted = opened.settings.shells.client == Client::Plugin;
    let said = std::process::Command::new(name).arg("--version").output();
    let found = said.map(|said| {
        let version = String::from_utf8_lossy(&said.stdout);
        format!("{name} {}", version.trim()).trim_end().to_owned()
    });
    match (found, wanted) {
        (Ok(found), true) => Check::new("plugin", Finding::Good, found),
        (Err(error), true) => Check::new("plugin", Finding::Bad, format!("{name}: {error}"))
            .mended("install session-manager-plugin, or set client = \"native\" under [shell]"),
        (Ok(found), false) => {
            let words = format!("not needed; {found} is on the path");
            Check::new("plugin", Finding::Good, words)
        }
        (Err(_), false) => {
            let words = format!("not needed; {name} is not on the path");
            Check::new("plugin", Finding::Good, words)
        }
    }
}

/// What the environment says of the terminal. Nothing is asked of the terminal itself: who asks
/// may get an answer typed into the next program.
fn terminal(opened: &Opened) -> Vec<Check> {
    let display = &opened.settings.display;
    let term = variable("TERM").unwrap_or_default();
    if !io::stdout().is_terminal() || term.is_empty() || term == "dumb" {
        let words = "standard output is none; the console needs one, the commands do not";
        return vec![Check::new("terminal", Finding::Good, words)];
    }
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok();
    let mut checks = Vec::new();
    if let Some(size) = size {
        let words = format!("{} columns, {} rows", size.ws_col, size.ws_row);
        checks.push(if size.ws_col < 80 || size.ws_row < 24 {
            Check::new("size", Finding::Careful, words).mended("80x24 shows everything")
        } else {
            Check::new("size", Finding::Good, words)
        });
    }
    checks.push(colours(&term, display));
    checks.push(letters(display.ascii));
    checks.push(Check::new(
        "mouse",
        Finding::Good,
        if display.mouse {
            "listened to; in tmux `set -g mouse on` passes it on"
        } else {
            "left to the terminal"
        },
    ));
    checks.push(clipboard());
    checks
}

fn colours(term: &str, display: &config::Display) -> Check {
    let deep = variable("COLORTERM").is_some_and(|one| one == "truecolor" || one == "24bit");
    let words = match display.color {
        Color::Never => "none, as asked",
        Color::Auto if deep => "16 million",
        Color::Auto if term.contains("256") => "256",
        Color::Auto => "16; COLORTERM=truecolor says that there are more",
    };
    let theme = display.theme;
    let words = format!("{words} (TERM={term}), theme {theme}");
    Check::new("colours", Finding::Good, words)
}

fn letters(ascii: bool) -> Check {
    if ascii {
        return Check::new("letters", Finding::Good, "ASCII only, as asked");
    }
    let names = ["LC_ALL", "LC_CTYPE", "LANG"];
    let locale = names.into_iter().find_map(variable).unwrap_or_default();
    let upper = locale.to_uppercase();
    if upper.contains("UTF-8") || upper.contains("UTF8") {
        return Check::new("letters", Finding::Good, format!("Unicode ({locale})"));
    }
    let words = format!("the locale is {locale:?} and not UTF-8");
    Check::new("letters", Finding::Careful, words).mended("set LANG=C.UTF-8, or give --ascii")
}

/// `handoff --clipboard` writes OSC 52; whether the terminal takes it only the person can see.
fn clipboard() -> Check {
    let words = match variable("TMUX") {
        Some(_) => "by OSC 52; in tmux `set -g set-clipboard on` passes it on",
        None => "by OSC 52, where the terminal takes it",
    };
    Check::new("clipboard", Finding::Good, words)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the terminal describes itself in variables, which are no settings"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
