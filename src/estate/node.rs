//! A node Session Manager manages: an EC2 instance, or a machine elsewhere with AWS's agent.

use super::doctor::{Check, Finding};
use super::id::NodeId;
use super::text::Text;
use super::{SignedDuration, Timestamp};

/// What `DescribeInstanceInformation` tells about a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// When it was read.
    pub seen_at: Timestamp,
    /// Its id.
    pub id: NodeId,
    /// The name it has for itself, or was registered with; may be empty.
    pub name: Text,
    /// Its address.
    pub address: Option<Text>,
    /// Whether its agent answers.
    pub ping: Ping,
    /// When it last did.
    pub pinged_at: Option<Timestamp>,
    /// The operating system and its version (`Amazon Linux 2023`).
    pub platform: Text,
    /// The agent's version (`3.3.2299.0`).
    pub agent: Text,
}

/// AWS's `PingStatus`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ping {
    /// `Online`: a session can begin.
    Online,
    /// `ConnectionLost`: the agent has not been heard of for some minutes.
    Lost,
    /// `Inactive`: it has been away for long.
    Inactive,
    /// A word this version does not know.
    Unknown(Text),
}

impl Ping {
    /// AWS's word as a ping.
    pub fn of(word: &str) -> Self {
        match word {
            "Online" => Self::Online,
            "ConnectionLost" => Self::Lost,
            "Inactive" => Self::Inactive,
            other => Self::Unknown(Text::clean(other)),
        }
    }

    /// As people say it.
    pub fn words(&self) -> &str {
        match self {
            Self::Online => "online",
            Self::Lost => "connection lost",
            Self::Inactive => "inactive",
            Self::Unknown(word) => word,
        }
    }
}

/// The first agent that can hold a session.
const FIRST: [u32; 3] = [2, 3, 68];
/// The first that forwards to a host behind the node.
const REMOTE_HOSTS: [u32; 3] = [3, 1, 1374];

impl Node {
    /// Its name, or its id where it has none.
    pub fn label(&self) -> &str {
        let named = Some(self.name.as_str()).filter(|name| !name.is_empty());
        named.unwrap_or(self.id.as_str())
    }

    /// How its agent answers, and since when it does not.
    pub fn ping_words(&self, now: Timestamp) -> String {
        let silent = self.pinged_at.filter(|_| self.ping != Ping::Online);
        match silent.map(|at| now.duration_since(at)) {
            Some(silent) if silent > SignedDuration::ZERO => {
                format!("{}, last heard {} ago", self.ping.words(), rough(silent))
            }
            _ => self.ping.words().to_owned(),
        }
    }

    /// Every prerequisite of a session that `DescribeInstanceInformation` tells.
    pub fn examine(&self) -> Vec<Check> {
        vec![self.answers(), self.version(), recorded()]
    }

    fn answers(&self) -> Check {
        const MEND: &str = "look whether it runs; then at its agent, its instance profile (AmazonSSMManagedInstanceCore), and its way to ssm and ssmmessages (NAT or endpoint)";
        let words = self.ping_words(self.seen_at);
        match self.ping {
            Ping::Online => Check::good("agent", words),
            Ping::Lost | Ping::Inactive => Check::new("agent", Finding::Bad, words, MEND),
            Ping::Unknown(_) => Check::new("agent", Finding::Unknown, words, ""),
        }
    }

    fn version(&self) -> Check {
        let (about, words) = ("version", format!("agent {}", self.agent));
        let mend = "update the agent (AWS-UpdateSSMAgent)";
        match numbers(&self.agent) {
            None => Check::new(about, Finding::Unknown, words, ""),
            Some(numbers) if numbers < FIRST => {
                let words = format!("{words} knows no sessions");
                Check::new(about, Finding::Bad, words, mend)
            }
            Some(numbers) if numbers < REMOTE_HOSTS => {
                let words =
                    format!("{words} forwards its own ports only, not those of other hosts");
                Check::new(about, Finding::Careful, words, mend)
            }
            Some(_) => Check::good(about, words),
        }
    }
}

/// Whether AWS records a session: Session Manager's preferences decide, and they are not read.
pub fn recorded() -> Check {
    Check::new(
        "recording",
        Finding::Unknown,
        "AWS records a shell where Session Manager's preferences say so; a forwarded port never",
        "",
    )
}

fn numbers(version: &str) -> Option<[u32; 3]> {
    let mut parts = version.split('.').map(|part| part.parse().ok());
    Some([parts.next()??, parts.next()??, parts.next()??])
}

/// A stretch of time in its largest unit.
fn rough(time: SignedDuration) -> String {
    let minutes = time.as_mins();
    match minutes {
        ..=0 => format!("{} s", time.as_secs()),
        1..=119 => format!("{minutes} min"),
        120..=2879 => format!("{} h", minutes / 60),
        _ => format!("{} days", minutes / (60 * 24)),
    }
}

