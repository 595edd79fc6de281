//! Where a stream may go.

use tokio_tungstenite::tungstenite::http::Uri;

/// The ends of AWS's own host names, in every partition.
const AWS: &[&str] = &[
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "api.aws",
    "api.amazonwebservices.com.cn",
    "c2s.ic.gov",
    "cloud.adc-e.uk",
    "csp.hci.ic.gov",
    "sc2s.sgov.gov",
];

/// The service's own label, without which a load balancer of anybody would do.
const SERVICE: &[&str] = &["ssmmessages", "ssmmessages-fips"];

/// The address of a stream that is not AWS's. The address is not repeated: it names the session.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefusedAddress {
    /// No address at all.
    #[error("the stream's address is not a WebSocket address")]
    NotAnAddress,
    /// Not encrypted, and not on this machine.
    #[error("the stream's address is not encrypted (wss://)")]
    NotEncrypted,
    /// Somebody else's host.
    #[error(
        "the stream's host {0} is not AWS's: the token would be told to somebody else \
         (a test's own end is allowed on a loopback address, when asked for)"
    )]
    NotAws(String),
}

/// The host and port to connect to, and whether through TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) encrypted: bool,
}

/// Checks the address of a stream. With `loopback`, an address on this machine is allowed too,
/// encrypted or not; nothing else ever is.
pub(super) fn check(url: &str, loopback: bool) -> Result<Address, RefusedAddress> {
    let uri: Uri = url.parse().map_err(|_| RefusedAddress::NotAnAddress)?;
    let encrypted = match uri.scheme_str() {
        Some("wss") => true,
        Some("ws") => false,
        _ => return Err(RefusedAddress::NotAnAddress),
    };
    let authority = uri.authority().ok_or(RefusedAddress::NotAnAddress)?;
    if authority.as_str().contains('@') {
        return Err(RefusedAddress::NotAnAddress);
    }
    let host = authority.host().to_ascii_lowercase();
    let port = authority
        .port_u16()
        .unwrap_or(if encrypted { 443 } else { 80 });
    let address = Address {
        host,
        port,
        encrypted,
    };
    if loopback && is_loopback(&address.host) {
        return Ok(address);
    }
    if !encrypted {
        return Err(RefusedAddress::NotEncrypted);
    }
    if port != 443 || !is_aws(&address.host) {
        return Err(RefusedAddress::NotAws(address.host));
    }
    Ok(address)
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_matches(['[', ']']);
    let address = bare.parse::<std::net::IpAddr>();
    address.is_ok_and(|address| address.is_loopback())
}

fn is_aws(host: &str) -> bool {
    let before = AWS
        .iter()
        .find_map(|end| host.strip_suffix(end)?.strip_suffix('.'));
    before.is_some_and(|labels| labels.split('.').any(|label| SERVICE.contains(&label)))
}

/// Whether the address carries a signature of its own, so that the upgrade needs none.
pub(super) fn is_presigned(url: &str) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let mut names = query
        .split('&')
        .map(|pair| pair.split('=').next().unwrap_or(pair));
    names.any(|name| {
        [
            "X-Amz-Algorithm",
            "X-Amz-Credential",
            "X-Amz-Date",
            "X-Amz-Expires",
            "X-Amz-Security-Token",
            "X-Amz-Signature",
            "X-Amz-SignedHeaders",
        ]
        .contains(&name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_aws_is_connected_to() {
        let path =
            "/v1/data-channel/user@example.com-0123?role=publish_subscribe&cell-number=AA%3D";
        for host in [
            "ssmmessages.eu-central-1.amazonaws.com",
            "ssmmessages.cn-north-1.amazonaws.com.cn",
            "ssmmessages-fips.us-gov-west-1.amazonaws.com:443",
            "vpce-1.ssmmessages.us-east-1.vpce.amazonaws.com",
            "SSMMESSAGES.us-east-1.api.aws",
        ] {
            let checked = check(&format!("wss://{host}{path}"), false);
            assert!(checked.is_ok(), "{host} {checked:?}");
        }
        for host in [
            "evil.com",
            "ssmmessages.us-east-1.amazonaws.com.evil.com",
            "ssmmessages.evilamazonaws.com",
            "ssmmessages-1.us-east-1.elb.amazonaws.com",
            "ec2-1-2-3-4.compute.amazonaws.com",
            "ssmmessages.us-east-1.amazonaws.com@evil.com",
            "ssmmessages.us-east-1.amazonaws.com:8443",
            "127.0.0.1",
            "localhost",
        ] {
            let checked = check(&format!("wss://{host}{path}"), false);
            assert!(checked.is_err(), "{host} {checked:?}");
        }
        let plain = check("ws://ssmmessages.eu-central-1.amazonaws.com/", true);
        assert_eq!(plain, Err(RefusedAddress::NotEncrypted));
    }

    #[test]
    fn this_machine_only_when_asked_for() {
        for url in ["ws://127.0.0.1:9/x", "ws://[::1]:9/x", "wss://127.1.2.3/"] {
            assert!(check(url, true).is_ok(), "{url}");
            assert!(check(url, false).is_err(), "{url}");
        }
        // A name can point anywhere.
        assert!(check("ws://localhost:9/", true).is_err());
    }

    #[test]
    fn a_signature_in_the_address_is_seen() {
        assert!(is_presigned("wss://h/p?role=x&X-Amz-Signature=ab"));
        assert!(!is_presigned("wss://h/p?role=X-Amz-Signature"));
        assert!(!is_presigned("wss://h/X-Amz-Date=1"));
    }
}
