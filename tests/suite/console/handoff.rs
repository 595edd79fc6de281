//! The report for the next level, out of what the console holds.

use firstline::app::screen::Overlay;

use super::harness::Opening;
use crate::opened::Folder;

#[tokio::test(start_paused = true)]
async fn the_report_is_a_page_and_a_file() {
    let mut desk = Opening::of("oom").open().await;
    desk.wait(90).await;
    desk.press("g h");
    desk.wait(1).await;
    let page = desk.screen(120, 40);
    assert!(page.contains("the handoff"), "{page}");
    assert!(page.contains("# Handoff"), "{page}");
    assert!(page.contains("OutOfMemory"), "{page}");

    // The page says what to type, and it can be typed right there.
    let folder = Folder::new();
    let path = folder.path().join("handoff.md");
    desk.press(":");
    let typed = format!(
        "handoff --note 'the db team is called' --output {}",
        path.display()
    );
    desk.write(&typed);
    desk.press("enter");
    desk.wait(1).await;
    let written = std::fs::read_to_string(&path).unwrap();
    assert!(written.contains("the db team is called"), "{written}");
    assert!(written.contains("OutOfMemory"), "{written}");
    // A report that is there is not written over.
    desk.press(":");
    desk.write(&typed);
    desk.press("enter");
    desk.wait(1).await;
    let screen = desk.screen(120, 40);
    assert!(screen.contains("exists already"), "{screen}");
}

#[tokio::test(start_paused = true)]
async fn it_is_about_the_service_in_focus() {
    let mut desk = Opening::of("steady").open().await;
    desk.wait(5).await;
    desk.press("/");
    desk.write("cart");
    desk.press("enter");
    desk.wait(1).await;
    desk.press("enter");
    desk.wait(1).await;
    desk.press("h");
    desk.wait(1).await;
    assert!(matches!(desk.model().overlay, Some(Overlay::Page(_))));
    let page = desk.screen(120, 40);
    assert!(page.contains("cart"), "{page}");
}
