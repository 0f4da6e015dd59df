//! Who may do what: every route of the portal by no one, by each token, by each role of the team and by
//! candidates' links. The routes are the router's own, so that a new one without a line here fails.

use std::collections::{BTreeMap, BTreeSet};

use axum::{body::Body, http::Request};
use takehome::{
    access::Scope,
    hiring::Token,
    reviewing::{Account, Password, Role},
    store::{NewAccount, NewLink, Team as _},
};

use super::{
    house::House,
    place::{DAY_MS, Invited, Said},
};

/// Who gets through a route.
enum Who {
    /// Everybody.
    All,
    /// Tokens of these scopes, and of `admin`.
    Tokens(&'static [Scope]),
    /// Whoever has the personal link, and that candidate alone.
    Link,
    /// Somebody of the team who is signed in, in one of these roles.
    Team(&'static [Role]),
    /// Whoever has the link, the password or the address that it takes, which is tried out elsewhere.
    Elsewhere,
}

use Role::{Admin, Reviewer, Viewer};
use Scope::{Invite, Partner, Read, Review};

const ANYBODY: &[Role] = &[Admin, Reviewer, Viewer];
const REVIEWERS: &[Role] = &[Admin, Reviewer];
const ADMINS: &[Role] = &[Admin];
const EVERY: &[Scope] = &[Read, Invite, Review, Partner];

/// What each route is for.
const LINES: &[(&str, &str, Who)] = &[
    ("GET", "/assets/{name}", Who::All),
    ("GET", "/receipt-key", Who::All),
    ("GET", "/healthz", Who::All),
    ("GET", "/readyz", Who::All),
    ("GET", "/metrics", Who::Elsewhere),
    ("GET", "/v1/openapi.json", Who::All),
    ("GET", "/i/{token}", Who::Link),
    ("GET", "/i/{token}/package", Who::Link),
    ("GET", "/i/{token}/events", Who::Link),
    ("GET", "/i/{token}/receipts/{upload}", Who::Link),
    ("GET", "/i/{token}/receipts/{upload}/text", Who::Link),
    ("POST", "/i/{token}/start", Who::Link),
    ("POST", "/i/{token}/decline", Who::Link),
    ("POST", "/i/{token}/upload", Who::Link),
    ("PUT", "/i/{token}/upload", Who::Link),
    ("GET", "/v1/challenges", Who::Tokens(&[Read, Invite])),
    ("GET", "/v1/challenges/{id}", Who::Tokens(&[Read, Invite])),
    ("GET", "/v1/challenges/{id}/statistics", Who::Tokens(&[Read])),
    ("GET", "/v1/invitations", Who::Tokens(&[Read, Invite])),
    ("POST", "/v1/invitations", Who::Tokens(&[Invite])),
    ("GET", "/v1/invitations/{code}", Who::Tokens(&[Read, Invite])),
    ("GET", "/v1/invitations/{code}/messages", Who::Tokens(&[Invite])),
    ("POST", "/v1/invitations/{code}/extend", Who::Tokens(&[Invite])),
    ("POST", "/v1/invitations/{code}/remind", Who::Tokens(&[Invite])),
    ("POST", "/v1/invitations/{code}/resend", Who::Tokens(&[Invite])),
    ("POST", "/v1/invitations/{code}/cancel", Who::Tokens(&[Invite])),
    ("POST", "/v1/invitations/{code}/accommodate", Who::Tokens(&[])),
    ("POST", "/v1/invitations/{code}/purge", Who::Tokens(&[])),
    ("GET", "/v1/invitations/{code}/export", Who::Tokens(&[])),
    ("GET", "/v1/invitations/{code}/submissions", Who::Tokens(&[Read])),
    ("GET", "/v1/invitations/{code}/scorecards", Who::Tokens(&[Review])),
    ("GET", "/v1/invitations/{code}/decision", Who::Tokens(&[Review])),
    ("POST", "/v1/invitations/{code}/decision", Who::Tokens(&[Review])),
    ("GET", "/v1/gradings/{id}", Who::Tokens(&[Read])),
    ("GET", "/v1/token", Who::Tokens(EVERY)),
    ("GET", "/v1/tokens", Who::Tokens(&[])),
    ("POST", "/v1/tokens", Who::Tokens(&[])),
    ("DELETE", "/v1/tokens/{id}", Who::Tokens(&[])),
    ("GET", "/v1/webhooks", Who::Tokens(&[])),
    ("POST", "/v1/webhooks", Who::Tokens(&[])),
    ("DELETE", "/v1/webhooks/{id}", Who::Tokens(&[])),
    ("GET", "/v1/deliveries", Who::Tokens(&[])),
    ("POST", "/v1/deliveries/{id}/redeliver", Who::Tokens(&[])),
    ("GET", "/v1/audit", Who::Tokens(&[])),
    ("GET", "/v1/partners/greenhouse/list_tests", Who::Tokens(&[Partner])),
    ("POST", "/v1/partners/greenhouse/send_test", Who::Tokens(&[Partner])),
    ("GET", "/v1/partners/greenhouse/test_status", Who::Tokens(&[Partner])),
    ("POST", "/v1/partners/greenhouse/response_error", Who::Tokens(&[Partner])),
    ("GET", "/team/sign-in", Who::All),
    ("POST", "/team/sign-in", Who::Elsewhere),
    ("GET", "/team/set-up/{token}", Who::Elsewhere),
    ("POST", "/team/set-up/{token}", Who::Elsewhere),
    ("POST", "/team/sign-out", Who::Team(ANYBODY)),
    ("GET", "/team", Who::Team(ANYBODY)),
    ("GET", "/team/", Who::Team(ANYBODY)),
    ("GET", "/team/password", Who::Team(ANYBODY)),
    ("POST", "/team/password", Who::Team(ANYBODY)),
    ("GET", "/team/accounts", Who::Team(ADMINS)),
    ("POST", "/team/accounts", Who::Team(ADMINS)),
    ("POST", "/team/accounts/{id}", Who::Team(ADMINS)),
    ("POST", "/team/accounts/{id}/link", Who::Team(ADMINS)),
    ("GET", "/team/audit", Who::Team(ADMINS)),
    ("GET", "/team/retention", Who::Team(ADMINS)),
    ("POST", "/team/retention", Who::Team(ADMINS)),
    ("GET", "/team/export.csv", Who::Team(ANYBODY)),
    ("GET", "/team/export.html", Who::Team(ANYBODY)),
    ("GET", "/team/compare", Who::Team(ANYBODY)),
    ("GET", "/team/agreement", Who::Team(ANYBODY)),
    ("GET", "/team/distribution", Who::Team(ANYBODY)),
    ("GET", "/team/events", Who::Team(ANYBODY)),
    ("GET", "/team/invite", Who::Team(ADMINS)),
    ("POST", "/team/invite", Who::Team(ADMINS)),
    ("GET", "/team/i/{code}", Who::Team(ANYBODY)),
    ("GET", "/team/i/{code}/code", Who::Team(ANYBODY)),
    ("POST", "/team/i/{code}/comments", Who::Team(REVIEWERS)),
    ("POST", "/team/i/{code}/comments/{id}/remove", Who::Team(REVIEWERS)),
    ("GET", "/team/i/{code}/scorecard", Who::Team(REVIEWERS)),
    ("POST", "/team/i/{code}/scorecard", Who::Team(REVIEWERS)),
    ("GET", "/team/i/{code}/decision", Who::Team(ANYBODY)),
    ("POST", "/team/i/{code}/decision", Who::Team(REVIEWERS)),
    ("GET", "/team/i/{code}/manage", Who::Team(ADMINS)),
    ("POST", "/team/i/{code}/remind", Who::Team(ADMINS)),
    ("POST", "/team/i/{code}/resend", Who::Team(ADMINS)),
    ("POST", "/team/i/{code}/extend", Who::Team(ADMINS)),
    ("POST", "/team/i/{code}/accommodate", Who::Team(ADMINS)),
    ("POST", "/team/i/{code}/cancel", Who::Team(ADMINS)),
    ("POST", "/team/i/{code}/archive", Who::Team(ADMINS)),
    ("GET", "/team/i/{code}/person.json", Who::Team(ADMINS)),
    ("POST", "/team/i/{code}/erase", Who::Team(ADMINS)),
];

/// The methods and paths that the router has, out of what it shows of itself.
fn routes() -> BTreeSet<(String, String)> {
    let shown = format!("{:?}", takehome::portal::routes());
    let (shown, _) = shown.split_once("fallback_router").expect("the routes come first");
    let (handlers, paths) = shown.split_once("node: Node { paths: {").expect("then the paths");
    let mut allowed: BTreeMap<&str, &str> = BTreeMap::new();
    for one in handlers.split("RouteId(").skip(1) {
        let (id, rest) = one.split_once(')').expect("a number");
        let (_, methods) = rest.split_once("allow_header: Bytes(b\"").expect("methods");
        allowed.insert(id, methods.split('"').next().expect("an end"));
    }
    let mut found = BTreeSet::new();
    for one in paths.split("RouteId(").skip(1) {
        let (id, rest) = one.split_once("): \"").expect("a number");
        let path = rest.split('"').next().expect("an end");
        for method in allowed[id].split(',').filter(|method| *method != "HEAD") {
            found.insert((method.to_owned(), path.to_owned()));
        }
    }
    found
}

#[test]
fn every_route_has_a_line_and_every_line_a_purpose() {
    let found = routes();
    assert!(found.len() > 40, "the routes could not be read: {found:?}");
    let lines: BTreeSet<(String, String)> =
        LINES.iter().map(|(method, path, _)| ((*method).into(), (*path).into())).collect();
    let missing: Vec<_> = found.difference(&lines).collect();
    assert!(missing.is_empty(), "who may do these? {missing:#?}");
    assert_eq!(lines.len(), LINES.len(), "a route has one line");
}

#[test]
fn the_description_has_every_route_of_the_api_and_no_other() {
    let document = takehome::portal::api::document();
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for method in item.as_object().expect("methods").keys() {
            described.insert((method.to_uppercase(), path.clone()));
        }
    }
    described.insert(("GET".into(), "/v1/openapi.json".into()));
    let served: BTreeSet<_> =
        routes().into_iter().filter(|(_, path)| path.starts_with("/v1")).collect();
    assert_eq!(described, served);
    for (path, item) in document["paths"].as_object().expect("paths") {
        for operation in item.as_object().expect("methods").values() {
            assert!(operation["security"][0].is_object(), "{path} is open to nobody or everybody");
            for status in ["401", "403", "429"] {
                assert!(operation["responses"][status].is_object(), "{path} {status}");
            }
        }
    }
}

/// A portal with two candidates and the whole team.
struct World {
    house: House,
    ada: Invited,
    bob: Invited,
    /// An upload of Ada's.
    upload: String,
    grading: String,
    tokens: Vec<(Scope, String)>,
    sessions: Vec<(Role, String)>,
}

impl World {
    async fn new() -> Self {
        let house = House::new().await;
        let (ada, bob) = (house.place.started("Ada").await, house.place.started("Bob").await);
        let archive = super::archives::zip(&[("tiny.py", b"total = sum\n")]);
        let sent = house.place.put(&format!("{}/upload", ada.path), archive).await;
        assert_eq!(sent.status, 201, "{}", sent.text);
        let upload = house.place.uploads(&ada).await.remove(0);
        house.place.grade(50.0).await;
        let mut tokens = Vec::new();
        for scope in Scope::ALL {
            tokens.push((scope, house.token(scope.key()).await));
        }
        let sessions = sessions(&house).await;
        Self { house, ada, bob, upload: upload.id, grading: upload.grading, tokens, sessions }
    }

