//! Checks, backups and exports of records and submissions together.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, sync::Arc};

use takehome::store::{
    Blobs, ManualClock, Restored, SqliteStore, Store as _, StoreError, restore,
    upkeep::{self, BLOBS, DATABASE, KEYS, STORE},
};

use super::made::{Made, report};

/// A store with two submissions, one graded, and their bytes.
async fn filled() -> (Made, Blobs, String) {
    let made = Made::new().await;
    let blobs = Blobs::open(&made.dir.path().join("store").join(BLOBS)).expect("it opens");
    for bytes in ["alice", "bob"] {
        blobs.put(bytes.as_bytes()).expect("kept");
    }
    made.batch(&["alice", "bob"]).await;
    let lease = made.claim("a").await.expect("work").lease;
    made.store.complete(&lease, &report(&lease.grading, 50.0)).await.expect("written");
    (made, blobs, lease.grading)
}

#[tokio::test]
async fn a_sound_store_has_no_problem_and_a_missing_or_damaged_submission_is_one() {
    let (made, blobs, _) = filled().await;
    let checked = upkeep::check(&made.store, &blobs).await.expect("checked");
    assert_eq!((checked.problems.len(), checked.submissions), (0, 2));
    let digests = blobs.list().expect("a list");
    fs::write(blobs.path(&digests[0]), "damage").expect("written");
    fs::remove_file(blobs.path(&digests[1])).expect("removed");
    let problems = upkeep::check(&made.store, &blobs).await.expect("checked").problems;
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].contains("damaged") && problems[1].contains("not in the store"));
}

#[tokio::test]
async fn a_backup_is_restored_whole_and_over_nothing() {
    let (made, blobs, grading) = filled().await;
    let file = made.dir.path().join("backup.tar");
    let keys = made.dir.path().join(KEYS);
    fs::create_dir(&keys).expect("a folder");
    fs::write(keys.join("receipt.pem"), "a key").expect("a file");
    let done = upkeep::back_up(&made.store, &blobs, &keys, &file).await;
    assert_eq!(done.expect("written"), 2);
    let again = upkeep::back_up(&made.store, &blobs, &keys, &file).await;
    assert!(matches!(again, Err(StoreError::Blob(_))), "{again:?}");

    let home = made.dir.path().join("new home");
    let restored = restore(&file, &home).await.expect("restored");
    assert_eq!(restored, Restored { submissions: 2, keys: 1 });
    assert_eq!(fs::read_to_string(home.join(KEYS).join("receipt.pem")).expect("a key"), "a key");
    for path in [home.join(STORE), home.join(KEYS)] {
        let mode = fs::metadata(&path).expect("a folder").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} is open to others", path.display());
    }
    assert_eq!(fs::read_dir(&home).expect("a folder").count(), 2, "nothing else is left there");
    let clock = Arc::new(ManualClock::default());
    let database = home.join(STORE).join(DATABASE);
    let store = SqliteStore::open(&database, clock, Arc::new(|_| false)).await.expect("it opens");
    let copy = Blobs::open(&home.join(STORE).join(BLOBS)).expect("it opens");
    let checked = upkeep::check(&store, &copy).await.expect("checked");
    assert_eq!((checked.problems.len(), checked.submissions), (0, 2));
    let (was, is) = (made.store.report(&grading).await, store.report(&grading).await);
    assert_eq!(was.expect("read"), is.expect("read"));
    assert_eq!(made.store.audit(None).await.expect("read"), store.audit(None).await.expect("read"));

    let over = restore(&file, &home).await;
    assert!(matches!(over, Err(StoreError::Occupied(_))), "{over:?}");
}

/// A tar with these files.
fn tar_of(path: &Path, files: &[(&str, &[u8])]) {
    let mut tar = tar::Builder::new(fs::File::create(path).expect("a file"));
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        // As it stands: `append_data` would refuse a way out of the folder.
        header.as_ustar_mut().expect("ustar").name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        tar.append(&header, *bytes).expect("written");
    }
    tar.finish().expect("written");
}

#[tokio::test]
async fn what_is_no_whole_backup_restores_nothing() {
    let (made, blobs, _) = filled().await;
    let dir = tempfile::tempdir().expect("a folder");
    let whole = dir.path().join("whole.tar");
    let none = dir.path().join("none");
    upkeep::back_up(&made.store, &blobs, &none, &whole).await.expect("written");
    let bytes = fs::read(&whole).expect("read");
    let file = dir.path().join("bad.tar");
    let home = dir.path().join("home");
    let cut = |length: usize| fs::write(&file, &bytes[..length]).expect("written");
    let spoilt: [&dyn Fn(); 6] = [
        &|| fs::write(&file, "no tar").expect("written"),
        &|| cut(bytes.len() / 2),
        &|| tar_of(&file, &[("takehome.db", b"no database")]),
        &|| tar_of(&file, &[("keys/receipt.pem", b"a key")]),
        &|| tar_of(&file, &[("../keys/receipt.pem", b"a key")]),
        &|| tar_of(&file, &[("blobs/../../x", b"out of it")]),
    ];
    for (number, spoil) in spoilt.iter().enumerate() {
        spoil();
        let refused = restore(&file, &home).await;
        assert!(refused.is_err(), "{number} was restored");
        assert_eq!(fs::read_dir(&home).map_or(0, Iterator::count), 0, "{number} left something");
    }
    assert!(!dir.path().join("keys").exists() && !dir.path().join("x").exists());
}

#[tokio::test]
async fn a_backup_with_a_damaged_submission_is_refused_and_leaves_nothing() {
    let (made, blobs, _) = filled().await;
    fs::write(blobs.path(&blobs.list().expect("a list")[0]), "damage").expect("written");
    let to = tempfile::tempdir().expect("a folder");
    let refused =
        upkeep::back_up(&made.store, &blobs, &to.path().join(KEYS), &to.path().join("backup.tar"))
            .await;
    assert!(matches!(refused, Err(StoreError::Blob(_))), "{refused:?}");
    assert_eq!(fs::read_dir(to.path()).expect("a folder").count(), 0);
}

#[tokio::test]
async fn an_export_has_a_line_of_json_for_each_record() {
    let (made, _, _) = filled().await;
    let file = made.dir.path().join("records.jsonl");
    let count = upkeep::export(&made.store, &file).await.expect("written");
    let text = fs::read_to_string(&file).expect("read");
    assert_eq!(text.lines().count(), count);
    for line in text.lines() {
        let record: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert!(record["type"].is_string());
    }
}
