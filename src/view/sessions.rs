//! What is open: shells to go back into, and forwarded ports with what goes through them.

use ratatui::layout::Rect;

use super::canvas::{Canvas, line};
use super::theme::Tone;
use super::widget::panel::{middle, panel};
use super::widget::window;
use crate::app::screen::sessions::Sessions;
use crate::estate::SignedDuration;
use crate::estate::cut::wrap;
use crate::estate::session::{Place, Purpose};
use crate::estate::standing::{Port, Standing};
use crate::estate::words::{age, counted, duration};

/// Columns of the list, where there are so many.
const WIDTH: u16 = 116;
/// Sessions in sight at once, at most.
const ROWS: u16 = 10;
/// Lines that say the whole of the selected one.
const TOLD: u16 = 8;
/// From here on little is left of a time box.
const SOON: SignedDuration = SignedDuration::from_mins(5);
/// Columns of a label.
const LABEL: u16 = 13;

/// Draws the list over `area`; its size does not follow what is in it.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, list: Sessions) {
    let place = middle(area, WIDTH, ROWS + TOLD + 5);
    let inside = panel(canvas, place, "open sessions", Tone::Accent);
    let words = "  WHAT     SERVICE        WHERE                 SINCE    IDLE     LEFT  NOW";
    canvas.pen(inside).rest(words, Tone::Muted);
    let standing = &canvas.model.sessions;
    if standing.is_empty() {
        let words = "nothing is open: s on a service opens a shell, f forwards a port";
        canvas.pen(line(inside, 1)).gap(2).rest(words, Tone::Text);
        return;
    }
    let rows = ROWS.min(inside.height.saturating_sub(TOLD + 2));
    let table = Rect {
        y: inside.y + 1.min(inside.height),
        height: rows,
        ..inside
    };
    let selected = list.index(standing);
    let window = window::around(selected, standing.len(), usize::from(rows));
    for (down, index) in window.enumerate() {
        draw_row(
            canvas,
            line(table, down),
            &standing[index],
            index == selected,
        );
    }
    let told = Rect {
        y: table.bottom() + 1,
        height: inside.bottom().saturating_sub(table.bottom() + 1),
        ..inside
    };
    if let Some(one) = standing.get(selected) {
        draw_told(canvas, told, one);
    }
}

fn draw_row(canvas: &mut Canvas<'_>, area: Rect, one: &Standing, chosen: bool) {
    let session = &one.session;
    let since = canvas.when(one.since);
    let place = match &session.place {
        Place::Container {
            task, container, ..
        } => format!("{container} of {}", task.short()),
        Place::Node { id, .. } => id.to_string(),
    };
    let name = match &session.place {
        Place::Node { name, .. } if !name.is_empty() => name.as_str(),
        Place::Node { .. } | Place::Container { .. } => session.target.service.name(),
    };
    let left = if one.left <= SOON {
        Tone::Degraded
    } else {
        Tone::Text
    };
    let mut pen = canvas.pen(area);
    pen.put(if chosen { "▌ " } else { "  " }, Tone::Accent);
    pen.cell(session.verb(), 8, Tone::Text).gap(1);
    pen.cell(name, 14, Tone::Strong).gap(1);
    pen.cell(&place, 19, Tone::Text);
    pen.right(&since, 8, Tone::Muted).gap(1);
    pen.right(&age(one.idle), 7, Tone::Muted).gap(1);
    pen.right(&age(one.left), 8, left).gap(2);
    let (words, tone) = now(one);
    pen.rest(&words, tone);
    if chosen {
        canvas.theme.select(canvas.buffer, area);
    }
}

/// What is to be known of it now, in a few words.
fn now(one: &Standing) -> (String, Tone) {
    match (&one.lost, &one.port) {
        (Some(_), _) => ("connection lost, resuming".to_owned(), Tone::Degraded),
        (None, Some(port)) => (
            format!(
                "{} open of {}, {} up, {} down",
                port.open,
                port.connections,
                size(port.up),
                size(port.down)
            ),
            if port.errors > 0 {
                Tone::Degraded
            } else {
                Tone::Text
            },
        ),
        (None, None) if one.plugin => ("AWS's own client has it".to_owned(), Tone::Muted),
        (None, None) if one.unread > 0 => (format!("{} new", size(one.unread)), Tone::Text),
        (None, None) => ("quiet".to_owned(), Tone::Muted),
    }
}

