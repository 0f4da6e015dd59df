//! What a candidate may send: the same files give the same submission, and everything else is
//! refused by name before anything is written or run.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case fails")]

#[path = "common/archives.rs"]
mod archives;

use std::{
    fs,
    io::Cursor,
    os::unix::{fs::symlink, net::UnixListener},
    path::Path,
};

use archives::{File, ended, entry, folder, gzip, pax, tar, write_files, zip, zip_with};
use takehome::submission::{IntakeLimits, Refusal, Submission};
use tar::EntryType;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

const SOLUTION: &[File<'_>] = &[
    ("courier/__main__.py", b"print('hello')\n"),
    ("courier/__init__.py", b""),
    ("README.md", b"# Courier\n"),
    ("docs/caf\u{e9}.txt", b"\xff\x00binary"),
];

fn limits() -> IntakeLimits {
    IntakeLimits::default().with_anchors(&["courier/__main__.py".to_owned()])
}

fn open(bytes: &[u8]) -> Result<Submission, Refusal> {
    open_with(bytes, &limits())
}

fn open_with(bytes: &[u8], limits: &IntakeLimits) -> Result<Submission, Refusal> {
    Submission::from_archive("alice.zip", Cursor::new(bytes), limits)
}

#[track_caller]
fn assert_refused(bytes: &[u8], code: &str, names: &str) {
    let refusal = open(bytes).expect_err("must be refused");
    assert_eq!(refusal.code(), code, "{refusal}");
    assert!(refusal.to_string().contains(names), "{refusal}");
    assert!(!refusal.remedy().is_empty());
    assert!(!refusal.to_string().chars().any(char::is_control));
}

fn paths(submission: &Submission) -> Vec<&str> {
    submission.files.iter().map(|file| file.path.as_str()).collect()
}

#[test]
fn the_same_files_are_the_same_submission_whatever_they_came_in() {
    let dir = folder(SOLUTION);
    let expected = Submission::open(dir.path(), &limits()).unwrap();
    assert_eq!(
        paths(&expected),
        ["README.md", "courier/__init__.py", "courier/__main__.py", "docs/café.txt"]
    );
    assert_eq!(expected.files[0].size, 10);

    let mut reversed = SOLUTION.to_vec();
    reversed.reverse();
    let wrapped: Vec<(String, &[u8])> =
        SOLUTION.iter().map(|(path, data)| (format!("alice-main/{path}"), *data)).collect();
    let wrapped: Vec<File<'_>> =
        wrapped.iter().map(|(path, data)| (path.as_str(), *data)).collect();
    let dotted: Vec<(String, &[u8])> =
        SOLUTION.iter().map(|(path, data)| (format!("./{path}"), *data)).collect();
    let mut dotted: Vec<File<'_>> =
        dotted.iter().map(|(path, data)| (path.as_str(), *data)).collect();
    dotted.insert(0, ("./", b""));
    dotted.insert(1, ("./courier/", b""));
    let decomposed: Vec<File<'_>> = SOLUTION
        .iter()
        .map(|(path, data)| {
            (if path.starts_with("docs") { "docs/cafe\u{301}.txt" } else { path }, *data)
        })
        .collect();

    for (name, bytes) in [
        ("zip", zip(SOLUTION)),
        ("stored zip", zip_with(SOLUTION, CompressionMethod::Stored)),
        ("reversed zip", zip(&reversed)),
        ("wrapped zip", zip(&wrapped)),
        ("decomposed zip", zip(&decomposed)),
        ("tar", tar(SOLUTION)),
        ("tar c .", tar(&dotted)),
        ("tar.gz", gzip(&tar(&reversed))),
        ("wrapped tar.gz", gzip(&tar(&wrapped))),
        ("canonical", expected.tar.to_vec()),
    ] {
        let found = open(&bytes).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        assert_eq!(found.sha256, expected.sha256, "{name}");
        assert_eq!(found.tar, expected.tar, "{name}");
        assert_eq!(found.files, expected.files, "{name}");
    }
    let outer = folder(&wrapped);
    assert_eq!(Submission::open(outer.path(), &limits()).unwrap().sha256, expected.sha256);
}

