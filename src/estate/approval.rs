//! A second person's word for one change: what it is about, how it travels, who gave it.
//!
//! No secret of our own and no place to meet: STS says who signed a request. Whoever approves
//! signs a `GetCallerIdentity` with a digest of the exact change in a signed header; that request
//! is the token, good for minutes at STS. Whoever wants the change has STS answer it, with the
//! digest of what they are about to do: STS names the one who signed, or says that nobody signed
//! this.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Timestamp;
use super::change::{Change, Target};
use super::closely::{Drift, Image};
use super::id::{AccountId, Region};
use super::text::Text;

/// What every token begins with; the number is that of its form.
const LEAD: &str = "firstline1.";
/// Longer than any token: a session token of AWS has up to four thousand characters.
pub const LONGEST_TOKEN: usize = 16 * 1024;

/// A one-time code: where the change is, and the journal's entry that asked for a second person.
///
/// ```
/// use firstline::estate::approval::Code;
///
/// let code: Code = "eu-central-1:123456789012:main/orders:3f9a1c20b7de".parse().unwrap();
/// assert_eq!(code.id(), "3f9a1c20b7de");
/// assert!("orders".parse::<Code>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    region: Region,
    account: AccountId,
    cluster: Text,
    service: Text,
    id: Text,
}

/// A code nobody can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("that is no code; one looks like eu-central-1:123456789012:CLUSTER/SERVICE:3f9a1c20b7de")]
pub struct NoCode;

impl Code {
    /// The code of the entry `id` that asked about `target`.
    pub fn of(target: &Target, id: &str) -> Self {
        Self {
            region: target.region.clone(),
            account: target.account.clone(),
            cluster: target.cluster.name().into(),
            service: target.service.name().into(),
            id: id.into(),
        }
    }

    /// The journal's entry.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The service's name.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// Whether it was made for `target`.
    pub fn is_about(&self, target: &Target) -> bool {
        *self == Self::of(target, &self.id)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (region, account, id) = (&self.region, &self.account, &self.id);
        let (cluster, service) = (&*self.cluster, &*self.service);
        write!(formatter, "{region}:{account}:{cluster}/{service}:{id}")
    }
}

impl FromStr for Code {
    type Err = NoCode;

    fn from_str(written: &str) -> Result<Self, NoCode> {
        let parts: Vec<&str> = written.trim().split(':').collect();
        let &[region, account, place, id] = parts.as_slice() else {
            return Err(NoCode);
        };
        let (cluster, service) = place.split_once('/').ok_or(NoCode)?;
        // What AWS and the journal make names of, and nothing else: a code is written as it is read.
        let plain = |part: &&str| {
            let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
            !part.is_empty() && part.bytes().all(letter)
        };
        if ![region, account, cluster, service, id].iter().all(plain) {
            return Err(NoCode);
        }
        Ok(Self {
            region: Region::new(region),
            account: AccountId::new(account),
            cluster: cluster.into(),
            service: service.into(),
            id: id.into(),
        })
    }
}

/// SHA-256, in hexadecimal digits, of exactly what is approved: verb, account, region, cluster,
/// service, task definition, where every image's tag points to now, the code and the reason of
/// whoever approves. Both sides look for themselves; only who sees the same gets the same.
pub fn digest(change: &Change, images: &[Image], code: &Code, reason: &str) -> Text {
    let target = change.target();
    let mut images: Vec<[&str; 3]> = images
        .iter()
        .map(|image| {
            let now = match &image.drift {
                Drift::Pinned => "pinned",
                Drift::Same => "same",
                Drift::Moved { to, .. } => to,
                Drift::Gone => "gone",
                Drift::Unknown(_) => "unknown",
            };
            [&*image.container, &*image.name, now]
        })
        .collect();
    images.sort_unstable();
    let whole = serde_json::json!([
        "firstline approval 1",
        change.verb(),
        target.account.as_str(),
        target.region.as_str(),
        target.cluster.as_str(),
        target.service.as_str(),
        target.belief.task_definition.as_str(),
        images,
        code.id(),
        reason,
    ]);
    hexadecimal(whole.to_string().as_bytes())
}

fn hexadecimal(bytes: &[u8]) -> Text {
    let mut digits = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
        digits.extend([digit(byte >> 4), digit(byte & 15)]);
    }
    digits.into()
}

/// A signed `GetCallerIdentity`, without what both sides know: what a second person hands over.
/// It proves who they are and opens nothing: the secret key does not travel.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// What it is about.
    #[serde(with = "as_text")]
    pub code: Code,
    /// The [`digest`] that was signed.
    pub subject: Text,
    /// Why, in the words of whoever approves.
    pub reason: Text,
    /// When it was signed, to the second.
    pub signed_at: Timestamp,
    /// The scope of the signature: access key id, day, region and service.
    pub scope: String,
    /// The signature's digits.
    pub signature: String,
    /// The session token that belongs to the access key, where there is one.
    pub session: Option<String>,
}

