//! The table of tasks on a service's page, and what its cursor is for.

use insta::assert_snapshot;

use super::pages::page;
use super::shown;
use crate::app::screen::Overlay;
use crate::app::screen::service::Tab;
use crate::app::screen::tasks::{Chosen, chosen};
use crate::app::{Model, Msg, update};
use crate::estate::id::TaskArn;

fn press(model: &mut Model, keys: &str) {
    for key in keys.split_whitespace() {
        update(model, Msg::Key(key.parse().unwrap()));
    }
}

fn bar(model: &Model) -> String {
    shown(model).lines().last().unwrap().to_owned()
}

fn selected(model: &Model) -> Option<TaskArn> {
    chosen(model).map(|one| one.task().clone())
}

#[test]
fn a_task_is_selected_and_the_bar_says_what_can_be_done_to_it() {
    let mut model = page("search", Tab::Tasks, 120, 40);
    assert!(bar(&model).contains("j pick a task"), "{}", bar(&model));
    assert_eq!(selected(&model), None);
    press(&mut model, "down");
    assert!(matches!(chosen(&model), Some(Chosen::Living(_))));
    for words in ["enter its log", "s shell into it", "X stop it", "f forward"] {
        assert!(bar(&model).contains(words), "{}", bar(&model));
    }
    assert_snapshot!("task-120x40", shown(&model));
    let first = selected(&model);
    press(&mut model, "down down");
    assert_ne!(selected(&model), first);
    press(&mut model, "g g");
    assert_eq!(selected(&model), first);
    press(&mut model, "up");
    assert_eq!(selected(&model), None, "up from the first is none again");
    press(&mut model, "G tab");
    assert_eq!(selected(&model), None, "another tab has no task");
}

#[test]
fn the_log_of_the_selected_task_is_read_alone() {
    for key in ["enter", "L"] {
        let mut model = page("search", Tab::Tasks, 120, 40);
        press(&mut model, "down down");
        let task = selected(&model).unwrap();
        press(&mut model, key);
        let reader = model.reader.as_ref().unwrap();
        let written: Vec<_> = reader
            .filter
            .terms()
            .iter()
            .map(crate::estate::log::filter::Term::written)
            .collect();
        assert_eq!(written, [format!("task={}", task.id())]);
        press(&mut model, "esc");
        assert!(model.reader.is_none());
        assert_eq!(selected(&model), Some(task));
    }
}

#[test]
fn a_shell_and_a_port_are_of_the_selected_task() {
    let mut model = page("search", Tab::Tasks, 120, 40);
    press(&mut model, "down down");
    let task = selected(&model).unwrap();
    press(&mut model, "s");
    let asked = &model.entering.as_ref().unwrap().asked;
    assert_eq!(asked.task.as_deref(), Some(task.id()));
    press(&mut model, "esc f");
    let Some(Overlay::Palette(palette)) = &model.overlay else {
        panic!("{:?}", model.overlay);
    };
    let line = palette.input.text();
    assert!(
        line.contains(&format!("--task {} ", task.short())),
        "{line}"
    );
}

#[test]
fn what_stopped_has_last_lines_and_takes_no_verb() {
    let mut model = page("orders", Tab::Tasks, 80, 24);
    press(&mut model, "G");
    let Some(Chosen::Stopped(task)) = chosen(&model) else {
        panic!("nothing that stopped is selected");
    };
    let task = task.clone();
    assert!(shown(&model).contains(&format!("▌ {}", task.short())));
    for (key, words) in [("X", "select one that runs"), ("s", "select one that runs")] {
        press(&mut model, key);
        let told = model.notice.as_ref().unwrap().words.to_string();
        assert!(told.contains(words), "{told}");
        assert!(model.overlay.is_none());
    }
    press(&mut model, "enter");
    let opened = model.service.as_ref().unwrap();
    assert_eq!(opened.last_words.as_ref(), Some(&task));
    super::dossier::last_words(&mut model, "orders", &task);
    let picture = shown(&model);
    assert!(picture.contains("│ "), "{picture}");
    // What is open is scrolled, and the selection stays.
    press(&mut model, "down down");
    assert_eq!(selected(&model), Some(task));
    press(&mut model, "enter up");
    assert_ne!(chosen(&model), None);
}
