//! From the first link to a decision.

use takehome::hiring::Code;

use crate::{
    browser::{Browser, PASSWORD, text_of},
    round::{ADMIN, FILES, GRACE, VERA, admin, colleague, graded, invited, mark, place},
};

#[tokio::test]
async fn a_round_goes_from_set_up_to_decision() {
    let place = place().await;
    let mut root = admin(&place).await;
    for path in ["/team", "/team/"] {
        assert!(root.page(path).await.contains("Invitations"));
    }
    // Invite from a list; the formula is a name that a spreadsheet would obey.
    let csv = "name,mail\nAda Lovelace,ada@example.org\n=1+1 Bob,bob@example.org\n";
    let typed = [("challenge", "tiny"), ("deadline", "7d"), ("retain", "30d")];
    let said = root.upload("/team/invite", &typed, csv).await;
    assert_eq!((said.status, said.text.matches("has left").count()), (200, 2), "{}", said.text);
    let list = root.page("/team?q=ada@example.org").await;
    let code: Code = text_of(&list, "tbody th a").parse().expect("a code");
    let again = root.upload("/team/invite", &typed, csv).await;
    assert!(again.status == 422 && again.text.contains("Nobody was invited"), "{}", again.text);

    graded(&place, &code, FILES, 70.0).await;
    let mut grace = colleague(&place, &mut root, GRACE, "reviewer").await;
    let mut second = colleague(&place, &mut root, "alan@team.example.org", "reviewer").await;
    assert!(grace.page("/team?todo=yes").await.contains(code.as_str()));
    let result = grace.page(&format!("/team/i/{code}")).await;
    assert!(result.contains("70") && result.contains("test_empty"), "{result}");

    // A comment on a line, then a draft, then the card.
    let at = format!("/team/i/{code}/code");
    let typed = [("words", "Why not numpy?")];
    let comments = format!("/team/i/{code}/comments");
    let back = grace.done(&format!("{at}?at=1.2"), &comments, &typed).await;
    assert!(back.starts_with(&format!("{at}?said=comment")), "{back}");
    assert!(grace.page(&at).await.contains("Why not numpy?"));
    assert!(!second.page(&at).await.contains("numpy"), "opinions are one's own until one has one");
    let card = format!("/team/i/{code}/scorecard");
    let missing = grace.fill(&card, &card, &[("mark.tests", "2"), ("do", "hand_in")]).await;
    assert!(missing.status == 422 && missing.text.contains("Structure: choose a mark"));
    grace.done(&card, &card, &[("mark.tests", "2"), ("do", "keep")]).await;
    assert!(grace.page(&card).await.contains("value=\"2\" checked"));
    let early = grace.get(&format!("/team/i/{code}/decision")).await;
    assert!(early.text.contains("once your own scorecard is in"));
    mark(&mut grace, &code, "3").await;
    mark(&mut second, &code, "3").await;
    let both = grace.page(&format!("/team/i/{code}")).await;
    assert!(both.contains("alan") && both.contains("without knowing the name"), "{both}");
    assert!(both.contains("Ada Lovelace"), "the name shows now");
    let agreement = grace.page("/team/agreement?challenge=tiny").await;
    assert!(agreement.contains("too few pairs") && agreement.contains("100 %"), "{agreement}");

    let decision = format!("/team/i/{code}/decision");
    let draft = text_of(&grace.page(&decision).await, "#feedback");
    assert!(draft.contains("sums") && draft.contains("the greater part works"), "{draft}");
    let typed = [("outcome", "advance"), ("reason", "Both liked it."), ("feedback", "Well done.")];
    grace.done(&decision, &decision, &typed).await;
    let made = grace.page(&decision).await;
    assert!(made.contains("goes on") && made.contains("Well done."));
    let twice = root.fill("/team/password", &decision, &typed).await;
    assert_ne!(twice.status, 303, "a decision is made once");

    let csv = root.get("/team/export.csv").await;
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"invitations.csv\"");
    assert!(csv.text.contains("\"'=1+1 Bob\"") && csv.text.contains("\"decided\""), "{}", csv.text);
    let html = root.get("/team/export.html").await;
    assert!(
        html.header("content-disposition").starts_with("attachment") && html.text.contains("Ada")
    );
    let trail = root.page(&format!("/team/audit?code={code}")).await;
    assert!(trail.contains("scorecard in") && trail.contains("decided") && !trail.contains("Ada"));
    let plots = root.page("/team/distribution").await;
    assert!(plots.contains("<svg") && plots.contains("1 results that count"), "{plots}");
    let compared = root.page(&format!("/team/compare?code={code}&code={code}")).await;
    assert!(compared.contains("1/2") && compared.contains("3 (2)"), "{compared}");
}

