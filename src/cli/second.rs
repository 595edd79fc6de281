//! A second person on a command line: asked for under a code, found out by STS.

use crate::cloud::{Link, SecondError};
use crate::estate::approval::{Approver, Code, Token, digest};
use crate::estate::change::Change;
use crate::estate::closely::Examination;
use crate::estate::snapshot::Snapshot;
use crate::policy::Facts;

use super::answer::typed;
use super::exit::Exit;
use super::open::Opened;
use super::{manner, print};

/// What is known of the second person.
pub(super) struct Second<'a> {
    given: Option<&'a str>,
    approver: Option<Approver>,
}

impl<'a> Second<'a> {
    /// Nobody yet, but perhaps a token.
    pub(super) const fn given(given: Option<&'a str>) -> Self {
        Self {
            given,
            approver: None,
        }
    }

    /// `seen` with the second person.
    pub(super) fn facts<'f>(&'f self, seen: Facts<'f>) -> Facts<'f> {
        Facts {
            second: self.approver.as_ref(),
            ..seen
        }
    }

    /// Finds out who the second person of `change` is: from the token that was given, or from one
    /// that is pasted here. Says whether it was waited for; where there is nobody, how to end.
    pub(super) async fn find(
        &mut self,
        (opened, link): (&Opened, &Link),
        snapshot: &Snapshot,
        change: &Change,
    ) -> anyhow::Result<Result<bool, Exit>> {
        let written = match self.given {
            Some(given) => given.to_owned(),
            None => match ask(opened, snapshot, change)? {
                Ok(written) => written,
                Err(exit) => return Ok(Err(exit)),
            },
        };
        let refused = |why: &dyn std::fmt::Display| {
            print::problem(&format!("refused (second-person): {why}"));
            Err(Exit::Refused)
        };
        let token: Token = match written.parse() {
            Ok(token) => token,
            Err(error) => {
                let exit = refused(&error);
                if self.given.is_none() {
                    print::problem(
                        "instead: a terminal cuts very long lines; run this again with --approval",
                    );
                }
                return Ok(exit);
            }
        };
        let place = snapshot.environment(&change.target().environment);
        let seen = place.and_then(|one| one.closely.get(&change.target().service));
        let images = seen.map(Examination::known_images).unwrap_or_default();
        let subject = digest(change, images, &token.code, &token.reason);
        match link.approver(&token, &subject).await {
            Ok(approver) => {
                self.approver = Some(approver);
                Ok(Ok(self.given.is_none()))
            }
            Err(error @ SecondError::Unanswered(_)) => {
                print::problem(&error.to_string());
                Ok(Err(Exit::Failed))
            }
            Err(error) => Ok(refused(&error)),
        }
    }
}

/// Asks for a second person under a new code, and waits for what they hand over where somebody
/// sits here to paste it.
fn ask(
    opened: &Opened,
    snapshot: &Snapshot,
    change: &Change,
) -> anyhow::Result<Result<String, Exit>> {
    let place = snapshot.environment(&change.target().environment);
    let Some(caller) = place.and_then(|one| one.identity.as_ref()) else {
        print::problem("AWS has not said who is asking, so nobody can be asked to approve");
        return Ok(Err(Exit::Refused));
    };
    let asked = opened
        .journal
        .ask_for_second(change, caller, (opened.clock)());
    let code: Code = match asked {
        Ok(code) => code,
        Err(error) => {
            print::problem(&format!(
                "nobody was asked: the journal took no line: {error}"
            ));
            return Ok(Err(Exit::Refused));
        }
    };
    let what =
        format!("the image moved, so another person has to approve it: firstline approve {code}");
    if manner::may_ask() {
        print::aside(&what)?;
        return Ok(Ok(typed("paste what that printed: ")?));
    }
    print::problem(&format!("refused (second-person): {what}"));
    print::problem(
        "instead: run this again with --approval and what that printed, within five minutes of it",
    );
    Ok(Err(Exit::Refused))
}
