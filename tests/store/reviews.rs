//! Lists, scorecards, comments and decisions: what every database behind the store has to satisfy.

use std::time::Duration;

use takehome::{
    domain::Digest,
    hiring::{Code, Refused, State},
    reviewing::{Account, Mark, Outcome, Recommendation, Role, Words},
    store::{
        Filter, Invitations as _, ListQuery, NewComment, NewDecision, NewScorecard, Order,
        Reviews as _, Store as _, StoreError, Told,
    },
};

use super::{
    invited::{DAY, team},
    made::{Made, batch, entry, report},
};

const RUBRIC: &[u8] = b"a rubric";

fn card(version: Option<u32>, mark: u8, hand_in: bool) -> NewScorecard {
    NewScorecard {
        version,
        grading: None,
        rubric: Digest::of(RUBRIC),
        marks: vec![Mark { criterion: "design".into(), mark, words: "neat".into() }],
        recommendation: Some(Recommendation::Yes),
        words: "fine".parse::<Words>().expect("words"),
        hand_in,
        blind: true,
    }
}

impl Made {
    /// An invitation whose submission has that score.
    async fn graded(&self, name: &str, score: f64) -> Code {
        let code = self.invited(name).await.code;
        self.scored(&code, name, score).await;
        code
    }

    async fn scored(&self, code: &Code, bytes: &str, score: f64) {
        let mut batch = batch(&[]);
        batch.entries = vec![entry(code.as_str(), bytes)];
        self.store.enqueue(&batch).await.expect("queued");
        let lease = self.claim("a").await.expect("work").lease;
        self.store.complete(&lease, &report(&lease.grading, score)).await.expect("written");
    }

    async fn codes(&self, query: &ListQuery, viewer: &Account) -> Vec<String> {
        let query = ListQuery { limit: 50, ..query.clone() };
        let listed = self.store.listed(&query, viewer.id).await.expect("a list");
        assert_eq!(listed.rows.len() as u32, listed.total);
        listed.rows.into_iter().map(|row| row.code.to_string()).collect()
    }
}

#[tokio::test]
async fn a_list_is_sorted_filtered_and_cut_into_pages() {
    let made = Made::new().await;
    let admin = made.admin().await;
    let carol = made.graded("carol", 40.0).await;
    let ada = made.graded("ada", 90.0).await;
    let bob = made.invited("bob").await.code;
    let [ada, bob, carol] = [ada, bob, carol].map(|code| code.to_string());
    let by = async |order| made.codes(&ListQuery { order, ..ListQuery::default() }, &admin).await;
    assert_eq!(by(Order::Newest).await, [&bob, &ada, &carol].map(String::clone));
    assert_eq!(by(Order::Score).await, [&ada, &carol, &bob].map(String::clone));
    assert_eq!(by(Order::Name).await, [&ada, &bob, &carol].map(String::clone));
    assert_eq!(by(Order::Deadline).await.len(), 3);
    let with = async |query: ListQuery| made.codes(&query, &admin).await;
    let named = |names| ListQuery { text: Some("ADA".into()), names, ..ListQuery::default() };
    assert_eq!(with(named(true)).await, std::slice::from_ref(&ada));
    assert!(with(named(false)).await.iter().all(|code| code.contains("ada")));
    let of = |state| ListQuery { state: Some(state), ..ListQuery::default() };
    assert_eq!(with(of(State::Invited)).await, std::slice::from_ref(&bob));
    assert_eq!(with(of(State::Expired)).await.len(), 0);
    made.clock.advance(Duration::from_secs(7 * DAY));
    assert_eq!(with(of(State::Expired)).await, std::slice::from_ref(&bob));
    assert_eq!(with(of(State::Invited)).await.len(), 0);
    let tallies = made.store.tallies(Some("tiny")).await.expect("tallies");
    assert_eq!(tallies, [(State::Graded, 2), (State::Expired, 1)]);
    assert_eq!(made.store.invited_to().await.expect("challenges"), ["tiny"]);
    let wild = ListQuery { text: Some("%".into()), names: true, ..ListQuery::default() };
    assert_eq!(with(wild).await.len(), 0);
    let page = ListQuery { skip: 1, limit: 1, ..ListQuery::default() };
    let page = made.store.listed(&page, admin.id).await.expect("a page");
    assert_eq!((page.total, page.rows[0].code.to_string()), (3, ada));
    made.clock.advance(Duration::from_secs(400 * DAY));
    assert_eq!(with(ListQuery { overdue: true, ..ListQuery::default() }).await.len(), 3);
}

