//! One message to one address.

use std::time::Duration;

use reqwest::{Client, Method, StatusCode, redirect::Policy};

use super::{Guard, PartnerKey, SigningSecret};
use crate::store::{Due, To};

const CONNECT: Duration = Duration::from_secs(5);
const WHOLE: Duration = Duration::from_secs(15);
const AGENT: &str = concat!("takehome/", env!("CARGO_PKG_VERSION"));

/// What came back.
pub(super) struct Answered {
    pub(super) status: Option<u16>,
    /// Why it counts as not delivered; none where it does.
    pub(super) error: Option<String>,
    /// Whether trying again could help.
    pub(super) again: bool,
}

impl Answered {
    fn not_sent(error: impl ToString, again: bool) -> Self {
        Self { status: None, error: Some(error.to_string()), again }
    }

    fn with(status: StatusCode) -> Self {
        let error = if status.is_success() {
            None
        } else if status.is_redirection() {
            Some(format!("answered {status}: redirects are not followed"))
        } else {
            Some(format!("answered {status}"))
        };
        Self { status: Some(status.as_u16()), error, again: status != StatusCode::GONE }
    }
}

/// What messages leave with.
pub(super) struct Sending<'a> {
    pub(super) guard: &'a Guard,
    pub(super) key: Option<&'a PartnerKey>,
    /// Domains that a partner's key may go to.
    pub(super) partner_hosts: &'a [String],
    pub(super) now_ms: i64,
}

/// Sends one message. Of the answer nothing but its status is read.
pub(super) async fn send(due: &Due, with: &Sending<'_>) -> Answered {
    let (To::Endpoint { url, .. } | To::Partner { url, .. }) = &due.to;
    let target = match with.guard.resolve(url).await {
        Ok(target) => target,
        Err(refused) => return Answered::not_sent(refused, true),
    };
    let mut builder = Client::builder()
        .user_agent(AGENT)
        .tls_backend_rustls()
        .no_proxy()
        .redirect(Policy::none())
        .referer(false)
        .connect_timeout(CONNECT)
        .timeout(WHOLE);
    if let Some(name) = &target.name {
        // What was checked is what is connected to, whatever the name means a moment later.
        builder = builder.resolve_to_addrs(name, &target.addresses);
    }
    let client = match builder.build() {
        Ok(client) => client,
        Err(error) => return Answered::not_sent(plain(error), true),
    };
    let request = match &due.to {
        To::Endpoint { secret, .. } => {
            let Ok(secret) = secret.parse::<SigningSecret>() else {
                return Answered::not_sent("the endpoint's secret cannot be read", false);
            };
            let at_s = with.now_ms.div_euclid(1000);
            client
                .post(target.url)
                .header("content-type", "application/json")
                .header("webhook-id", &due.event)
                .header("webhook-timestamp", at_s)
                .header("webhook-signature", secret.sign(&due.event, at_s, due.body.as_bytes()))
                .body(due.body.clone())
        }
        To::Partner { .. } => {
            let Some(key) = with.key else {
                return Answered::not_sent("there is no key for this partner", false);
            };
            let host = target.url.host_str().unwrap_or_default();
            if !with.partner_hosts.iter().any(|known| is_of(host, known)) {
                return Answered::not_sent("this is none of the partner's hosts", false);
            }
            client.request(Method::PATCH, target.url).basic_auth(key.reveal(), Some(""))
        }
    };
    match request.send().await {
        Ok(response) => Answered::with(response.status()),
        Err(error) => Answered::not_sent(plain(error), true),
    }
}

/// Whether a host is a domain, or below it.
pub fn is_of(host: &str, domain: &str) -> bool {
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// The library's words without the address, which may have a secret in it.
fn plain(error: reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    }
}

#[cfg(test)]
mod tests {
    use super::is_of;

    #[test]
    fn a_host_is_of_its_domain_and_of_no_other() {
        assert!(is_of("greenhouse.io", "greenhouse.io"));
        assert!(is_of("app.greenhouse.io", "greenhouse.io"));
        assert!(!is_of("notgreenhouse.io", "greenhouse.io"));
        assert!(!is_of("greenhouse.io.example.org", "greenhouse.io"));
    }
}
