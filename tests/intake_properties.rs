//! Properties of the intake: whatever arrives, it does not panic, keeps its limits, and what it
//! accepts is a fixed point.

#[path = "common/archives.rs"]
mod archives;

use std::{collections::BTreeMap, io::Cursor};

use archives::{File, ended, entry, folder, gzip, pax, tar, zip, zip_with};
use proptest::{collection::vec, prelude::*, sample::Index};
use takehome::submission::{IntakeLimits, Refusal, Submission};
use tar::EntryType;
use zip::CompressionMethod;

/// Small enough that random archives reach every limit.
fn limits() -> IntakeLimits {
    IntakeLimits {
        archive_bytes: 64 << 10,
        file_bytes: 2_000,
        total_bytes: 5_000,
        entries: 12,
        scanned_entries: 40,
        scanned_bytes: 32 << 10,
        depth: 5,
        component_bytes: 40,
        path_bytes: 100,
        ratio: 50,
        ratio_floor: 1_000,
        anchors: vec!["pkg/main.py".to_owned()],
    }
}

fn open(bytes: &[u8]) -> Result<Submission, Refusal> {
    Submission::from_archive("a.zip", Cursor::new(bytes), &limits())
}

/// What must hold of any bytes: a refusal that can be shown, or a submission within the limits
/// that is its own canonical form.
fn assert_sound(bytes: &[u8]) {
    let limits = limits();
    let submission = match open(bytes) {
        Ok(submission) => submission,
        Err(refusal) => {
            let text = format!("{refusal} {}", refusal.remedy());
            assert!(!text.chars().any(char::is_control), "{text:?}");
            assert!(text.chars().count() < 1_000, "{text}");
            assert!(
                refusal
                    .code()
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || b"_8".contains(&byte))
            );
            return;
        }
    };
    assert!(!submission.files.is_empty());
    assert!(submission.files.len() <= limits.entries);
    assert!(submission.files.iter().map(|file| file.size).sum::<u64>() <= limits.total_bytes);
    assert!(submission.files.is_sorted_by(|one, other| one.path < other.path));
    for file in &submission.files {
        assert!(file.size <= limits.file_bytes);
        assert!(file.path.len() <= limits.path_bytes);
        assert!(!file.path.contains('\\') && !file.path.chars().any(char::is_control));
        assert!(!file.path.contains("__pycache__/"), "{}", file.path);
        for component in file.path.split('/') {
            assert!(!matches!(component, "" | "." | ".." | ".git"), "{}", file.path);
            assert!(component.len() <= limits.component_bytes);
        }
    }
    let again = open(&submission.tar).expect("the canonical form is accepted");
    assert_eq!(again.sha256, submission.sha256);
    assert_eq!(again.tar, submission.tar);
}

/// Names from pieces that matter to some rule, and from arbitrary text.
fn any_name() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "a", "b", "A", "pkg", "main.py", "é", "e\u{301}", "..", ".", "", ".git", "__pycache__",
            "x.pyc", "C:", "a\\b", "a\nb", "\u{202e}", "ß", "SS", "._x", "venv", "n123456789n123456789n123456789n123456789n",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,12}",
    ];
    (any::<prop::sample::Selector>(), vec(piece, 1..7)).prop_map(|(selector, pieces)| {
        let mut name = pieces.join("/");
        match selector.select(0..8) {
            0 => name.insert(0, '/'),
            1 => name.push('/'),
            2 => name.insert_str(0, "./"),
            _ => {}
        }
        name
    })
}

fn any_files() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
    vec((any_name(), vec(any::<u8>(), 0..60)), 1..8)
}

/// Files that any source can hold: no name is refused, left out, or in another's way.
fn honest_files() -> impl Strategy<Value = BTreeMap<String, Vec<u8>>> {
    let name = vec("[a-z\u{e4}\u{f6}]{1,8}", 0..3)
        .prop_flat_map(|folders| (Just(folders), "[a-z\u{e4}\u{f6}]{1,12}\\.(py|txt)"))
        .prop_map(|(folders, file)| {
            folders.iter().map(|folder| format!("{folder}-d/")).collect::<String>() + &file
        });
    prop::collection::btree_map(name, vec(any::<u8>(), 0..300), 1..4)
}

fn borrowed<'a>(files: impl IntoIterator<Item = (&'a String, &'a Vec<u8>)>) -> Vec<File<'a>> {
    files.into_iter().map(|(path, data)| (path.as_str(), data.as_slice())).collect()
}

/// Small edits: replaced, inserted and removed bytes, a cut, a doubled part.
fn edited(mut bytes: Vec<u8>, edits: &[(u8, Index, u8)]) -> Vec<u8> {
    for (kind, at, byte) in edits {
        if bytes.is_empty() {
            break;
        }
        let at = at.index(bytes.len());
        match kind % 6 {
            0 => bytes[at] = *byte,
            1 => bytes[at] ^= 1 << (byte % 8),
            2 => bytes.insert(at, *byte),
            3 => drop(bytes.remove(at)),
            4 => bytes.truncate(at),
            _ => bytes.extend_from_within(at..),
        }
    }
    bytes
}

