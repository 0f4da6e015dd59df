use std::{fmt, net::IpAddr};

use percent_encoding::percent_decode_str;
use url::{Host, Url};

/// A password. It shows nowhere but where it is used.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// How a connection is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// STARTTLS, without which nothing is sent.
    StartTls,
    /// STARTTLS where it is offered: for a server on this machine.
    IfOffered,
    /// None, as was asked for in so many words.
    Insecure,
}

/// Where messages are given to, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpSettings {
    /// The server's name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub security: Security,
    /// User and password, where the server asks for them.
    pub login: Option<(String, Secret)>,
    /// Certificates in PEM to trust as well as the system's.
    pub certificates: Option<Vec<u8>>,
}

/// Why a text names no mail server. It never quotes the text, which may have a password in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSmtp {
    /// Not a URL with a host.
    #[error("the mail server's URL is not like smtps://user@mail.example.org")]
    Form,
    /// Another scheme.
    #[error("the mail server's URL has to begin with smtps://, smtp:// or smtp+insecure://")]
    Scheme,
    /// Something after the host.
    #[error("the mail server's URL has something after host and port that is not ?tls=required")]
    Rest,
    /// A user without a password, or the other way round.
    #[error("the mail server's user needs a password, and a password a user")]
    HalfLogin,
    /// Two passwords.
    #[error("the mail server's password is given twice")]
    TwoPasswords,
}

impl InvalidSmtp {
    /// What to do next.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Form | Self::Scheme | Self::Rest => {
                "set TAKEHOME_SMTP_URL, such as smtps://user@mail.example.org or \
                 smtp://user@mail.example.org:587 (STARTTLS)"
            }
            Self::HalfLogin => {
                "put the user into TAKEHOME_SMTP_URL, the password into TAKEHOME_SMTP_PASSWORD or the file \
                 that TAKEHOME_SMTP_PASSWORD_FILE names"
            }
            Self::TwoPasswords => "leave it out of TAKEHOME_SMTP_URL",
        }
    }
}

