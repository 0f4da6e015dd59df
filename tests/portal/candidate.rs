//! What a candidate sees and does, by a personal link.

use std::io::Cursor;

use futures_util::StreamExt as _;
use takehome::{
    hiring::{Actor, Attempts, Event, State, Token},
    portal::Settings,
    receiving::{public_key, verify},
    store::Invitations as _,
};

use crate::{
    archives::zip,
    place::{DAY, Place},
};

const RIGHT: &[u8] = b"def total(numbers):\n    return sum(numbers)\n\n\ndef first(numbers):\n    return numbers[0]\n";

fn archive() -> Vec<u8> {
    zip(&[("tiny.py", RIGHT)])
}

#[tokio::test]
async fn a_task_is_opened_started_downloaded_and_handed_in() {
    let place = Place::new().await;
    let ada = place.invite("Ada").await;
    let page = place.get(&ada.path).await;
    assert_eq!(page.status, 200, "{}", page.text);
    for said in [
        "Tiny: enough of a challenge",
        "Sunday 6 December 2026, 18:00 UTC",
        "90 minutes",
        "total: 60 of 100",
        "You may use them as you would at work.",
        "As many as you like until the deadline; the latest counts.",
        "5 January 2027",
        "Start the task",
    ] {
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
    assert_eq!(place.state(&ada).await, State::Opened);
    assert_eq!(place.get(&format!("{}/package", ada.path)).await.status, 409, "not started");

    assert_eq!(place.start(&ada).await.header("location"), ada.path);
    assert_eq!(place.state(&ada).await, State::Started);
    let package = place.get(&format!("{}/package", ada.path)).await;
    assert_eq!(package.status, 200);
    assert_eq!(package.header("content-disposition"), "attachment; filename=\"tiny.zip\"");

    let uploaded = place.upload(&ada, "my solution.zip", &archive()).await;
    assert_eq!(uploaded.status, 303, "{}", uploaded.text);
    assert_eq!(place.state(&ada).await, State::Submitted);
    let receipt = place.get(uploaded.header("location")).await;
    assert!(receipt.text.contains("We have received your work"), "{}", receipt.text);
    assert!(receipt.text.contains("my solution.zip"));

    let text = place.get(&format!("{}/text", uploaded.header("location"))).await;
    assert!(text.header("content-disposition").starts_with("attachment; filename=\"receipt-"));
    let key = public_key(&place.get("/receipt-key").await.text).expect("a key");
    let verified = verify(&text.text, &key).expect("our signature");
    let upload = &place.uploads(&ada).await[0];
    assert!(verified.lines.contains(&("submission-sha256".into(), upload.sha256.to_string())));
    assert!(verified.lines.contains(&("invitation".into(), ada.code.to_string())));
    assert!(place.get(&ada.path).await.text.contains("We have received your work: one attempt"));
}

#[tokio::test]
async fn the_package_that_is_downloaded_is_the_one_that_is_packed() {
    let place = Place::new().await;
    let ada = place.started("Ada").await;
    let request = axum::http::Request::get(format!("{}/package", ada.path));
    let request = request.body(axum::body::Body::empty()).expect("a request");
    let bytes = place.bytes(request).await;
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    let mut names = Vec::new();
    for at in 0..zip.len() {
        let entry = zip.by_index(at).expect("an entry");
        names.push(entry.name().expect("UTF-8").into_owned());
    }
    assert!(names.iter().any(|name| name == "README.md"), "{names:?}");
    assert!(names.iter().any(|name| name.starts_with("tests/visible/")));
    assert!(!names.iter().any(|name| name.contains("hidden")), "{names:?}");
}

#[tokio::test]
async fn a_wrong_link_and_another_candidates_receipt_are_not_there() {
    let place = Place::new().await;
    let (ada, bob) = (place.started("Ada").await, place.started("Bob").await);
    for path in ["/i/nonsense", "/i/", &format!("/i/{}", Token::new().reveal())] {
        let said = place.get(path).await;
        assert_eq!(said.status, 404, "{path}");
        assert!(!said.text.contains("Tiny"));
    }
    let at = place.upload(&ada, "a.zip", &archive()).await.header("location").to_owned();
    let id = at.rsplit('/').next().expect("an id");
    for path in [format!("{}/receipts/{id}", bob.path), format!("{}/receipts/{id}/text", bob.path)]
    {
        assert_eq!(place.get(&path).await.status, 404, "{path}");
    }
    let form = place.form(&ada.path).await;
    let stolen = format!("form={form}&sure=yes");
    assert_eq!(place.post(&format!("{}/decline", bob.path), &stolen).await.status, 403);
    assert_eq!(place.state(&bob).await, State::Started);
}

#[tokio::test]
async fn guessing_links_is_slowed_down() {
    let place = Place::new().await;
    let mut last = 404;
    for _ in 0..30 {
        last = place.get(&format!("/i/{}", Token::new().reveal())).await.status;
    }
    assert_eq!(last, 429);
    let ada = place.invite("Ada").await;
    assert_eq!(place.get(&ada.path).await.status, 200, "a link that is one is not");
}

#[tokio::test]
async fn a_start_after_the_deadline_is_refused_and_more_time_undoes_it() {
    let place = Place::new().await;
    let ada = place.invite("Ada").await;
    let form = place.form(&ada.path).await;
    place.clock.advance(7 * DAY);
    let late = place.post(&format!("{}/start", ada.path), &format!("form={form}")).await;
    assert_eq!(late.status, 409);
    assert!(late.text.contains("The deadline has passed"), "{}", late.text);
    assert!(late.text.contains("Sunday 6 December 2026, 18:00 UTC"), "{}", late.text);
    let page = place.get(&ada.path).await;
    assert!(page.text.contains("The deadline has passed") && !page.text.contains("Start the task"));
    place.extend(&ada, 14).await;
    assert_eq!(place.start(&ada).await.status, 303);
}

#[tokio::test]
async fn starting_twice_is_starting_once() {
    let place = Place::new().await;
    let ada = place.started("Ada").await;
    let form = place.form(&ada.path).await;
    let again = place.post(&format!("{}/start", ada.path), &format!("form={form}")).await;
    assert_eq!((again.status, again.header("location")), (303, ada.path.as_str()));
    place.clock.advance(7 * DAY);
    let late = place.post(&format!("{}/start", ada.path), &format!("form={form}")).await;
    assert_eq!(late.status, 409, "a second start after the deadline");
}

#[tokio::test]
async fn declining_needs_to_be_meant_and_closes_the_page() {
    let place = Place::new().await;
    let ada = place.invite("Ada").await;
    let form = place.form(&ada.path).await;
    let path = format!("{}/decline", ada.path);
    assert_eq!(place.post(&path, &format!("form={form}")).await.status, 303);
    assert_eq!(place.state(&ada).await, State::Opened);
    assert_eq!(place.post(&path, &format!("form={form}&sure=yes")).await.status, 303);
    assert_eq!(place.state(&ada).await, State::Declined);
    let page = place.get(&ada.path).await;
    assert!(page.text.contains("You have declined this task"), "{}", page.text);
    assert_eq!(place.put(&format!("{}/upload", ada.path), archive()).await.status, 409);
}

#[tokio::test]
async fn the_same_archive_is_recognised_and_another_one_is_another_attempt() {
    let place = Place::new().await;
    let ada = place.started("Ada").await;
    let first = place.upload(&ada, "a.zip", &archive()).await.header("location").to_owned();
    let again = place.upload(&ada, "b.zip", &archive()).await;
    assert_eq!(again.header("location"), first, "the receipt that there is");
    let other = zip(&[("tiny.py", RIGHT), ("notes.md", b"more")]);
    place.upload(&ada, "c.zip", &other).await;
    // Back to the first one: it is to count, so it is an attempt of its own, and graded once.
    place.upload(&ada, "a.zip", &archive()).await;
    let uploads = place.uploads(&ada).await;
    assert_eq!(uploads.iter().map(|one| one.attempt).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(uploads[0].grading, uploads[2].grading);
    assert_ne!(uploads[0].grading, uploads[1].grading);
    let page = place.get(&ada.path).await.text;
    assert_eq!(page.matches("this one counts").count(), 1);
}

#[tokio::test]
async fn no_more_attempts_than_were_offered() {
    let place = Place::new().await;
    let one = Attempts { most: Some(1), ..Attempts::default() };
    let ada = place.invite_with("Ada", |new| new.attempts = one).await;
    place.start(&ada).await;
    let form = place.form(&ada.path).await;
    assert_eq!(place.upload(&ada, "a.zip", &archive()).await.status, 303);
    let other = zip(&[("tiny.py", b"x = 1\n")]);
    let said = place.put(&format!("{}/upload", ada.path), other.clone()).await;
    assert_eq!(said.status, 409);
    assert!(said.text.contains("no_attempt_left"), "{}", said.text);
    let (kind, body) = crate::place::multipart(&form, "b.zip", &other);
    let request = axum::http::Request::post(format!("{}/upload", ada.path));
    let request = request.header("content-type", kind).body(body.into()).expect("a request");
    let page = place.ask(request).await;
    assert_eq!(page.status, 409);
    assert!(page.text.contains("The one attempt is used, and it counts."), "{}", page.text);
    assert_eq!(place.uploads(&ada).await.len(), 1);
}

#[tokio::test]
async fn an_upload_that_began_in_time_may_end_a_little_late() {
    let place = Place::new().await;
    let ada = place.started("Ada").await;
    let late = place.started("Bob").await;
    place.clock.advance(6 * DAY - std::time::Duration::from_secs(1));
    let clock = place.clock.clone();
    let whole = archive();
    let (head, rest) = whole.split_at(10);
    let parts = [head.to_vec(), rest.to_vec()];
    let body = axum::body::Body::from_stream(futures_util::stream::iter(parts).map(move |part| {
        clock.advance(std::time::Duration::from_secs(60));
        Ok::<_, std::io::Error>(part)
    }));
    let said = place.put(&format!("{}/upload", ada.path), body).await;
    assert_eq!(said.status, 201, "{}", said.text);
    assert_eq!(place.state(&ada).await, State::Submitted);
    let said = place.put(&format!("{}/upload", late.path), archive()).await;
    assert_eq!(said.status, 409, "it began after the deadline");
    assert!(said.text.contains("deadline_passed"));
}

#[tokio::test]
async fn whatever_people_and_archives_are_called_stays_text() {
    let place = Place::new().await;
    let ada = place.started("Ada & 'Sons'").await;
    let name = "%1b[31m%3Cscript%3Ealert(1)%3C%2Fb%3E%E2%80%AE.zip";
    let said = place.put(&format!("{}/upload?name={name}", ada.path), archive()).await;
    let at = said.header("location").to_owned();
    for path in [&ada.path, &at] {
        let page = place.get(path).await.text;
        assert!(!page.contains("<script>alert"), "{page}");
        if path == &ada.path {
            assert!(page.contains("Ada &#38; &#39;Sons&#39;"), "{page}");
        }
        assert!(!page.contains('\u{1b}') && !page.contains('\u{202e}'));
    }
    let kept = &place.uploads(&ada).await[0].original_name;
    assert!(!kept.contains('\u{1b}') && !kept.contains('\u{202e}'), "{kept}");
}

#[tokio::test]
async fn a_page_says_nothing_that_is_not_for_candidates() {
    let place = Place::new().await;
    let ada = place
        .invite_with("Ada", |new| new.terms.multiplier = "1.5".parse().expect("a multiplier"))
        .await;
    place.start(&ada).await;
    place.upload(&ada, "a.zip", &archive()).await;
    place.grade(37.5).await;
    assert_eq!(place.state(&ada).await, State::Graded);
    let page = place.get(&ada.path).await.text;
    for secret in ["37.5", "graded by", "1.5", "multiplier", "tests/hidden", "reference"] {
        assert!(!page.contains(secret), "{secret}");
    }
    assert!(page.contains("We have received your work"));
}

#[tokio::test]
async fn what_the_team_took_back_and_what_was_forgotten_is_closed() {
    let place = Place::new().await;
    let (ada, bob) = (place.invite("Ada").await, place.started("Bob").await);
    let form = place.form(&ada.path).await;
    place.by_team(&ada, Event::Cancel).await;
    let page = place.get(&ada.path).await;
    assert!(page.text.contains("This task was withdrawn") && !page.text.contains("<form"));
    let late = place.post(&format!("{}/start", ada.path), &format!("form={form}")).await;
    assert_eq!(late.status, 409);
    assert!(late.text.contains("This task was withdrawn"), "{}", late.text);

    place.upload(&bob, "bob-miller.zip", &archive()).await;
    place.grade(50.0).await;
    let team = Actor::Team("Grace".into());
    place.app.store.purge(std::slice::from_ref(&bob.code), &[], &team).await.expect("purged");
    assert_eq!(place.get(&bob.path).await.status, 404);
    let upload = &place.uploads(&bob).await[0];
    assert_eq!(upload.original_name, "removed");
    let receipt = place.app.reception.receipt(upload);
    assert!(!receipt.contains("miller") && receipt.contains(bob.code.as_str()));
}

#[tokio::test]
async fn every_page_works_without_scripts_and_has_one_heading_and_labels() {
    use scraper::{Html, Selector};
    let place = Place::with(|settings: &mut Settings| settings.upload_bytes = 1 << 20).await;
    let ada = place.started("Ada").await;
    let at = place.upload(&ada, "a.zip", &archive()).await.header("location").to_owned();
    let select = |text: &str| Selector::parse(text).expect("a selector");
    for path in [ada.path.as_str(), at.as_str(), "/nothing"] {
        let page = Html::parse_document(&place.get(path).await.text);
        assert_eq!(page.select(&select("h1")).count(), 1, "{path}");
        assert_eq!(page.select(&select("html[lang]")).count(), 1);
        assert_eq!(page.select(&select("[style], [onclick], style, script:not([src])")).count(), 0);
        for field in page.select(&select("input:not([type=hidden]):not([type=checkbox])")) {
            let id = field.attr("id").expect("an id");
            assert_eq!(page.select(&select(&format!("label[for={id}]"))).count(), 1, "{id}");
        }
        for form in page.select(&select("form")) {
            assert_eq!(form.attr("method"), Some("post"));
            assert_eq!(form.select(&select("input[name=form]")).count(), 1);
        }
    }
}
