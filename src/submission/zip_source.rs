//! Reading a zip archive.

use std::io::{self, Read, Seek, SeekFrom};

use zip::{
    CompressionMethod,
    read::{ArchiveOffset, Config, ZipReadOptions},
    result::ZipError,
    unstable::read::ZipIterable,
};

use super::{
    Refusal, SpecialKind,
    intake::{Admission, EntryKind, Intake},
    name::{plain, shown},
    zip_end::{self, Directory},
};

/// Takes in every entry of the central directory.
///
/// The library's usual index keeps the last of several entries of a name; its iterator shows them
/// all, so that a duplicate can be refused, and holds one of them at a time. It compares every
/// local header with the central one.
pub(super) fn take<R: Read + Seek>(archive: R, intake: &mut Intake<'_>) -> Result<(), Refusal> {
    let config = Config { archive_offset: ArchiveOffset::Known(0) };
    let mut archive = ZipIterable::try_new(archive, config)
        .map_err(|error| refusal(error, None))?
        .enforce_header_consistency(true);
    let limit = intake.limits().scanned_entries;
    if archive.len() > limit {
        return Err(Refusal::TooManyScanned { limit });
    }
    let mut spans = Spans::default();
    let (mut count, mut directory) = (0, None);
    let entries = archive.files().map_err(|error| refusal(error, None))?;
    while let Some(entry) = entries.next() {
        let entry = entry.map_err(|error| refusal(error, None))?;
        count += 1;
        let header = entry.central_header_start();
        directory = Some((directory.map_or(header, |(first, _)| first), header));
        let raw = entry.name_raw().to_vec();
        let kind = kind(&raw, entry.external_attributes());
        let Admission::Read(path) = intake.admit(&raw, kind)? else {
            continue;
        };
        if entry.encrypted() {
            return Err(Refusal::Encrypted { entry: shown(&raw) });
        }
        if let Some(method) = unsupported(entry.compression()) {
            return Err(Refusal::UnsupportedCompression { entry: shown(&raw), method });
        }
        let (start, packed, size) = (entry.header_start(), entry.compressed_size(), entry.size());
        let file = entry
            .with_reader(entries.reader_mut(), ZipReadOptions::new())
            .map_err(|error| refusal(error, Some(&raw)))?;
        let end = file.data_start().unwrap_or(start).saturating_add(packed);
        if !spans.add(start, end) {
            return Err(corrupt(Some(&raw), "it shares bytes with another entry"));
        }
        // One byte more than declared is enough to see that the size is a lie.
        let data = file.take(size.saturating_add(1));
        let stored = intake
            .store(path, data, Some(packed), |error| refusal(ZipError::Io(error), Some(&raw)))?;
        if stored != size {
            return Err(corrupt(Some(&raw), "its size is not the declared one"));
        }
    }
    match directory {
        Some((first, last)) => check_end(entries.reader_mut(), count, first, last),
        None => Ok(()),
    }
}

/// Whether the archive ends right after the directory, whose last header is at `last`, and in a way
/// that all readers understand alike.
fn check_end<R: Read + Seek>(
    archive: &mut R,
    entries: u64,
    first: u64,
    last: u64,
) -> Result<(), Refusal> {
    let mut read = || {
        let mut header = [0; 46];
        archive.seek(SeekFrom::Start(last))?;
        archive.read_exact(&mut header)?;
        // Lengths of the name, the extra field and the comment (APPNOTE 4.3.12).
        let rest: u64 = [28, 30, 32]
            .into_iter()
            .map(|at| u64::from(u16::from_le_bytes([header[at], header[at + 1]])))
            .sum();
        let end = last + header.len() as u64 + rest;
        archive.seek(SeekFrom::Start(end - zip_end::LOCATOR_BYTES as u64))?;
        let mut tail = Vec::new();
        let most = zip_end::LOCATOR_BYTES + zip_end::MAX_BYTES + 1;
        archive.take(most as u64).read_to_end(&mut tail)?;
        io::Result::Ok((Directory { entries, span: first..end }, tail))
    };
    let (directory, tail) = read().map_err(|error| refusal(ZipError::Io(error), None))?;
    let complaint = match tail.split_at_checked(zip_end::LOCATOR_BYTES) {
        Some((before, tail)) => zip_end::complaint(&directory, before, tail),
        None => Some("it ends too early"),
    };
    complaint.map_or(Ok(()), |detail| Err(corrupt(None, detail)))
}

/// The Unix mode is in the upper half of the attributes. Whether to believe it depends on the
/// system that made the entry, but some tools write a mode and claim another system: a link that
/// anyone could take for one is refused.
fn kind(raw: &[u8], external_attributes: u32) -> EntryKind {
    const FORMAT: u32 = 0o170_000;
    match (external_attributes >> 16) & FORMAT {
        0o120_000 => EntryKind::Special(SpecialKind::Symlink),
        0o020_000 | 0o060_000 => EntryKind::Special(SpecialKind::Device),
        0o010_000 => EntryKind::Special(SpecialKind::Fifo),
        0o140_000 => EntryKind::Special(SpecialKind::Socket),
        0o040_000 => EntryKind::Folder,
        _ if raw.ends_with(b"/") => EntryKind::Folder,
        _ => EntryKind::File,
    }
}

/// The name of a method other than the two that every zip tool writes unless told otherwise.
fn unsupported(method: CompressionMethod) -> Option<String> {
    match method {
        CompressionMethod::Stored | CompressionMethod::Deflated => None,
        CompressionMethod::DEFLATE64 => Some("Deflate64".to_owned()),
        CompressionMethod::BZIP2 => Some("bzip2".to_owned()),
        CompressionMethod::LZMA => Some("LZMA".to_owned()),
        CompressionMethod::ZSTD => Some("Zstandard".to_owned()),
        CompressionMethod::XZ => Some("XZ".to_owned()),
        _ => Some("a rare method".to_owned()),
    }
}

/// The parts of the archive that entries have claimed. A bomb without nesting makes many entries
/// of the same compressed bytes (Fifield, "A better zip bomb", WOOT 2019).
#[derive(Default)]
struct Spans(std::collections::BTreeMap<u64, u64>);

impl Spans {
    /// Claims `start..end`; false when a part of it is already claimed.
    fn add(&mut self, start: u64, end: u64) -> bool {
        let free = self.0.range(..end).next_back().is_none_or(|(_, other_end)| *other_end <= start);
        free && self.0.insert(start, end).is_none()
    }
}

fn refusal(error: ZipError, raw: Option<&[u8]>) -> Refusal {
    match error {
        ZipError::Io(error) => super::source::read_error(error, raw.map(shown)),
        ZipError::UnsupportedArchive(detail) => corrupt(raw, detail),
        ZipError::CompressionMethodNotSupported(method) => Refusal::UnsupportedCompression {
            entry: raw.map(shown).unwrap_or_default(),
            method: format!("method {method}"),
        },
        // The library quotes names as they are.
        other => corrupt(raw, &plain(&other.to_string())),
    }
}

fn corrupt(raw: Option<&[u8]>, detail: &str) -> Refusal {
    Refusal::Corrupt { entry: raw.map(shown), detail: detail.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::Spans;

    #[test]
    fn spans_may_touch_and_not_overlap() {
        let mut spans = Spans::default();
        assert!(spans.add(10, 20));
        assert!(spans.add(0, 10));
        assert!(spans.add(20, 30));
        for (start, end) in [(10, 20), (5, 11), (12, 13), (29, 40), (0, 100)] {
            assert!(!spans.add(start, end), "{start}..{end}");
        }
        assert!(spans.add(30, 31));
    }
}