#[test]
fn by_products_are_left_out_of_every_kind_and_git_is_never_consulted() {
    let clean = Submission::open(folder(SOLUTION).path(), &limits()).unwrap();
    let by_products: &[File<'_>] = &[
        (".git/config", b"[core]\n\tfsmonitor = touch /tmp/owned\n"),
        (".git/hooks/post-checkout", b"#!/bin/sh\ntouch /tmp/owned\n"),
        ("courier/__pycache__/__main__.cpython-313.pyc", b"\0"),
        ("courier/old.pyc", b"\0"),
        ("__MACOSX/._README.md", b"\0"),
        (".DS_Store", b"\0"),
        (".venv/lib/site.py", b"\0"),
        ("node_modules/a/index.js", b"\0"),
        ("courier.egg-info/PKG-INFO", b"\0"),
    ];
    let all = [SOLUTION, by_products].concat();
    let dir = folder(&all);
    symlink("/usr/bin/python3", dir.path().join(".venv/python")).unwrap();
    let mut linked = tar(&all);
    linked.truncate(linked.len() - 1024);
    linked.extend(entry(EntryType::Symlink, b".venv/python", b""));

    let mut found = vec![Submission::open(dir.path(), &limits()).unwrap()];
    for bytes in [zip(&all), tar(&all), gzip(&ended(linked))] {
        found.push(open(&bytes).unwrap());
    }
    for submission in found {
        assert_eq!(submission.sha256, clean.sha256);
        assert_eq!(
            submission.left_out,
            [
                "*.egg-info",
                "*.pyc",
                ".DS_Store",
                ".git",
                ".venv",
                "__MACOSX",
                "__pycache__",
                "node_modules"
            ]
        );
    }
    assert!(clean.left_out.is_empty());
}

#[test]
fn hostile_tar_entries_are_refused_by_name() {
    let with = |kind, name: &[u8]| {
        ended([entry(EntryType::Regular, b"a.py", b"1"), entry(kind, name, b"")].concat())
    };
    let file = |name: &[u8]| with(EntryType::Regular, name);
    let long = "n".repeat(300);
    let deep = "d/".repeat(40) + "f";
    for (bytes, code, names) in [
        (file(b"/etc/passwd"), "absolute_name", "/etc/passwd"),
        (file(b"a/../../b"), "parent_component", "a/../../b"),
        (file(b".git/../../b"), "parent_component", ".git/../../b"),
        (file(b"a//b"), "empty_component", "a//b"),
        (file(b"a\\b"), "backslash_in_name", "a\\\\b"),
        (file(b"C:evil"), "drive_letter", "C:evil"),
        (file(b"a\x1b[2J"), "control_character_in_name", "a\\u{1b}[2J"),
        (file(b"caf\xe9"), "name_not_utf8", "caf\\xe9"),
        (file(long.as_bytes()), "name_too_long", "nnn"),
        (file(deep.as_bytes()), "nested_too_deep", "d/d/d"),
        (with(EntryType::Symlink, b"link"), "symlink", "link"),
        (with(EntryType::Link, b"hard"), "hard_link", "hard"),
        (with(EntryType::Char, b"dev"), "device", "dev"),
        (with(EntryType::Block, b"dev"), "device", "dev"),
        (with(EntryType::Fifo, b"pipe"), "fifo", "pipe"),
        (with(EntryType::GNUSparse, b"holes"), "sparse_file", "holes"),
        (with(EntryType::new(b'V'), b"volume"), "unknown_entry_type", "volume"),
        (file(b"a.py"), "duplicate_name", "a.py"),
        (file(b"./a.py"), "duplicate_name", "a.py"),
        (file(b"A.PY"), "case_collision", "a.py"),
        (file(b"a.py/b"), "file_used_as_folder", "a.py/b"),
        (with(EntryType::Directory, b"a.py/"), "file_used_as_folder", "a.py"),
        (file(b"./"), "", ""),
    ] {
        if code.is_empty() {
            // A file that ends with a slash is a folder of an old tar; this one is the root.
            assert_eq!(paths(&open(&bytes).unwrap()), ["a.py"]);
            continue;
        }
        assert_refused(&bytes, code, names);
        assert_refused(&gzip(&bytes), code, names);
    }
    let composed = ended(
        [
            entry(EntryType::Regular, "é".as_bytes(), b""),
            entry(EntryType::Regular, "e\u{301}".as_bytes(), b""),
        ]
        .concat(),
    );
    assert_refused(&composed, "duplicate_name", "e\\u{301}");
}

