//! Reading a tar stream, compressed or not.
//!
//! The blocks are walked here and not by the `tar` crate's iterator, which keeps extended
//! headers of any size in memory and cannot tell a cut-off archive from a complete one. Its
//! [`Header`] still does the decoding.

use std::io::{self, Read};

use tar::{EntryType, Header};

use super::{
    Refusal, SpecialKind,
    intake::{Admission, EntryKind, Intake},
    name::shown,
    pax,
    sniff::{HEAD_BYTES, has_checksum, is_zero},
};

/// Bytes of an extended header or long name; extended attributes are the longest honest ones.
const EXTENSION_BYTES: u64 = 256 << 10;

/// What extension entries have said about the next one.
#[derive(Default)]
struct Pending {
    gnu_name: Option<Vec<u8>>,
    pax: Option<pax::Records>,
}

/// Takes in every entry up to the end marker. `failed` turns errors of `stream` into refusals.
pub(super) fn take(
    mut stream: impl Read,
    intake: &mut Intake<'_>,
    failed: impl Fn(io::Error, Option<String>) -> Refusal,
) -> Result<(), Refusal> {
    let mut pending = Pending::default();
    let mut first = true;
    loop {
        let mut block = [0; HEAD_BYTES];
        stream.read_exact(&mut block).map_err(|error| failed(error, None))?;
        if is_zero(&block) {
            break;
        }
        if !has_checksum(&block) {
            return Err(if first {
                Refusal::NotAnArchive { found: "compressed data without a tar archive in it" }
            } else {
                corrupt(None, "an entry's header has a wrong checksum")
            });
        }
        first = false;
        let header = Header::from_byte_slice(&block);
        let size = header.entry_size().ok();
        let padded = size.and_then(|size| size.checked_next_multiple_of(HEAD_BYTES as u64));
        let (Some(size), Some(padded)) = (size, padded) else {
            return Err(corrupt(None, "an entry has no valid size"));
        };
        let mut data = (&mut stream).take(size);
        match header.entry_type() {
            // Some readers look at the type alone, and some take this for a file.
            EntryType::GNULongName | EntryType::XHeader if !is_posix(header) => {
                return Err(corrupt(None, "an extended header is of no known format"));
            }
            EntryType::GNULongName => {
                let mut name = extension(&mut data, |error| failed(error, None))?;
                // A NUL ends it. Another one, at which some readers stop, is refused as a name.
                name.pop_if(|byte| *byte == 0);
                if pending.gnu_name.replace(name).is_some() {
                    return Err(corrupt(None, "an entry has two long names"));
                }
            }
            EntryType::XHeader => {
                let records = extension(&mut data, |error| failed(error, None))?;
                let records = pax::parse(&records)
                    .ok_or_else(|| corrupt(None, "an entry has a malformed extended header"))?;
                if pending.pax.replace(records).is_some() {
                    return Err(corrupt(None, "an entry has two extended headers"));
                }
            }
            // To some readers it takes what was said of the entry after it.
            EntryType::XGlobalHeader if pending.gnu_name.is_some() || pending.pax.is_some() => {
                return Err(corrupt(None, "an entry's extended header is not right before it"));
            }
            // Names of link targets, and what holds for all entries (`git archive` writes its
            // commit there): nothing that a regular file needs.
            EntryType::GNULongLink | EntryType::XGlobalHeader => {}
            kind => {
                let said = std::mem::take(&mut pending);
                entry(header, kind, size, said, &mut data, intake, &failed)?;
            }
        }
        // What of the data was not read, and what fills its last block. Data that ended early is
        // found here.
        let rest = data.limit() + (padded - size);
        skip(&mut stream, rest).map_err(|error| failed(error, None))?;
    }
    if pending.gnu_name.is_some() || pending.pax.is_some() {
        return Err(corrupt(None, "it ends after a header that announces an entry"));
    }
    // To the end of the stream: a compressed one ends with its checksum.
    io::copy(&mut stream, &mut io::sink()).map_err(|error| failed(error, None))?;
    Ok(())
}

