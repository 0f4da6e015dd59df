use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac as _};
use rand::{TryRngCore as _, rngs::OsRng};
use sha2::Sha256;
use zeroize::Zeroizing;

const PREFIX: &str = "whsec_";
/// What the specification asks for: 192 to 512 bits.
const LEAST: usize = 24;
const MOST: usize = 64;
const NEW: usize = 32;

/// What an endpoint's messages are signed with, so that it knows that they are ours and of when.
#[derive(Clone)]
pub struct SigningSecret(Zeroizing<Vec<u8>>);

/// The text is no such secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a signing secret is whsec_ and then 24 to 64 bytes as base64")]
pub struct InvalidSigningSecret;

impl SigningSecret {
    /// A new one.
    ///
    /// # Panics
    /// When the operating system has no random numbers.
    pub fn new() -> Self {
        let mut bytes = vec![0; NEW];
        OsRng.try_fill_bytes(&mut bytes).expect("the operating system gives random numbers");
        Self(Zeroizing::new(bytes))
    }

    /// The text, for whoever verifies; the only way to get at it.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&*self.0))
    }

    /// The value of `webhook-signature` for a message.
    ///
    /// # Panics
    /// Never: HMAC takes a key of any length.
    pub fn sign(&self, id: &str, timestamp_s: i64, body: &[u8]) -> String {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(format!("{id}.{timestamp_s}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl Default for SigningSecret {
    fn default() -> Self {
        Self::new()
    }
}

impl FromStr for SigningSecret {
    type Err = InvalidSigningSecret;

    fn from_str(text: &str) -> Result<Self, InvalidSigningSecret> {
        let coded = text.strip_prefix(PREFIX).ok_or(InvalidSigningSecret)?;
        if coded.len() > 2 * MOST {
            return Err(InvalidSigningSecret);
        }
        let bytes = STANDARD.decode(coded).map_err(|_| InvalidSigningSecret)?;
        if (LEAST..=MOST).contains(&bytes.len()) {
            Ok(Self(Zeroizing::new(bytes)))
        } else {
            Err(InvalidSigningSecret)
        }
    }
}

/// Nothing of it, so that no log shows one.
impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors that the specification's own libraries are tested with.
    #[test]
    fn signatures_are_those_of_the_specifications_vectors() {
        for (secret, id, at, body, signature) in [
            (
                "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
                "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
                1_649_367_553,
                r#"{"email":"test@example.com","username":"test_user"}"#,
                "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
            ),
            (
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1_614_265_330,
                r#"{"test": 2432232314}"#,
                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            ),
        ] {
            let secret: SigningSecret = secret.parse().expect("a secret");
            assert_eq!(secret.sign(id, at, body.as_bytes()), signature);
        }
    }

    #[test]
    fn a_secret_survives_its_text_and_never_shows() {
        let secret = SigningSecret::new();
        let again: SigningSecret = secret.reveal().parse().expect("a secret");
        assert_eq!(again.sign("a", 1, b"b"), secret.sign("a", 1, b"b"));
        assert_ne!(SigningSecret::new().reveal(), secret.reveal());
        assert_eq!(format!("{secret:?}"), "SigningSecret(…)");
    }

    #[test]
    fn other_text_is_no_secret() {
        let short = format!("whsec_{}", STANDARD.encode([0; 23]));
        let long = format!("whsec_{}", STANDARD.encode([0; 65]));
        for text in ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!", &short, &long] {
            assert_eq!(text.parse::<SigningSecret>().err(), Some(InvalidSigningSecret), "{text}");
        }
    }
}
