use std::{fmt, str::FromStr};

use zeroize::Zeroizing;

/// Greenhouse takes keys of fewer than 171 characters.
const MOST: usize = 170;

/// The key by which a partner knows us, and we it: what it sends as the user of Basic authentication,
/// and what it is told results with.
#[derive(Clone)]
pub struct PartnerKey(Zeroizing<String>);

/// The text is no such key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a partner's key is 1 to {MOST} visible ASCII characters without a colon")]
pub struct InvalidKey;

impl PartnerKey {
    /// The key itself.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl FromStr for PartnerKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        let text = text.trim();
        let plain = text.bytes().all(|b| b.is_ascii_graphic() && b != b':');
        if text.is_empty() || text.len() > MOST || !plain {
            return Err(InvalidKey);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }
}

/// Nothing of it, so that no log shows one.
impl fmt::Debug for PartnerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PartnerKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_short_and_visible_and_never_shows() {
        let key: PartnerKey = "takehome_abc\n".parse().expect("a key");
        assert_eq!((key.reveal(), format!("{key:?}").as_str()), ("takehome_abc", "PartnerKey(…)"));
        for text in ["", " ", "a:b", "a b", "é", &"a".repeat(171)] {
            assert_eq!(text.parse::<PartnerKey>().err(), Some(InvalidKey), "{text}");
        }
    }
}