#[test]
fn extended_headers_name_entries_under_the_same_rules() {
    let after = |header: Vec<u8>, data: &[u8]| {
        ended([header, entry(EntryType::Regular, b"innocent.py", data)].concat())
    };
    let long_name = |name: &[u8]| entry(EntryType::GNULongName, b"././@LongLink", name);

    assert_eq!(
        paths(&open(&after(pax(&[("path", b"caf\xc3\xa9.py")]), b"1")).unwrap()),
        ["café.py"]
    );
    assert_eq!(paths(&open(&after(long_name(b"other.py\0"), b"1")).unwrap()), ["other.py"]);
    let attributes = pax(&[("SCHILY.xattr.user.x", b"\n\0\n"), ("mtime", b"1.5"), ("size", b"3")]);
    assert_eq!(paths(&open(&after(attributes, b"123")).unwrap()), ["innocent.py"]);
    let commit = entry(EntryType::XGlobalHeader, b"pax_global_header", b"52 comment=0123");
    assert_eq!(paths(&open(&after(commit, b"1")).unwrap()), ["innocent.py"]);

    assert_refused(&after(pax(&[("path", b"../evil")]), b"1"), "parent_component", "../evil");
    assert_refused(&after(pax(&[("path", b"/evil")]), b"1"), "absolute_name", "/evil");
    assert_refused(&after(long_name(b"../evil\0"), b"1"), "parent_component", "../evil");
    assert_refused(&after(pax(&[("GNU.sparse.major", b"1")]), b"1"), "sparse_file", "innocent.py");
    assert_refused(&after(pax(&[("size", b"512")]), b"1"), "corrupt_archive", "two sizes");
    assert_refused(
        &after(entry(EntryType::XHeader, b"x", b"not a record"), b"1"),
        "corrupt_archive",
        "malformed",
    );
    let two = [long_name(b"a\0"), long_name(b"b\0")].concat();
    assert_refused(&after(two, b"1"), "corrupt_archive", "two long names");
    let huge = long_name(&vec![b'a'; 300 << 10]);
    assert_refused(&after(huge, b"1"), "corrupt_archive", "unlikely size");
    let dangling = ended([entry(EntryType::Regular, b"a", b""), long_name(b"b\0")].concat());
    assert_refused(&dangling, "corrupt_archive", "announces");
    let full_folder = ended(entry(EntryType::Directory, b"d/", b"data"));
    assert_refused(&full_folder, "corrupt_archive", "has data");
}

#[test]
fn entries_that_readers_would_name_differently_are_refused() {
    let file = entry(EntryType::Regular, b"innocent.py", b"1");
    let after = |headers: &[&[u8]]| ended([headers.concat(), file.clone()].concat());
    let long_name = |name: &[u8]| entry(EntryType::GNULongName, b"././@LongLink", name);
    let path = pax(&[("path", b"a.py")]);
    let global = entry(EntryType::XGlobalHeader, b"g", b"");
    let mut old = pax(&[("path", b"a.py")]);
    old[257..263].copy_from_slice(b"USTAR ");
    let mut header = tar::Header::from_byte_slice(&old[..512]).clone();
    header.set_cksum();
    old[..512].copy_from_slice(header.as_bytes());
    for (bytes, code, detail) in [
        (after(&[&path, &long_name(b"b.py\0")]), "corrupt_archive", "two names"),
        (after(&[&pax(&[("path", b"a"), ("path", b"b")])]), "corrupt_archive", "malformed"),
        (after(&[&path, &global]), "corrupt_archive", "not right before"),
        (after(&[&old]), "corrupt_archive", "no known format"),
        (after(&[&long_name(b"a.py\0b\0")]), "control_character_in_name", "a.py"),
    ] {
        assert_refused(&bytes, code, detail);
    }
    assert!(open(&after(&[&global, &path])).is_ok());
}

