//! The table of tasks on a service's page: those that live, below them those that stopped, and the
//! one that is selected.

use crate::app::meant;
use crate::app::model::Model;
use crate::app::screen::service::Tab;
use crate::app::whose;
use crate::estate::id::TaskArn;

/// The selected task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen<'a> {
    /// It lives.
    Living(&'a TaskArn),
    /// It stopped.
    Stopped(&'a TaskArn),
}

impl<'a> Chosen<'a> {
    /// The task.
    pub const fn task(self) -> &'a TaskArn {
        match self {
            Self::Living(task) | Self::Stopped(task) => task,
        }
    }
}

/// The selected task of the opened service; `None` where the table is not shown, or nobody
/// selected one that is still known.
pub fn chosen(model: &Model) -> Option<Chosen<'_>> {
    let page = model
        .service
        .as_ref()
        .filter(|page| page.tab == Tab::Tasks)?;
    let wanted = page.task.as_ref()?;
    rows(model).find(|one| one.task() == wanted)
}

/// The selected task where it lives: what a verb on one task is about.
pub(in crate::app) fn living(model: &Model) -> Option<&TaskArn> {
    match chosen(model)? {
        Chosen::Living(task) => Some(task),
        Chosen::Stopped(_) => None,
    }
}

/// Whether a task is selected that stopped: nothing can be done to it any more.
pub(in crate::app) fn is_over(model: &Model) -> bool {
    matches!(chosen(model), Some(Chosen::Stopped(_)))
}

/// Whether there is a task to select.
pub(in crate::app) fn any(model: &Model) -> bool {
    rows(model).next().is_some()
}

/// Every line of the table that is a task, top to bottom.
fn rows(model: &Model) -> impl Iterator<Item = Chosen<'_>> {
    let explained = model.look.explained.iter();
    let opened = explained.filter(|one| {
        let page = model.service.as_ref();
        page.is_some_and(|page| page.arn == one.service)
    });
    opened.flat_map(|one| {
        let living = one.tasks.iter().map(|task| Chosen::Living(&task.task));
        living.chain(one.stops.iter().map(|stop| Chosen::Stopped(&stop.task)))
    })
}

/// Moves the selection: down from nothing is the first task, up from the first is nothing. While
/// the last lines of a task are shown, moves along them instead. Says whether anything moved.
pub(in crate::app) fn step(model: &mut Model, steps: isize) -> bool {
    let shown = model
        .service
        .as_ref()
        .is_some_and(|page| page.last_words.is_some());
    if shown {
        let last = last_lines(model);
        let Some(page) = &mut model.service else {
            return false;
        };
        let old = page.top;
        page.top = old.saturating_add_signed(steps).min(last);
        return old != page.top;
    }
    let wanted = chosen(model).map(Chosen::task);
    let all: Vec<&TaskArn> = rows(model).map(Chosen::task).collect();
    let at = wanted.and_then(|wanted| all.iter().position(|task| *task == wanted));
    let next = match at {
        None if steps > 0 => Some(steps.unsigned_abs() - 1),
        None => None,
        // One step, not a leap, leaves the table.
        Some(0) if steps == -1 => None,
        Some(at) => Some(at.saturating_add_signed(steps)),
    };
    let last = all.len().checked_sub(1);
    let next = last.and_then(|last| all.get(next?.min(last)).copied().cloned());
    let moved = next.as_ref() != wanted;
    if let Some(page) = &mut model.service {
        page.task = next;
    }
    moved
}

/// Shows the last lines of the selected task, or of the one that crashed last, or hides them. A task
/// that lives has not said its last: its log opens.
pub(in crate::app) fn last_words(model: &mut Model) {
    let shown = model
        .service
        .as_ref()
        .is_some_and(|page| page.last_words.is_some());
    if let (Some(Chosen::Living(_)), false) = (chosen(model), shown) {
        return whose::open_subject(model);
    }
    let crashed = meant::crashed(model);
    if let Some(page) = &mut model.service {
        if page.tab != Tab::Tasks {
            page.show(Tab::Tasks);
        }
        page.top = 0;
        page.last_words = match page.last_words.take() {
            Some(_) => None,
            None => crashed.clone(),
        };
        page.task = crashed.or(page.task.take());
    }
}

/// How many last lines of a task are known.
fn last_lines(model: &Model) -> usize {
    let Some(page) = &model.service else {
        return 0;
    };
    let seen = model.look.snapshot.service(&page.arn);
    let dossier = seen.and_then(|(place, _)| place.dossier(&page.arn));
    let words = dossier.and_then(|one| one.last_words.as_ref());
    words.map_or(0, |words| words.lines.all().len())
}
