use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use ed25519_dalek::{
    Signer as _, SigningKey, VerifyingKey,
    pkcs8::{
        DecodePrivateKey as _, DecodePublicKey as _, EncodePrivateKey as _, EncodePublicKey as _,
        spki::der::pem::LineEnding,
    },
};
use rand::{TryRngCore as _, rngs::OsRng};
use zeroize::Zeroizing;

use crate::domain::Digest;

/// What receipts are signed with: Ed25519 (RFC 8032), so that the same receipt has the same signature
/// whenever it is shown.
pub struct ReceiptKey {
    key: SigningKey,
}

/// The key cannot be read or made.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file is there and holds no such key.
    #[error("{} holds no Ed25519 key as PEM", .0.display())]
    Unreadable(PathBuf),
    /// The disk.
    #[error("could not read or make the key {}: {cause}", .path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// The operating system's word.
        cause: io::Error,
    },
}

impl ReceiptKey {
    /// The key in `file`, which is made where it is missing, readable by its owner only.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn open(file: &Path) -> Result<Self, KeyError> {
        match read(file) {
            Err(KeyError::Io { cause, .. }) if cause.kind() == io::ErrorKind::NotFound => {}
            known => return known,
        }
        match make(file) {
            // Another process made it in this moment.
            Err(KeyError::Io { cause, .. }) if cause.kind() == io::ErrorKind::AlreadyExists => {
                read(file)
            }
            made => made,
        }
    }

    /// The public half, as PEM.
    ///
    /// # Panics
    /// Never: every key can be written.
    pub fn public_pem(&self) -> String {
        let public = self.key.verifying_key();
        public.to_public_key_pem(LineEnding::LF).expect("every Ed25519 key has an encoding")
    }

    /// What the key is called in receipts: the start of its digest.
    pub fn id(&self) -> String {
        id_of(&self.key.verifying_key())
    }

    pub(super) fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.key.sign(bytes).to_bytes()
    }
}

/// A public key from the PEM text that `/receipt-key` shows.
pub fn public_key(pem: &str) -> Option<PublicKey> {
    VerifyingKey::from_public_key_pem(pem).ok().map(PublicKey)
}

/// What receipts are verified with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(pub(super) VerifyingKey);

impl PublicKey {
    /// What it is called in receipts.
    pub fn id(&self) -> String {
        id_of(&self.0)
    }
}

fn id_of(key: &VerifyingKey) -> String {
    Digest::of(key.as_bytes()).short(16)
}

fn read(file: &Path) -> Result<ReceiptKey, KeyError> {
    let failed = |cause| KeyError::Io { path: file.to_owned(), cause };
    let pem = Zeroizing::new(fs::read_to_string(file).map_err(failed)?);
    let key =
        SigningKey::from_pkcs8_pem(&pem).map_err(|_| KeyError::Unreadable(file.to_owned()))?;
    Ok(ReceiptKey { key })
}

fn make(file: &Path) -> Result<ReceiptKey, KeyError> {
    let failed = |cause| KeyError::Io { path: file.to_owned(), cause };
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
    let mut secret = Zeroizing::new([0; 32]);
    OsRng.try_fill_bytes(&mut secret[..]).map_err(|error| failed(io::Error::other(error)))?;
    let key = SigningKey::from_bytes(&secret);
    let pem = key
        .to_pkcs8_pem(LineEnding::LF)
        .map_err(|error| failed(io::Error::other(error.to_string())))?;
    let mut made =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).map_err(failed)?;
    made.write_all(pem.as_bytes()).and_then(|()| made.sync_all()).map_err(failed)?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    Ok(ReceiptKey { key })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_key_is_made_once_and_is_its_owners() {
        let home = tempfile::tempdir().expect("a folder");
        let file = home.path().join("keys/receipt.pem");
        let made = ReceiptKey::open(&file).expect("a key");
        let again = ReceiptKey::open(&file).expect("the same key");
        assert_eq!(made.public_pem(), again.public_pem());
        assert_eq!(fs::metadata(&file).expect("a file").permissions().mode() & 0o777, 0o600);
        assert_eq!(public_key(&made.public_pem()).expect("a key").id(), made.id());
        fs::write(&file, "no key").expect("written");
        assert!(matches!(ReceiptKey::open(&file), Err(KeyError::Unreadable(_))));
        assert!(public_key("no key").is_none());
    }
}
