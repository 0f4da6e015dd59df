//! What holds of every submission that is accepted, and of every refusal.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
    path::Path,
};

use flate2::read::MultiGzDecoder;
use takehome::{
    domain::Verdict,
    submission::{IntakeLimits, Refusal, Submission},
};
use unicode_normalization::UnicodeNormalization as _;

/// Small enough that inputs reach every limit.
pub fn limits() -> IntakeLimits {
    IntakeLimits {
        archive_bytes: 64 << 10,
        file_bytes: 4_000,
        total_bytes: 8_000,
        entries: 12,
        scanned_entries: 40,
        scanned_bytes: 40 << 10,
        depth: 5,
        component_bytes: 40,
        path_bytes: 100,
        ratio: 50,
        ratio_floor: 1_000,
        anchors: vec!["pkg/main.py".to_owned()],
    }
}

/// A refusal that can be shown and is never the machine's fault, or a submission within the limits
/// that is its own canonical form and holds what other readers see.
pub fn check(archive: &[u8], path: &Path, others: impl Fn(&[u8]) -> Result<Files, String>) {
    let limits = limits();
    match Submission::open(path, &limits) {
        Err(refusal) => refused(&refusal),
        Ok(submission) => accepted(&submission, &limits),
    }
    let bare = IntakeLimits { anchors: Vec::new(), ..limits };
    // A reader that refuses what is accepted here hides nothing.
    if let (Ok(submission), Ok(files)) = (Submission::open(path, &bare), others(archive)) {
        same_as_others_see(&submission, files);
    }
}

pub fn refused(refusal: &Refusal) {
    let text = format!("{refusal} {}", refusal.remedy());
    assert!(!text.chars().any(char::is_control), "{text:?}");
    assert!(text.chars().count() < 1_000, "{text}");
    assert!(refusal.code().bytes().all(|b| b.is_ascii_lowercase() || b"_8".contains(&b)));
    assert_eq!(refusal.verdict(), Verdict::CandidateFault, "{text}");
}

pub fn accepted(submission: &Submission, limits: &IntakeLimits) {
    let files = &submission.files;
    assert!(!files.is_empty() && files.len() <= limits.entries);
    assert!(files.iter().map(|file| file.size).sum::<u64>() <= limits.total_bytes);
    assert!(files.is_sorted_by(|one, other| one.path < other.path));
    for file in files {
        assert!(file.size <= limits.file_bytes);
        assert!(file.path.len() <= limits.path_bytes);
        assert!(!file.path.contains('\\') && !file.path.chars().any(char::is_control));
        assert!(file.path.split('/').count() <= limits.depth);
        for component in file.path.split('/') {
            assert!(!matches!(component, "" | "." | ".." | ".git"), "{}", file.path);
            assert!(component.len() <= limits.component_bytes);
            let drive = matches!(component.as_bytes(), [b'a'..=b'z' | b'A'..=b'Z', b':', ..]);
            assert!(!drive, "{}", file.path);
        }
    }
    // Two headers with padding, and for a long name a pax record with a header of its own.
    let most = limits.total_bytes + (limits.entries as u64 + 1) * 4 * 512;
    assert!(submission.tar.len() as u64 <= most, "{} bytes", submission.tar.len());

    let roomy = IntakeLimits { archive_bytes: most, scanned_bytes: most, ..limits.clone() };
    let again = Submission::from_archive("a", Cursor::new(&submission.tar), &roomy)
        .expect("the canonical form is accepted");
    assert_eq!(again.sha256, submission.sha256);
    assert_eq!(again.tar, submission.tar);
}

/// Regular files by the names that other readers of the format give them.
pub type Files = Vec<(Vec<u8>, Vec<u8>)>;

/// An archive that two readers understand in two ways hides something from one of them.
fn same_as_others_see(submission: &Submission, others: Files) {
    let mut seen: BTreeMap<String, Vec<u8>> =
        others.into_iter().map(|(name, data)| (normal(&name), data)).collect();
    for file in &submission.files {
        let data = seen.remove(&file.path);
        assert_eq!(data, submission.read(&file.path), "{} is seen otherwise", file.path);
    }
    if submission.left_out.is_empty() {
        assert!(seen.is_empty(), "others also see {:?}", seen.keys());
    }
}

fn normal(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    let parts: Vec<String> =
        name.split('/').filter(|part| *part != ".").map(|part| part.nfc().collect()).collect();
    parts.join("/")
}

/// What the zip library's index has.
pub fn in_zip(archive: &[u8]) -> Result<Files, String> {
    let text = |error: zip::result::ZipError| error.to_string();
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).map_err(text)?;
    let mut files = Files::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(text)?;
        let name = entry.name_raw().to_vec();
        let folder = entry.unix_mode().is_some_and(|mode| mode & 0o170_000 == 0o040_000);
        if folder || name.ends_with(b"/") {
            continue;
        }
        let mut data = Vec::new();
        entry.read_to_end(&mut data).map_err(|error| error.to_string())?;
        files.push((name, data));
    }
    Ok(files)
}

/// What the tar library's iterator gives.
pub fn in_tar(archive: &[u8]) -> Result<Files, String> {
    let text = |error: std::io::Error| error.to_string();
    let mut archive = tar::Archive::new(archive);
    let mut files = Files::new();
    for entry in archive.entries().map_err(text)? {
        let mut entry = entry.map_err(text)?;
        let name = entry.path_bytes().into_owned();
        let kind = entry.header().entry_type();
        if !(kind.is_file() || kind.is_contiguous()) || name.ends_with(b"/") {
            continue;
        }
        let mut data = Vec::new();
        entry.read_to_end(&mut data).map_err(text)?;
        files.push((name, data));
    }
    Ok(files)
}

/// The same of a compressed one.
pub fn in_tar_gz(archive: &[u8]) -> Result<Files, String> {
    let mut bytes = Vec::new();
    let read = MultiGzDecoder::new(archive).take(1 << 20).read_to_end(&mut bytes);
    read.map_err(|error| error.to_string())?;
    in_tar(&bytes)
}
