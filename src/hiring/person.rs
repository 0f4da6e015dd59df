use std::{fmt, str::FromStr};

use email_address::{EmailAddress, Options};
use unicode_normalization::UnicodeNormalization as _;

use crate::domain::hides;

const MOST_NAME: usize = 120;
/// RFC 5321, 4.5.3.1.3, without the angle brackets.
const MOST_ADDRESS: usize = 254;

/// A person's name, as a message addresses them: one line that shows as it is, in Unicode's composed form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PersonName(String);

/// A mail address that goes into headers and envelopes as it is: ASCII, without quotes or comments.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MailAddress(String);

/// A name and an address: `Ada Lovelace <ada@example.org>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// Whose.
    pub name: PersonName,
    /// Where.
    pub address: MailAddress,
}

/// Why something is no name, address or mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMailbox {
    /// No letter or digit in the name.
    #[error("a name needs a letter")]
    NameEmpty,
    /// The name is too long.
    #[error("a name has at most {MOST_NAME} characters")]
    NameLong,
    /// Control characters, line breaks, direction marks, what does not show.
    #[error("the name has a character in it that is hidden or reorders text")]
    NameHides,
    /// A mail program would decode it into something else, or read it as another address.
    #[error("a name cannot have `=?`, `<`, `>` or `@` in it")]
    NameEncoded,
    /// Not `local@domain.tld` in ASCII.
    #[error(
        "a mail address is like ada@example.org, in ASCII and at most {MOST_ADDRESS} characters; an \
         international domain is written in its xn-- form"
    )]
    Address,
    /// Not `NAME <ADDRESS>`.
    #[error("a recipient is a name and an address: \"Ada Lovelace <ada@example.org>\"")]
    Form,
}

impl PersonName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PersonName {
    type Err = InvalidMailbox;

    fn from_str(text: &str) -> Result<Self, InvalidMailbox> {
        // Before anything is done with all of it.
        if text.len() > 16 * MOST_NAME {
            return Err(InvalidMailbox::NameLong);
        }
        if text.chars().any(hides) {
            return Err(InvalidMailbox::NameHides);
        }
        let name: String = text.trim().nfc().collect();
        if name.chars().count() > MOST_NAME {
            return Err(InvalidMailbox::NameLong);
        }
        if !name.chars().any(char::is_alphanumeric) {
            return Err(InvalidMailbox::NameEmpty);
        }
        if name.contains("=?") || name.contains(['<', '>', '@']) {
            return Err(InvalidMailbox::NameEncoded);
        }
        Ok(Self(name))
    }
}

impl MailAddress {
    /// The address, its domain in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is before the `@`, and what is after it.
    pub fn parts(&self) -> (&str, &str) {
        self.0.rsplit_once('@').unwrap_or((&self.0, ""))
    }

    /// What two spellings of one address share: servers that tell case apart are history.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl FromStr for MailAddress {
    type Err = InvalidMailbox;

    fn from_str(text: &str) -> Result<Self, InvalidMailbox> {
        let text = text.trim_matches(' ');
        let plain = |c: char| c.is_ascii_graphic() && !"\"()<>[]\\,;:".contains(c);
        if text.len() > MOST_ADDRESS || !text.chars().all(plain) {
            return Err(InvalidMailbox::Address);
        }
        let options =
            Options::default().with_required_tld().without_domain_literal().without_display_text();
        EmailAddress::parse_with_options(text, options).map_err(|_| InvalidMailbox::Address)?;
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidMailbox::Address)?;
        Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
    }
}

impl FromStr for Mailbox {
    type Err = InvalidMailbox;

