//! No other site fills in a form here: each form carries a word that is bound to who got the page, and
//! what a browser says about where a request comes from is heeded.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac as _};
use rand::{TryRngCore as _, rngs::OsRng};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{App, Problem};

const BYTES: usize = 32;
/// Below this there are tokens in headers, which no form can send.
const API: &str = "/v1/";

/// Makes and checks what forms carry. The key is kept in the home, so that a restart spoils no page that
/// is open.
pub struct Csrf {
    key: Zeroizing<[u8; BYTES]>,
}

/// The key cannot be read or made.
#[derive(Debug, thiserror::Error)]
#[error("could not read or make the key {}: {cause}", .path.display())]
pub struct CsrfKeyError {
    /// Which file.
    pub path: PathBuf,
    /// The operating system's word.
    pub cause: io::Error,
}

impl Csrf {
    /// With a key of this process only.
    ///
    /// # Panics
    /// When the operating system has no random numbers.
    pub fn ephemeral() -> Self {
        let mut key = Zeroizing::new([0; BYTES]);
        OsRng.try_fill_bytes(&mut key[..]).expect("the operating system gives random numbers");
        Self { key }
    }

    /// With the key in `file`, which is made where it is missing.
    ///
    /// # Errors
    /// [`CsrfKeyError`].
    pub fn open(file: &Path) -> Result<Self, CsrfKeyError> {
        let failed = |cause| CsrfKeyError { path: file.to_owned(), cause };
        if let Some(key) = read(file).map_err(failed)? {
            return Ok(Self { key });
        }
        let fresh = Self::ephemeral();
        if let Some(folder) = file.parent() {
            let mut builder = fs::DirBuilder::new();
            builder.recursive(true).mode(0o700).create(folder).map_err(failed)?;
        }
        let mut options = OpenOptions::new();
        match options.write(true).create_new(true).mode(0o600).open(file) {
            Ok(mut made) => {
                made.write_all(&fresh.key[..]).and_then(|()| made.sync_all()).map_err(failed)?;
                Ok(fresh)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let key = read(file).map_err(failed)?;
                key.map(|key| Self { key }).ok_or_else(|| failed(error))
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// What a form carries that is meant for whoever holds `binding`: the secret of a personal link, or
    /// the id of a session.
    pub fn token(&self, binding: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.mac(binding).finalize().into_bytes())
    }

    /// Whether a form carried that, in constant time.
    pub fn holds(&self, binding: &str, given: &str) -> bool {
        let given = URL_SAFE_NO_PAD.decode(given).unwrap_or_default();
        self.mac(binding).verify_slice(&given).is_ok()
    }

    /// As [`Csrf::holds`], with what to answer if it did not.
    ///
    /// # Errors
    /// The [`Problem`].
    pub fn check(&self, binding: &str, given: &str) -> Result<(), Problem> {
        if self.holds(binding, given) { Ok(()) } else { Err(stale()) }
    }

    fn mac(&self, binding: &str) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.key[..]).expect("HMAC takes keys of every length");
        mac.update(b"form\0");
        mac.update(binding.as_bytes());
        mac
    }
}

fn read(file: &Path) -> io::Result<Option<Zeroizing<[u8; BYTES]>>> {
    let bytes = match fs::read(file) {
        Ok(bytes) => Zeroizing::new(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut key = Zeroizing::new([0; BYTES]);
    if bytes.len() != BYTES {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is not 32 bytes long"));
    }
    key.copy_from_slice(&bytes);
    Ok(Some(key))
}

fn stale() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "form_expired",
        "This form is no longer valid",
        "Nothing was changed. Go back, reload the page and send it again.",
    )
}

/// Refuses what a browser sends on behalf of another site.
pub(super) async fn same_origin(State(app): State<App>, request: Request, next: Next) -> Response {
    let harmless = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if harmless || request.uri().path().starts_with(API) {
        return next.run(request).await;
    }
    let url = app.settings.url.as_ref().map(ToString::to_string);
    if is_foreign(request.headers(), url.as_deref()) {
        return stale().into_response();
    }
    next.run(request).await
}

/// Programs say nothing about where a request comes from; every browser does, by one of the two.
fn is_foreign(headers: &HeaderMap, url: Option<&str>) -> bool {
    let text = |name| headers.get(name).map(|value: &header::HeaderValue| value.as_bytes());
    if let Some(site) = text("sec-fetch-site") {
        return site != b"same-origin" && site != b"none";
    }
    let Some(origin) = text("origin") else { return false };
    if url.is_some_and(|url| url.as_bytes() == origin) {
        return false;
    }
    let host = text("host").unwrap_or_default();
    let origin = origin.strip_prefix(b"https://").or_else(|| origin.strip_prefix(b"http://"));
    host.is_empty() || origin != Some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_good_for_whoever_got_it_and_survives_a_restart() {
        let home = tempfile::tempdir().expect("a folder");
        let file = home.path().join("keys/portal.key");
        let token = Csrf::open(&file).expect("a key").token("ada");
        let again = Csrf::open(&file).expect("the same key");
        assert!(again.holds("ada", &token));
        assert!(!again.holds("bob", &token) && !again.holds("ada", "") && !again.holds("ada", "é"));
        assert!(!Csrf::ephemeral().holds("ada", &token));
        fs::write(&file, b"short").expect("written");
        assert!(Csrf::open(&file).is_err());
    }

    #[test]
    fn what_comes_from_another_site_is_foreign() {
        let foreign = |named: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in named {
                headers.insert(*name, value.parse().expect("a value"));
            }
            is_foreign(&headers, Some("https://jobs.example.org"))
        };
        assert!(!foreign(&[]));
        assert!(!foreign(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(foreign(&[("sec-fetch-site", "cross-site")]));
        assert!(foreign(&[("sec-fetch-site", "same-site")]));
        assert!(!foreign(&[("origin", "https://jobs.example.org"), ("host", "127.0.0.1:8080")]));
        assert!(!foreign(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]));
        assert!(foreign(&[("origin", "https://evil.example"), ("host", "jobs.example.org")]));
        assert!(foreign(&[("origin", "null"), ("host", "jobs.example.org")]));
        assert!(foreign(&[("origin", "null")]));
    }
}