/// Whoever prints one by mistake prints no session token.
impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Token({}, …)", self.code)
    }
}

/// A token nobody can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("that is no approval: paste the whole line that `firstline approve` printed")]
pub struct NoToken;

impl Token {
    /// SHA-256 of the token in hexadecimal digits: all of it that is ever kept.
    pub fn digest(&self) -> Text {
        hexadecimal(self.to_string().as_bytes())
    }

    /// Whether `text` can only be meant as one.
    pub fn looks_like(text: &str) -> bool {
        text.trim_start().starts_with(LEAD)
    }

    /// What may stand in a header, and nothing that could begin another.
    fn is_plain(&self) -> bool {
        let scope = |byte: u8| byte.is_ascii_graphic() && byte != b',';
        self.scope.bytes().all(scope)
            && self.signature.bytes().all(|byte| byte.is_ascii_hexdigit())
            && self
                .session
                .iter()
                .all(|session| session.bytes().all(|byte| byte.is_ascii_graphic()))
    }
}

impl fmt::Display for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = serde_json::to_string(self).map_err(|_| fmt::Error)?;
        write!(formatter, "{LEAD}{}", URL_SAFE_NO_PAD.encode(json))
    }
}

impl FromStr for Token {
    type Err = NoToken;

    fn from_str(written: &str) -> Result<Self, NoToken> {
        // A terminal may have broken the long line.
        let written: String = written.split_whitespace().collect();
        let encoded = written.strip_prefix(LEAD).ok_or(NoToken)?;
        if encoded.len() > LONGEST_TOKEN {
            return Err(NoToken);
        }
        let json = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| NoToken)?;
        let token: Self = serde_json::from_slice(&json).map_err(|_| NoToken)?;
        token.is_plain().then_some(token).ok_or(NoToken)
    }
}

/// A code inside a token is written as people see it.
mod as_text {
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Code;

    pub(super) fn serialize<S: Serializer>(code: &Code, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(code)
    }

    pub(super) fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<Code, D::Error> {
        let written = String::deserialize(from)?;
        written.parse().map_err(D::Error::custom)
    }
}

/// A second person whom STS has named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approver {
    /// Their ARN as STS knows it.
    pub caller: Text,
    /// Their account.
    pub account: AccountId,
    /// The code they approved.
    pub code: Code,
    /// The [`digest`] they signed.
    pub subject: Text,
    /// Why, in their words.
    pub reason: Text,
    /// When they signed.
    pub signed_at: Timestamp,
    /// SHA-256 of their token: what the journal keeps of it.
    pub token: Text,
}

impl Approver {
    /// Whom STS named as the signer of `token`.
    pub fn of(token: &Token, caller: Text, account: AccountId) -> Self {
        Self {
            caller,
            account,
            code: token.code.clone(),
            subject: token.subject.clone(),
            reason: token.reason.clone(),
            signed_at: token.signed_at,
            token: token.digest(),
        }
    }
}

#[cfg(test)]
pub(crate) mod example {
    use super::*;
    use crate::estate::closely::Examination;

    /// Bob of the operators approved `change` as `seen`.
    pub(crate) fn bob(change: &Change, seen: &Examination, signed_at: Timestamp) -> Approver {
        let code = Code::of(change.target(), "3f9a1c20b7de");
        let reason = "CI run 812 is the one";
        Approver {
            caller: "arn:aws:sts::123456789012:assumed-role/ops/bob".into(),
            account: "123456789012".into(),
            subject: digest(change, seen.known_images(), &code, reason),
            code,
            reason: reason.into(),
            signed_at,
            token: "0".repeat(64).into(),
        }
    }