#[tokio::test]
async fn the_list_says_of_each_invitation_what_its_own_record_says() {
    let made = Made::new().await;
    let admin = made.admin().await;
    let code = made.graded("ada", 40.0).await;
    made.scored(&code, "again", 70.0).await;
    made.invited("bob").await;
    let standings = made.store.invitations(&Filter::default()).await.expect("invitations");
    let query = ListQuery { limit: 9, ..ListQuery::default() };
    let rows = made.store.listed(&query, admin.id).await.expect("a list").rows;
    for standing in standings {
        let row = rows.iter().find(|row| row.code == standing.invitation.code).expect("a row");
        assert_eq!((row.state, row.received), (standing.state, standing.received));
        assert_eq!(row.deadline_ms, standing.invitation.terms.deadline_ms());
        assert_eq!(row.kept_until_ms, standing.invitation.terms.retain_until_ms());
        assert_eq!(row.verdict.map(|verdict| (verdict, row.score)), standing.result);
    }
    let attempts = made.store.attempts(&code).await.expect("attempts");
    let scores: Vec<_> = attempts.iter().map(|one| one.gradings[0].score).collect();
    assert_eq!(scores, [Some(70.0), Some(40.0)]);
    let counting = made.store.counting(&code).await.expect("an answer");
    assert_eq!(counting.as_ref(), Some(&attempts[0].gradings[0].id));
    let results = made.store.results_of("tiny").await.expect("results");
    assert_eq!((results.len(), results[0].score, results[0].cpu_ms), (1, Some(70.0), 2));
}

#[tokio::test]
async fn a_scorecard_takes_into_review_and_stays_once_it_is_in() {
    let made = Made::new().await;
    let admin = made.admin().await;
    let grace = made.colleague("grace", Role::Reviewer, &admin).await;
    let code = made.graded("ada", 40.0).await;
    let first = made.store.keep_scorecard(&code, &card(None, 2, false), &grace).await;
    assert_eq!(first.expect("a draft").in_ms, None);
    assert_eq!(made.standing(&code).await.state, State::InReview);
    let stale = made.store.keep_scorecard(&code, &card(None, 3, true), &grace).await;
    assert!(matches!(stale, Err(StoreError::Outdated(_))), "{stale:?}");
    let kept = made.store.keep_scorecard(&code, &card(Some(1), 3, true), &grace).await;
    let kept = kept.expect("handed in");
    assert!(kept.in_ms.is_some() && kept.blind && kept.marks[0].mark == 3);
    let again = made.store.keep_scorecard(&code, &card(Some(kept.version), 4, true), &grace).await;
    assert!(matches!(again, Err(StoreError::CardIsIn)), "{again:?}");
    let todo = ListQuery { to_review: true, ..ListQuery::default() };
    assert_eq!(made.codes(&todo, &grace).await.len(), 0);
    assert_eq!(made.codes(&todo, &admin).await.len(), 1);

    made.store.keep_scorecard(&code, &card(None, 4, true), &admin).await.expect("a second one");
    let twice = made.store.marked_twice("tiny", None).await.expect("pairs");
    assert_eq!(twice.len(), 1);
    let alan = made.colleague("alan", Role::Reviewer, &admin).await;
    for (viewer, seen) in [(&grace, 1), (&alan, 0)] {
        let twice = made.store.marked_twice("tiny", Some(viewer.id)).await.expect("pairs");
        assert_eq!(twice.len(), seen);
    }
    assert_eq!(twice[0].between, ("root".to_owned(), "grace".to_owned()));
    assert_eq!((twice[0].pair.one, twice[0].pair.other), (4, 3));
    let early = made.invited("bob").await.code;
    let refused = made.store.keep_scorecard(&early, &card(None, 1, false), &grace).await;
    assert!(matches!(refused, Err(StoreError::Refused(Refused::State { .. }))), "{refused:?}");
}

