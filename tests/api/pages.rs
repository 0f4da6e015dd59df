//! Invitations and the audit trail a page at a time.

use std::time::Duration;

use takehome::{
    hiring::{Code, Event, State},
    store::{Access as _, Filter, Invitations as _, StoreError},
};

use super::{
    invited::{DAY, change, team},
    made::Made,
};

async fn codes(made: &Made, filter: &Filter, limit: u32) -> Vec<Vec<Code>> {
    let mut pages: Vec<Vec<Code>> = Vec::new();
    loop {
        let last = pages.last().and_then(|page| page.last()).cloned();
        let page = made.store.page(filter, last.as_ref(), limit).await.expect("a page");
        if page.is_empty() {
            return pages;
        }
        pages.push(page.into_iter().map(|one| one.invitation.code).collect());
    }
}

#[tokio::test]
async fn pages_are_the_whole_list_newest_first() {
    let made = Made::new().await;
    let mut all = Vec::new();
    for name in ["a", "b", "c", "d", "e"] {
        all.push(made.invited(name).await.code);
    }
    all.reverse();
    let pages = codes(&made, &Filter::default(), 2).await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 1]);
    assert_eq!(pages.concat(), all);
    let nobody = made.store.page(&Filter::default(), Some(&Code::new()), 2).await;
    assert!(matches!(nobody, Err(StoreError::NoInvitation(_))));
}

#[tokio::test]
async fn a_page_is_filled_whatever_stands_between() {
    let made = Made::new().await;
    let mut open = Vec::new();
    for (number, name) in ["a", "b", "c", "d", "e", "f", "g"].into_iter().enumerate() {
        let one = made.invited(name).await;
        if number % 3 == 0 {
            open.push(one.code);
        } else {
            made.store.change(&change(&one, Event::Cancel), &team()).await.expect("cancelled");
        }
    }
    open.reverse();
    let filter = Filter { states: vec![State::Invited], ..Filter::default() };
    assert_eq!(codes(&made, &filter, 2).await.concat(), open);
    made.clock.advance(Duration::from_secs(6 * DAY));
    assert_eq!(codes(&made, &filter, 2).await.concat(), []);
    let filter = Filter { states: vec![State::Expired], ..Filter::default() };
    assert_eq!(codes(&made, &filter, 2).await.concat(), open);
}

#[tokio::test]
async fn the_trail_of_an_invitation_has_nothing_of_another() {
    let made = Made::new().await;
    let (one, _) = (made.invited("a").await, made.invited("b").await);
    let all = made.store.trail(None, None, 100).await.expect("a trail");
    let of = made.store.trail(Some(&one.code), None, 100).await.expect("a trail");
    assert_eq!(of.len() * 2, all.len());
    assert!(of.iter().all(|line| line.invitation.as_deref() == Some(one.code.as_str())));
    let older = made.store.trail(None, Some(all[1].seq), 100).await.expect("a trail");
    assert_eq!(older, all[2..]);
}