impl Secret {
    /// From text; a line break at the end of a file is none of it.
    pub fn new(text: &str) -> Self {
        Self(text.trim_end_matches(['\r', '\n']).to_owned())
    }

    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl SmtpSettings {
    /// From a URL. `smtps://` is TLS from the first byte (port 465), `smtp://` is STARTTLS (port 587),
    /// which only a server on this machine may do without unless `?tls=required`, and
    /// `smtp+insecure://` (port 25) is never encrypted.
    ///
    /// # Errors
    /// [`InvalidSmtp`].
    pub fn parse(
        text: &str,
        password: Option<Secret>,
        certificates: Option<Vec<u8>>,
    ) -> Result<Self, InvalidSmtp> {
        let url = Url::parse(text.trim()).map_err(|_| InvalidSmtp::Form)?;
        // Of a scheme that it does not know the library takes the host as it is written.
        let host =
            Host::parse(url.host_str().unwrap_or_default()).map_err(|_| InvalidSmtp::Form)?;
        let required = match (url.path(), url.query(), url.fragment()) {
            ("" | "/", None, None) => false,
            ("" | "/", Some("tls=required"), None) => true,
            _ => return Err(InvalidSmtp::Rest),
        };
        let (security, port) = match url.scheme() {
            "smtps" => (Security::Tls, 465),
            "smtp" if is_here(&host) && !required => (Security::IfOffered, 587),
            "smtp" => (Security::StartTls, 587),
            "smtp+insecure" if !required => (Security::Insecure, 25),
            "smtp+insecure" => return Err(InvalidSmtp::Rest),
            _ => return Err(InvalidSmtp::Scheme),
        };
        let decoded = |text: &str| {
            percent_decode_str(text).decode_utf8().map(String::from).map_err(|_| InvalidSmtp::Form)
        };
        let user = decoded(url.username())?;
        let in_url = url.password().map(decoded).transpose()?.map(|text| Secret::new(&text));
        let password = match (in_url, password) {
            (Some(_), Some(_)) => return Err(InvalidSmtp::TwoPasswords),
            (one, other) => one.or(other),
        };
        let login = match (user.is_empty(), password) {
            (true, None) => None,
            (false, Some(password)) => Some((user, password)),
            _ => return Err(InvalidSmtp::HalfLogin),
        };
        let host = host.to_string().trim_matches(['[', ']']).to_owned();
        Ok(Self { host, port: url.port().unwrap_or(port), security, login, certificates })
    }
}

/// Whether a host is this machine, whatever a resolver says.
fn is_here(host: &Host<String>) -> bool {
    match host {
        Host::Domain(name) => match name.parse::<IpAddr>() {
            Ok(address) => address.is_loopback(),
            Err(_) => name.eq_ignore_ascii_case("localhost"),
        },
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<(String, u16, Security), InvalidSmtp> {
        let settings = SmtpSettings::parse(text, None, None)?;
        Ok((settings.host, settings.port, settings.security))
    }

    #[test]
    fn only_this_machine_may_do_without_encryption_unless_it_is_asked_for() {
        for (text, host, port, security) in [
            ("smtps://mail.example.org", "mail.example.org", 465, Security::Tls),
            ("smtp://mail.example.org", "mail.example.org", 587, Security::StartTls),
            ("smtp://mail.example.org:25/", "mail.example.org", 25, Security::StartTls),
            ("smtp://10.0.0.1", "10.0.0.1", 587, Security::StartTls),
            ("smtp://localhost.example.org", "localhost.example.org", 587, Security::StartTls),
            ("smtp://localhost:2525", "localhost", 2525, Security::IfOffered),
            ("smtp://127.0.0.1", "127.0.0.1", 587, Security::IfOffered),
            ("smtp://[::1]:25", "::1", 25, Security::IfOffered),
            ("smtp://localhost?tls=required", "localhost", 587, Security::StartTls),
            ("smtp+insecure://mail.example.org", "mail.example.org", 25, Security::Insecure),
        ] {
            assert_eq!(parse(text), Ok((host.into(), port, security)), "{text}");
        }
    }

    #[test]
    fn what_is_no_mail_server_is_refused_without_quoting_it() {
        use InvalidSmtp::{Form, HalfLogin, Rest, Scheme};
        for (text, why) in [
            ("", Form),
            ("mail.example.org", Form),
            ("smtps://", Form),
            ("smtps://a b", Form),
            ("https://mail.example.org", Scheme),
            ("SMTPX://secret@mail.example.org", Scheme),
            ("smtp://mail.example.org/path", Rest),
            ("smtp://mail.example.org?tls=none", Rest),
            ("smtp+insecure://mail.example.org?tls=required", Rest),
            ("smtps://user@mail.example.org", HalfLogin),
            ("smtps://:secret@mail.example.org", HalfLogin),
        ] {
            let refused = parse(text);
            assert_eq!(refused, Err(why), "{text}");
            assert!(!why.to_string().contains("secret") && !why.remedy().is_empty());
        }
    }

    #[test]
    fn passwords_come_once_and_are_never_shown() {
        let settings = SmtpSettings::parse("smtps://a%40b.co:p%2Fw@mail.example.org", None, None);
        let settings = settings.expect("settings");
        let (user, password) = settings.login.clone().expect("a login");
        assert_eq!((user.as_str(), password.reveal()), ("a@b.co", "p/w"));
        assert!(!format!("{settings:?}").contains("p/w"));
        let given = Some(Secret::new("from a file\r\n"));
        assert_eq!(given.as_ref().map(Secret::reveal), Some("from a file"));
        let settings = SmtpSettings::parse("smtps://u@mail.example.org", given.clone(), None);
        assert!(settings.expect("settings").login.is_some());
        let twice = SmtpSettings::parse("smtps://u:x@mail.example.org", given, None);
        assert_eq!(twice, Err(InvalidSmtp::TwoPasswords));
    }

    proptest! {
        #[test]
        fn any_text_is_a_server_or_refused(text in "\\PC{0,60}|smtps?://[a-z:@/?=.%\\[\\]0-9]{0,40}") {
            if let Ok(settings) = SmtpSettings::parse(&text, None, None) {
                prop_assert!(!settings.host.is_empty());
            }
        }
    }
}
