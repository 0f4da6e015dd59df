use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::{TryRngCore as _, rngs::OsRng};
use subtle::ConstantTimeEq as _;

use crate::domain::Digest;

const BYTES: usize = 16;

/// The secret of a personal link: 128 bits from the operating system, written as 22 characters that need
/// no escaping in a link. Nothing of ours keeps it; the store knows its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; BYTES]);

/// The SHA-256 of a token's bytes. As the token is random, no salt and no slow hash is needed.
#[derive(Debug, Clone, Copy, Eq)]
pub struct TokenHash(Digest);

/// The text is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a personal link")]
pub struct InvalidToken;

impl Token {
    /// A new one.
    ///
    /// # Panics
    /// When the operating system has no random numbers.
    pub fn new() -> Self {
        let mut bytes = [0; BYTES];
        OsRng.try_fill_bytes(&mut bytes).expect("the operating system gives random numbers");
        Self(bytes)
    }

    /// What the store knows of it.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Digest::of(&self.0))
    }

    /// The text that goes into a link; the only way to get at it.
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

impl Default for Token {
    fn default() -> Self {
        Self::new()
    }
}

impl FromStr for Token {
    type Err = InvalidToken;

    fn from_str(text: &str) -> Result<Self, InvalidToken> {
        let mut bytes = [0; BYTES];
        match URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) {
            Ok(BYTES) => Ok(Self(bytes)),
            _ => Err(InvalidToken),
        }
    }
}

/// Nothing of it, so that no log shows one.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl TokenHash {
    /// As the store has it.
    pub fn from_digest(digest: Digest) -> Self {
        Self(digest)
    }

    /// For the store.
    pub fn digest(self) -> Digest {
        self.0
    }
}

/// In constant time: how long it takes says nothing about where two differ.
impl PartialEq for TokenHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.bytes().ct_eq(other.0.bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn tokens_are_distinct_survive_a_link_and_never_show() {
        let tokens: Vec<Token> = (0..100).map(|_| Token::new()).collect();
        let texts: BTreeSet<String> = tokens.iter().map(Token::reveal).collect();
        assert_eq!(texts.len(), 100);
        for token in &tokens {
            let text = token.reveal();
            assert_eq!(text.len(), 22);
            assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
            let read: Token = text.parse().expect("a token");
            assert!(
                read.hash() == token.hash() && read.hash() != tokens[0].hash() || read == tokens[0]
            );
            assert!(!format!("{token:?}").contains(&text));
        }
    }

    #[test]
    fn other_text_is_no_token() {
        let good = Token::new().reveal();
        for text in [
            "",
            &good[1..],
            &format!("{good}A"),
            &format!("{}=", &good[1..]),
            "é",
            &"A".repeat(9999),
        ] {
            assert_eq!(text.parse::<Token>(), Err(InvalidToken), "{text}");
        }
        // The last character has bits that carry nothing: only one spelling counts.
        let mut other = "A".repeat(21);
        other.push('B');
        assert_eq!(other.parse::<Token>(), Err(InvalidToken));
    }
}