    fn from_str(text: &str) -> Result<Self, InvalidMailbox> {
        let (name, rest) = text.rsplit_once('<').ok_or(InvalidMailbox::Form)?;
        let address = rest.trim_end().strip_suffix('>').ok_or(InvalidMailbox::Form)?;
        let name = name.trim();
        let unquoted = name.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
        Ok(Self { name: unquoted.unwrap_or(name).parse()?, address: address.parse()? })
    }
}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} <{}>", self.name, self.address)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mailbox(text: &str) -> Result<(String, String), InvalidMailbox> {
        let Mailbox { name, address } = text.parse()?;
        Ok((name.0, address.0))
    }

    #[test]
    fn mailboxes_are_a_name_and_an_address() {
        for (text, name, address) in [
            ("Ada Lovelace <ada@example.org>", "Ada Lovelace", "ada@example.org"),
            ("\"Lovelace, Ada\" <Ada+x@Example.ORG> ", "Lovelace, Ada", "Ada+x@example.org"),
            ("Zoe\u{308} O’Neill<z_o.e@a-b.xn--p1ai>", "Zo\u{eb} O’Neill", "z_o.e@a-b.xn--p1ai"),
            ("=cmd|' /C calc'!A0 <a@b.co>", "=cmd|' /C calc'!A0", "a@b.co"),
            ("陳大文 <a@b.co>", "陳大文", "a@b.co"),
        ] {
            assert_eq!(mailbox(text), Ok((name.into(), address.into())), "{text}");
        }
    }

    #[test]
    fn what_could_forge_a_header_or_hide_is_refused() {
        use InvalidMailbox::{Address, Form, NameEmpty, NameEncoded, NameHides, NameLong};
        let long = format!("{} <a@b.co>", "a".repeat(MOST_NAME + 1));
        let endless = format!("{} <a@b.co>", "e\u{301}".repeat(9_000));
        let domain = format!("A <a@{}.co>", "b".repeat(300));
        for (text, why) in [
            ("", Form),
            ("ada@example.org", Form),
            ("Ada", Form),
            ("Ada <ada@example.org> x", Form),
            ("<ada@example.org>", NameEmpty),
            ("\"\" <ada@example.org>", NameEmpty),
            ("… <ada@example.org>", NameEmpty),
            ("Ada\nBcc: b@c.de <ada@example.org>", NameHides),
            ("Ada\r\n\r\nhello <ada@example.org>", NameHides),
            ("Ada\u{202e}gro <ada@example.org>", NameHides),
            ("Ada\u{2028}X <ada@example.org>", NameHides),
            ("Ada\u{200b} <ada@example.org>", NameHides),
            ("=?utf-8?q?Boss?= <ada@example.org>", NameEncoded),
            ("boss@example.org <ada@example.org>", NameEncoded),
            ("A <b> <ada@example.org>", NameEncoded),
            (&long, NameLong),
            (&endless, NameLong),
            ("Ada <ada@example.org\nBcc: x@y.zz>", Address),
            ("Ada <ada@localhost>", Address),
            ("Ada <ada@[127.0.0.1]>", Address),
            ("Ada <\"a b\"@example.org>", Address),
            ("Ada <a,b@example.org>", Address),
            ("Ada <a@b@example.org>", Address),
            ("Ada <ädä@example.org>", Address),
            ("Ada <ada@exämple.org>", Address),
            ("Ada <>", Address),
            (&domain, Address),
        ] {
            assert_eq!(mailbox(text), Err(why), "{text:?}");
        }
    }

    #[test]
    fn spellings_of_one_address_share_a_key() {
        let key = |text: &str| text.parse::<MailAddress>().expect("an address").key();
        assert_eq!(key("Ada@Example.org"), key("ada@example.ORG"));
    }

    proptest! {
        #[test]
        fn whatever_is_taken_is_one_line_and_is_read_again(
            text in "(\\PC|[\\n\\r\\t<>\"@=?]){0,30} ?<[a-z.@+\"-]{0,20}@[a-zA-Z.-]{0,12}>|\\PC{0,60}"
        ) {
            if let Ok(mailbox) = text.parse::<Mailbox>() {
                let shown = mailbox.to_string();
                prop_assert!(!shown.chars().any(hides), "{shown:?}");
                prop_assert!(mailbox.address.as_str().is_ascii());
                prop_assert!(mailbox.address.as_str().len() <= MOST_ADDRESS);
                prop_assert_eq!(mailbox.name.as_str().parse::<PersonName>(), Ok(mailbox.name.clone()));
                let address = mailbox.address.as_str().parse::<MailAddress>();
                prop_assert_eq!(address, Ok(mailbox.address.clone()));
            }
        }
    }
}
