//! Bytes by their digest.

use std::fs;

use takehome::{
    domain::Digest,
    store::{BlobError, Blobs},
};

fn blobs() -> (tempfile::TempDir, Blobs) {
    let dir = tempfile::tempdir().expect("a folder");
    let blobs = Blobs::open(&dir.path().join("blobs")).expect("it opens");
    (dir, blobs)
}

#[test]
fn what_is_kept_comes_back_and_keeping_it_twice_is_keeping_it_once() {
    let (_dir, blobs) = blobs();
    for bytes in [b"".as_slice(), b"one", &[0xff; 70_000]] {
        let digest = blobs.put(bytes).expect("kept");
        assert_eq!(digest, Digest::of(bytes));
        assert_eq!(blobs.put(bytes).expect("kept again"), digest);
        assert_eq!(blobs.get(&digest).expect("read"), bytes);
    }
    assert_eq!(blobs.list().expect("a list").len(), 3);
    let none = blobs.get(&Digest::of(b"never kept"));
    assert!(matches!(none, Err(BlobError::Missing(_))), "{none:?}");
}

#[test]
fn a_crash_before_the_rename_leaves_nothing_that_counts() {
    let (_dir, blobs) = blobs();
    let left = blobs.stage(b"bytes").expect("staged").crash().expect("a file");
    assert!(left.is_file(), "as a process that was killed would leave it");
    let digest = Digest::of(b"bytes");
    assert!(matches!(blobs.get(&digest), Err(BlobError::Missing(_))));
    assert_eq!(blobs.list().expect("a list"), []);
    blobs.put(b"bytes").expect("kept");
    assert_eq!(blobs.get(&digest).expect("read"), b"bytes");
    assert_eq!(blobs.list().expect("a list"), [digest]);
}

#[test]
fn what_was_left_long_ago_is_cleared_and_what_is_being_written_is_not() {
    let (dir, blobs) = blobs();
    let old = blobs.stage(b"old").expect("staged").crash().expect("a file");
    let new = blobs.stage(b"new").expect("staged").crash().expect("a file");
    let before = std::time::SystemTime::now() - std::time::Duration::from_secs(25 * 3600);
    let file = fs::File::options().write(true).open(&old).expect("a file");
    file.set_modified(before).expect("a time");
    Blobs::open(&dir.path().join("blobs")).expect("it opens");
    assert_eq!([old.exists(), new.exists()], [false, true]);
}

#[test]
fn damage_is_noticed_and_mended_by_the_same_bytes() {
    let (_dir, blobs) = blobs();
    let digest = blobs.put(b"bytes").expect("kept");
    for damage in [b"Bytes".as_slice(), b"", b"bytes and more"] {
        fs::write(blobs.path(&digest), damage).expect("written");
        let read = blobs.get(&digest);
        assert!(matches!(read, Err(BlobError::Damaged { .. })), "{read:?}");
        blobs.put(b"bytes").expect("kept");
        assert_eq!(blobs.get(&digest).expect("read"), b"bytes");
    }
}
