use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use url::{Host, Url};

use super::networks::{Networks, is_public};

/// No address of an endpoint is longer.
pub const MOST_URL: usize = 2000;
const RESOLVE: Duration = Duration::from_secs(5);

/// Keeps messages that somebody else chose the address of away from what only this machine reaches.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    /// What is let through all the same.
    pub allowed: Networks,
}

/// Where a message goes: an address that was checked, and the name that was asked for.
#[derive(Debug, Clone)]
pub struct Target {
    /// The whole address.
    pub url: Url,
    /// The host's name, where it has one.
    pub name: Option<String>,
    /// The machines behind it. Nobody is asked for them again.
    pub addresses: Vec<SocketAddr>,
}

/// Why nothing is sent to an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefusedUrl {
    /// No address of the web.
    #[error(
        "this is no address for a webhook: https://…, without a user or a #, and at most {MOST_URL} characters"
    )]
    Form,
    /// Neither encrypted nor inside.
    #[error("messages go over https:// only, but to networks that the settings allow")]
    Plain,
    /// Nobody has that name.
    #[error("no machine of that name was found")]
    Unknown,
    /// This machine, or what only it reaches.
    #[error(
        "that address is inside a network, not on the internet, and the settings do not allow it"
    )]
    Inside,
}

impl Guard {
    /// Checks what can be checked without asking anybody: before an address is recorded.
    ///
    /// # Errors
    /// [`RefusedUrl`].
    pub fn check(&self, text: &str) -> Result<Url, RefusedUrl> {
        if text.len() > MOST_URL || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(RefusedUrl::Form);
        }
        let url = Url::parse(text).map_err(|_| RefusedUrl::Form)?;
        let plain = match url.scheme() {
            "https" => false,
            "http" => true,
            _ => return Err(RefusedUrl::Form),
        };
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(RefusedUrl::Form);
        }
        match url.host() {
            None => Err(RefusedUrl::Form),
            Some(Host::Ipv4(address)) => self.check_address(address.into(), plain).map(|()| url),
            Some(Host::Ipv6(address)) => self.check_address(address.into(), plain).map(|()| url),
            // Which machines have it can change until something is sent.
            Some(Host::Domain(_)) if plain && self.allowed == Networks::default() => {
                Err(RefusedUrl::Plain)
            }
            Some(Host::Domain(_)) => Ok(url),
        }
    }

    /// Finds the machines and checks each of them: before something is sent.
    ///
    /// # Errors
    /// [`RefusedUrl`]; one machine that is refused is enough.
    pub async fn resolve(&self, text: &str) -> Result<Target, RefusedUrl> {
        let url = self.check(text)?;
        let plain = url.scheme() == "http";
        let port = url.port_or_known_default().ok_or(RefusedUrl::Form)?;
        let (name, addresses) = match url.host() {
            None => return Err(RefusedUrl::Form),
            Some(Host::Ipv4(address)) => (None, vec![SocketAddr::new(address.into(), port)]),
            Some(Host::Ipv6(address)) => (None, vec![SocketAddr::new(address.into(), port)]),
            Some(Host::Domain(name)) => {
                let found =
                    tokio::time::timeout(RESOLVE, tokio::net::lookup_host((name, port))).await;
                let found = found.map_err(|_| RefusedUrl::Unknown)?;
                let addresses: Vec<_> = found.map_err(|_| RefusedUrl::Unknown)?.collect();
                (Some(name.to_owned()), addresses)
            }
        };
        if addresses.is_empty() {
            return Err(RefusedUrl::Unknown);
        }
        for address in &addresses {
            self.check_address(address.ip(), plain)?;
        }
        Ok(Target { url, name, addresses })
    }

    fn check_address(&self, address: IpAddr, plain: bool) -> Result<(), RefusedUrl> {
        if self.allowed.contain(address) {
            Ok(())
        } else if !is_public(address) {
            Err(RefusedUrl::Inside)
        } else if plain {
            Err(RefusedUrl::Plain)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inside() -> Guard {
        Guard { allowed: "127.0.0.0/8,::1".parse().expect("networks") }
    }

    #[tokio::test]
    async fn what_only_this_machine_reaches_is_refused_in_every_spelling() {
        for text in [
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://169.254.169.254/latest/meta-data",
            "https://[fd00:ec2::254]/",
            "https://10.0.0.1:8443/",
            "https://localhost/",
        ] {
            let refused = Guard::default().resolve(text).await.err();
            assert_eq!(refused, Some(RefusedUrl::Inside), "{text}");
        }
    }

    #[tokio::test]
    async fn what_the_settings_allow_is_let_through_and_pinned() {
        for text in ["http://127.0.0.1:8000/a", "https://localhost/", "http://localhost:8000/"] {
            let target = inside().resolve(text).await.expect("allowed");
            assert!(target.addresses.iter().all(|address| address.ip().is_loopback()), "{text}");
        }
        assert_eq!(inside().resolve("https://10.0.0.1/").await.err(), Some(RefusedUrl::Inside));
    }

    #[test]
    fn other_text_is_no_address() {
        for text in [
            "",
            "example.org",
            "ftp://example.org",
            "file:///etc/passwd",
            "https://user@example.org",
            "https://user:word@example.org",
            "https://example.org/#a",
            "https://exa mple.org",
            "https://example.org/\n",
            &format!("https://example.org/{}", "a".repeat(MOST_URL)),
        ] {
            assert_eq!(Guard::default().check(text), Err(RefusedUrl::Form), "{text}");
        }
        assert_eq!(Guard::default().check("http://example.org/"), Err(RefusedUrl::Plain));
        assert_eq!(Guard::default().check("http://1.1.1.1/"), Err(RefusedUrl::Plain));
        assert_eq!(inside().check("http://1.1.1.1/"), Err(RefusedUrl::Plain));
        assert!(Guard::default().check("https://example.org:8443/hook?a=b").is_ok());
    }
}
