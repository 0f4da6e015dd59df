//! What is SQLite's own: several processes, the triggers, copies.

use std::{collections::BTreeSet, sync::Arc};

use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use takehome::store::{ManualClock, SqliteStore, Store as _, StoreError};

use super::made::{Made, report};

async fn raw(made: &Made) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(made.file());
    SqliteConnection::connect_with(&options).await.expect("a connection")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_claim_everything_once() {
    let made = Made::new().await;
    let names: Vec<String> = (0..40).map(|number| format!("candidate-{number:02}")).collect();
    made.batch(&names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let work = |owner: &'static str, made: Made| async move {
        let mut claimed = Vec::new();
        while let Some(claim) = made.claim(owner).await {
            let written = report(&claim.lease.grading, 1.0);
            made.store.complete(&claim.lease, &written).await.expect("written");
            claimed.push(claim.candidate);
        }
        claimed
    };
    let other = made.another().await;
    let third = made.another().await;
    let (a, b) = tokio::join!(tokio::spawn(work("a", other)), tokio::spawn(work("b", third)));
    let (a, b) = (a.expect("a"), b.expect("b"));
    assert_eq!(a.len() + b.len(), names.len(), "none twice");
    let all: BTreeSet<String> = a.into_iter().chain(b).collect();
    assert_eq!(all.into_iter().collect::<Vec<_>>(), names);
    assert_eq!(made.store.problems().await.expect("checked"), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_may_make_the_database_at_once() {
    let dir = Arc::new(tempfile::tempdir().expect("a folder"));
    let open = || {
        let file = dir.path().join("new/takehome.db");
        tokio::spawn(async move {
            let clock = Arc::new(ManualClock::default());
            SqliteStore::open(&file, clock, Arc::new(|_| false)).await.map(drop)
        })
    };
    let (a, b) = tokio::join!(open(), open());
    a.expect("a").expect("it opens");
    b.expect("b").expect("it opens");
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_what_is_finished() {
    let made = Made::new().await;
    made.batch(&["alice"]).await;
    let lease = made.claim("a").await.expect("work").lease;
    made.store.complete(&lease, &report(&lease.grading, 1.0)).await.expect("written");
    let mut raw = raw(&made).await;
    for statement in [
        "UPDATE audit SET detail = ''",
        "DELETE FROM audit",
        "UPDATE gradings SET score = 100",
        "UPDATE gradings SET state = 'queued'",
        "DELETE FROM gradings",
        "UPDATE reports SET json = '{}'",
        "DELETE FROM reports",
        "UPDATE test_results SET outcome = 'passed'",
        "DELETE FROM test_results",
    ] {
        let error = sqlx::query(statement).execute(&mut raw).await.expect_err(statement);
        assert!(error.to_string().contains("never") || error.to_string().contains("append-only"));
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_left_alone() {
    let made = Made::new().await;
    let later = "INSERT INTO _sqlx_migrations (version, description, success, checksum, \
                 execution_time) VALUES (999, 'later', 1, x'00', 1)";
    sqlx::query(later).execute(&mut raw(&made).await).await.expect("written");
    let clock = Arc::new(ManualClock::default());
    let opened = SqliteStore::open(&made.file(), clock, Arc::new(|_| false)).await;
    assert!(matches!(opened.map(drop), Err(StoreError::Newer(_))));
}

#[tokio::test]
async fn a_finished_grading_without_a_readable_report_is_a_problem() {
    let made = Made::new().await;
    made.batch(&["alice", "bob"]).await;
    for _ in 0..2 {
        let lease = made.claim("a").await.expect("work").lease;
        made.store.complete(&lease, &report(&lease.grading, 1.0)).await.expect("written");
    }
    let mut raw = raw(&made).await;
    for statement in [
        "DROP TRIGGER reports_are_never_deleted",
        "DROP TRIGGER reports_never_change",
        "UPDATE reports SET json = '{\"schema\": 1}' WHERE rowid = 1",
        "DELETE FROM reports WHERE rowid = 2",
    ] {
        sqlx::query(statement).execute(&mut raw).await.expect(statement);
    }
    let problems = made.store.problems().await.expect("checked");
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].contains("cannot be read"), "{problems:?}");
    assert!(problems[1].contains("no report"), "{problems:?}");
}

#[tokio::test]
async fn a_snapshot_holds_everything_and_the_export_has_every_record() {
    let made = Made::new().await;
    made.batch(&["<script>", "=cmd|' /C calc'!A0"]).await;
    let lease = made.claim("a").await.expect("work").lease;
    let written = report(&lease.grading, 1.0);
    made.store.complete(&lease, &written).await.expect("written");
    let copy = made.dir.path().join("copy.db");
    made.store.snapshot(&copy).await.expect("copied");
    made.store.snapshot(&copy).await.expect_err("it is never written over");
    let clock = Arc::new(ManualClock::default());
    let copy = SqliteStore::open(&copy, clock, Arc::new(|_| false)).await.expect("it opens");
    assert_eq!(copy.report(&lease.grading).await.expect("read"), Some(written.clone()));
    let mut records = Vec::new();
    copy.export(&mut |record| {
        records.push(record);
        Ok(())
    })
    .await
    .expect("exported");
    let of = |kind: &str| records.iter().filter(|record| record["type"] == kind).count();
    let counts =
        ["challenge", "candidate", "submission", "batch", "grading", "batch_entry"].map(of);
    assert_eq!(counts, [1, 2, 2, 1, 2, 2]);
    let found = records.iter().find(|record| record["id"] == lease.grading.as_str());
    let expected = serde_json::to_value(&written).expect("JSON");
    assert_eq!(found.expect("the grading")["report"], expected);
}
