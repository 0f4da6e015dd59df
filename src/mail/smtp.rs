use std::{error::Error as _, time::Duration};

use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor,
    transport::smtp::{
        Error,
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
    },
};

use super::{Composed, MailError, Security, SendError, SmtpSettings};

/// Of each step of a conversation with the server.
const PATIENCE: Duration = Duration::from_secs(60);

/// A mail server.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl Smtp {
    /// Connects to nothing yet: each message has a connection of its own.
    ///
    /// # Errors
    /// [`MailError::Certificates`].
    pub fn new(settings: &SmtpSettings) -> Result<Self, MailError> {
        let tls = || parameters(settings);
        let tls = match settings.security {
            Security::Tls => Tls::Wrapper(tls()?),
            Security::StartTls => Tls::Required(tls()?),
            Security::IfOffered => Tls::Opportunistic(tls()?),
            Security::Insecure => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port)
            .tls(tls)
            .timeout(Some(PATIENCE));
        if let Some((user, password)) = &settings.login {
            let credentials = Credentials::new(user.clone(), password.reveal().to_owned());
            builder = builder.credentials(credentials);
        }
        Ok(Self { transport: builder.build() })
    }

    /// Gives a message to the server; once this returns it is the server's.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn send(&self, message: &Composed) -> Result<(), SendError> {
        let sent = self.transport.send(message.message.clone()).await;
        sent.map(drop).map_err(|error| told(&error))
    }
}

fn parameters(settings: &SmtpSettings) -> Result<TlsParameters, MailError> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = &settings.certificates {
        if memchr::memmem::find(pem, b"-----BEGIN CERTIFICATE-----").is_none() {
            return Err(MailError::Certificates("there is none in the file".into()));
        }
        let one = Certificate::from_pem(pem)
            .map_err(|error| MailError::Certificates(with_causes(&error)))?;
        builder = builder.add_root_certificate(one);
    }
    builder.build().map_err(|error| MailError::Certificates(with_causes(&error)))
}

fn told(error: &Error) -> SendError {
    let text = with_causes(error);
    let code = error.status().map(u16::from);
    match code {
        // RFC 4954: what servers answer to a login.
        Some(530 | 534 | 535 | 538) => SendError::Login(text),
        _ if error.is_permanent() => SendError::Refused(text),
        _ if error.is_transient() => SendError::Later(text),
        _ if error.is_tls() || is_handshake(error) || text.contains("STARTTLS") => {
            SendError::Tls(text)
        }
        // No mechanism of the server's that we know: a matter of the settings.
        _ if error.is_client() => SendError::Login(text),
        _ => SendError::Connection(text),
    }
}

/// Whether TLS failed: the library that does it speaks of data that are not valid.
fn is_handshake(error: &Error) -> bool {
    let mut cause = error.source();
    while let Some(next) = cause {
        if let Some(io) = next.downcast_ref::<std::io::Error>() {
            return io.kind() == std::io::ErrorKind::InvalidData;
        }
        cause = next.source();
    }
    false
}

/// The error and its causes, on one line and not without end: servers say what they like.
fn with_causes(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let more = next.to_string();
        if !text.contains(&more) {
            text.push_str(&format!(": {more}"));
        }
        cause = next.source();
    }
    text.chars().map(|c| if crate::domain::hides(c) { ' ' } else { c }).take(400).collect()
}