#[tokio::test]
async fn a_comment_is_about_bytes_of_the_invitation_and_its_writers_to_take_back() {
    let made = Made::new().await;
    let admin = made.admin().await;
    let grace = made.colleague("grace", Role::Reviewer, &admin).await;
    let code = made.graded("ada", 40.0).await;
    let other = made.graded("bob", 50.0).await;
    let comment = |bytes: &str| NewComment {
        sha256: Digest::of(bytes.as_bytes()),
        path: "app.py".into(),
        line: 3,
        words: "why?".parse().expect("words"),
    };
    let id = made.store.comment(&code, &comment("ada"), &grace).await.expect("kept");
    let wrong = made.store.comment(&code, &comment("bob"), &grace).await;
    assert!(matches!(wrong, Err(StoreError::NoInvitation(_))), "{wrong:?}");
    for (of, by) in [(&code, &admin), (&other, &grace)] {
        let refused = made.store.remove_comment(of, id, by).await;
        assert!(matches!(refused, Err(StoreError::NoComment)), "{refused:?}");
    }
    let shown = made.store.comments(&code, &Digest::of(b"ada")).await.expect("comments");
    assert_eq!((shown.len(), shown[0].name.as_str(), shown[0].line), (1, "grace", 3));
    made.store.remove_comment(&code, id, &grace).await.expect("taken back");
    assert!(made.store.comments(&code, &Digest::of(b"ada")).await.expect("comments").is_empty());
}

#[tokio::test]
async fn a_decision_is_made_once_and_in_review_and_a_purge_takes_its_words() {
    let made = Made::new().await;
    let admin = made.admin().await;
    let code = made.graded("ada", 40.0).await;
    let decision = |version| NewDecision {
        version,
        outcome: Outcome::Advance,
        reason: "good".parse().expect("words"),
        feedback: "thank you".parse().expect("words"),
    };
    let version = made.standing(&code).await.invitation.version;
    let early = made.store.decide(&code, &decision(version), &admin).await;
    assert!(matches!(early, Err(StoreError::Refused(_))), "{early:?}");
    made.store.keep_scorecard(&code, &card(None, 2, true), &admin).await.expect("in");
    let stale = made.store.decide(&code, &decision(version), &admin).await;
    assert!(matches!(stale, Err(StoreError::Outdated(_))), "{stale:?}");
    let version = made.standing(&code).await.invitation.version;
    made.store.decide(&code, &decision(version), &admin).await.expect("decided");
    assert_eq!(made.standing(&code).await.state, State::Decided);
    let kept = made.store.decision(&code).await.expect("an answer").expect("a decision");
    assert_eq!((kept.outcome, kept.feedback.as_str()), (Outcome::Advance, "thank you"));
    let dossier = made.store.dossier(&takehome::hiring::Who::Code(code.clone())).await;
    let text = dossier.expect("a dossier").json.to_string();
    assert!(text.contains("thank you") && text.contains("neat"), "{text}");

    let trail = Told { code: Some(code.clone()), limit: 50, ..Told::default() };
    let actions = |lines: Vec<takehome::store::TrailLine>| -> Vec<String> {
        lines.into_iter().map(|line| line.action).collect()
    };
    let told = actions(made.store.told(&trail).await.expect("a trail"));
    assert_eq!(told[..3], ["decided", "scorecard_in", "reviewed"]);
    assert!(told.contains(&"finished".to_owned()), "{told:?}");
    let page = Told { action: Some("decided".into()), actor: Some("ROOT".into()), ..trail };
    assert_eq!(made.store.told(&page).await.expect("a trail").len(), 1);

    made.store.purge(std::slice::from_ref(&code), &[], &team()).await.expect("purged");
    let kept = made.store.decision(&code).await.expect("an answer").expect("a decision");
    assert_eq!(
        (kept.outcome, kept.feedback.as_str(), kept.reason.as_str()),
        (Outcome::Advance, "", "")
    );
    let cards = made.store.scorecards(&code).await.expect("cards");
    assert_eq!((cards[0].words.as_str(), cards[0].marks[0].words.as_str()), ("", ""));
    assert_eq!(cards[0].marks[0].mark, 2);
}
