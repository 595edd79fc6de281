//! A second person: asked for in the journal, named by STS; both beside the screen.

use super::work::Post;
use crate::app::{Model, Msg};
use crate::cloud::Cloud;
use crate::estate::Timestamp;
use crate::estate::approval::Token;
use crate::estate::change::Change;
use crate::estate::text::Text;
use crate::journal::Journal;

/// What finding a second person takes.
pub(super) struct Seconds<'a> {
    pub(super) model: &'a Model,
    pub(super) cloud: &'a Cloud,
    pub(super) journal: &'a Journal,
    pub(super) now: Timestamp,
    pub(super) post: &'a Post,
}

impl Seconds<'_> {
    /// Has the journal give a code, on a thread of its own.
    pub(super) fn ask(&self, change: Box<Change>) {
        let place = self
            .model
            .look
            .snapshot
            .environment(&change.target().environment);
        let caller = place.and_then(|one| one.identity.clone());
        let (journal, post, now) = (self.journal.clone(), self.post.clone(), self.now);
        tokio::task::spawn_blocking(move || {
            let code = match caller {
                Some(caller) => journal
                    .ask_for_second(&change, &caller, now)
                    .map_err(|error| error.to_string().into()),
                None => Err("AWS has not said who is asking".into()),
            };
            // Nobody listens any more only while the console ends.
            let _ = post.send(Msg::Code(change, code));
        });
    }

    /// Has STS say who signed, on a task of its own.
    pub(super) fn find(&self, change: Box<Change>, token: Token, subject: Text) {
        let link = self.cloud.link(&change.target().environment).cloned();
        let post = self.post.clone();
        tokio::spawn(async move {
            let found = match link {
                Some(link) => link
                    .approver(&token, &subject)
                    .await
                    .map(Box::new)
                    .map_err(|error| error.to_string().into()),
                None => Err("nothing connects to it".into()),
            };
            let _ = post.send(Msg::Second(change, found));
        });
    }
}
