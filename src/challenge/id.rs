use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A challenge's name: its folder's name, and a part of container labels and file names.
///
/// `[a-z0-9][a-z0-9-]{1,63}`, so that it needs quoting nowhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ChallengeId(String);

/// The text cannot be a challenge's id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a challenge id: use 2 to 64 characters of a-z, 0-9 and '-', \
     the first one not '-'"
)]
pub struct InvalidChallengeId(String);

impl ChallengeId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ChallengeId {
    type Err = InvalidChallengeId;

    fn from_str(text: &str) -> Result<Self, InvalidChallengeId> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let bytes = text.as_bytes();
        let sound = (2..=64).contains(&bytes.len())
            && allowed(bytes[0])
            && bytes.iter().all(|byte| allowed(*byte) || *byte == b'-');
        if sound { Ok(Self(text.to_owned())) } else { Err(InvalidChallengeId(text.to_owned())) }
    }
}

impl TryFrom<String> for ChallengeId {
    type Error = InvalidChallengeId;

    fn try_from(text: String) -> Result<Self, InvalidChallengeId> {
        text.parse()
    }
}

impl From<ChallengeId> for String {
    fn from(id: ChallengeId) -> Self {
        id.0
    }
}

impl fmt::Display for ChallengeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for ChallengeId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::ChallengeId;

    #[test]
    fn ids_that_need_quoting_or_leave_the_folder_are_refused() {
        for sound in ["a1", "courier-retry", "0x", &"a".repeat(64)] {
            assert_eq!(sound.parse::<ChallengeId>().map(|id| id.to_string()), Ok(sound.to_owned()));
        }
        for broken in ["", "a", "-a", "A1", "a_b", "a/b", "..", "a b", "é1", &"a".repeat(65)] {
            assert!(broken.parse::<ChallengeId>().is_err(), "{broken:?}");
        }
    }
}
