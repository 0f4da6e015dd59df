use std::{fmt, str::FromStr};

use url::{Host, Url};

use super::Token;

/// Where candidates find the portal: `https://jobs.example.org/takehome`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortalUrl(String);

/// The text is no such address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the portal's address is like https://jobs.example.org, without user, ? and #; http:// only on this machine"
)]
pub struct InvalidPortal;

impl PortalUrl {
    /// The personal link of a token: the only text that has it.
    pub fn link(&self, token: &Token) -> String {
        format!("{}/i/{}", self.0, token.reveal())
    }
}

impl FromStr for PortalUrl {
    type Err = InvalidPortal;

    fn from_str(text: &str) -> Result<Self, InvalidPortal> {
        let url = Url::parse(text).map_err(|_| InvalidPortal)?;
        let here = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => return Err(InvalidPortal),
        };
        let secure = url.scheme() == "https" || (url.scheme() == "http" && here);
        let plain = url.username().is_empty() && url.password().is_none();
        if !secure || !plain || url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidPortal);
        }
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }
}

impl fmt::Display for PortalUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_the_portals_address_and_the_token() {
        let token = Token::new();
        for (text, link) in [
            ("https://jobs.example.org", "https://jobs.example.org/i/"),
            (
                "https://Jobs.example.org:8443/takehome/",
                "https://jobs.example.org:8443/takehome/i/",
            ),
            ("http://localhost:8000", "http://localhost:8000/i/"),
            ("http://127.0.0.1", "http://127.0.0.1/i/"),
        ] {
            let url: PortalUrl = text.parse().expect("an address");
            assert_eq!(url.link(&token), format!("{link}{}", token.reveal()));
        }
    }

    #[test]
    fn a_secret_goes_over_no_open_connection() {
        for text in [
            "",
            "jobs.example.org",
            "http://jobs.example.org",
            "ftp://jobs.example.org",
            "https://user@jobs.example.org",
            "https://jobs.example.org/?a=b",
            "https://jobs.example.org/#a",
            "javascript:alert(1)",
            "https://",
        ] {
            assert_eq!(text.parse::<PortalUrl>(), Err(InvalidPortal), "{text}");
        }
    }
}
