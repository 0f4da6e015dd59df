//! Which client a request comes from.

use std::net::{IpAddr, Ipv4Addr};

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, request::Parts},
    middleware::Next,
    response::Response,
};

use super::{App, Peer};

const FORWARDED: &str = "x-forwarded-for";

/// The client's address, as far as it can be trusted: limits go by it, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client(pub IpAddr);

impl Client {
    /// What limits count by: an IPv6 client has a whole /64 to choose addresses from.
    pub fn key(&self) -> String {
        match self.0.to_canonical() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Client {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get().copied().unwrap_or(Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}

/// Puts the [`Client`] into the request.
pub(super) async fn find(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let peer = request
        .extensions()
        .get::<Peer>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
    let client = client(peer, request.headers(), &app.settings.trusted_proxies);
    request.extensions_mut().insert(client);
    next.run(request).await
}

/// From the right, the first address that is no proxy of ours: what stands left of it anybody can write.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> Client {
    let mut at = peer.to_canonical();
    let lines: Vec<&str> =
        headers.get_all(FORWARDED).iter().filter_map(|line| line.to_str().ok()).collect();
    for named in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        if !trusted.iter().any(|proxy| proxy.to_canonical() == at) {
            break;
        }
        match named.trim().parse::<IpAddr>() {
            Ok(address) => at = address.to_canonical(),
            Err(_) => break,
        }
    }
    Client(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(peer: &str, lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED, line.parse().expect("a value"));
        }
        let trusted = ["10.0.0.1", "10.0.0.2"].map(|text| text.parse().expect("an address"));
        client(peer.parse().expect("an address"), &headers, &trusted).0.to_string()
    }

    #[test]
    fn only_a_trusted_proxy_says_who_the_client_is() {
        assert_eq!(found("192.0.2.1", &["198.51.100.9"]), "192.0.2.1");
        assert_eq!(found("10.0.0.1", &["6.6.6.6, 198.51.100.9"]), "198.51.100.9");
        assert_eq!(found("10.0.0.1", &["6.6.6.6", "198.51.100.9, 10.0.0.2"]), "198.51.100.9");
        assert_eq!(found("::ffff:10.0.0.1", &["198.51.100.9"]), "198.51.100.9");
        assert_eq!(found("10.0.0.1", &["nonsense"]), "10.0.0.1");
        assert_eq!(found("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn a_whole_network_of_one_client_counts_as_one() {
        let key = |text: &str| Client(text.parse().expect("an address")).key();
        assert_eq!(key("2001:db8:1:2::3"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::3"), key("2001:db8:1:3::3"));
        assert_eq!(key("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