#[test]
fn tars_that_lie_about_themselves_are_refused() {
    let first = entry(EntryType::Regular, b"a.py", b"1");
    let mut second = entry(EntryType::Regular, b"b.py", b"2");
    second[0] = b'c';
    assert_refused(&ended([first.clone(), second].concat()), "corrupt_archive", "checksum");
    for size in [9, 8 << 30, u64::MAX - 1, u64::MAX] {
        let mut header = tar::Header::new_gnu();
        header.set_size(size);
        for (kind, name) in [
            (EntryType::Regular, "b.py"),
            (EntryType::XHeader, "x"),
            (EntryType::Regular, ".git/b"),
        ] {
            header.set_path(name).unwrap();
            header.set_entry_type(kind);
            header.set_cksum();
            let bytes = [first.as_slice(), header.as_bytes(), b"2"].concat();
            assert_refused(&bytes, "corrupt_archive", "");
            assert_refused(&gzip(&bytes), "corrupt_archive", "");
        }
    }
}

#[test]
fn hostile_zip_entries_are_refused_by_name() {
    let renamed = |from: &str, to: &[u8]| {
        patched(&zip(&[("ok.py", b"1"), (from, b"2")]), from.as_bytes(), to)
    };
    for (bytes, code, names) in [
        (renamed("xetc/p", b"/etc/p"), "absolute_name", "/etc/p"),
        (renamed("xx/p", b"../p"), "parent_component", "../p"),
        (renamed("a/xx/p", b"a/../p"), "parent_component", "a/../p"),
        (renamed("a/x/p", b"a//xp"), "empty_component", "a//xp"),
        (renamed("a/p", b"a\\p"), "backslash_in_name", "a\\\\p"),
        (renamed("cafe.py", b"caf\xe9.py"), "name_not_utf8", "caf\\xe9"),
        (renamed("a-b", b"a\nb"), "control_character_in_name", "a\\nb"),
        (renamed("xx.py", b"ok.py"), "duplicate_name", "ok.py"),
        (renamed("xx.py", b"Ok.py"), "case_collision", "ok.py"),
        (renamed("xx.py/b", b"ok.py/b"), "file_used_as_folder", "ok.py/b"),
    ] {
        assert_refused(&bytes, code, names);
    }
    for (mode, code) in [
        (0o120_777, "symlink"),
        (0o020_666, "device"),
        (0o060_666, "device"),
        (0o010_666, "fifo"),
        (0o140_777, "socket"),
    ] {
        assert_refused(&with_mode(&zip(&[("odd", b"/etc/passwd")]), mode), code, "odd");
    }
    assert!(open(&with_mode(&zip(&[("plain", b"1")]), 0o100_755)).is_ok());
}

#[test]
fn a_zip_that_is_two_zips_is_refused() {
    let (one, other) = (zip(&[("a.py", b"1")]), zip(&[("a.py", b"2")]));
    assert_refused(&[one.clone(), other.clone()].concat(), "corrupt_archive", "");
    let mut commented = one.clone();
    let end = commented.len() - 2;
    commented[end] = other.len() as u8;
    commented.extend(&other);
    assert_refused(&commented, "corrupt_archive", "");
    commented.truncate(end + 2 + other.len() - 22);
    commented[end] = (other.len() - 22) as u8;
    assert_eq!(open(&commented).unwrap().sha256, open(&one).unwrap().sha256);
}

#[test]
fn what_the_zip_library_says_of_a_name_is_shown_plainly() {
    // The two headers disagree on encryption, which the library tells with the name in it.
    let mut bytes = patched(&zip(&[("x_2J", b"1")]), b"x_2J", b"\x1b[2J");
    bytes[6] |= 1;
    let shown = open(&bytes).unwrap_err().to_string();
    assert!(!shown.contains('\x1b'), "{shown:?}");
}

