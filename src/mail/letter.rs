use std::time::{Duration, UNIX_EPOCH};

use lettre::{
    Message,
    message::{
        Attachment as MimeAttachment, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};

use super::MailError;
use crate::hiring::{MailAddress, Mailbox};

/// A file that goes with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name: ASCII, no folders.
    pub name: String,
    /// A zip.
    pub bytes: Vec<u8>,
}

/// What a message says, to whom. Names and addresses are of types that hold no line break.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Who sends it.
    pub from: Mailbox,
    /// Who gets it.
    pub to: Mailbox,
    /// Where answers go, if not to the sender.
    pub reply_to: Option<Mailbox>,
    /// One line.
    pub subject: String,
    /// For programs that show text.
    pub text: String,
    /// The same as a page.
    pub html: String,
    /// From [`new_message_id`].
    pub message_id: String,
    /// The Message-ID that this one follows.
    pub in_reply_to: Option<String>,
    /// The Date header, milliseconds since 1970.
    pub at_ms: i64,
    /// What goes with it.
    pub attachment: Option<Attachment>,
    /// Whether a mail program is to open it as a draft, for somebody to send it by hand.
    pub unsent: bool,
}

/// A message that can be sent or written to a file.
#[derive(Debug, Clone)]
pub struct Composed {
    pub(super) message: Message,
}

impl Letter {
    /// The message: text and page as alternatives, the attachment beside them.
    ///
    /// # Errors
    /// [`MailError::Message`].
    pub fn compose(self) -> Result<Composed, MailError> {
        let at = Duration::from_millis(u64::try_from(self.at_ms).unwrap_or_default());
        let mut builder = Message::builder()
            .from(mailbox(&self.from)?)
            .to(mailbox(&self.to)?)
            .subject(one_line(&self.subject))
            .date(UNIX_EPOCH + at)
            .message_id(Some(self.message_id))
            // So that no absent person's program answers it (RFC 3834).
            .raw_header(raw("Auto-Submitted", "auto-generated"));
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(mailbox(reply_to)?);
        }
        if let Some(earlier) = self.in_reply_to {
            builder = builder.in_reply_to(earlier.clone()).references(earlier);
        }
        if self.unsent {
            builder = builder.raw_header(raw("X-Unsent", "1"));
        }
        let both = MultiPart::alternative_plain_html(self.text, self.html);
        let body = match self.attachment {
            None => both,
            Some(Attachment { name, bytes }) => {
                let zip = ContentType::parse("application/zip").map_err(message)?;
                let file: SinglePart = MimeAttachment::new(name).body(bytes, zip);
                MultiPart::mixed().multipart(both).singlepart(file)
            }
        };
        Ok(Composed { message: builder.multipart(body).map_err(message)? })
    }
}

impl Composed {
    /// As it goes over the wire and into an .eml file.
    pub fn bytes(&self) -> Vec<u8> {
        self.message.formatted()
    }
}

/// A Message-ID of the sender's domain that no other message has.
pub fn new_message_id(from: &MailAddress) -> String {
    format!("<{}@{}>", uuid::Uuid::now_v7().simple(), from.parts().1)
}

fn mailbox(of: &Mailbox) -> Result<lettre::message::Mailbox, MailError> {
    let (local, domain) = of.address.parts();
    let address = lettre::Address::new(local, domain).map_err(message)?;
    Ok(lettre::message::Mailbox::new(Some(of.name.to_string()), address))
}

/// A title of a challenge is one line already; a header is one whatever comes.
fn one_line(text: &str) -> String {
    text.split(char::is_control).collect::<Vec<_>>().join(" ")
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

fn message(error: impl std::fmt::Display) -> MailError {
    MailError::Message(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(name: &str) -> Letter {
        Letter {
            from: "Hiring <jobs@example.org>".parse().expect("a mailbox"),
            to: format!("{name} <ada@example.com>").parse().expect("a mailbox"),
            reply_to: None,
            subject: "Grüße\r\nBcc: evil@example.net".into(),
            text: "Hello\n.\nBye".into(),
            html: "<p>Hello</p>".into(),
            message_id: "<x@example.org>".into(),
            in_reply_to: None,
            at_ms: 1_796_061_600_000,
            attachment: None,
            unsent: true,
        }
    }

    /// The header fields, unfolded.
    fn fields(letter: Letter) -> Vec<String> {
        let bytes = letter.compose().expect("a message").bytes();
        let text = String::from_utf8(bytes).expect("ASCII");
        let head = text.split("\r\n\r\n").next().expect("a head").replace("\r\n ", " ");
        head.split("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn no_name_or_subject_makes_a_header_of_its_own() {
        for name in
            ["Ada", "Zoë, the \"1st\"", "=cmd|' /C calc'!A0", "a; b: c", "陳大文", "O\\'Neill"]
        {
            let fields = fields(letter(name));
            let names: Vec<&str> =
                fields.iter().map(|field| field.split(':').next().expect("a name")).collect();
            assert!(!names.iter().any(|name| name.eq_ignore_ascii_case("bcc")), "{fields:?}");
            for expected in
                ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Unsent"]
            {
                assert_eq!(names.iter().filter(|name| **name == expected).count(), 1, "{fields:?}");
            }
            assert!(fields.iter().all(|field| field.is_ascii() && field.len() < 900), "{fields:?}");
            let to = fields.iter().find(|field| field.starts_with("To:")).expect("a recipient");
            assert!(to.ends_with("<ada@example.com>") && to.matches('@').count() == 1, "{to}");
        }
    }

    #[test]
    fn an_attachment_is_beside_text_and_page() {
        let attachment = Attachment { name: "tiny.zip".into(), bytes: vec![0, 159, 146, 150] };
        let letter = Letter { attachment: Some(attachment), ..letter("Ada") };
        let text = String::from_utf8(letter.compose().expect("a message").bytes()).expect("ASCII");
        let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part} in {text}"));
        assert!(at("multipart/mixed") < at("multipart/alternative"));
        assert!(at("text/plain") < at("text/html") && at("text/html") < at("application/zip"));
        assert!(text.contains("filename=\"tiny.zip\"") && text.contains("AJ+Slg=="), "{text}");
        assert!(text.lines().all(|line| line.len() <= 998));
    }
}