/// Whether `written` has the form of a node's id.
pub fn is_id(written: &str) -> bool {
    let digits = written
        .strip_prefix("i-")
        .or_else(|| written.strip_prefix("mi-"));
    digits.is_some_and(|digits| {
        digits.len() >= 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// The node somebody named: by id, or by name where only one has it.
///
/// # Errors
/// A sentence that names the nodes there are.
pub fn find<'a>(nodes: &'a [Node], written: &str) -> Result<&'a Node, String> {
    if let Some(node) = nodes.iter().find(|node| node.id.as_str() == written) {
        return Ok(node);
    }
    let named: Vec<&Node> = nodes.iter().filter(|node| *node.name == *written).collect();
    match named.as_slice() {
        [only] => Ok(only),
        [] if nodes.is_empty() => Err("Session Manager manages no node here".to_owned()),
        [] => {
            let there: Vec<&str> = nodes.iter().map(Node::label).collect();
            Err(format!(
                "Session Manager manages no node \"{written}\"; it manages {}",
                there.join(", ")
            ))
        }
        several => {
            let ids: Vec<&str> = several.iter().map(|node| node.id.as_str()).collect();
            Err(format!(
                "several nodes are called {written}: {}",
                ids.join(", ")
            ))
        }
    }
}

/// The nodes in the order they are offered: those that answer first, then by name.
pub fn sort(nodes: &mut [Node]) {
    nodes.sort_by(order);
}

/// Which of two nodes is offered first.
pub fn order(one: &Node, other: &Node) -> std::cmp::Ordering {
    (&one.ping, one.label(), &one.id).cmp(&(&other.ping, other.label(), &other.id))
}

#[cfg(test)]
pub(crate) mod example {
    use super::*;

    /// A node whose agent answers, seen at `at`.
    pub(crate) fn well(at: Timestamp) -> Node {
        Node {
            seen_at: at,
            id: "i-0a1b2c3d4e5f60718".into(),
            name: "bastion".into(),
            address: Some("10.0.1.10".into()),
            ping: Ping::Online,
            pinged_at: Some(at),
            platform: "Amazon Linux 2023".into(),
            agent: "3.3.2299.0".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::doctor::obstacle;
    use super::*;

    fn at() -> Timestamp {
        "2026-11-21T14:03:22Z".parse().unwrap()
    }

    #[test]
    fn a_lost_node_says_since_when_and_stands_in_the_way() {
        let mut node = example::well(at());
        assert_eq!(obstacle(&node.examine()), None);
        assert_eq!(node.ping_words(at()), "online");
        for ping in [Ping::Lost, Ping::Inactive] {
            node.ping = ping;
            node.pinged_at = Some(at() - SignedDuration::from_hours(3));
            let checks = node.examine();
            let check = obstacle(&checks).unwrap();
            assert!(check.words.ends_with(", last heard 3 h ago"), "{check:?}");
            assert!(check.mend.contains("instance profile"), "{check:?}");
        }
    }

    #[test]
    fn a_word_or_a_version_nobody_knows_is_unknown_and_not_good() {
        let mut node = example::well(at());
        node.ping = Ping::of("Dreaming");
        node.agent = "latest".into();
        let unknown = |check: &&Check| check.finding == Finding::Unknown;
        assert_eq!(node.examine().iter().filter(unknown).count(), 3);
        node.agent = "2.3.50.0".into();
        assert_eq!(obstacle(&node.examine()).unwrap().about, "version");
        node.agent = "3.0.196.0".into();
        assert_eq!(obstacle(&node.examine()), None);
    }

    #[test]
    fn a_node_is_found_by_id_and_by_a_name_of_its_own() {
        let mut other = example::well(at());
        other.id = "mi-0123456789abcdef0".into();
        let mut nodes = vec![example::well(at()), other];
        assert_eq!(find(&nodes, "i-0a1b2c3d4e5f60718"), Ok(&nodes[0]));
        assert!(find(&nodes, "bastion").unwrap_err().contains("several"));
        nodes[1].name = "backup".into();
        assert_eq!(find(&nodes, "backup"), Ok(&nodes[1]));
        assert!(find(&nodes, "x").unwrap_err().contains("bastion, backup"));
        assert!(find(&[], "x").is_err());
        nodes[0].ping = Ping::Lost;
        sort(&mut nodes);
        assert_eq!(nodes[0].label(), "backup");
    }

    #[test]
    fn an_id_has_its_form() {
        for id in ["i-0a1b2c3d4e5f60718", "mi-0123456789abcdef0", "i-0a1b2c3d"] {
            assert!(is_id(id), "{id}");
        }
        for other in ["i-", "orders", "i-cache", "mi-zzzzzzzz"] {
            assert!(!is_id(other), "{other}");
        }
    }
}
