use std::{fmt, str::FromStr};

use rand::Rng as _;
use serde::{Deserialize, Serialize};

/// A random mark of one sealing. The judge writes it into its copy of every hidden test file, so that
/// hidden bytes can be told from others wherever they turn up.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Canary(String);

/// The text is no canary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a canary: expected {PREFIX:?} and {DIGITS} hexadecimal characters")]
pub struct InvalidCanary;

const PREFIX: &str = "takehome-canary-";
const DIGITS: usize = 32;

impl Canary {
    /// A new one, of 128 random bits.
    pub fn random() -> Self {
        Self(format!("{PREFIX}{}", hex::encode(rand::rng().random::<[u8; DIGITS / 2]>())))
    }

    /// The mark as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Canary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A log that shows it would set off the alarm.
        f.write_str("Canary(…)")
    }
}

impl FromStr for Canary {
    type Err = InvalidCanary;

    fn from_str(text: &str) -> Result<Self, InvalidCanary> {
        let digits = text.strip_prefix(PREFIX).ok_or(InvalidCanary)?;
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if digits.len() != DIGITS || !digits.bytes().all(is_hex) {
            return Err(InvalidCanary);
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for Canary {
    type Error = InvalidCanary;

    fn try_from(text: String) -> Result<Self, InvalidCanary> {
        text.parse()
    }
}

impl From<Canary> for String {
    fn from(canary: Canary) -> Self {
        canary.0
    }
}

#[cfg(test)]
mod tests {
    use super::Canary;

    #[test]
    fn canaries_differ_round_trip_and_hide_from_logs() {
        let (one, other) = (Canary::random(), Canary::random());
        assert_ne!(one, other);
        assert_eq!(one.as_str().parse(), Ok(one.clone()));
        assert!(!format!("{one:?}").contains(&one.as_str()[20..]));
    }

    #[test]
    fn other_texts_are_refused() {
        let right = Canary::random();
        for wrong in ["", "takehome-canary-", &right.as_str()[1..], &right.as_str().to_uppercase()]
        {
            assert!(wrong.parse::<Canary>().is_err(), "{wrong}");
        }
        assert!(format!("{}0", right.as_str()).parse::<Canary>().is_err());
    }
}
