//! Accounts, links, sessions and failures: what every database behind the store has to satisfy.

use std::time::Duration;

use takehome::{
    domain::Digest,
    hiring::Token,
    reviewing::{
        Account, IDLE_MS, LINK_MS, LOCK_AFTER, Password, PasswordHash, Role, SEEN_STEP_MS,
        is_locked,
    },
    store::{NewAccount, NewLink, SetUp, StoreError, Team as _},
};

use super::made::Made;

fn hash() -> PasswordHash {
    Password::typed("correct horse battery".into()).expect("short enough").hash()
}

pub fn new(name: &str, role: Role) -> NewAccount {
    NewAccount {
        name: name.parse().expect("a name"),
        mail: format!("{name}@team.example.org").parse().expect("an address"),
        role,
    }
}

fn link(token: &Token) -> NewLink {
    NewLink { token: token.hash(), expires_ms: LINK_MS }
}

impl Made {
    /// The first account.
    pub async fn admin(&self) -> Account {
        let token = Token::new();
        assert!(self.store.offer_first(token.hash(), LINK_MS).await.expect("offered"));
        let founded = self.store.found(token.hash(), &new("root", Role::Viewer), &hash()).await;
        founded.expect("the first account")
    }

    /// A colleague who can sign in.
    pub async fn colleague(&self, name: &str, role: Role, by: &Account) -> Account {
        let token = Token::new();
        let new = new(name, role);
        self.store.add_account(&new, &link(&token), by).await.expect("a colleague");
        self.store.set_up(token.hash(), &hash()).await.expect("set up")
    }
}

#[tokio::test]
async fn the_first_start_makes_one_admin_and_its_link_is_good_once() {
    let made = Made::new().await;
    let (replaced, first) = (Token::new(), Token::new());
    assert!(made.store.offer_first(replaced.hash(), LINK_MS).await.expect("offered"));
    assert!(made.store.offer_first(first.hash(), LINK_MS).await.expect("offered"));
    assert_eq!(made.store.set_up_link(replaced.hash()).await.expect("an answer"), None);
    assert_eq!(made.store.set_up_link(first.hash()).await.expect("an answer"), Some(SetUp::First));
    let admin = made.store.found(first.hash(), &new("root", Role::Viewer), &hash()).await;
    let admin = admin.expect("the first account");
    assert_eq!((admin.role, admin.ready), (Role::Admin, true));
    let again = made.store.found(first.hash(), &new("eve", Role::Admin), &hash()).await;
    assert!(matches!(again, Err(StoreError::NoLink)), "{again:?}");
    assert!(!made.store.offer_first(Token::new().hash(), LINK_MS).await.expect("an answer"));
}

#[tokio::test]
async fn a_link_expires_and_a_newer_one_takes_its_place() {
    let made = Made::new().await;
    let admin = made.admin().await;
    let (old, newer) = (Token::new(), Token::new());
    let grace = made.store.add_account(&new("grace", Role::Reviewer), &link(&old), &admin).await;
    let grace = grace.expect("a colleague");
    assert!(!grace.ready);
    made.store.offer(grace.id, &link(&newer), &admin).await.expect("another link");
    let refused = made.store.set_up(old.hash(), &hash()).await;
    assert!(matches!(refused, Err(StoreError::NoLink)), "{refused:?}");
    made.clock.advance(Duration::from_millis(LINK_MS as u64));
    let late = made.store.set_up(newer.hash(), &hash()).await;
    assert!(matches!(late, Err(StoreError::NoLink)), "{late:?}");
    let twice = made.store.add_account(&new("grace", Role::Admin), &link(&old), &admin).await;
    assert!(matches!(twice, Err(StoreError::AccountExists(_))), "{twice:?}");
}

#[tokio::test]
async fn a_session_ends_unused_by_signing_out_by_another_password_and_with_the_account() {
    let made = Made::new().await;
    let admin = made.admin().await;
    let grace = made.colleague("grace", Role::Reviewer, &admin).await;
    let start = async || {
        let id = Token::new().hash();
        made.store.start_session(grace.id, id).await.expect("signed in");
        id
    };
    let live = async |id| made.store.session(id).await.expect("an answer").is_some();
    let idle = start().await;
    made.clock.advance(Duration::from_millis(IDLE_MS as u64 - 1));
    assert!(live(idle).await, "its use is recorded");
    made.clock.advance(Duration::from_millis(IDLE_MS as u64 - SEEN_STEP_MS as u64));
    assert!(live(idle).await);
    made.clock.advance(Duration::from_millis(IDLE_MS as u64));
    assert!(!live(idle).await);

    let (left, kept, other) = (start().await, start().await, start().await);
    made.store.end_session(left).await.expect("signed out");
    assert!(!live(left).await && live(kept).await);
    made.store.change_password(grace.id, &hash(), kept).await.expect("changed");
    assert!(live(kept).await && !live(other).await);
    let now = made.store.session(kept).await.expect("an answer").expect("a session");
    let changed =
        made.store.change_account(grace.id, now.version, Role::Viewer, true, &admin).await;
    assert!(changed.expect("changed").disabled);
    assert!(!live(kept).await);
    assert!(!live(Token::new().hash()).await);
}

#[tokio::test]
async fn somebody_can_always_look_after_accounts() {
    let made = Made::new().await;
    let admin = made.admin().await;
    let change = async |of: &Account, role, disabled| {
        made.store.change_account(of.id, of.version, role, disabled, &admin).await
    };
    for (role, disabled) in [(Role::Viewer, false), (Role::Admin, true)] {
        let refused = change(&admin, role, disabled).await;
        assert!(matches!(refused, Err(StoreError::LastAdmin)), "{refused:?}");
    }
    // Who never used the link cannot help.
    let token = Token::new();
    let ada = made.store.add_account(&new("ada", Role::Admin), &link(&token), &admin).await;
    let refused = change(&admin, Role::Viewer, false).await;
    assert!(matches!(refused, Err(StoreError::LastAdmin)), "{refused:?}");
    made.store.set_up(token.hash(), &hash()).await.expect("set up");
    change(&admin, Role::Viewer, false).await.expect("there is another one");
    let outdated = change(&ada.expect("a colleague"), Role::Admin, false).await;
    assert!(matches!(outdated, Err(StoreError::Outdated(_))), "{outdated:?}");
}

#[tokio::test]
async fn failures_are_counted_by_address_and_forgotten_in_time() {
    let made = Made::new().await;
    let (ada, bob) = (Digest::of(b"ada"), Digest::of(b"bob"));
    for count in 1..=LOCK_AFTER {
        assert_eq!(made.store.fail(&ada).await.expect("counted").count, count);
    }
    assert!(is_locked(made.store.failures(&ada).await.expect("an answer"), 0));
    assert_eq!(made.store.failures(&bob).await.expect("an answer").count, 0);
    made.clock.advance(Duration::from_secs(15 * 60));
    assert_eq!(made.store.failures(&ada).await.expect("an answer").count, 0);
}

#[tokio::test]
async fn an_account_is_found_by_its_address_in_any_case_with_its_hash() {
    let made = Made::new().await;
    made.admin().await;
    let found = made.store.account_of(&"ROOT@team.example.org".parse().expect("an address")).await;
    let (account, kept) = found.expect("an answer").expect("an account");
    assert_eq!(account.name.as_str(), "root");
    let password = Password::typed("correct horse battery".into()).expect("short enough");
    assert!(password.is(kept.as_ref()));
    let nobody = made.store.account_of(&"eve@team.example.org".parse().expect("an address")).await;
    assert_eq!(nobody.expect("an answer"), None);
}
