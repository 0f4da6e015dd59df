//! Uploads that are wrong, too large, or interrupted by the end of the process.

use std::{convert::Infallible, fs, path::Path, sync::Arc};

use axum::{
    body::{Body, Bytes},
    http::Request,
};
use futures_util::{StreamExt as _, stream};
use serde_json::Value;
use takehome::{
    hiring::State,
    portal::Settings,
    receiving::{ReceiptKey, Reception, Spool},
    store::{Clock, Uploads as _},
};

use crate::{
    archives::zip,
    place::{Invited, Place, multipart},
};

const MIB: u64 = 1 << 20;

fn archive() -> Vec<u8> {
    zip(&[("tiny.py", b"def total(numbers):\n    return sum(numbers)\n")])
}

async fn small() -> Place {
    Place::with(|settings: &mut Settings| settings.upload_bytes = MIB).await
}

/// What is left in the spool.
fn spooled(place: &Place) -> Vec<String> {
    let entries = fs::read_dir(place.path().join("spool")).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    names.filter_map(|name| name.into_string().ok()).filter(|name| name != ".lock").collect()
}

async fn put(place: &Place, ada: &Invited, bytes: impl Into<Body>) -> (u16, Value) {
    let said = place.put(&format!("{}/upload", ada.path), bytes).await;
    (said.status, serde_json::from_str(&said.text).unwrap_or(Value::Null))
}