    /// The path of what is there, by this candidate's link.
    fn path(&self, pattern: &str, link: &str) -> String {
        let id = if pattern.contains("gradings") { self.grading.as_str() } else { "1" };
        let id = if pattern.contains("challenges") { "tiny" } else { id };
        pattern
            .replace("{token}", link.trim_start_matches("/i/"))
            .replace("{code}", self.ada.code.as_str())
            .replace("{upload}", &self.upload)
            .replace("{name}", "nothing.css")
            .replace("{id}", id)
    }

    async fn with(&self, method: &str, path: &str, headers: &[(&str, String)]) -> Said {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let asked = self.house.place.ask(request.body(Body::empty()).expect("a request"));
        // What never ends has begun, at least.
        match tokio::time::timeout(std::time::Duration::from_secs(10), asked).await {
            Ok(said) => said,
            Err(_) => panic!("{method} {path} did not answer"),
        }
    }

    async fn by_token(&self, method: &str, path: &str, token: &str) -> Said {
        self.with(method, path, &[("authorization", format!("Bearer {token}"))]).await
    }

    async fn by_session(&self, method: &str, path: &str, secret: &str) -> Said {
        let cookie = format!("__Host-takehome_session={secret}");
        if method != "POST" {
            return self.with(method, path, &[("cookie", cookie)]).await;
        }
        // With what the team's own forms carry, so that nothing but the role is in the way.
        let form = format!("csrf={}", self.house.place.app.csrf.token(secret));
        let request = Request::post(path)
            .header("cookie", cookie)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded");
        self.house.place.ask(request.body(Body::from(form)).expect("a request")).await
    }
}

async fn sessions(house: &House) -> Vec<(Role, String)> {
    let store = &house.place.app.store;
    let until = house.place.clock_ms() + DAY_MS;
    let password = Password::chosen("several words are easy".into(), "").expect("a password");
    let hash = password.hash();
    let new = |role: Role| NewAccount {
        name: role.key().parse().expect("a name"),
        mail: format!("{role}@example.org").parse().expect("an address"),
        role,
    };
    let first = Token::new();
    assert!(store.offer_first(first.hash(), until).await.expect("an answer"));
    let admin = store.found(first.hash(), &new(Admin), &hash).await.expect("an account");
    let mut accounts: Vec<Account> = vec![admin.clone()];
    for role in [Reviewer, Viewer] {
        let link = Token::new();
        let offer = NewLink { token: link.hash(), expires_ms: until };
        store.add_account(&new(role), &offer, &admin).await.expect("an account");
        accounts.push(store.set_up(link.hash(), &hash).await.expect("set up"));
    }
    let mut sessions = Vec::new();
    for account in accounts {
        let secret = Token::new();
        store.start_session(account.id, secret.hash()).await.expect("signed in");
        sessions.push((account.role, secret.reveal()));
    }
    sessions
}

/// Whether somebody got past the door; what is wrong behind it is another matter.
fn passed(said: &Said) -> bool {
    let to_sign_in = said.header("location").starts_with("/team/sign-in");
    let stopped = matches!(said.status, 401 | 403 | 429) || (said.status == 303 && to_sign_in);
    !stopped
}

#[tokio::test]
async fn the_api_opens_for_the_scopes_of_its_lines_and_nobody_else() {
    let world = World::new().await;
    let stranger = Token::new().reveal();
    for (method, pattern, who) in LINES {
        let Who::Tokens(scopes) = who else { continue };
        let path = world.path(pattern, &world.ada.path);
        let nobody = world.with(method, &path, &[]).await;
        assert_eq!(nobody.status, 401, "{method} {pattern} by nobody");
        for (scope, token) in &world.tokens {
            let expected = scopes.contains(scope) || *scope == Scope::Admin;
            // What ends a life is asked of somebody who is not there.
            let path = match method {
                &"GET" => path.clone(),
                _ => path.replace(world.ada.code.as_str(), "0000-0000"),
            };
            let said = world.by_token(method, &path, token).await;
            assert_eq!(passed(&said), expected, "{method} {pattern} by {scope:?}: {}", said.status);
            assert!(said.status < 500, "{method} {pattern} by {scope:?}: {}", said.text);
        }
        // A candidate's link and somebody's session are no tokens.
        for secret in [world.ada.path.trim_start_matches("/i/"), &stranger] {
            let said = world.by_token(method, &path, secret).await;
            assert!(!passed(&said), "{method} {pattern} by a link: {}", said.status);
        }
        let said = world.by_session(method, &path, &world.sessions[0].1).await;
        assert_eq!(said.status, 401, "{method} {pattern} by a session");
    }
}

#[tokio::test]
async fn a_personal_link_opens_its_own_and_nothing_of_another() {
    let world = World::new().await;
    let nobody = format!("/i/{}", Token::new().reveal());
    let admin = &world.tokens.last().expect("tokens").1;
    for (method, pattern, who) in LINES {
        if !matches!(who, Who::Link) {
            continue;
        }
        let path = world.path(pattern, &nobody);
        let said = world.by_token(method, &path, admin).await;
        assert!(matches!(said.status, 404 | 429), "{method} {pattern} by nobody: {}", said.status);
        // What belongs to Ada is not there for Bob.
        if pattern.contains("{upload}") {
            let other = world.with(method, &world.path(pattern, &world.bob.path), &[]).await;
            assert_eq!(other.status, 404, "{method} {pattern} by another candidate's link");
        }
        // A stream goes on, and what changes something has tests of its own.
        if *method == "GET" && !pattern.ends_with("/events") {
            let own = world.with(method, &world.path(pattern, &world.ada.path), &[]).await;
            assert_eq!(own.status, 200, "{method} {pattern} by its own link: {}", own.text);
        }
    }
    let page = world.with("GET", &world.bob.path, &[]).await;
    assert!(!page.text.contains("Ada") && !page.text.contains(world.ada.code.as_str()));
}

#[tokio::test]
async fn the_teams_pages_open_for_the_roles_of_their_lines_and_nobody_else() {
    let world = World::new().await;
    let served = routes();
    let admin = &world.tokens.last().expect("tokens").1;
    for (method, pattern, who) in LINES {
        let Who::Team(roles) = who else { continue };
        if !served.contains(&((*method).to_owned(), (*pattern).to_owned())) {
            continue;
        }
        let path = world.path(pattern, &world.ada.path);
        for said in [
            world.with(method, &path, &[]).await,
            world.by_token(method, &path, admin).await,
            world.by_session(method, &path, &Token::new().reveal()).await,
        ] {
            assert!(!passed(&said), "{method} {pattern} by nobody: {}", said.status);
        }
        for (role, secret) in &world.sessions {
            let stays = pattern.ends_with("/events") || pattern.ends_with("/sign-out");
            let expected = roles.contains(role);
            if stays && expected {
                continue;
            }
            let said = world.by_session(method, &path, secret).await;
            if *method == "GET" {
                assert_eq!(passed(&said), expected, "{pattern} by {role}: {}", said.status);
            } else if !expected {
                // A form that lacks something may be refused before its sender is.
                assert!(said.status >= 400, "{pattern} by {role}: {}", said.status);
            }
            assert!(said.status < 500, "{method} {pattern} by {role}: {}", said.text);
        }
    }
}
