use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::{TryRngCore as _, rngs::OsRng};

use crate::domain::Digest;

/// By this prefix, tools that look for leaked secrets can know one.
const PREFIX: &str = "takehome_";
const BYTES: usize = 32;

/// The secret of an API token: 256 bits from the operating system. The store knows its SHA-256, which
/// needs no salt and no slow hash, because nobody can guess what was chosen at random.
#[derive(Clone)]
pub struct ApiSecret([u8; BYTES]);

/// The text is no such secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an API token")]
pub struct InvalidSecret;

impl ApiSecret {
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
    pub fn hash(&self) -> Digest {
        Digest::of(&self.0)
    }

    /// The text, which is shown once; the only way to get at it.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl Default for ApiSecret {
    fn default() -> Self {
        Self::new()
    }
}

impl FromStr for ApiSecret {
    type Err = InvalidSecret;

    fn from_str(text: &str) -> Result<Self, InvalidSecret> {
        let coded = text.strip_prefix(PREFIX).ok_or(InvalidSecret)?;
        let mut bytes = [0; BYTES];
        match URL_SAFE_NO_PAD.decode_slice(coded, &mut bytes) {
            Ok(BYTES) => Ok(Self(bytes)),
            _ => Err(InvalidSecret),
        }
    }
}

/// Nothing of it, so that no log shows one.
impl fmt::Debug for ApiSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_survives_its_text_and_never_shows() {
        let secret = ApiSecret::new();
        let text = secret.reveal();
        assert_eq!(text.parse::<ApiSecret>().expect("a secret").hash(), secret.hash());
        assert_ne!(ApiSecret::new().hash(), secret.hash());
        assert!(!format!("{secret:?}").contains(&text[PREFIX.len()..]));
        // Partners take keys of at most 170 characters.
        assert_eq!(text.len(), 52);
    }

    #[test]
    fn other_text_is_no_secret() {
        let good = ApiSecret::new().reveal();
        for text in ["", "takehome_", &good[1..], &good[..51], &format!("{good}A"), "takehome_é"] {
            assert_eq!(text.parse::<ApiSecret>().err(), Some(InvalidSecret), "{text}");
        }
    }
}