fn draw_told(canvas: &mut Canvas<'_>, area: Rect, one: &Standing) {
    let kept = match &one.recording {
        Some(path) => format!("{}; here in {path}", one.aws),
        None => format!("{}; not recorded here", one.aws),
    };
    let target = &one.session.target;
    let place = format!(
        "{} {}, {}, as {}",
        one.tier.word(),
        target.account,
        target.region,
        one.who
    );
    let mut lines = vec![("where", place, Tone::Text)];
    if one.unread > 0 {
        let words = format!("{} since the terminal was here", size(one.unread));
        lines.push(("new", words, Tone::Text));
    }
    let idle = format!(
        "unused for {}; AWS ends it after {}",
        duration(one.idle),
        duration(one.silence)
    );
    lines.push(("idle", idle, Tone::Text));
    match &one.port {
        Some(port) => lines.extend(forwarded(one, port)),
        None => lines.push(("recording", kept, Tone::Text)),
    }
    if let Some(said) = &one.said {
        lines.push(("last said", said.to_string(), Tone::Degraded));
    }
    let mut at = 0;
    for (label, words, tone) in &lines {
        let mut pen = canvas.pen(line(area, at));
        pen.gap(2).cell(label, LABEL - 2, Tone::Muted);
        for part in wrap(words, usize::from(area.width.saturating_sub(LABEL))) {
            canvas.pen(line(area, at)).gap(LABEL).put(part, *tone);
            at += 1;
        }
    }
}

fn forwarded<'a>(one: &Standing, port: &Port) -> Vec<(&'a str, String, Tone)> {
    let far = match &one.session.purpose {
        Purpose::Forward { host, port } => {
            let host = host.as_deref().unwrap_or("the task itself");
            format!("port {port} of {host}")
        }
        Purpose::Shell | Purpose::Command(_) => String::new(),
    };
    let connections = usize::try_from(port.connections).unwrap_or(usize::MAX);
    let errors = usize::try_from(port.errors).unwrap_or(usize::MAX);
    let went = format!(
        "{}, {} with an error; {} up, {} down",
        counted(connections, "connection"),
        errors,
        size(port.up),
        size(port.down)
    );
    let mut lines = vec![
        (
            "listens",
            format!(
                "{} is {far}; AWS does not record what goes through",
                port.local
            ),
            Tone::Text,
        ),
        ("through", went, Tone::Text),
    ];
    let failed = port.failed.iter().rev().take(2);
    lines.extend(failed.map(|(number, error)| {
        let words = format!("connection {number}: {error}");
        ("failed", words, Tone::Down)
    }));
    lines
}

/// Bytes as people read them: `512 B`, `1.5 KiB`.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut scaled = bytes;
    let mut tenths = 0;
    let mut unit = "B";
    for name in UNITS {
        if scaled < 1024 {
            break;
        }
        tenths = scaled % 1024 * 10 / 1024;
        scaled /= 1024;
        unit = name;
    }
    format!("{scaled}.{tenths} {unit}")
}

/// Draws the question whether to leave although something is open.
pub(super) fn draw_parting(canvas: &mut Canvas<'_>, area: Rect) {
    let standing = &canvas.model.sessions;
    let rows = u16::try_from(standing.len()).unwrap_or(u16::MAX).min(6);
    let place = middle(area, 76, rows + 6);
    let title = format!("quit with {} open?", counted(standing.len(), "session"));
    let inside = panel(canvas, place, &title, Tone::Danger);
    for (at, one) in standing.iter().take(usize::from(rows)).enumerate() {
        let name = one.session.target.service.name();
        let words = format!(
            "{} in {name}, idle for {}",
            one.session.verb(),
            age(one.idle)
        );
        canvas
            .pen(line(inside, at + 1))
            .gap(2)
            .rest(&words, Tone::Text);
    }
    let words = "leaving ends them, at AWS too; what runs in a shell gets a hang-up";
    let last = line(inside, usize::from(rows) + 2);
    canvas.pen(last).gap(2).rest(words, Tone::Strong);
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn bytes_have_units() {
        let told: Vec<String> = [0, 1023, 1024, 1536, 10_485_760, u64::MAX].map(size).into();
        assert_eq!(
            told,
            [
                "0 B",
                "1023 B",
                "1.0 KiB",
                "1.5 KiB",
                "10.0 MiB",
                "16777215.9 TiB"
            ]
        );
    }
}
