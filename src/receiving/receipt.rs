use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    ReceiptError,
    key::{PublicKey, ReceiptKey},
};
use crate::{
    domain::Digest,
    hiring::{Code, instant},
};

const FIRST: &str = "takehome receipt 1";
const KEY: &str = "key: ";
const SIGNATURE: &str = "signature: ";
/// No receipt of ours is longer.
const MOST_BYTES: usize = 4096;

/// What a receipt says, before it is signed. It names nobody, so that it may be kept after a purge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement<'a> {
    /// The upload's id.
    pub upload: &'a str,
    /// The invitation.
    pub code: &'a Code,
    /// The challenge's id.
    pub challenge: &'a str,
    /// When the last byte had come, milliseconds since 1970.
    pub received_ms: i64,
    /// The bytes as they were sent.
    pub received_sha256: Digest,
    /// How many those were.
    pub size: u64,
    /// The files in them, in their canonical form.
    pub sha256: Digest,
}

/// A receipt that was verified: its lines by their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Name and value, in the receipt's order.
    pub lines: Vec<(String, String)>,
    /// Which key signed it.
    pub key: String,
}

impl Statement<'_> {
    /// The text that is kept and signed.
    pub fn text(&self) -> String {
        format!(
            "{FIRST}\nupload: {}\ninvitation: {}\nchallenge: {}\nreceived: {}\nsize: {}\n\
             received-sha256: {}\nsubmission-sha256: {}\n",
            self.upload,
            self.code,
            self.challenge,
            instant(self.received_ms),
            self.size,
            self.received_sha256,
            self.sha256,
        )
    }
}

impl ReceiptKey {
    /// The receipt of a statement that is in the records.
    pub fn receipt(&self, statement: &str) -> String {
        let signed = format!("{statement}{KEY}{}\n", self.id());
        let signature = STANDARD.encode(self.sign(signed.as_bytes()));
        format!("{signed}{SIGNATURE}{signature}\n")
    }
}

/// Whether `text` is a receipt that this key signed. Line ends may have been changed on the way, and space
/// around it does not count.
///
/// # Errors
/// [`ReceiptError`].
pub fn verify(text: &str, key: &PublicKey) -> Result<Receipt, ReceiptError> {
    if text.len() > MOST_BYTES {
        return Err(ReceiptError::Form("it is too long"));
    }
    let text = text.replace("\r\n", "\n");
    let text = text.trim();
    let Some((signed, signature)) = text.rsplit_once(&format!("\n{SIGNATURE}")) else {
        return Err(ReceiptError::Form("it has no signature"));
    };
    let mut lines = signed.lines();
    if lines.next() != Some(FIRST) {
        return Err(ReceiptError::Form("its first line is another"));
    }
    let bytes: [u8; 64] = STANDARD
        .decode(signature.trim())
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(ReceiptError::Form("its signature is cut off"))?;
    let signature = ed25519_dalek::Signature::from_bytes(&bytes);
    key.0
        .verify_strict(format!("{signed}\n").as_bytes(), &signature)
        .map_err(|_| ReceiptError::Signature)?;
    let mut lines: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let key = lines.pop().map(|(_, key)| key).unwrap_or_default();
    Ok(Receipt { lines, key })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::receiving::public_key;

    fn key() -> ReceiptKey {
        let home = tempfile::tempdir().expect("a folder");
        ReceiptKey::open(&home.path().join("key.pem")).expect("a key")
    }

    fn receipt(key: &ReceiptKey) -> String {
        let code = "k7m2-9x4p".parse().expect("a code");
        let statement = Statement {
            upload: "0190",
            code: &code,
            challenge: "tiny",
            received_ms: 1_796_061_600_000,
            received_sha256: Digest::of(b"zip"),
            size: 3,
            sha256: Digest::of(b"tar"),
        };
        key.receipt(&statement.text())
    }

    #[test]
    fn a_receipt_is_verified_by_the_public_key_alone_however_it_was_copied() {
        let key = key();
        let public = public_key(&key.public_pem()).expect("a key");
        let receipt = receipt(&key);
        for text in [receipt.clone(), receipt.replace('\n', "\r\n"), format!("\n{receipt}\n\n")] {
            let read = verify(&text, &public).expect("verified");
            assert_eq!(read.key, key.id());
            assert_eq!(read.lines[1], ("invitation".into(), "k7m2-9x4p".into()));
            assert_eq!(read.lines.len(), 7);
        }
    }

    #[test]
    fn a_receipt_that_was_changed_or_that_another_signed_is_none() {
        let (ours, others) = (key(), key());
        let public = public_key(&ours.public_pem()).expect("a key");
        let good = receipt(&ours);
        for (from, to) in
            [("size: 3", "size: 4"), ("tiny", "tinz"), ("k7m2", "k7m3"), ("key: ", "key: 0")]
        {
            let text = good.replace(from, to);
            assert_eq!(verify(&text, &public), Err(ReceiptError::Signature), "{from}");
        }
        assert_eq!(verify(&receipt(&others), &public), Err(ReceiptError::Signature));
        for text in
            ["", "takehome receipt 1", &good[1..], &good[..good.len() - 10], &"x".repeat(9999)]
        {
            assert!(matches!(verify(text, &public), Err(ReceiptError::Form(_))), "{text}");
        }
    }
}