/// A tar with entries of any type, name and extension, and right checksums.
fn odd_tar(entries: &[(u8, String, Vec<u8>)]) -> Vec<u8> {
    let kinds = [
        EntryType::Regular,
        EntryType::Regular,
        EntryType::Directory,
        EntryType::Symlink,
        EntryType::GNULongName,
        EntryType::XHeader,
        EntryType::XGlobalHeader,
        EntryType::GNUSparse,
    ];
    let bytes = entries
        .iter()
        .flat_map(|(kind, name, data)| match kind % 16 {
            8 => pax(&[("path", name.as_bytes())]),
            9 => pax(&[("size", data.len().to_string().as_bytes()), ("path", name.as_bytes())]),
            10 => entry(EntryType::GNULongName, b"././@LongLink", name.as_bytes()),
            11 => entry(EntryType::XHeader, b"x", data),
            12..=15 => entry(EntryType::Regular, name.as_bytes(), data),
            kind => entry(kinds[usize::from(kind)], name.as_bytes(), data),
        })
        .collect();
    ended(bytes)
}

/// A hundred cases on every run; `PROPTEST_CASES=20000` for a thorough one.
fn config() -> ProptestConfig {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 100;
    }
    config
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn random_bytes_behind_any_magic_are_refused_or_sound(
        magic in prop::sample::select(vec![
            b"".as_slice(), b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08\x00", b"\x1f\x8b\x08\x08",
        ]),
        bytes in vec(any::<u8>(), 0..1_500),
    ) {
        assert_sound(&[magic, &bytes].concat());
        assert_sound(&gzip(&bytes));
    }

    #[test]
    fn edited_archives_are_refused_or_sound(
        files in honest_files(),
        edits in vec((any::<u8>(), any::<Index>(), any::<u8>()), 1..5),
    ) {
        let files = borrowed(&files);
        for bytes in [zip(&files), zip_with(&files, CompressionMethod::Stored), tar(&files), gzip(&tar(&files))] {
            assert_sound(&edited(bytes, &edits));
        }
        assert_sound(&gzip(&edited(tar(&files), &edits)));
    }

    #[test]
    fn any_names_are_refused_or_sound(files in any_files()) {
        let mut unique = BTreeMap::new();
        for (path, data) in &files {
            unique.entry(path.clone()).or_insert(data.clone());
        }
        // The writer of the zip library refuses duplicates and empty names itself.
        unique.remove("");
        assert_sound(&zip(&borrowed(&unique)));
        let all: Vec<File<'_>> = files.iter().map(|(path, data)| (path.as_str(), data.as_slice())).collect();
        assert_sound(&tar(&all));
        assert_sound(&gzip(&tar(&all)));
    }

    #[test]
    fn tars_of_odd_entries_are_refused_or_sound(
        entries in vec((any::<u8>(), any_name(), vec(any::<u8>(), 0..40)), 1..8),
    ) {
        assert_sound(&odd_tar(&entries));
    }

    #[test]
    fn the_same_files_have_the_same_digest_in_every_kind(
        files in honest_files(),
        wrapper in prop::option::of("[A-Z]{1,6}"),
    ) {
        let mut files = files;
        files.insert("pkg/main.py".to_owned(), b"x".to_vec());
        let packed: BTreeMap<String, Vec<u8>> = match wrapper {
            Some(wrapper) => files.iter().map(|(path, data)| (format!("{wrapper}/{path}"), data.clone())).collect(),
            None => files.clone(),
        };
        let packed = borrowed(&packed);
        let mut reversed = packed.clone();
        reversed.reverse();
        let dir = folder(&packed);
        let found = Submission::open(dir.path(), &limits()).unwrap();
        let paths: Vec<&String> = found.files.iter().map(|file| &file.path).collect();
        prop_assert_eq!(paths, files.keys().collect::<Vec<_>>());
        for bytes in [zip(&packed), zip(&reversed), tar(&reversed), gzip(&tar(&packed)), found.tar.to_vec()] {
            prop_assert_eq!(open(&bytes).unwrap().sha256, found.sha256);
        }
    }

    #[test]
    fn a_display_name_is_one_short_plain_line(name in any::<String>()) {
        let shown = Submission::from_archive(&name, Cursor::new(tar(&[("a.py", b"")])), &limits()).unwrap().name;
        prop_assert!(!shown.is_empty() && shown.chars().count() <= 121);
        prop_assert!(!shown.chars().any(|char| char.is_control() || char == '/'));
    }
}
