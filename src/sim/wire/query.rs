//! awsQuery: a form in, XML out. ELBv2, RDS, `ElastiCache` and STS speak it, CloudWatch still
//! understands it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::error::Refusal;
use super::value::Value;

/// The deepest `A.B.1.C` a form may go; AWS's own inputs stay below ten.
const DEEPEST_PATH: usize = 24;

/// A form decoded into its dotted paths.
enum Node {
    Leaf(String),
    Branch(BTreeMap<String, Node>),
}

/// Reads a form; numbered branches become lists, everything else stays text.
pub(crate) fn decode(body: &[u8]) -> Result<Value, Refusal> {
    let form =
        std::str::from_utf8(body).map_err(|_| Refusal::malformed("the form is not UTF-8"))?;
    let mut root = BTreeMap::new();
    for pair in form.split('&').filter(|pair| !pair.is_empty()) {
        let (name, text) = pair.split_once('=').unwrap_or((pair, ""));
        let name = percent_decoded(name)?;
        let path: Vec<&str> = name.split('.').collect();
        if path.len() > DEEPEST_PATH {
            return Err(Refusal::malformed("the parameter is nested too deeply"));
        }
        insert(&mut root, &path, percent_decoded(text)?)?;
    }
    Ok(to_value(Node::Branch(root)))
}

fn insert(branch: &mut BTreeMap<String, Node>, path: &[&str], text: String) -> Result<(), Refusal> {
    let Some((first, rest)) = path.split_first() else {
        return Ok(());
    };
    if rest.is_empty() {
        branch.insert((*first).to_owned(), Node::Leaf(text));
        return Ok(());
    }
    let next = branch
        .entry((*first).to_owned())
        .or_insert_with(|| Node::Branch(BTreeMap::new()));
    match next {
        Node::Branch(next) => insert(next, rest, text),
        Node::Leaf(_) => Err(Refusal::malformed(format!(
            "{first} is both a value and a list"
        ))),
    }
}

fn to_value(node: Node) -> Value {
    match node {
        Node::Leaf(text) => Value::Text(text),
        Node::Branch(members) => {
            let numbered: Option<BTreeMap<u32, &String>> = members
                .keys()
                .map(|key| Some((key.parse().ok()?, key)))
                .collect();
            if numbered.is_some_and(|numbered| !numbered.is_empty()) {
                let mut items: Vec<(u32, Node)> = members
                    .into_iter()
                    .filter_map(|(key, node)| Some((key.parse().ok()?, node)))
                    .collect();
                items.sort_by_key(|(position, _)| *position);
                return Value::List(items.into_iter().map(|(_, node)| to_value(node)).collect());
            }
            Value::Record(
                members
                    .into_iter()
                    .map(|(name, node)| (name, to_value(node)))
                    .collect(),
            )
        }
    }
}

fn percent_decoded(text: &str) -> Result<String, Refusal> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits = rest
                    .get(..2)
                    .and_then(|pair| std::str::from_utf8(pair).ok());
                let byte = digits.and_then(|pair| u8::from_str_radix(pair, 16).ok());
                bytes.push(byte.ok_or_else(|| Refusal::malformed("a percent escape is broken"))?);
                rest = &rest[2..];
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).map_err(|_| Refusal::malformed("the form is not UTF-8"))
}

/// Writes `<XResponse><XResult>…`; lists name their members as the service's model does.
pub(crate) fn encode(operation: &str, namespace: &str, value: &Value, request_id: &str) -> Vec<u8> {
    let mut xml = String::with_capacity(1024);
    let _ = write!(
        xml,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <{operation}Response xmlns=\"{namespace}\"><{operation}Result>"
    );
    write_members(&mut xml, value);
    let _ = write!(
        xml,
        "</{operation}Result><ResponseMetadata><RequestId>{request_id}</RequestId>\
         </ResponseMetadata></{operation}Response>"
    );
    xml.into_bytes()
}

/// Writes `<ErrorResponse><Error>…`.
pub(crate) fn encode_refusal(
    refusal: &Refusal,
    code: &str,
    namespace: &str,
    request_id: &str,
) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <ErrorResponse xmlns=\"{namespace}\"><Error><Type>{}</Type><Code>{code}</Code>\
         <Message>{}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>",
        refusal.side(),
        Escaped(&refusal.message)
    )
    .into_bytes()
}

fn write_members(xml: &mut String, value: &Value) {
    let Value::Record(members) = value else {
        return;
    };
    for (name, item) in members.iter().filter(|(_, item)| *item != Value::Null) {
        let _ = write!(xml, "<{name}>");
        write_value(xml, name, item);
        let _ = write!(xml, "</{name}>");
    }
}

fn write_value(xml: &mut String, name: &str, value: &Value) {
    let _ = match value {
        Value::Null => Ok(()),
        Value::Flag(flag) => write!(xml, "{flag}"),
        Value::Integer(number) => write!(xml, "{number}"),
        Value::Float(number) => write!(xml, "{number}"),
        Value::Text(text) => write!(xml, "{}", Escaped(text)),
        Value::Time(time) => write!(xml, "{time:.3}"),
        Value::List(items) => {
            let member = member_name(name);
            for item in items {
                let _ = write!(xml, "<{member}>");
                write_value(xml, member, item);
                let _ = write!(xml, "</{member}>");
            }
            Ok(())
        }
        Value::Record(_) => {
            write_members(xml, value);
            Ok(())
        }
    };
}

/// How a list called `list` names its members: RDS and `ElastiCache` have names of their own,
/// everybody else says `member`.
fn member_name(list: &str) -> &'static str {
    match list {
        "DBInstances" => "DBInstance",
        "DBClusters" => "DBCluster",
        "DBClusterMembers" => "DBClusterMember",
        "DBParameterGroups" => "DBParameterGroup",
        "Parameters" => "Parameter",
        "TagList" => "Tag",
        "CacheClusters" => "CacheCluster",
        "CacheNodes" => "CacheNode",
        "ReplicationGroups" => "ReplicationGroup",
        "MemberClusters" => "ClusterId",
        "NodeGroups" => "NodeGroup",
        "NodeGroupMembers" => "NodeGroupMember",
        _ => "member",
    }
}

/// Text as XML 1.0 may carry it: markup escaped, characters XML forbids replaced.
struct Escaped<'text>(&'text str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for character in self.0.chars() {
            match character {
                '<' => formatter.write_str("&lt;")?,
                '>' => formatter.write_str("&gt;")?,
                '&' => formatter.write_str("&amp;")?,
                '"' => formatter.write_str("&quot;")?,
                '\r' => formatter.write_str("&#13;")?,
                '\t' | '\n' => formatter.write_char(character)?,
                '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => formatter.write_char('\u{fffd}')?,
                _ => formatter.write_char(character)?,
            }
        }
        Ok(())
    }
}