#[test]
fn what_leads_to_a_left_out_part_has_the_same_fate_in_every_kind() {
    let files: &[File<'_>] = &[("A/.git/config", b"1"), ("a/main.py", b"2")];
    for refusal in [
        Submission::open(folder(files).path(), &limits()).unwrap_err(),
        open(&zip(files)).unwrap_err(),
        open(&tar(files)).unwrap_err(),
    ] {
        assert_eq!(refusal.code(), "case_collision");
    }
}

/// `bytes` with every occurrence of `from` replaced by as many bytes.
fn patched(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = bytes.to_vec();
    let mut found = 0;
    let mut at = 0;
    while let Some(index) = bytes[at..].windows(from.len()).position(|window| window == from) {
        bytes[at + index..at + index + to.len()].copy_from_slice(to);
        at += index + to.len();
        found += 1;
    }
    assert!(found > 0, "nothing to replace");
    bytes
}

/// The zip's first entry with this Unix mode in its central header (APPNOTE 4.3.12, 4.4.15).
fn with_mode(zip: &[u8], mode: u32) -> Vec<u8> {
    let mut zip = zip.to_vec();
    let at = central(&zip) + 38;
    zip[at..at + 4].copy_from_slice(&(mode << 16).to_le_bytes());
    zip
}

/// Where the first central header is.
fn central(zip: &[u8]) -> usize {
    zip.windows(4).position(|window| window == b"PK\x01\x02").unwrap()
}

#[test]
fn zips_that_are_encrypted_or_contradict_themselves_are_refused() {
    let data = vec![b'x'; 5_000];
    let plain = zip(&[("a.py", &data), ("b.py", &data)]);
    let put = |offset: usize, bytes: &[u8]| {
        let mut zip = plain.clone();
        zip[offset..offset + bytes.len()].copy_from_slice(bytes);
        zip
    };
    let both = |local: usize, bytes: &[u8]| {
        let mut zip = put(local, bytes);
        let at = central(&zip) + local + 2;
        zip[at..at + bytes.len()].copy_from_slice(bytes);
        zip
    };
    assert_refused(&both(6, &[1, 0]), "encrypted_entry", "a.py");
    assert_refused(&both(8, &[12, 0]), "unsupported_compression", "a.py");
    assert_refused(&both(8, &[99, 0]), "unsupported_compression", "a.py");

    let at = central(&plain);
    // One name in the local header and another in the directory.
    assert_refused(&put(30, b"z.py"), "corrupt_archive", "");
    // A checksum, a size and an offset that are lies in both or in one of the headers.
    assert_refused(&both(14, &[1, 2, 3, 4]), "corrupt_archive", "");
    assert_refused(&both(22, &[1, 0, 0, 0]), "corrupt_archive", "");
    assert_refused(&both(22, &[255, 255, 255, 127]), "corrupt_archive", "");
    assert_refused(&put(at + 24, &[1, 0, 0, 0]), "corrupt_archive", "");
    assert_refused(&put(at + 42, &[255, 255, 255, 127]), "corrupt_archive", "");
    let end = plain.len() - 22;
    assert_refused(&put(end + 8, &[1, 0, 1, 0]), "corrupt_archive", "");
    assert_refused(&put(end + 8, &[255, 255, 255, 255]), "corrupt_archive", "");
    assert_refused(&put(end + 16, &[0, 0, 0, 0]), "corrupt_archive", "");
}

#[test]
fn entries_that_share_their_bytes_are_refused() {
    // The data of `a` is itself a zip of `b`, and the directory's `b` points into it: every
    // header agrees with every other, as in a bomb that uses its kernel many times.
    let inner = zip_with(&[("b", b"hello")], CompressionMethod::Stored);
    let outer = zip_with(&[("a", &inner), ("b", b"hello")], CompressionMethod::Stored);
    assert_eq!(paths(&open(&outer).unwrap()), ["a", "b"]);
    let header_of_b = outer.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    let data_of_a = (30 + 1u32).to_le_bytes();
    let mut overlapping = outer;
    overlapping[header_of_b + 42..header_of_b + 46].copy_from_slice(&data_of_a);
    assert_refused(&overlapping, "corrupt_archive", "shares bytes");
}

#[test]
fn links_and_specials_in_a_folder_are_refused_and_not_opened() {
    let dir = folder(SOLUTION);
    symlink("/etc/passwd", dir.path().join("docs/link")).unwrap();
    let refusal = Submission::open(dir.path(), &limits()).unwrap_err();
    assert_eq!((refusal.code(), refusal.to_string().contains("docs/link")), ("symlink", true));

    let dir = folder(SOLUTION);
    symlink("courier", dir.path().join("alias")).unwrap();
    assert_eq!(Submission::open(dir.path(), &limits()).unwrap_err().code(), "symlink");

    let dir = folder(SOLUTION);
    nix::unistd::mkfifo(&dir.path().join("pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    assert_eq!(Submission::open(dir.path(), &limits()).unwrap_err().code(), "fifo");
    let pipe = dir.path().join("pipe");
    assert_eq!(Submission::open(&pipe, &limits()).unwrap_err().code(), "not_an_archive");

    let dir = folder(SOLUTION);
    let _socket = UnixListener::bind(dir.path().join("socket")).unwrap();
    assert_eq!(Submission::open(dir.path(), &limits()).unwrap_err().code(), "socket");

    let dir = folder(&[("Makefile", b""), ("makefile", b"")]);
    assert_eq!(Submission::open(dir.path(), &limits()).unwrap_err().code(), "case_collision");
}

#[test]
fn what_is_no_archive_is_named() {
    for (bytes, found) in [
        (b"".as_slice(), "an empty file"),
        (b"print('hello')\n", "a file of another kind"),
        (b"Rar!\x1a\x07\x01\x00", "a RAR archive"),
        (b"7z\xbc\xaf\x27\x1c\0\0", "a 7-Zip archive"),
    ] {
        assert_refused(bytes, "not_an_archive", found);
    }
    assert_refused(
        &gzip(b"print('hello')\n".repeat(100).as_slice()),
        "not_an_archive",
        "compressed data without",
    );
    let missing = Submission::open(Path::new("/nowhere/a.zip"), &limits()).unwrap_err();
    assert_eq!(missing.code(), "not_found");
    assert_eq!(missing.verdict(), takehome::domain::Verdict::InfraFault);
}

#[test]
fn nothing_in_it_is_empty() {
    for bytes in [
        zip(&[]),
        zip(&[("d/", b"")]),
        ended(Vec::new()),
        gzip(&ended(Vec::new())),
        zip(&[(".git/config", b"")]),
    ] {
        assert_refused(&bytes, "empty_submission", "no file");
    }
    assert_eq!(
        Submission::open(folder(&[]).path(), &limits()).unwrap_err().code(),
        "empty_submission"
    );
}

#[test]
fn a_cut_off_archive_is_refused_wherever_it_is_cut() {
    let tar = tar(SOLUTION);
    for (bytes, complete_from) in
        [(zip(SOLUTION), usize::MAX), (gzip(&tar), usize::MAX), (tar.clone(), tar.len() - 512)]
    {
        for end in (0..bytes.len().min(complete_from)).step_by(7) {
            assert!(open(&bytes[..end]).is_err(), "{end} of {}", bytes.len());
        }
        assert!(open(&bytes[..bytes.len() - 1]).is_err() || complete_from < bytes.len());
    }
}

#[test]
fn two_gzip_members_are_one_stream() {
    let tar = tar(SOLUTION);
    let (one, other) = tar.split_at(700);
    let joined = [gzip(one), gzip(other)].concat();
    assert_eq!(open(&joined).unwrap().sha256, open(&tar).unwrap().sha256);
}

#[test]
fn every_limit_has_a_last_allowed_value_in_every_kind_of_source() {
    let files: &[File<'_>] = &[("a/1", b"12345"), ("a/2", b"1234"), ("b", b"123")];
    let exact =
        IntakeLimits { entries: 4, file_bytes: 5, total_bytes: 12, ..IntakeLimits::default() };
    let dir = folder(files);
    for (limits, code) in [
        (exact.clone(), None),
        (IntakeLimits { entries: 3, ..exact.clone() }, Some("too_many_entries")),
        (IntakeLimits { file_bytes: 4, ..exact.clone() }, Some("file_too_large")),
        (IntakeLimits { total_bytes: 11, ..exact.clone() }, Some("total_too_large")),
        (IntakeLimits { scanned_entries: 2, ..exact.clone() }, Some("too_many_scanned_entries")),
    ] {
        let found =
            |result: Result<Submission, Refusal>| result.err().map(|refusal| refusal.code());
        assert_eq!(found(Submission::open(dir.path(), &limits)), code);
        for bytes in [zip(files), tar(files), gzip(&tar(files))] {
            assert_eq!(found(open_with(&bytes, &limits)), code);
        }
    }
    let bytes = zip(files);
    let too_small = IntakeLimits { archive_bytes: bytes.len() as u64 - 1, ..exact };
    assert_eq!(open_with(&bytes, &too_small).unwrap_err().code(), "archive_too_large");
}

#[test]
fn bombs_are_refused_while_they_unpack() {
    let zeros = vec![0; 64 << 10];
    let limits = IntakeLimits { ratio_floor: 32 << 10, ..limits() };
    let code = |bytes: &[u8]| open_with(bytes, &limits).err().map(|refusal| refusal.code());
    assert_eq!(code(&zip(&[("zeros", &zeros)])), Some("compression_ratio"));
    assert_eq!(code(&gzip(&tar(&[("zeros", &zeros)]))), Some("compression_ratio"));
    // Left out, but a stream has to be unpacked to get past it; an entry of a zip has not.
    let left_out: &[File<'_>] = &[(".venv/zeros", &zeros), ("a.py", b"")];
    assert_eq!(code(&gzip(&tar(left_out))), Some("compression_ratio"));
    assert_eq!(code(&zip(left_out)), None);
    // Below the floor anything may be as regular as it likes.
    assert_eq!(code(&zip(&[("zeros", &zeros[..32 << 10])])), None);

    let limits = IntakeLimits { scanned_bytes: 32 << 10, ratio: u64::MAX, ..limits };
    let refusal = open_with(&gzip(&tar(left_out)), &limits).unwrap_err();
    assert_eq!(refusal.code(), "unpacks_too_large");
}

#[test]
fn the_default_limits_stop_what_no_solution_needs() {
    let zeros = vec![0; 2 << 20];
    assert_refused(&gzip(&tar(&[("zeros", &zeros)])), "compression_ratio", "200 times");
    let noise = vec![7; (8 << 20) + 1];
    assert_refused(&tar(&[("big.bin", &noise)]), "file_too_large", "big.bin");
    let many: Vec<String> = (0..5_001).map(|index| format!("f{index}")).collect();
    let many: Vec<File<'_>> = many.iter().map(|path| (path.as_str(), b"".as_slice())).collect();
    assert_refused(&tar(&many), "too_many_entries", "5000");
}

#[test]
fn an_archive_inside_is_a_file_like_any_other() {
    let inner = zip(&[("x", b"1")]);
    let outer = open(&zip(&[("inner.zip", &inner), ("setup.py", b"raise SystemExit")])).unwrap();
    assert_eq!(paths(&outer), ["inner.zip", "setup.py"]);
    assert_eq!(outer.files[0].size, inner.len() as u64);
}

#[test]
fn zips_with_data_descriptors_and_zip64_fields_are_read() {
    let options = SimpleFileOptions::default().large_file(true);
    let mut streamed = ZipWriter::new_stream(Vec::new());
    for (path, data) in SOLUTION {
        streamed.start_file(*path, options).unwrap();
        std::io::Write::write_all(&mut streamed, data).unwrap();
    }
    let bytes = streamed.finish().unwrap().into_inner();
    assert_eq!(open(&bytes).unwrap().sha256, open(&zip(SOLUTION)).unwrap().sha256);
}

#[test]
fn missing_files_are_told_and_the_name_is_the_last_component() {
    let dir = folder(&[]);
    let path = dir.path().join("alice smith.zip");
    fs::write(&path, zip(SOLUTION)).unwrap();
    let submission = Submission::open(&path, &limits()).unwrap();
    assert_eq!(submission.name, "alice smith.zip");
    let required =
        ["courier/__main__.py", "courier", "docs/", "setup.py", "README"].map(str::to_owned);
    assert_eq!(submission.missing(&required), ["setup.py", "README"]);

    write_files(dir.path(), &[("box/bob/main.py", b"")]);
    let bob = Submission::open(&dir.path().join("box/bob"), &limits()).unwrap();
    assert_eq!(bob.name, "bob");
}