#[tokio::test]
async fn an_archive_that_is_none_is_refused_with_what_to_do_and_nothing_is_kept() {
    let place = small().await;
    let ada = place.started("Ada").await;
    let bomb = zip(&[("tiny.py", b"x = 1\n"), ("zeros", &vec![0; 4 << 20])]);
    let outside = zip(&[("tiny.py", b"x = 1\n"), ("../../etc/passwd", b"x")]);
    let cases: [(Vec<u8>, &str); 6] = [
        (b"not an archive".to_vec(), "not_an_archive"),
        (archive()[..50].to_vec(), "corrupt_archive"),
        (bomb, "compression_ratio"),
        (outside, "parent_component"),
        (zip(&[("other.py", b"x = 1\n")]), "missing_file"),
        (Vec::new(), "empty_upload"),
    ];
    for (bytes, code) in cases {
        let (status, problem) = put(&place, &ada, bytes).await;
        assert_eq!((status, problem["code"].as_str()), (422, Some(code)), "{problem}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.len() > 20), "{problem}");
    }
    assert_eq!(place.state(&ada).await, State::Started);
    assert!(place.uploads(&ada).await.is_empty() && spooled(&place).is_empty());
    let page = place.upload(&ada, "x.zip", b"nonsense").await;
    assert_eq!(page.status, 422);
    for said in ["This archive was not taken", "not a zip or tar archive", "name=\"archive\""] {
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
}

#[tokio::test]
async fn more_than_the_limit_is_refused_by_what_is_claimed_and_by_what_comes() {
    let place = small().await;
    let ada = place.started("Ada").await;
    // Ten gigabytes that are claimed: not a byte is read.
    let never = stream::pending::<Result<Bytes, Infallible>>();
    let request = Request::put(format!("{}/upload", ada.path))
        .header("content-length", 10_u64 << 30)
        .body(Body::from_stream(never))
        .expect("a request");
    let said = place.ask(request).await;
    assert_eq!(said.status, 413);
    assert!(said.text.contains("upload_too_large"), "{}", said.text);
    // And ten gigabytes that are not: reading ends soon after the limit.
    let pieces = Arc::new(std::sync::atomic::AtomicU64::new(0));
    let counted = pieces.clone();
    let endless = stream::iter(0..10 << 14).map(move |_| {
        counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Ok::<_, Infallible>(Bytes::from(vec![7; 64 << 10]))
    });
    let (status, problem) = put(&place, &ada, Body::from_stream(endless)).await;
    assert_eq!((status, problem["code"].as_str()), (413, Some("upload_too_large")));
    assert!(pieces.load(std::sync::atomic::Ordering::Relaxed) <= 32, "it read on");
    // The same by a form.
    let form = place.form(&ada.path).await;
    let (kind, body) = multipart(&form, "x.zip", &vec![7; 3 << 20]);
    let request = Request::post(format!("{}/upload", ada.path)).header("content-type", kind);
    let said = place.ask(request.body(Body::from(body)).expect("a request")).await;
    assert_eq!(said.status, 413);
    assert!(said.text.contains("larger than 1048576 bytes"), "{}", said.text);
    assert!(spooled(&place).is_empty());
}

#[tokio::test]
async fn a_form_without_its_word_or_with_another_ones_is_refused_before_the_archive() {
    let place = small().await;
    let (ada, bob) = (place.started("Ada").await, place.started("Bob").await);
    for form in ["", "nonsense", place.form(&bob.path).await.as_str()] {
        let (kind, body) = multipart(form, "x.zip", &archive());
        let request = Request::post(format!("{}/upload", ada.path)).header("content-type", kind);
        let said = place.ask(request.body(Body::from(body)).expect("a request")).await;
        assert_eq!(said.status, 403, "{form}");
    }
    let bare = "--edge\r\ncontent-disposition: form-data; name=\"archive\"; filename=\"x.zip\"\r\n\r\nx\r\n--edge--\r\n";
    let request = Request::post(format!("{}/upload", ada.path))
        .header("content-type", "multipart/form-data; boundary=edge");
    let said = place.ask(request.body(Body::from(bare)).expect("a request")).await;
    assert_eq!(said.status, 400);
    assert!(place.uploads(&ada).await.is_empty() && spooled(&place).is_empty());
}

#[tokio::test]
async fn an_upload_that_breaks_off_counts_for_nothing() {
    let place = small().await;
    let ada = place.started("Ada").await;
    let broken = stream::iter([
        Ok(Bytes::from(archive()[..20].to_vec())),
        Err(std::io::Error::other("the line went dead")),
    ]);
    let (status, problem) = put(&place, &ada, Body::from_stream(broken)).await;
    assert_eq!((status, problem["code"].as_str()), (400, Some("upload_broken_off")));
    assert!(place.uploads(&ada).await.is_empty() && spooled(&place).is_empty());
}

#[tokio::test]
async fn a_script_gets_json_and_what_was_wrong_as_a_document() {
    let place = small().await;
    let ada = place.started("Ada").await;
    let form = place.form(&ada.path).await;
    let send = async |bytes: &[u8]| {
        let (kind, body) = multipart(&form, "x.zip", bytes);
        let request = Request::post(format!("{}/upload", ada.path))
            .header("content-type", kind)
            .header("accept", "application/json");
        place.ask(request.body(Body::from(body)).expect("a request")).await
    };
    let wrong = send(b"nonsense").await;
    assert_eq!((wrong.status, wrong.header("content-type")), (422, "application/problem+json"));
    let good = send(&archive()).await;
    let said: Value = serde_json::from_str(&good.text).expect("JSON");
    assert_eq!((good.status, said["attempt"].as_u64()), (201, Some(1)));
    assert!(said["receipt"].as_str().expect("a receipt").starts_with("takehome receipt 1\n"));
}

#[tokio::test]
async fn uploads_are_limited_by_candidate() {
    let place = small().await;
    let (ada, bob) = (place.started("Ada").await, place.started("Bob").await);
    let mut last = 0;
    for _ in 0..15 {
        (last, _) = put(&place, &ada, b"nonsense".to_vec()).await;
    }
    assert_eq!(last, 429);
    assert_eq!(put(&place, &bob, archive()).await.0, 201);
}

/// As the next process has it, over the same home.
fn reception(place: &Place) -> Reception {
    let clock: Arc<dyn Clock> = Arc::new(place.clock.clone());
    Reception::new(
        place.app.store.clone(),
        place.app.blobs.clone(),
        Spool::open(&place.path().join("spool2")).expect("a folder"),
        ReceiptKey::open(&place.path().join("keys/receipt.pem")).expect("a key"),
        clock,
        0,
    )
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        fs::copy(&path, to.join(path.file_name().expect("a name"))).expect("copied");
    }
}

#[tokio::test]
async fn what_was_complete_and_not_recorded_is_recorded_once_at_the_next_start() {
    let place = small().await;
    let ada = place.started("Ada").await;
    let spool = Spool::open(&place.path().join("spool1")).expect("a folder");
    let mut incoming = spool.begin(MIB).await.expect("a file");
    incoming.write(&archive()).await.expect("taken");
    let now = place.clock.now_ms();
    incoming.complete(&ada.code, "tiny", "a.zip", now, now).await.expect("complete");
    // The process ends here, and its spool is what the next one finds, twice.
    copy(&place.path().join("spool1"), &place.path().join("spool2"));
    let task = place.app.library.task("tiny").await.expect("a challenge");
    let find = async |id: &str| (id == "tiny").then(|| task.challenge.clone());
    let next = reception(&place);
    assert_eq!(next.recover(find).await.expect("recovered"), 1);
    assert_eq!(place.state(&ada).await, State::Submitted);
    copy(&place.path().join("spool1"), &place.path().join("spool2"));
    next.recover(find).await.expect("recovered");
    let uploads = place.app.store.uploads(&ada.code).await.expect("read");
    assert_eq!(uploads.len(), 1, "once");
    assert_eq!(uploads[0].original_name, "a.zip");
}
