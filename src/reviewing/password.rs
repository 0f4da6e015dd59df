use std::{fmt, str::FromStr, sync::OnceLock};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc},
};
use zeroize::Zeroizing;

/// NIST SP 800-63B asks for 8 at least, and 15 where there is no second factor; length is what counts.
const LEAST: usize = 12;
/// Nobody types more; hashing it costs.
const MOST_BYTES: usize = 256;

/// A password as somebody chose it. Overwritten when it goes.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

/// What is kept of a password: argon2id with a salt of its own, as a PHC string.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPassword {
    /// Too short.
    #[error("a password has at least {LEAST} characters; several words are easy to remember")]
    Short,
    /// Too long.
    #[error("a password has at most {MOST_BYTES} bytes")]
    Long,
    /// As good as none.
    #[error("this password repeats a few characters; take several words")]
    Simple,
    /// It can be guessed from the account.
    #[error("a password must not contain the address")]
    Address,
}

impl Password {
    /// What somebody typed at the sign-in, whatever it is; none where it is too long for any.
    pub fn typed(text: String) -> Option<Self> {
        let text = Zeroizing::new(text);
        (text.len() <= MOST_BYTES).then_some(Self(text))
    }

    /// A new one for the account of an address.
    ///
    /// # Errors
    /// [`InvalidPassword`].
    pub fn chosen(text: String, mail: &str) -> Result<Self, InvalidPassword> {
        let password = Self::typed(text).ok_or(InvalidPassword::Long)?;
        if password.0.chars().count() < LEAST {
            return Err(InvalidPassword::Short);
        }
        let mut distinct: Vec<char> = password.0.to_lowercase().chars().collect();
        distinct.sort_unstable();
        distinct.dedup();
        if distinct.len() < 5 {
            return Err(InvalidPassword::Simple);
        }
        let local = mail.split('@').next().unwrap_or_default().to_lowercase();
        if local.chars().count() > 3 && password.0.to_lowercase().contains(&local) {
            return Err(InvalidPassword::Address);
        }
        Ok(password)
    }

    /// What to keep of it. Takes some tens of milliseconds and 19 MiB: not for an async thread.
    ///
    /// # Panics
    /// When the operating system has no random numbers.
    pub fn hash(&self) -> PasswordHash {
        let hash = Argon2::default().hash_password(self.0.as_bytes());
        PasswordHash(hash.expect("the operating system gives random numbers").to_string())
    }

    /// Whether it is the one that `hash` was made of. Without a hash the answer is no, after as long:
    /// how long it takes does not tell whether there is such an account.
    pub fn is(&self, hash: Option<&PasswordHash>) -> bool {
        static NOBODYS: OnceLock<PasswordHash> = OnceLock::new();
        let nobodys =
            || NOBODYS.get_or_init(|| Self(Zeroizing::new("nobody's password".into())).hash());
        let kept = hash.unwrap_or_else(nobodys);
        let Ok(parsed) = phc::PasswordHash::new(&kept.0) else { return false };
        let fits = Argon2::default().verify_password(self.0.as_bytes(), &parsed).is_ok();
        fits && hash.is_some()
    }
}

impl PasswordHash {
    /// The PHC string, for the store.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PasswordHash {
    type Err = argon2::password_hash::phc::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        phc::PasswordHash::new(text)?;
        Ok(Self(text.to_owned()))
    }
}

/// Nothing of it, so that no log shows one.
impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Nothing of it, so that no log shows one.
impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(text: &str) -> Result<Password, InvalidPassword> {
        Password::chosen(text.into(), "grace@example.org")
    }

    #[test]
    fn a_password_is_long_and_does_not_repeat_itself_or_the_address() {
        assert!(chosen("correct horse battery").is_ok());
        assert!(chosen("пароль из слов").is_ok());
        for (text, why) in [
            ("short", InvalidPassword::Short),
            ("elevenchars", InvalidPassword::Short),
            ("aaaaaaaaaaaaaaab", InvalidPassword::Simple),
            ("Grace is my name", InvalidPassword::Address),
            (&"long ".repeat(60), InvalidPassword::Long),
        ] {
            assert_eq!(chosen(text).err(), Some(why), "{text}");
        }
        assert!(Password::typed("x".repeat(257)).is_none());
    }

    #[test]
    fn a_hash_fits_its_own_password_alone_and_nobodys_fits_none() {
        let password = chosen("correct horse battery").expect("a password");
        let hash = password.hash();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
        assert_ne!(hash.as_str(), password.hash().as_str(), "a salt of its own");
        assert!(password.is(Some(&hash)));
        let other = Password::typed("correct horse batter".into()).expect("short enough");
        assert!(!other.is(Some(&hash)) && !other.is(None));
        let nobody = Password::typed("nobody's password".into()).expect("short enough");
        assert!(!nobody.is(None));
        assert_eq!(hash.as_str().parse::<PasswordHash>().ok(), Some(hash.clone()));
        assert!("plain".parse::<PasswordHash>().is_err());
        assert!(!format!("{password:?}{hash:?}").contains("horse"));
        assert!(!format!("{hash:?}").contains("argon2"));
    }
}
