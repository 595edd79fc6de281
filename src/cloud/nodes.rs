//! The nodes Session Manager manages.

#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the paths of the SDK's output types are longer than these closures"
)]

use aws_sdk_ssm::types as aws;

use super::gate;
use super::link::Link;
use crate::estate::Timestamp;
use crate::estate::id::NodeId;
use crate::estate::node::{Node, Ping, sort};
use crate::estate::problem::{Feed, Problem};
use crate::estate::text::Text;

impl Link {
    /// Every managed node, those that answer first.
    ///
    /// # Errors
    /// When a page could not be read: a list that lacks nodes would hide where one may go.
    pub async fn nodes(&self) -> Result<Vec<Node>, Problem> {
        let seen_at = self.gate.now();
        let ask = |token| {
            self.clients
                .managed
                .describe_instance_information()
                .max_results(50)
                .set_next_token(token)
                .send()
        };
        let pages = self
            .gate
            .pages(Feed::Session, &gate::NODES, ask, |page| page.next_token())
            .await;
        if let Some(problem) = pages.problem {
            return Err(problem);
        }
        let all = pages
            .pages
            .iter()
            .flat_map(|page| page.instance_information_list());
        let mut nodes: Vec<Node> = all.filter_map(|one| node(one, seen_at)).collect();
        sort(&mut nodes);
        Ok(nodes)
    }

    /// One managed node; `None` when there is none of this id.
    ///
    /// # Errors
    /// When AWS did not tell.
    pub async fn node(&self, id: &NodeId) -> Result<Option<Node>, Problem> {
        let seen_at = self.gate.now();
        let call = self.node_call(id);
        let answer = self.gate.call(Feed::Session, &gate::NODES, call).await?;
        let mut found = answer.instance_information_list().iter();
        Ok(found.find_map(|one| node(one, seen_at).filter(|node| node.id == *id)))
    }

    /// The call that looks at one node, not yet made.
    pub(super) fn node_call(
        &self,
        id: &NodeId,
    ) -> impl Future<
        Output = Result<
            aws_sdk_ssm::operation::describe_instance_information::DescribeInstanceInformationOutput,
            aws_sdk_ssm::error::SdkError<
                aws_sdk_ssm::operation::describe_instance_information::DescribeInstanceInformationError,
            >,
        >,
    > + Send
    + use<>{
        let only = aws::InstanceInformationStringFilter::builder()
            .key("InstanceIds")
            .values(id.as_str())
            .build();
        self.clients
            .managed
            .describe_instance_information()
            .set_filters(only.ok().map(|only| vec![only]))
            .send()
    }
}

/// The SDK's node as ours; `None` without an id.
pub(super) fn node(raw: &aws::InstanceInformation, seen_at: Timestamp) -> Option<Node> {
    let system = [raw.platform_name(), raw.platform_version()];
    let system: Vec<&str> = system.into_iter().flatten().collect();
    let name = raw.name().or(raw.computer_name()).unwrap_or_default();
    let pinged_at = raw.last_ping_date_time();
    Some(Node {
        seen_at,
        id: raw.instance_id()?.into(),
        // The domain is the same for every node of a network.
        name: name.split('.').next().unwrap_or(name).into(),
        address: raw.ip_address().map(Text::clean),
        ping: raw
            .ping_status()
            .map_or_else(|| Ping::of("not told"), |word| Ping::of(word.as_str())),
        pinged_at: pinged_at.and_then(|at| Timestamp::new(at.secs(), 0).ok()),
        platform: system.join(" ").as_str().into(),
        agent: raw.agent_version().unwrap_or_default().into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_named_without_its_domain_and_told_apart_by_its_ping() {
        let raw = aws::InstanceInformation::builder()
            .instance_id("i-0a1b2c3d4e5f60718")
            .computer_name("bastion.eu-central-1.compute.internal")
            .ping_status(aws::PingStatus::ConnectionLost)
            .platform_name("Amazon Linux")
            .platform_version("2023")
            .build();
        let node = node(&raw, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!((node.label(), &node.ping), ("bastion", &Ping::Lost));
        assert_eq!(&*node.platform, "Amazon Linux 2023");
        assert_eq!(node.pinged_at, None);
    }
}
