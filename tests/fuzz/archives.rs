//! What candidates send: zip, tar and tar.gz archives, and the names in them.

#[path = "../common/archives.rs"]
#[allow(dead_code, reason = "it has more than is used here")]
pub mod common;

use std::{fs, io::Cursor, os::unix::ffi::OsStrExt as _, path::Path};

use common::{ended, entry, gzip, zip};
use proptest::{collection::vec, prelude::*};
use takehome::submission::{IntakeLimits, Refusal, Submission};
use tar::EntryType;

use crate::{
    build::{any_name, any_tar, any_zip, with_checksums},
    harness::Target,
    mutate, sound,
};

const ZIP_WORDS: [&[u8]; 9] = [
    b"PK\x03\x04",
    b"PK\x01\x02",
    b"PK\x05\x06",
    b"PK\x06\x06",
    b"PK\x06\x07",
    b"PK\x07\x08",
    b"../",
    b"\x01\x00\x10\x00",
    b"\x75\x70\x0c\x00\x01",
];
const TAR_WORDS: [&[u8]; 8] = [
    b"ustar\x0000",
    b"ustar  \0",
    b"././@LongLink",
    b"18 path=../../a.py\n",
    b"10 size=0\n",
    b"77777777777\0",
    b"\x80\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff",
    &[0; 512],
];
const GZIP_WORDS: [&[u8]; 4] =
    [b"\x1f\x8b\x08\x00", b"\x1f\x8b\x08\x1e", b"\0\0\xff\xff", b"\x03\0"];

#[test]
fn zip_intake() {
    let target = Target::new("zip");
    let inputs = prop_oneof![
        2 => mutate::bytes(target.corpus(), &ZIP_WORDS),
        1 => any_zip(),
        1 => (any_zip(), any_zip()).prop_map(|(one, other)| [one, other].concat()),
    ];
    target.run(&inputs.boxed(), |bytes, path| sound::check(bytes, path, sound::in_zip));
}

#[test]
fn tar_intake() {
    let target = Target::new("tar");
    let mutated = mutate::bytes(target.corpus(), &TAR_WORDS);
    let inputs = prop_oneof![mutated.clone(), mutated.prop_map(with_checksums), any_tar()];
    target.run(&inputs.boxed(), |bytes, path| sound::check(bytes, path, sound::in_tar));
}

#[test]
fn tar_gz_intake() {
    let target = Target::new("tar_gz");
    let inputs = prop_oneof![
        2 => mutate::bytes(target.corpus(), &GZIP_WORDS),
        1 => any_tar().prop_map(|bytes| gzip(&bytes)),
        1 => (any_tar(), any::<prop::sample::Index>()).prop_map(|(bytes, cut)| {
            // A stream may be cut into several members anywhere.
            let (one, other) = bytes.split_at(cut.index(bytes.len()));
            [gzip(one), gzip(other)].concat()
        }),
    ];
    target.run(&inputs.boxed(), |bytes, path| sound::check(bytes, path, sound::in_tar_gz));
}

/// Names, one after the other with a NUL between: all kinds of sources give them the same fate, and
/// whatever an archive is called is shown as one plain line.
#[test]
fn submission_names() {
    let target = Target::new("names");
    let inputs = prop_oneof![
        1 => mutate::bytes(target.corpus(), &[b"../", b"/", b"\\", b"C:", b".git", b"\xcc\x81"]),
        1 => vec(any_name(), 1..5).prop_map(|names| names.join(b"\0".as_slice())),
    ];
    let limits = IntakeLimits { depth: 8, component_bytes: 60, ..IntakeLimits::default() };
    let open = |archive: &[u8]| Submission::from_archive("a", Cursor::new(archive), &limits);
    target.run(&inputs.boxed(), |bytes, _| {
        let names: Vec<&[u8]> = bytes.split(|byte| *byte == 0).take(8).collect();
        let entries = names.iter().map(|name| match name.ends_with(b"/") {
            true => entry(EntryType::Directory, name, b""),
            false => entry(EntryType::Regular, name, b"data"),
        });
        let tar = ended(entries.collect::<Vec<_>>().concat());
        let outcome = open(&tar);
        match &outcome {
            Ok(submission) => sound::accepted(submission, &limits),
            Err(refusal) => sound::refused(refusal),
        }
        let fate = |outcome: Result<Submission, Refusal>| {
            outcome.map(|submission| submission.sha256).map_err(|refusal| refusal.code())
        };
        let in_tar = fate(outcome);
        if let Some(zip) = zipped(&names) {
            assert_eq!(fate(open(&zip)), in_tar, "as a zip");
        }
        let folder = tempfile::tempdir().expect("a folder");
        if unpacked(&names, folder.path()) {
            let in_folder = fate(Submission::open(folder.path(), &limits));
            // A folder is read in the order of names, so another one may be refused first.
            assert_eq!(in_folder.ok(), in_tar.ok(), "as a folder");
        }
        let display = String::from_utf8_lossy(bytes);
        let shown =
            Submission::from_archive(&display, Cursor::new(common::tar(&[("a.py", b"")])), &limits);
        let shown = shown.expect("a submission").name;
        assert!(!shown.is_empty() && shown.chars().count() <= 121);
        assert!(!shown.chars().any(|char| char.is_control() || char == '/'), "{shown:?}");
    });
}

/// A zip of these names, where the library that writes it agrees: text, and no name twice.
fn zipped(names: &[&[u8]]) -> Option<Vec<u8>> {
    let mut files: Vec<(&str, &[u8])> = Vec::new();
    for name in names {
        let name = std::str::from_utf8(name).ok().filter(|name| !name.is_empty())?;
        if files.iter().any(|(other, _)| other.trim_end_matches('/') == name.trim_end_matches('/'))
        {
            return None;
        }
        files.push((name, b"data"));
    }
    Some(zip(&files))
}

/// Whether a file system can hold these names, which it now does.
fn unpacked(names: &[&[u8]], root: &Path) -> bool {
    names.iter().all(|name| {
        let trimmed = name.strip_suffix(b"/").unwrap_or(name);
        let plain =
            trimmed.split(|byte| *byte == b'/').all(|part| !matches!(part, b"" | b"." | b".."));
        let path = root.join(Path::new(std::ffi::OsStr::from_bytes(trimmed)));
        plain
            && !path.exists()
            && path.parent().is_some_and(|folder| fs::create_dir_all(folder).is_ok())
            && if name.ends_with(b"/") {
                fs::create_dir(&path).is_ok()
            } else {
                fs::write(&path, b"data").is_ok()
            }
    })
}
