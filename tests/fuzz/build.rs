//! Archives that no tool would make: any name, any type, and header fields that lie.

use flate2::{Compression, read::DeflateEncoder};
use proptest::{collection::vec, prelude::*, sample::Index};
use std::io::Read as _;
use tar::EntryType;

use crate::archives::common::{ended, entry, pax};

/// Names from pieces that matter to some rule, and from arbitrary text and bytes.
pub fn any_name() -> BoxedStrategy<Vec<u8>> {
    let piece = prop_oneof![
        6 => prop::sample::select(vec![
            "a", "b", "A", "pkg", "main.py", "é", "e\u{301}", "..", ".", "", ".git", "__pycache__",
            "x.pyc", "C:", "a\\b", "a\nb", "\u{202e}", "ß", "SS", "._x", "venv", "a.egg-info", "a\0b",
            "n123456789n123456789n123456789n123456789n", "\u{1f600}", "ﬁ", "fi", "İ", "CON", "a ",
        ]).prop_map(|text| text.as_bytes().to_vec()),
        1 => "\\PC{0,12}".prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 0..8),
    ];
    let around = prop::sample::select(vec![("", ""), ("", ""), ("/", ""), ("", "/"), ("./", "")]);
    (around, vec(piece, 1..6))
        .prop_map(|((before, after), pieces)| {
            [before.as_bytes(), &pieces.join(b"/".as_slice()), after.as_bytes()].concat()
        })
        .boxed()
}

fn any_data() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => vec(any::<u8>(), 0..40),
        1 => (any::<u8>(), 0..6_000_usize).prop_map(|(byte, count)| vec![byte; count]),
    ]
}

/// What is changed about a field of a header: which field, a value, and how.
type Lie = (Index, u64, u8);

fn lies() -> impl Strategy<Value = Vec<Lie>> {
    let value = prop_oneof![
        prop::sample::select(vec![0, 1, 2, 8, 9, 12, 0x800, 0xffff, 0xffff_ffff]),
        0..2_000_u64,
        any::<u64>(),
    ];
    prop_oneof![2 => Just(Vec::new()), 3 => vec((any::<Index>(), value, any::<u8>()), 1..4)]
}

/// One entry of a zip: name, data, whether it is deflated, which extra field, and whether its sizes
/// follow the data.
type ZipEntry = (Vec<u8>, Vec<u8>, bool, u8, bool);

/// Zips whose headers agree with each other, but for some lies.
pub fn any_zip() -> BoxedStrategy<Vec<u8>> {
    let entries = vec((any_name(), any_data(), any::<bool>(), 0..8_u8, any::<bool>()), 0..5);
    (entries, lies(), vec(any::<u8>(), 0..4))
        .prop_map(|(entries, lies, comment)| zip(&entries, &lies, &comment))
        .boxed()
}