/// Takes in one entry that is not an extension.
fn entry(
    header: &Header,
    entry_type: EntryType,
    size: u64,
    pending: Pending,
    data: &mut impl Read,
    intake: &mut Intake<'_>,
    failed: &impl Fn(io::Error, Option<String>) -> Refusal,
) -> Result<(), Refusal> {
    let records = pending.pax.unwrap_or_default();
    // Readers differ in which of the two counts.
    if records.path.is_some() && pending.gnu_name.is_some() {
        return Err(corrupt(pending.gnu_name.as_deref(), "it has two names"));
    }
    let raw = records.path.or(pending.gnu_name).unwrap_or_else(|| header.path_bytes().into_owned());
    let mut kind = kind(&raw, entry_type);
    if kind == EntryKind::File && records.sparse {
        kind = EntryKind::Special(SpecialKind::Sparse);
    }
    // POSIX lets the record replace the field; two parsers that disagree about where an entry
    // ends see two archives (CVE-2025-62518), so only a record that agrees is taken.
    if records.size.is_some_and(|stated| stated != size) {
        return Err(corrupt(Some(&raw), "its two sizes differ"));
    }
    if size > 0 && matches!(entry_type, EntryType::Directory | EntryType::Symlink | EntryType::Link)
    {
        return Err(corrupt(Some(&raw), "it is not a file and has data"));
    }
    match intake.admit(&raw, kind)? {
        Admission::Read(path) => {
            intake.store(path, data, None, |error| failed(error, Some(shown(&raw))))?;
            Ok(())
        }
        Admission::Enter | Admission::Skip => Ok(()),
    }
}

/// Whether a header says that it is of POSIX or of GNU tar, and not of the formats before them.
fn is_posix(header: &Header) -> bool {
    header.as_ustar().is_some() || header.as_gnu().is_some()
}

fn kind(raw: &[u8], entry_type: EntryType) -> EntryKind {
    match entry_type {
        // Before POSIX a folder was a file whose name ends with a slash.
        EntryType::Regular | EntryType::Continuous if raw.ends_with(b"/") => EntryKind::Folder,
        EntryType::Regular | EntryType::Continuous => EntryKind::File,
        EntryType::Directory => EntryKind::Folder,
        EntryType::Symlink => EntryKind::Special(SpecialKind::Symlink),
        EntryType::Link => EntryKind::Special(SpecialKind::HardLink),
        EntryType::Char | EntryType::Block => EntryKind::Special(SpecialKind::Device),
        EntryType::Fifo => EntryKind::Special(SpecialKind::Fifo),
        EntryType::GNUSparse => EntryKind::Special(SpecialKind::Sparse),
        _ => EntryKind::Special(SpecialKind::Unknown),
    }
}

/// The data of an extension entry.
fn extension(
    data: &mut io::Take<impl Read>,
    failed: impl Fn(io::Error) -> Refusal,
) -> Result<Vec<u8>, Refusal> {
    let size = data.limit();
    if size > EXTENSION_BYTES {
        return Err(corrupt(None, "an entry has an extended header of unlikely size"));
    }
    let mut bytes = Vec::new();
    data.read_to_end(&mut bytes).map_err(&failed)?;
    if (bytes.len() as u64) < size {
        return Err(failed(io::ErrorKind::UnexpectedEof.into()));
    }
    Ok(bytes)
}

fn skip(stream: &mut impl Read, count: u64) -> io::Result<()> {
    let skipped = io::copy(&mut stream.take(count), &mut io::sink())?;
    if skipped < count {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}

fn corrupt(raw: Option<&[u8]>, detail: &str) -> Refusal {
    Refusal::Corrupt { entry: raw.map(shown), detail: detail.to_owned() }
}
