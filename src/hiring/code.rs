use std::{fmt, str::FromStr};

use rand::{TryRngCore as _, rngs::OsRng};

/// Crockford's alphabet in lower case: no i, l, o or u.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH: usize = 8;

/// What an invitation is called where no name may show: in gradings, for reviewers, after its purge. Eight
/// random characters in two groups: `k7m2-9x4p`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(String);

/// The text is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an invitation's code is like k7m2-9x4p; `takehome status` lists them")]
pub struct InvalidCode;

impl Code {
    /// A new one; whether it is taken is for the store to say.
    ///
    /// # Panics
    /// When the operating system has no random numbers.
    pub fn new() -> Self {
        let mut bytes = [0; LENGTH];
        OsRng.try_fill_bytes(&mut bytes).expect("the operating system gives random numbers");
        let mut text: String =
            bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
        text.insert(LENGTH / 2, '-');
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Code {
    fn default() -> Self {
        Self::new()
    }
}

impl FromStr for Code {
    type Err = InvalidCode;

    /// As people copy it: in any case, with or without the hyphen, `o` for 0 and `i` or `l` for 1.
    fn from_str(text: &str) -> Result<Self, InvalidCode> {
        if text.len() > 2 * LENGTH {
            return Err(InvalidCode);
        }
        let mut code = String::with_capacity(LENGTH + 1);
        for c in text.chars().filter(|c| *c != '-') {
            let c = match c.to_ascii_lowercase() {
                'o' => '0',
                'i' | 'l' => '1',
                other => other,
            };
            if !u8::try_from(c).is_ok_and(|byte| ALPHABET.contains(&byte)) {
                return Err(InvalidCode);
            }
            code.push(c);
        }
        if code.len() != LENGTH {
            return Err(InvalidCode);
        }
        code.insert(LENGTH / 2, '-');
        Ok(Self(code))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_people_copy_them() {
        let code = Code::new();
        assert_eq!(code.as_str().parse(), Ok(code.clone()));
        let copied =
            code.as_str().to_uppercase().replace('-', "").replace('0', "O").replace('1', "l");
        assert_eq!(copied.parse(), Ok(code));
        for text in ["", "k7m2-9x4", "k7m2-9x4pp", "k7m2-9x4u", "k7m2 9x4p", "é7m2-9x4p"] {
            assert_eq!(text.parse::<Code>(), Err(InvalidCode), "{text}");
        }
    }
}