    /// A token that could have come from bob.
    pub(crate) fn token(approver: &Approver) -> Token {
        Token {
            code: approver.code.clone(),
            subject: approver.subject.clone(),
            reason: approver.reason.clone(),
            signed_at: approver.signed_at,
            scope: "AKIDBOB/20261121/eu-central-1/sts/aws4_request".to_owned(),
            signature: "0f".repeat(32),
            session: Some("FwoGZXIvYXdzE==".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::closely::{self, Examination};
    use crate::estate::fixture::{ago, service};
    use proptest::prelude::*;

    fn scene() -> (Change, Examination) {
        let service = service("orders");
        let target = Target::of(&service, &"production".into()).unwrap();
        (
            Change::Redeploy(target),
            closely::example::well(&service, ago(0)),
        )
    }

    /// Found by the fuzz target: a line break between the colons became an empty name.
    #[test]
    fn a_code_is_made_of_plain_names() {
        for odd in [
            "a:\n:main/orders:3f9a",
            "a:1:main/or\u{202E}ders:3f9a",
            "a:1:main/orders/web:3f9a",
            "a:1:main/or ders:3f9a",
            "a:1:/orders:3f9a",
        ] {
            assert_eq!(odd.parse::<Code>(), Err(NoCode), "{odd:?}");
        }
    }

    #[test]
    fn a_code_and_a_token_are_read_as_they_were_written() {
        let (change, seen) = scene();
        let bob = example::bob(&change, &seen, ago(0));
        let code = bob.code.to_string();
        assert_eq!(code.parse(), Ok(bob.code.clone()));
        assert!(bob.code.is_about(change.target()));
        let token = example::token(&bob);
        let written = token.to_string();
        assert_eq!(written.parse::<Token>().as_ref(), Ok(&token));
        let broken = format!("{}\n  {}\n", &written[..70], &written[70..]);
        assert_eq!(broken.parse::<Token>().as_ref(), Ok(&token));
        assert!(!format!("{token:?}").contains("FwoG"));
    }

    #[test]
    fn what_is_no_token_is_none() {
        let (change, seen) = scene();
        let good = example::token(&example::bob(&change, &seen, ago(0)));
        let spoilt = |spoil: fn(&mut Token)| {
            let mut token = good.clone();
            spoil(&mut token);
            token.to_string().parse::<Token>()
        };
        for token in [
            "".parse(),
            "firstline1.".parse(),
            "firstline1.e30".parse(),
            good.to_string()[1..].parse(),
            spoilt(|one| one.scope = "AKID, SignedHeaders=host".into()),
            spoilt(|one| one.signature = "0f, Signature=".into()),
            spoilt(|one| one.session = Some("a\r\nx-evil: 1".into())),
        ] {
            assert_eq!(token, Err(NoToken));
        }
    }

    /// Whatever is another change, another image or another reason is another digest.
    #[test]
    fn the_digest_is_of_exactly_this() {
        let (change, seen) = scene();
        let code = Code::of(change.target(), "3f9a1c20b7de");
        let first = digest(&change, seen.known_images(), &code, "a reason");
        let mut others = vec![
            digest(&change, seen.known_images(), &code, "another"),
            digest(
                &change,
                seen.known_images(),
                &Code::of(change.target(), "0"),
                "a reason",
            ),
        ];
        let moved = |to: &str| {
            [Image {
                container: "app".into(),
                name: "orders:1.8".into(),
                drift: Drift::Moved {
                    to: to.into(),
                    pushed_at: None,
                },
            }]
        };
        others.push(digest(&change, &moved("sha256:1"), &code, "a reason"));
        others.push(digest(&change, &moved("sha256:2"), &code, "a reason"));
        for spoil in [
            |one: &mut Target| one.account = "210987654321".into(),
            |one: &mut Target| one.region = "us-east-1".into(),
            |one: &mut Target| one.cluster = "other".into(),
            |one: &mut Target| one.service = "other".into(),
            |one: &mut Target| one.belief.task_definition = "a/orders:2".into(),
        ] {
            let mut target = change.target().clone();
            spoil(&mut target);
            let other = Change::Redeploy(target);
            others.push(digest(&other, seen.known_images(), &code, "a reason"));
        }
        let target = change.target().clone();
        let scaled = Change::Scale { target, count: 9 };
        others.push(digest(&scaled, seen.known_images(), &code, "a reason"));
        others.push(first);
        let count = others.len();
        others.sort_unstable();
        others.dedup();
        assert_eq!(others.len(), count);
    }

    proptest! {
        /// Whatever is pasted: nothing but what was written is read, and what is read can begin
        /// no header of its own.
        #[test]
        fn anything_may_be_pasted(text in ".{0,80}", json in "\\PC{0,80}") {
            let wrapped = format!("{LEAD}{}", URL_SAFE_NO_PAD.encode(&json));
            prop_assert_eq!(text.parse::<Token>(), Err(NoToken));
            prop_assert_eq!(wrapped.parse::<Token>(), Err(NoToken));
            if let Ok(code) = text.parse::<Code>() {
                prop_assert_eq!(code.to_string().parse(), Ok(code));
            }
        }

        #[test]
        fn what_is_read_begins_no_header(
            scope in ".{0,40}", signature in ".{0,40}", session in proptest::option::of(".{0,40}"),
        ) {
            let (change, seen) = scene();
            let good = example::token(&example::bob(&change, &seen, ago(0)));
            let token = Token { scope, signature, session, ..good };
            if let Ok(read) = token.to_string().parse::<Token>() {
                let all = format!("{}{}{}", read.scope, read.signature, read.session.unwrap_or_default());
                prop_assert!(!all.contains([' ', '\r', '\n']) && !read.scope.contains(','));
            }
        }
    }
}
