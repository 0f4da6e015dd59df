//! A home whose store has gradings, without an engine.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::{path::Path, time::Duration};

use takehome::{
    batch::Records,
    domain::{Digest, Report},
    store::{Ask, BatchId, BatchKind, BatchOptions, Content, NewBatch, NewEntry, Which},
};

/// Queues a batch of one candidate a report, and finishes it with those.
pub async fn grade(home: &Path, reports: &[Report]) -> BatchId {
    let batch = queue(home, reports).await;
    let records = Records::open(home).await.expect("it opens");
    let ask =
        Ask { which: Which::Batch(batch), owner: "a test".into(), lease: Duration::from_secs(60) };
    while let Some(claim) = records.store.claim(&ask).await.expect("an answer") {
        let result = reports.iter().find(|report| report.submission == claim.original_name);
        let result = result.expect("a report").clone();
        let result = Report { grading_id: claim.lease.grading.clone(), ..result };
        records.store.complete(&claim.lease, &result).await.expect("written");
    }
    batch
}

/// Queues a batch of one candidate a report; the challenge and suite are those of the first.
pub async fn queue(home: &Path, reports: &[Report]) -> BatchId {
    let records = Records::open(home).await.expect("it opens");
    let entries = reports.iter().map(|report| NewEntry {
        candidate: report.submission.clone(),
        original_name: report.submission.clone(),
        content: Content::Kept { sha256: Digest::of(report.submission.as_bytes()), seed: 7 },
        previous: None,
    });
    let new = NewBatch {
        kind: BatchKind::Grade,
        challenge: reports[0].challenge.clone(),
        suite_sha256: reports[0].provenance.suite_sha256.expect("a suite"),
        options: BatchOptions::default(),
        again: true,
        entries: entries.collect(),
    };
    records.store.enqueue(&new).await.expect("queued").batch
}