/// Writes headers and remembers where each field is.
#[derive(Default)]
struct Zip {
    bytes: Vec<u8>,
    /// Position, width, and what the field is: the same in an entry's two headers.
    fields: Vec<(usize, usize, (usize, &'static str))>,
}

impl Zip {
    fn put(&mut self, entry: usize, name: &'static str, value: u64, width: usize) {
        self.fields.push((self.bytes.len(), width, (entry, name)));
        self.bytes.extend_from_slice(&value.to_le_bytes()[..width]);
    }

    /// The part that an entry's local and central headers have in common.
    fn common(&mut self, number: usize, entry: &ZipEntry, packed: &[u8], central: bool) {
        let (name, data, deflated, _, late) = entry;
        let known = central || !late;
        let size = |size: usize| if known { size as u64 } else { 0 };
        self.put(number, "needed", 20, 2);
        self.put(number, "flags", if *late { 8 } else { 0 }, 2);
        self.put(number, "method", if *deflated { 8 } else { 0 }, 2);
        self.put(number, "time", 0, 4);
        self.put(number, "crc", if known { u64::from(crc(data)) } else { 0 }, 4);
        self.put(number, "packed", size(packed.len()), 4);
        self.put(number, "size", size(data.len()), 4);
        self.put(number, "name length", name.len() as u64, 2);
        self.put(number, "extra length", extra(entry).len() as u64, 2);
    }
}

/// APPNOTE 4.3.7, 4.3.9, 4.3.12 and 4.3.16.
fn zip(entries: &[ZipEntry], lies: &[Lie], comment: &[u8]) -> Vec<u8> {
    let mut zip = Zip::default();
    let mut starts = Vec::new();
    for (number, entry) in entries.iter().enumerate() {
        let packed = pack(entry);
        starts.push(zip.bytes.len() as u64);
        zip.bytes.extend_from_slice(b"PK\x03\x04");
        zip.common(number, entry, &packed, false);
        zip.bytes.extend_from_slice(&entry.0);
        zip.bytes.extend_from_slice(&extra(entry));
        zip.bytes.extend_from_slice(&packed);
        if entry.4 {
            zip.bytes.extend_from_slice(b"PK\x07\x08");
            zip.put(number, "crc", u64::from(crc(&entry.1)), 4);
            zip.put(number, "packed", packed.len() as u64, 4);
            zip.put(number, "size", entry.1.len() as u64, 4);
        }
    }
    let directory = zip.bytes.len() as u64;
    for (number, entry) in entries.iter().enumerate() {
        let packed = pack(entry);
        zip.bytes.extend_from_slice(b"PK\x01\x02");
        zip.put(number, "made by", 0x031e, 2);
        zip.common(number, entry, &packed, true);
        zip.put(number, "comment length", 0, 2);
        zip.put(number, "disk", 0, 2);
        zip.put(number, "internal", 0, 2);
        let mode = if entry.0.ends_with(b"/") { 0o040_755 } else { 0o100_644 };
        zip.put(number, "external", mode << 16, 4);
        zip.put(number, "start", starts[number], 4);
        zip.bytes.extend_from_slice(&entry.0);
        zip.bytes.extend_from_slice(&extra(entry));
    }
    let (end, count) = (entries.len(), entries.len() as u64);
    let size = zip.bytes.len() as u64 - directory;
    zip.bytes.extend_from_slice(b"PK\x05\x06");
    for (name, value, width) in [
        ("disk", 0, 2),
        ("directory's disk", 0, 2),
        ("entries here", count, 2),
        ("entries", count, 2),
        ("directory's size", size, 4),
        ("directory's start", directory, 4),
        ("comment length", comment.len() as u64, 2),
    ] {
        zip.put(end, name, value, width);
    }
    zip.bytes.extend_from_slice(comment);
    for (field, value, how) in lies {
        let (at, width, what) = *field.get(&zip.fields);
        let both = how % 4 != 0;
        let others = zip.fields.iter().filter(|field| both && field.2 == what);
        let places = others.map(|field| (field.0, field.1)).chain([(at, width)]);
        let value = value.to_le_bytes();
        for (at, width) in places {
            zip.bytes[at..at + width].copy_from_slice(&value[..width]);
        }
    }
    zip.bytes
}

fn pack(entry: &ZipEntry) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut encoder = DeflateEncoder::new(entry.1.as_slice(), Compression::default());
    if !entry.2 {
        return entry.1.clone();
    }
    encoder.read_to_end(&mut packed).expect("reading from memory cannot fail");
    packed
}

/// Extra fields that change what an entry is: Zip64 sizes, another name in Unicode, AES.
fn extra(entry: &ZipEntry) -> Vec<u8> {
    let field = |id: u16, data: &[u8]| {
        [&id.to_le_bytes(), &(data.len() as u16).to_le_bytes(), data].concat()
    };
    let size = (entry.1.len() as u64).to_le_bytes();
    match entry.3 {
        0 => field(0x0001, &[size, size].concat()),
        1 => field(0x7075, &[b"\x01", crc(&entry.0).to_le_bytes().as_slice(), b"evil.py"].concat()),
        2 => field(0x9901, b"\x02\x00AE\x03\x08\x00"),
        3 => field(0x5455, b"\x01\x00\x00\x00\x00"),
        _ => Vec::new(),
    }
}

fn crc(data: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(data);
    crc.sum()
}

/// Tars of entries of any type, name and extension; checksums are right, fields may lie.
pub fn any_tar() -> BoxedStrategy<Vec<u8>> {
    vec((0..20_u8, any_name(), any_data(), lies()), 0..6)
        .prop_map(|entries| {
            let parts = entries.iter().map(|(kind, name, data, lies)| {
                let mut bytes = tar_entry(*kind, name, data);
                for lie in lies {
                    lie_about(&mut bytes, lie);
                }
                bytes
            });
            with_checksums(ended(parts.collect::<Vec<_>>().concat()))
        })
        .boxed()
}

fn tar_entry(kind: u8, name: &[u8], data: &[u8]) -> Vec<u8> {
    let size = data.len().to_string();
    match kind {
        0 => entry(EntryType::Directory, name, b""),
        1 => entry(EntryType::Symlink, name, b""),
        2 => entry(EntryType::Link, name, b""),
        3 => entry(EntryType::GNUSparse, name, data),
        4 => entry(EntryType::Continuous, name, data),
        5 => entry(EntryType::GNULongName, b"././@LongLink", name),
        6 => entry(EntryType::GNULongLink, b"././@LongLink", name),
        7 => entry(EntryType::XHeader, b"x", data),
        8 => entry(EntryType::XGlobalHeader, b"g", data),
        9 => pax(&[("path", name)]),
        10 => pax(&[("comment", b"path=a"), ("path", name), ("size", size.as_bytes())]),
        11 => pax(&[("GNU.sparse.major", b"1"), ("GNU.sparse.name", name)]),
        _ => entry(EntryType::Regular, name, data),
    }
}

/// Header fields of a tar: position and length (POSIX.1-2017, ustar).
const TAR_FIELDS: [(usize, usize); 9] = [
    (0, 100),
    (100, 8),
    (108, 8),
    (124, 12),
    (136, 12),
    (156, 1),
    (157, 100),
    (257, 8),
    (345, 155),
];

fn lie_about(bytes: &mut [u8], (field, value, how): &Lie) {
    let (at, length) = *field.get(&TAR_FIELDS);
    let field = &mut bytes[at..at + length];
    field.fill(0);
    let text = match how % 4 {
        0 => format!("{value:o}"),
        1 => format!("{value:0>11o} "),
        2 => String::from_utf8_lossy(&value.to_le_bytes()).into_owned(),
        _ => {
            // Base 256, as GNU tar writes what octal digits cannot hold.
            field[0] = 0x80;
            let width = length.min(8);
            field[length - width..].copy_from_slice(&value.to_be_bytes()[8 - width..]);
            field[0] |= 0x80;
            return;
        }
    };
    let width = text.len().min(length);
    field[..width].copy_from_slice(&text.as_bytes()[..width]);
}

/// The same tar with a right checksum in every block that looks like a header.
pub fn with_checksums(mut bytes: Vec<u8>) -> Vec<u8> {
    for block in bytes.chunks_exact_mut(512) {
        let magic = &block[257..262];
        if magic != b"ustar" {
            continue;
        }
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    }
    bytes
}
