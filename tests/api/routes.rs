//! The API's routes, through the router in this process.

use serde_json::{Value, json};

use super::house::{House, invite};

#[tokio::test]
async fn without_a_token_that_counts_nothing_is_told() {
    let house = House::new().await;
    for path in ["/v1/invitations", "/v1/invitations/k7m2-9x4p", "/v1/tokens"] {
        let said = house.get(path).said().await;
        assert_eq!((said.status, said.problem().as_str()), (401, "unauthorized"), "{path}");
        assert_eq!(said.header("www-authenticate"), "Bearer");
    }
    let wrong = takehome::access::ApiSecret::new().reveal();
    let mut last = 0;
    for _ in 0..21 {
        last = house.get("/v1/token").by(&wrong).said().await.status;
    }
    assert_eq!(last, 429, "wrong tokens are counted");
    let token = house.token("read").await;
    assert_eq!(house.get("/v1/token").by(&token).said().await.status, 200);
}

#[tokio::test]
async fn people_are_invited_all_or_none_and_listed_in_pages() {
    let house = House::new().await;
    let token = house.token("invite").await;
    let body = json!({
        "challenge": "tiny",
        "people": [
            {"name": "Ada", "mail": "ada@example.org", "time_zone": "Europe/London"},
            {"name": "Bob", "mail": "bob@example.org"},
            {"name": "Eve", "mail": "eve@example.org"},
        ],
        "deadline": "10d", "time_box": "2h", "attempts": 2, "retain": "90d",
    });
    let said = house.post("/v1/invitations", body.clone()).by(&token).said().await;
    assert_eq!(said.status, 201, "{}", said.text);
    let made = said.json();
    assert_eq!(made["items"][0]["message"], json!({"sent": true, "error": null}));
    let first = &made["items"][0]["invitation"];
    assert_eq!((&first["state"], &first["name"]), (&json!("invited"), &json!("Ada")));
    assert_eq!(first["time_zone"], "Europe/London");
    assert_eq!(first["time_box_minutes"], 120);
    let again = house.post("/v1/invitations", body).by(&token).said().await;
    assert_eq!((again.status, again.problem().as_str()), (409, "conflict"));
    let first = house.get("/v1/invitations?limit=2").by(&token).said().await.json();
    let next = first["next"].as_str().expect("there is more").to_owned();
    let rest = house.get(&format!("/v1/invitations?limit=2&cursor={next}")).by(&token).said().await;
    let names = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().expect("a list").clone();
        items.iter().map(|one| one["name"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(names(&first), ["Eve", "Bob"]);
    assert_eq!((names(&rest.json()), &rest.json()["next"]), (vec!["Ada".to_owned()], &Value::Null));
    let of =
        house.get("/v1/invitations?mail=bob@example.org&state=invited").by(&token).said().await;
    assert_eq!(names(&of.json()), ["Bob"]);
}

#[tokio::test]
async fn who_may_only_read_sees_neither_names_nor_times() {
    let house = House::new().await;
    let code = house.invited("Ada").await;
    let token = house.token("read").await;
    let path = format!("/v1/invitations/{code}");
    let shown = house.get(&path).by(&token).said().await;
    assert!(!shown.text.to_lowercase().contains("ada"), "{}", shown.text);
    for hidden in ["name", "mail", "time_zone", "deadline", "time_box_minutes", "kept_until"] {
        assert!(shown.json()[hidden].is_null(), "{hidden}");
    }
    let search = house.get("/v1/invitations?mail=ada@example.org").by(&token).said().await;
    assert_eq!((search.status, search.problem().as_str()), (403, "scope"));
}

#[tokio::test]
async fn a_change_of_what_has_changed_is_refused() {
    let house = House::new().await;
    let code = house.invited("Ada").await;
    let token = house.token("invite").await;
    let path = format!("/v1/invitations/{code}");
    let shown = house.get(&path).by(&token).said().await;
    let tag = shown.header("etag").to_owned();
    let same = house.get(&path).by(&token).header("if-none-match", &tag).said().await;
    assert_eq!((same.status, same.text.as_str(), same.header("etag")), (304, "", tag.as_str()));
    let extend = || house.post(&format!("{path}/extend"), json!({"to": "3d", "tell": false}));
    let first = extend().by(&token).header("if-match", &tag).said().await;
    assert_eq!(first.status, 200, "{}", first.text);
    assert_eq!(first.json()["message"], Value::Null);
    let late = extend().by(&token).header("if-match", &tag).said().await;
    assert_eq!((late.status, late.problem().as_str()), (412, "changed"));
    let now = house.get(&path).by(&token).said().await;
    assert_eq!(now.json()["deadline"], first.json()["invitation"]["deadline"]);
    assert_ne!(now.header("etag"), tag);
}

#[tokio::test]
async fn what_is_asked_for_twice_with_one_key_is_done_once() {
    let house = House::new().await;
    let token = house.token("invite,admin").await;
    let ask = |key: &str, name: &str| {
        house.post("/v1/invitations", invite(name)).by(&token).header("idempotency-key", key)
    };
    let first = ask("one", "Ada").said().await;
    let again = ask("one", "Ada").said().await;
    assert_eq!((first.status, again.status), (201, 201), "{}", again.text);
    assert_eq!(first.text, again.text);
    assert_eq!(again.header("idempotency-replayed"), "true");
    let other = ask("one", "Bob").said().await;
    assert_eq!((other.status, other.problem().as_str()), (422, "idempotency_key"));
    // What was refused has changed nothing, so its key is free.
    assert_eq!(ask("two", "Ada").said().await.status, 409);
    assert_eq!(ask("two", "Bob").said().await.status, 201);
    assert_eq!(ask(&"x".repeat(256), "Eve").said().await.status, 400);
    let new = json!({"name": "x", "scopes": ["read"]});
    let secret = house.post("/v1/tokens", new).by(&token).header("idempotency-key", "k");
    assert_eq!(secret.said().await.problem(), "idempotency_key");
    let all = house.get("/v1/invitations").by(&token).said().await.json();
    assert_eq!(all["items"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn the_life_of_an_invitation_goes_by_its_rules() {
    let house = House::new().await;
    let code = house.invited("Ada").await;
    let (token, admin) = (house.token("invite").await, house.token("admin").await);
    let at = |what: &str| format!("/v1/invitations/{code}/{what}");
    let reminded = house.ask("POST", &at("remind")).by(&token).said().await;
    assert_eq!(reminded.json()["message"]["sent"], true, "{}", reminded.text);
    let resent = house.ask("POST", &at("resend")).by(&token).said().await;
    assert_eq!(resent.status, 200, "{}", resent.text);
    let more = json!({"percent": 150, "approved_by": "Grace Hopper", "tell": false});
    let refused = house.post(&at("accommodate"), more.clone()).by(&token).said().await;
    assert_eq!(refused.status, 403);
    let before = resent.json()["invitation"]["deadline"].clone();
    let given = house.post(&at("accommodate"), more).by(&admin).said().await;
    assert_eq!(given.status, 200, "{}", given.text);
    assert_ne!(given.json()["invitation"]["deadline"], before);
    let messages = house.get(&at("messages")).by(&token).said().await.json();
    let about: Vec<_> =
        messages["items"].as_array().expect("a list").iter().map(|one| &one["about"]).collect();
    assert_eq!(about, ["invitation", "reminder", "invitation"]);
    let cancelled = house.post(&at("cancel"), json!({"note": "Filled."})).by(&token).said().await;
    assert_eq!(cancelled.json()["invitation"]["state"], "cancelled", "{}", cancelled.text);
    let late = house.ask("POST", &at("remind")).by(&token).said().await;
    assert_eq!((late.status, late.problem().as_str()), (409, "conflict"));
    let export = house.get(&at("export")).by(&admin).said().await.json();
    assert_eq!(export["person"]["name"], "Ada");
    let purged = house.post(&at("purge"), json!({})).by(&admin).said().await;
    assert_eq!(purged.json()["people"], 1, "{}", purged.text);
    let left = house.get(&format!("/v1/invitations/{code}")).by(&token).said().await;
    assert_eq!((&left.json()["state"], &left.json()["name"]), (&json!("purged"), &Value::Null));
    let trail = house.get(&format!("/v1/audit?invitation={code}")).by(&admin).said().await;
    assert!(trail.text.contains("accommodated") && !trail.text.contains("ada@"), "{}", trail.text);
    assert!(trail.json()["items"][0]["actor"] == "token admin");
}

#[tokio::test]
async fn every_refusal_is_a_problem_document() {
    let house = House::new().await;
    let token = house.token("admin").await;
    for (method, path, kind, body, status, code) in [
        ("GET", "/v1/nothing", "", "", 404, "not_found"),
        ("GET", "/v1", "", "", 404, "not_found"),
        ("GET", "/v1/invitations/zzzz-zzzz", "", "", 404, "not_found"),
        ("GET", "/v1/invitations/%00", "", "", 404, "not_found"),
        ("GET", "/v1/invitations/%ff", "", "", 404, "not_found"),
        ("GET", "/v1/challenges/nothing", "", "", 404, "not_found"),
        ("GET", "/v1/gradings/nothing", "", "", 404, "not_found"),
        ("DELETE", "/v1/tokens/nothing", "", "", 404, "not_found"),
        ("DELETE", "/v1/webhooks/nothing", "", "", 404, "not_found"),
        ("POST", "/v1/deliveries/1/redeliver", "", "", 404, "not_found"),
        ("POST", "/v1/deliveries/x/redeliver", "", "", 404, "not_found"),
        ("PUT", "/v1/invitations", "", "", 405, "method_not_allowed"),
        ("POST", "/v1/invitations", "text/plain", "{}", 415, "unsupported_media_type"),
        ("POST", "/v1/invitations", "application/json", "{", 400, "bad_request"),
        ("POST", "/v1/invitations", "application/json", "\u{0}", 400, "bad_request"),
        ("POST", "/v1/invitations", "application/json", "{}", 422, "invalid"),
        ("POST", "/v1/invitations", "application/json", "{\"x\":1}", 422, "invalid"),
        ("GET", "/v1/invitations?limit=0", "", "", 422, "invalid"),
        ("GET", "/v1/invitations?limit=x", "", "", 422, "invalid"),
        ("GET", "/v1/invitations?cursor=%C3%A9", "", "", 422, "invalid"),
        ("GET", "/v1/invitations?cursor=YTox", "", "", 422, "invalid"),
        ("GET", "/v1/invitations?state=lost", "", "", 422, "invalid"),
        ("GET", "/v1/invitations?other=1", "", "", 422, "invalid"),
        ("GET", "/v1/audit?invitation=x", "", "", 422, "invalid"),
    ] {
        let asking = house.ask(method, path).by(&token);
        let said = asking.header("content-type", kind).body(body).said().await;
        assert_eq!((said.status, said.problem().as_str()), (status, code), "{method} {path}");
    }
    let large = house.ask("POST", "/v1/invitations").by(&token);
    let large = large.header("content-type", "application/json").body("x".repeat(2 << 20));
    let said = large.said().await;
    assert_eq!((said.status, said.problem().as_str()), (413, "too_large"));
    assert_eq!(
        house.ask("PUT", "/v1/tokens").by(&token).said().await.header("allow"),
        "GET,HEAD,POST"
    );
}

#[tokio::test]
async fn what_cannot_be_is_named_by_where_it_stands() {
    let house = House::new().await;
    let token = house.token("invite").await;
    for (change, pointer) in [
        (json!({"people": []}), "/people"),
        (json!({"people": [{"name": "", "mail": "a@example.org"}]}), "/people/0/name"),
        (json!({"people": [{"name": "A", "mail": "nobody"}]}), "/people/0/mail"),
        (
            json!({"people": [{"name": "A", "mail": "a@example.org", "time_zone": "Moon"}]}),
            "/people/0/time_zone",
        ),
        (json!({"deadline": "tomorrow"}), "/deadline"),
        (json!({"time_box": "long"}), "/time_box"),
        (json!({"retain": "ever"}), "/retain"),
        (json!({"attempts": 0}), "/attempts"),
        (json!({"challenge": "nothing"}), "/challenge"),
    ] {
        let mut body = invite("Ada");
        for (key, value) in change.as_object().expect("an object") {
            body[key] = value.clone();
        }
        let said = house.post("/v1/invitations", body).by(&token).said().await;
        assert_eq!((said.status, said.problem().as_str()), (422, "invalid"), "{pointer}");
        assert_eq!(said.json()["pointer"], pointer, "{}", said.text);
    }
    let all = house.get("/v1/invitations").by(&token).said().await.json();
    assert_eq!(all["items"], json!([]));
}

#[tokio::test]
async fn tokens_and_webhooks_are_made_shown_once_and_taken_back() {
    let house = House::new().await;
    let admin = house.token("admin").await;
    let made = house.post("/v1/tokens", json!({"name": "a board", "scopes": ["read"], "days": 1}));
    let made = made.by(&admin).said().await;
    assert_eq!(made.status, 201, "{}", made.text);
    let secret = made.json()["secret"].as_str().expect("a secret").to_owned();
    let own = house.get("/v1/token").by(&secret).said().await.json();
    assert_eq!((&own["name"], &own["scopes"]), (&json!("a board"), &json!(["read"])));
    let listed = house.get("/v1/tokens").by(&admin).said().await;
    assert!(listed.text.contains("a board") && !listed.text.contains(&secret));
    let id = own["id"].as_str().expect("an id");
    let path = format!("/v1/tokens/{id}");
    assert_eq!(house.ask("DELETE", &path).by(&admin).said().await.status, 204);
    assert_eq!(house.ask("DELETE", &path).by(&admin).said().await.status, 404);
    assert_eq!(house.get("/v1/token").by(&secret).said().await.status, 401);

    let own = house.get("/v1/token").by(&admin).said().await.json();
    let path = format!("/v1/tokens/{}", own["id"].as_str().expect("an id"));
    assert_eq!(house.ask("DELETE", &path).by(&admin).said().await.problem(), "conflict");

    let hook = json!({"url": "https://hooks.example.org/a", "events": ["invitation.graded"]});
    let made = house.post("/v1/webhooks", hook).by(&admin).said().await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert!(made.json()["secret"].as_str().is_some_and(|text| text.starts_with("whsec_")));
    let listed = house.get("/v1/webhooks").by(&admin).said().await;
    assert!(!listed.text.contains("whsec_"));
    for (url, events) in [
        ("https://10.0.0.1/", json!([])),
        ("http://hooks.example.com.invalid:x/", json!([])),
        ("https://hooks.example.org/", json!(["invitation.accommodated"])),
    ] {
        let wrong = json!({"url": url, "events": events});
        let said = house.post("/v1/webhooks", wrong).by(&admin).said().await;
        assert_eq!(said.status, 422, "{url}: {}", said.text);
    }
    let id = listed.json()["items"][0]["id"].as_str().expect("an id").to_owned();
    let path = format!("/v1/webhooks/{id}");
    assert_eq!(house.ask("DELETE", &path).by(&admin).said().await.status, 204);
    assert_eq!(house.get("/v1/deliveries").by(&admin).said().await.json()["items"], json!([]));
}

#[tokio::test]
async fn challenges_say_what_is_graded_and_nothing_hidden() {
    let house = House::new().await;
    let token = house.token("read").await;
    let listed = house.get("/v1/challenges").by(&token).said().await;
    let one = house.get("/v1/challenges/tiny").by(&token).said().await.json();
    let items = listed.json()["items"].as_array().expect("a list").clone();
    assert!(items.contains(&one), "{}", listed.text);
    assert!(!listed.text.contains("canary"), "{}", listed.text);
    let statistics = house.get("/v1/challenges/tiny/statistics").by(&token).said().await;
    assert_eq!(statistics.status, 200, "{}", statistics.text);
}

#[tokio::test]
async fn submissions_lead_to_reports_without_a_name() {
    let house = House::new().await;
    let ada = house.place.started("Ada").await;
    let sent = house.place.put(&format!("{}/upload?name=ada-lovelace.zip", ada.path), zip()).await;
    assert_eq!(sent.status, 201, "{}", sent.text);
    house.place.grade(87.5).await;
    let (token, both) = (house.token("read").await, house.token("read,invite").await);
    let path = format!("/v1/invitations/{}/submissions", ada.code);
    let listed = house.get(&path).by(&token).said().await;
    assert!(!listed.text.contains("ada"), "{}", listed.text);
    let grading = &listed.json()["items"][0]["gradings"][0];
    assert_eq!((&grading["verdict"], &grading["score"]), (&json!("graded"), &json!(87.5)));
    let named = house.get(&path).by(&both).said().await.json();
    assert_eq!(named["items"][0]["name"], "ada-lovelace.zip");
    let id = grading["id"].as_str().expect("an id");
    let report = house.get(&format!("/v1/gradings/{id}")).by(&token).said().await.json();
    assert_eq!(
        (&report["score"], report["submission"].as_str().map(str::len)),
        (&json!(87.5), Some(12))
    );
}

/// A solution that can be taken in.
fn zip() -> Vec<u8> {
    super::archives::zip(&[("tiny.py", b"total = sum\n")])
}
