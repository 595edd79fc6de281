//! The nodes of Session Manager somebody may enter, in place of a service's containers.

use std::collections::BTreeSet;

use crate::app::model::Model;
use crate::estate::id::{EnvironmentName, NodeId};
use crate::estate::node::{self, Node, Ping};
use crate::estate::session::{Place, Session, node_target};
use crate::estate::text::Text;

/// The nodes of an environment, or why they are not known; `None` while it is being asked.
pub type Answer = Option<Result<Vec<Node>, Text>>;

/// What every environment answered, and which node is selected.
#[derive(Clone, Debug, Default)]
pub struct Nodes {
    /// In the order of the environments.
    pub answers: Vec<(EnvironmentName, Answer)>,
    /// The selected one.
    pub selected: Option<NodeId>,
    /// The id or name somebody typed.
    pub asked: Option<String>,
}

impl Nodes {
    /// Before anybody answered.
    pub(super) fn unread(model: &Model, asked: Option<String>) -> Self {
        let environments = model.look.snapshot.environments.iter();
        let answers = environments.map(|one| (one.environment.name.clone(), None));
        Self {
            answers: answers.collect(),
            selected: None,
            asked,
        }
    }

    /// The nodes there are, each with its environment: those that answer first, then by name. Two
    /// environments of one account and region see the same ones: the first has them.
    pub fn there(&self) -> Vec<(&EnvironmentName, &Node)> {
        let (mut seen, mut all) = (BTreeSet::new(), Vec::new());
        for (environment, answer) in &self.answers {
            let nodes = answer.iter().flatten().flatten();
            all.extend(
                nodes
                    .filter(|node| seen.insert(&node.id))
                    .map(|node| (environment, node)),
            );
        }
        all.sort_by(|(_, one), (_, other)| node::order(one, other));
        all
    }

    /// Whether somebody has still to answer.
    pub fn is_waiting(&self) -> bool {
        self.answers.iter().any(|(_, answer)| answer.is_none())
    }

    /// Why an environment's nodes are not known.
    pub fn problems(&self) -> impl Iterator<Item = (&EnvironmentName, &Text)> {
        let each = self.answers.iter();
        each.filter_map(|(name, answer)| Some((name, answer.as_ref()?.as_ref().err()?)))
    }

    /// The line of the selected node.
    pub fn index(&self) -> Option<usize> {
        let selected = self.selected.as_ref()?;
        self.there()
            .iter()
            .position(|(_, node)| node.id == *selected)
    }

    /// Why nothing is selected, once everybody answered.
    pub fn unsure(&self) -> Option<String> {
        if self.is_waiting() || self.selected.is_some() {
            return None;
        }
        let there: Vec<Node> = self
            .there()
            .into_iter()
            .map(|(_, node)| node.clone())
            .collect();
        match &self.asked {
            Some(asked) => node::find(&there, asked).err(),
            None if there.is_empty() => None,
            None => Some("each is a machine of its own: select the one you mean".to_owned()),
        }
    }

    pub(super) fn select(&mut self, index: usize) -> bool {
        let there = self.there();
        let last = there.len().saturating_sub(1);
        let next = there.get(index.min(last)).map(|(_, node)| node.id.clone());
        let moved = next != self.selected;
        self.selected = next;
        moved
    }

    /// One environment answered. What was seen is kept when a later look fails; a node that was
    /// named, or is the only one that answers, is selected.
    pub(super) fn found(&mut self, environment: &EnvironmentName, answer: Result<Vec<Node>, Text>) {
        let mut answers = self.answers.iter_mut();
        let Some((_, before)) = answers.find(|(name, _)| name == environment) else {
            return;
        };
        if answer.is_ok() || !before.as_ref().is_some_and(Result::is_ok) {
            *before = Some(answer);
        }
        if self.index().is_none() {
            self.selected = self.offered();
        }
    }

    fn offered(&self) -> Option<NodeId> {
        // The name may be another node's as well, in an environment that has not answered.
        if self.is_waiting() {
            return None;
        }
        let there: Vec<Node> = self
            .there()
            .into_iter()
            .map(|(_, node)| node.clone())
            .collect();
        if let Some(asked) = &self.asked {
            return node::find(&there, asked).ok().map(|node| node.id.clone());
        }
        // Nor is one the only one where nobody told all there are.
        if self.problems().next().is_some() {
            return None;
        }
        let mut online = there.iter().filter(|node| node.ping == Ping::Online);
        let only = online.next()?;
        online.next().is_none().then(|| only.id.clone())
    }

    /// What was read of the node that `session` enters.
    pub(super) fn node(&self, session: &Session) -> Option<&Node> {
        let Place::Node { id, .. } = &session.place else {
            return None;
        };
        let mut there = self.there().into_iter();
        there.find_map(|(_, node)| (node.id == *id).then_some(node))
    }

    /// The selected node as the target and the place of a session; a sentence why it is none.
    pub(super) fn chosen(
        &self,
        model: &Model,
    ) -> Result<(crate::estate::change::Target, Place), &'static str> {
        let selected = self.selected.as_ref().ok_or("select a node first")?;
        let mut there = self.there().into_iter();
        let found = there.find(|(_, node)| node.id == *selected);
        let (environment, node) = found.ok_or("select a node first")?;
        let seen = model.look.snapshot.environment(environment);
        let seen = seen.ok_or("its environment is not on the estate")?;
        let caller = seen.identity.as_ref();
        let caller = caller.ok_or("AWS has not said yet who is asking")?;
        let target = node_target(&seen.environment, caller, &node.id)
            .ok_or("AWS gave the caller an ARN nobody can read")?;
        let place = Place::Node {
            id: node.id.clone(),
            name: node.name.clone(),
        };
        Ok((target, place))
    }
}
