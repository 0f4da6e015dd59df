//! What the visible tests say of an attempt is on its candidate's page, and a fault of ours is not.

use std::time::Duration;

use takehome::{
    domain::{Checked, Fault, TestOutcome, VisibleCheck, VisibleTest},
    store::{Ask, Checks as _, Which},
};

use crate::{
    archives::zip,
    place::{Invited, Place},
};

async fn handed_in(place: &Place, text: &str) -> Invited {
    let ada = place.started("Ada").await;
    let code = format!("def total(numbers):\n    return {text}\n");
    let said = place.upload(&ada, "x.zip", &zip(&[("tiny.py", code.as_bytes())])).await;
    assert!(matches!(said.status, 201 | 303), "{}: {}", said.status, said.text);
    ada
}

/// What a worker writes.
async fn checked(place: &Place, checked: &Checked) {
    let ask = Ask { which: Which::Any, owner: "test".into(), lease: Duration::from_secs(60) };
    let claim = place.app.store.claim_check(&ask).await.expect("read").expect("it waits");
    place.app.store.checked(&claim.lease, checked).await.expect("written");
}

fn test(name: &str, outcome: TestOutcome) -> VisibleTest {
    VisibleTest { name: name.into(), outcome, message: "not for this page".into() }
}

fn fault(message: &str) -> Fault {
    Fault { code: "x".into(), message: message.into(), remedy: "send it again".into() }
}

#[tokio::test]
async fn a_page_says_how_many_visible_tests_pass_once_it_is_known() {
    let place = Place::new().await;
    let ada = handed_in(&place, "sum(numbers)").await;
    let before = place.get(&ada.path).await.text;
    assert!(before.contains("The visible tests will run in a moment"), "{before}");
    let tests = vec![
        test("test_a.py::test_one", TestOutcome::Passed),
        test("test_a.py::test_two", TestOutcome::TimedOut),
        test("test_a.py::test_<b>", TestOutcome::Failed),
    ];
    let check = VisibleCheck { builds: true, imports: true, problem: None, tests };
    checked(&place, &Checked::Done(check)).await;
    let after = place.get(&ada.path).await.text;
    assert!(after.contains("passes 1 of 3 visible tests"), "{after}");
    assert!(after.contains("test_a.py::test_two") && !after.contains("test_one"), "{after}");
    assert!(!after.contains("<b>"), "{after}");
    let state = |page: &str| {
        let at = page.find("data-state=\"").expect("a state") + 12;
        page[at..at + 16].to_owned()
    };
    assert_ne!(state(&before), state(&after), "open pages are told");
}

#[tokio::test]
async fn a_page_says_why_an_attempt_could_not_be_started() {
    let place = Place::new().await;
    let ada = handed_in(&place, "1").await;
    let problem = Some(fault("No module named '<script>'"));
    let check = VisibleCheck { builds: true, imports: false, problem, tests: Vec::new() };
    checked(&place, &Checked::Done(check)).await;
    let page = place.get(&ada.path).await.text;
    assert!(page.contains("could not be started") && page.contains("send it again"), "{page}");
    assert!(!page.contains("'<script>'"), "{page}");
}

#[tokio::test]
async fn a_fault_of_ours_leaves_the_page_as_if_nobody_had_asked() {
    let place = Place::new().await;
    let ada = handed_in(&place, "2").await;
    checked(&place, &Checked::Unavailable(fault("the engine does not answer"))).await;
    let page = place.get(&ada.path).await.text;
    assert!(page.contains("What has arrived"), "{page}");
    for word in ["engine", "fault", "visible tests will run", "could not be started"] {
        assert!(!page.contains(word), "{word}: {page}");
    }
}
