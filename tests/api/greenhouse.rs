//! Greenhouse's assessment partner API against a fake of Greenhouse: its requests as its documentation has
//! them, and the result announced to it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use takehome::{hooks::Courier, store::Hooks as _};

use super::{
    house::{Asking, House},
    receiver::Receiver,
};

/// As Greenhouse sends its key: as the user, without a password.
fn basic<'a>(asking: Asking<'a>, key: &str) -> Asking<'a> {
    asking.header("authorization", &format!("Basic {}", STANDARD.encode(format!("{key}:"))))
}

fn send_test(url: &str) -> Value {
    json!({
        "partner_test_id": "tiny",
        "candidate": {
            "first_name": "Harry",
            "last_name": "Potter",
            "preferred_name": null,
            "resume_url": "https://hogwarts.example/resume",
            "phone_number": "123-456-7890",
            "email": "hpotter@hogwarts.example",
            "greenhouse_profile_url": "https://app.greenhouse.io/people/17681532?application_id=26234709",
        },
        "sent_by": "test_sender@example.org",
        "url": url,
    })
}

#[tokio::test]
async fn a_test_is_listed_sent_announced_and_asked_for() {
    let (house, greenhouse) = (House::new().await, Receiver::new(&[]).await);
    let key = house.token("partner").await;
    let at = |call: &str| format!("/v1/partners/greenhouse/{call}");
    let tests = basic(house.get(&at("list_tests")), &key).said().await;
    assert_eq!(tests.status, 200, "{}", tests.text);
    let tests = tests.json();
    let tiny =
        tests.as_array().expect("a list").iter().find(|one| one["partner_test_id"] == "tiny");
    assert!(tiny.expect("it is there")["partner_test_name"].is_string(), "{tests}");

    let patch = format!("{}/integrations/testing_partners/take_home_tests/12345", greenhouse.url);
    let sent = basic(house.post(&at("send_test"), send_test(&patch)), &key).said().await;
    assert_eq!(sent.status, 200, "{}", sent.text);
    let id = sent.json()["partner_interview_id"].as_str().expect("an id").to_owned();
    // Its answer may have been lost: sent again, it is the same one.
    let again = basic(house.post(&at("send_test"), send_test(&patch)), &key).said().await;
    assert_eq!(again.json()["partner_interview_id"], id.as_str(), "{}", again.text);

    let ask =
        || house.get(&format!("/v1/partners/greenhouse/test_status?partner_interview_id={id}"));
    let waiting = basic(ask(), &key).said().await.json();
    assert_eq!(
        (&waiting["partner_status"], &waiting["partner_score"]),
        (&json!("sent"), &Value::Null)
    );

    let reader = house.token("read").await;
    let listed = house.get("/v1/invitations").by(&reader).said().await.json();
    let code = listed["items"][0]["code"].as_str().expect("a code").to_owned();
    house.place.comes_back_by_mail(&code).await;
    house.place.grade(81.0).await;
    let courier = Courier {
        hooks: house.place.app.store.clone(),
        clock: house.place.app.clock.clone(),
        guard: house.place.app.settings.hooks.clone(),
        key: Some(key.parse().expect("a key")),
        partner_hosts: house.place.app.settings.partner_hosts.clone(),
        owner: "test".into(),
    };
    while courier.deliver_one().await.expect("an attempt") {}
    let got = greenhouse.got();
    assert_eq!(got.len(), 1, "{got:?}");
    assert_eq!(got[0].method, "PATCH");
    assert_eq!(got[0].path, "/integrations/testing_partners/take_home_tests/12345");
    let expected = format!("Basic {}", STANDARD.encode(format!("{key}:")));
    assert_eq!(got[0].header("authorization"), expected);

    // Hearing that, Greenhouse asks.
    let done = basic(ask(), &key).said().await.json();
    assert_eq!(
        (&done["partner_status"], &done["partner_score"]),
        (&json!("complete"), &json!(81.0))
    );
    let page = done["partner_profile_url"].as_str().expect("a page");
    assert_eq!(page, format!("https://jobs.example.org/team/i/{code}"));
    let log = house.place.app.store.deliveries(None, None, 9).await.expect("a log");
    assert_eq!(log[0].state, "delivered");
}

#[tokio::test]
async fn only_its_key_opens_it_and_its_key_opens_nothing_else() {
    let house = House::new().await;
    let (key, other) = (house.token("partner").await, house.token("invite").await);
    let path = "/v1/partners/greenhouse/list_tests";
    assert_eq!(house.get(path).by(&key).said().await.status, 200);
    assert_eq!(basic(house.get(path), &other).said().await.status, 403);
    let nobody = house.get(path).said().await;
    assert_eq!((nobody.status, nobody.problem().as_str()), (401, "unauthorized"));
    assert!(nobody.header("www-authenticate").starts_with("Basic"));
    let with_password = STANDARD.encode(format!("{key}:word"));
    let wrong = house.get(path).header("authorization", &format!("Basic {with_password}"));
    assert_eq!(wrong.said().await.status, 401);
    assert_eq!(house.get("/v1/invitations").by(&key).said().await.status, 403);
    assert_eq!(basic(house.get("/v1/invitations"), &other).said().await.status, 401);
}

#[tokio::test]
async fn what_is_unknown_is_not_found_and_what_it_could_not_read_is_heard() {
    let house = House::new().await;
    let key = house.token("partner").await;
    let status = "/v1/partners/greenhouse/test_status";
    let unknown = house.get(&format!("{status}?partner_interview_id=1")).by(&key).said().await;
    assert_eq!((unknown.status, unknown.problem().as_str()), (404, "not_found"));
    assert_eq!(house.get(status).by(&key).said().await.status, 422);
    let said = json!({
        "api_call": "test_status",
        "errors": ["partner_status is 'complete' but partner_profile url is missing"],
        "partner_test_id": "12345", "candidate_email": "hpotter@hogwarts.example",
    });
    let heard = house.post("/v1/partners/greenhouse/response_error", said).by(&key).said().await;
    assert_eq!((heard.status, heard.json()), (200, json!({"status": 200})));
}
