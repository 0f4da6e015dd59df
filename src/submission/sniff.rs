//! What an archive is, told by its first bytes and never by its name.

use tar::Header;

/// Bytes that [`format`] needs, where the file has them.
pub(super) const HEAD_BYTES: usize = 512;

/// An accepted archive format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Zip,
    Gzip,
    Tar,
}

/// Formats that people send by mistake, named so that the refusal can name them.
const OTHERS: [(&[u8], &str); 9] = [
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\xfd7zXZ\x00", "xz data"),
    (b"BZh", "bzip2 data"),
    (b"\x28\xb5\x2f\xfd", "Zstandard data"),
    (b"%PDF-", "a PDF document"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a Windows program"),
    (b"PK", "a part of a split zip archive"),
];

/// The format of data that starts with `head`, or what it looks like instead.
pub(super) fn format(head: &[u8]) -> Result<Format, &'static str> {
    // The second is a zip without entries.
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Ok(Format::Zip);
    }
    if head.starts_with(&[0x1f, 0x8b]) {
        return Ok(Format::Gzip);
    }
    if head.first_chunk().is_some_and(is_tar_block) {
        return Ok(Format::Tar);
    }
    if head.is_empty() {
        return Err("an empty file");
    }
    Err(OTHERS
        .iter()
        .find(|(magic, _)| head.starts_with(magic))
        .map_or("a file of another kind", |(_, name)| *name))
}

/// Whether a block can begin a tar: a header with a right checksum, or the end of an empty one.
pub(super) fn is_tar_block(block: &[u8; HEAD_BYTES]) -> bool {
    is_zero(block) || has_checksum(block)
}

/// Whether a block is one of the two that end a tar.
pub(super) fn is_zero(block: &[u8; HEAD_BYTES]) -> bool {
    block.iter().all(|byte| *byte == 0)
}

/// The sum of all bytes, the checksum's own eight taken as spaces (POSIX.1-2017, ustar).
pub(super) fn has_checksum(block: &[u8; HEAD_BYTES]) -> bool {
    let sum: u32 = block
        .iter()
        .enumerate()
        .map(|(index, byte)| if (148..156).contains(&index) { 32 } else { u32::from(*byte) })
        .sum();
    Header::from_byte_slice(block).cksum().is_ok_and(|stated| stated == sum)
}

#[cfg(test)]
mod tests {
    use super::{Format, format};

    #[test]
    fn the_content_tells_the_format() {
        assert_eq!(format(b"PK\x03\x04rest"), Ok(Format::Zip));
        assert_eq!(format(b"\x1f\x8b\x08"), Ok(Format::Gzip));
        let mut header = tar::Header::new_gnu();
        header.set_cksum();
        assert_eq!(format(header.as_bytes()), Ok(Format::Tar));
        assert_eq!(format(&[0; 512]), Ok(Format::Tar));
    }

    #[test]
    fn anything_else_is_named() {
        assert_eq!(format(b""), Err("an empty file"));
        assert_eq!(format(b"Rar!\x1a\x07\x01\x00"), Err("a RAR archive"));
        assert_eq!(format(b"import os\n"), Err("a file of another kind"));
        assert_eq!(format(&[0; 511]), Err("a file of another kind"));
        assert_eq!(format(&[7; 512]), Err("a file of another kind"));
    }
}
