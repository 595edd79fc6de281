//! The built program killed in the middle of a change, and the one that starts next; and a change
//! whose facts move while somebody types.

use rustix::process::Signal;

use super::container::Estate;

/// The last line of the program's standard output.
fn told(estate: &Estate, arguments: &[&str]) -> String {
    let output = estate.output(arguments);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Kills a `verb` of the cart once it shows `shown`, and starts a console.
fn killed(verb: &str, shown: &str, operation: &str) {
    let estate = Estate::telling("steady", &format!("killed-{verb}"));
    let flags = ["--reason", "INC-42", "--confirm", "cart"];
    let mut first = estate.firstline(&[&[verb, "cart"], &flags[..]].concat());
    first.wait_for(shown);
    first.signal(Signal::KILL);
    first.end();
    let heard = estate.called(operation);
    assert_eq!(heard, 1);
    let verified = told(&estate, &["journal", "verify"]);
    assert!(verified.contains("every seal is good"), "{verified}");
    let record = told(&estate, &["journal", "show"]);
    assert!(record.contains(&format!("{verb} cart")), "{record}");

    let mut next = estate.firstline_again(&[]);
    next.wait_for(&format!("taken up again: {verb} of cart"));
    next.press("F");
    next.wait_for("changes on their way");
    next.wait_for(&format!("{verb} cart"));
    next.press("\x1b");
    next.wait_until("board alone", |screen| {
        !screen.contents().contains("changes on their way")
    });
    next.press("q");
    assert!(next.end().success());
    assert_eq!(estate.called(operation), heard, "nothing is asked again");
    let verified = told(&estate, &["journal", "verify"]);
    assert!(verified.contains("every seal is good"), "{verified}");
}

#[test]
fn a_recycle_killed_on_the_way_is_taken_up() {
    killed("recycle", "1 of 3 stopped", "StopTask");
}

#[test]
fn a_redeploy_killed_on_the_way_is_taken_up() {
    killed("redeploy", "in progress", "UpdateService");
}

/// CI deploys while the person still types the name.
#[test]
fn what_moves_while_somebody_types_is_exit_4() {
    let estate = Estate::telling("steady", "moved");
    let mut command = estate.firstline(&["redeploy", "cart", "--reason", "INC-42"]);
    command.wait_for("type cart to go on:");
    estate.redeploy("cart");
    command.press("cart\r");
    assert_eq!(command.end().code(), Some(4));
    let screen = command.screen().contents();
    assert!(screen.contains("another deployment began"), "{screen}");
    assert_eq!(estate.called("UpdateService"), 0);
}
