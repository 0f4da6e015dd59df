//! Checks, backups and exports of records and submissions together.

use std::{fs, sync::Arc};

use takehome::store::{
    Blobs, ManualClock, SqliteStore, Store as _, StoreError,
    upkeep::{self, BLOBS, DATABASE},
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
async fn a_backup_is_restored_by_unpacking_it() {
    let (made, blobs, grading) = filled().await;
    let file = made.dir.path().join("backup.tar");
    assert_eq!(upkeep::back_up(&made.store, &blobs, &file).await.expect("written"), 2);
    let again = upkeep::back_up(&made.store, &blobs, &file).await;
    assert!(matches!(again, Err(StoreError::Blob(_))), "{again:?}");

    let home = tempfile::tempdir().expect("a folder");
    let tar = fs::File::open(&file).expect("a backup");
    tar::Archive::new(tar).unpack(home.path()).expect("unpacked");
    let clock = Arc::new(ManualClock::default());
    let database = home.path().join(DATABASE);
    let store = SqliteStore::open(&database, clock, Arc::new(|_| false)).await.expect("it opens");
    let restored = Blobs::open(&home.path().join(BLOBS)).expect("it opens");
    let checked = upkeep::check(&store, &restored).await.expect("checked");
    assert_eq!((checked.problems.len(), checked.submissions), (0, 2));
    let (was, is) = (made.store.report(&grading).await, store.report(&grading).await);
    assert_eq!(was.expect("read"), is.expect("read"));
    assert_eq!(made.store.audit(None).await.expect("read"), store.audit(None).await.expect("read"));
}

#[tokio::test]
async fn a_backup_with_a_damaged_submission_is_refused_and_leaves_nothing() {
    let (made, blobs, _) = filled().await;
    fs::write(blobs.path(&blobs.list().expect("a list")[0]), "damage").expect("written");
    let to = tempfile::tempdir().expect("a folder");
    let refused = upkeep::back_up(&made.store, &blobs, &to.path().join("backup.tar")).await;
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
