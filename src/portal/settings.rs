use std::{net::IpAddr, path::PathBuf, time::Duration};

use crate::{hiring::PortalUrl, hooks::Guard};

/// How the portal is set up.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder of this program's own data.
    pub home: PathBuf,
    /// Where people find the portal, as browsers see it.
    pub url: Option<PortalUrl>,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// The most bytes of an upload.
    pub upload_bytes: u64,
    /// How long a client may take for the head of a request, the wait for it on an open connection
    /// included.
    pub head: Duration,
    /// How long a client may send nothing while it sends a body.
    pub silence: Duration,
    /// How late an upload may end that began before the deadline.
    pub grace: Duration,
    /// What webhooks may reach.
    pub hooks: Guard,
    /// Domains of partners that are told of results; none where nobody gave a key for that.
    pub partner_hosts: Vec<String>,
    /// What whoever reads `/metrics` has to show; without one, only this machine may.
    pub metrics_token: Option<String>,
}

/// The settings cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSettings {
    /// Pages name each other by paths from the root.
    #[error("the portal needs a host of its own, and {0} names a folder of one")]
    Folder(String),
}

impl Settings {
    /// With everything that may be left out at its default.
    pub fn new(home: PathBuf) -> Self {
        Self {
            home,
            url: None,
            trusted_proxies: Vec::new(),
            upload_bytes: 32 << 20,
            head: Duration::from_secs(15),
            silence: Duration::from_secs(30),
            grace: Duration::from_secs(15 * 60),
            hooks: Guard::default(),
            partner_hosts: Vec::new(),
            metrics_token: None,
        }
    }

    /// The same, found by browsers at `url`.
    ///
    /// # Errors
    /// [`InvalidSettings::Folder`] when the address has a path.
    pub fn found_at(mut self, url: Option<PortalUrl>) -> Result<Self, InvalidSettings> {
        if let Some(url) = &url
            && url.to_string().split("://").nth(1).is_some_and(|rest| rest.contains('/'))
        {
            return Err(InvalidSettings::Folder(url.to_string()));
        }
        self.url = url;
        Ok(self)
    }

    /// Whether browsers reach it by HTTPS only: cookies are `Secure`, and HSTS is sent.
    pub fn is_https(&self) -> bool {
        self.url.as_ref().is_some_and(|url| url.to_string().starts_with("https:"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_portal_is_found_at_the_root_of_a_host() {
        let at = |url: &str| {
            let url: PortalUrl = url.parse().expect("an address");
            Settings::new("home".into()).found_at(Some(url))
        };
        assert!(at("https://jobs.example.org").expect("a host").is_https());
        assert!(!at("http://127.0.0.1:8080/").expect("a host").is_https());
        assert!(at("https://jobs.example.org/takehome").is_err());
    }
}