#[tokio::test]
async fn an_admin_extends_accommodates_reminds_cancels_and_erases() {
    let place = place().await;
    let mut root = admin(&place).await;
    let code = invited(&place, "Ada Lovelace", "ada@example.org").await;
    let manage = format!("/team/i/{code}/manage");
    let path = |what: &str| format!("/team/i/{code}/{what}");
    let back = root.done(&manage, &path("remind"), &[]).await;
    assert!(back.ends_with("said=sent"), "{back}");
    let back = root.done(&manage, &path("resend"), &[]).await;
    assert!(back.ends_with("said=sent"), "{back}");
    root.done(&manage, &path("extend"), &[("until", "3d")]).await;
    let wrong = root.fill(&manage, &path("extend"), &[("until", "soon")]).await;
    assert!(wrong.status == 422 && wrong.text.contains("a deadline is"), "{}", wrong.text);
    root.done(&manage, &path("accommodate"), &[("times", "1.5")]).await;
    let page = root.page(&manage).await;
    assert!(page.contains("1.5 times, approved by Root"), "{page}");
    let dossier = root.get(&path("person.json")).await;
    assert!(dossier.text.contains("ada@example.org"), "{}", dossier.text);
    root.done(&manage, &path("cancel"), &[("note", "The place is taken."), ("tell", "yes")]).await;
    root.done(&manage, &path("archive"), &[]).await;
    let unsure = root.done(&manage, &path("erase"), &[("sure", "yes")]).await;
    assert!(unsure.ends_with("not-sure") && root.page(&manage).await.contains("Ada"));
    root.done(&manage, &path("erase"), &[("sure", code.as_str())]).await;
    let gone = root.page(&manage).await;
    assert!(!gone.contains("Lovelace") && !gone.contains("ada@"), "{gone}");
}

#[tokio::test]
async fn what_is_overdue_is_erased_together() {
    let place = place().await;
    let mut root = admin(&place).await;
    let code = invited(&place, "Ada Lovelace", "ada@example.org").await;
    graded(&place, &code, FILES, 70.0).await;
    assert!(root.page("/team/retention").await.contains("No invitation fits"));
    place.clock.advance(std::time::Duration::from_secs(40 * 24 * 3600));
    root.sign_in(ADMIN, PASSWORD).await;
    assert!(root.page("/team/retention").await.contains(code.as_str()));
    root.done("/team/retention", "/team/retention", &[("sure", "erase")]).await;
    assert!(root.page("/team/retention").await.contains("No invitation fits"));
    let page = root.page(&format!("/team/i/{code}/code")).await;
    assert!(page.contains("was erased"), "{page}");
    assert_eq!(place.app.blobs.list().expect("a list").len(), 0);
}

#[tokio::test]
async fn a_viewer_looks_and_sees_names_and_opinions_once_it_is_decided() {
    let place = place().await;
    let mut root = admin(&place).await;
    let mut vera = colleague(&place, &mut root, VERA, "viewer").await;
    let code = invited(&place, "Ada Lovelace", "ada@example.org").await;
    graded(&place, &code, FILES, 70.0).await;
    mark(&mut root, &code, "3").await;
    let page = format!("/team/i/{code}");
    let before = vera.page(&page).await;
    assert!(!before.contains("Lovelace") && !before.contains("fair solution"), "{before}");
    let decision = format!("{page}/decision");
    let typed = [("outcome", "decline"), ("reason", "thin"), ("feedback", "")];
    root.done(&decision, &decision, &typed).await;
    let after = vera.page(&page).await;
    assert!(after.contains("Lovelace") && after.contains("fair solution"), "{after}");
    assert!(after.contains("the name was known"), "an admin's card is not blind");
    let mut nobody = Browser::new(&place);
    assert_eq!(nobody.get(&page).await.status, 303);
}
