//! Whose a submission is, and whether somebody had more time, shows nowhere to a reviewer.

use crate::round::{FILES, GRACE, admin, colleague, graded, invited, mark, place};

const TELLS: [&str; 5] = ["Lovelace", "ada@example.org", "ada-lovelace", "by Ada", "2026-12-06"];

#[tokio::test]
async fn no_page_tells_a_reviewer_whose_it_is_before_the_own_scorecard_is_in() {
    let place = place().await;
    let mut root = admin(&place).await;
    let mut grace = colleague(&place, &mut root, GRACE, "reviewer").await;
    let code = invited(&place, "Ada Lovelace", "ada@example.org").await;
    let grading = graded(&place, &code, FILES, 70.0).await;
    let manage = format!("/team/i/{code}/manage");
    let pages = [
        "/team".to_owned(),
        "/team?order=name".into(),
        "/team?order=deadline".into(),
        "/team?state=graded&challenge=tiny".into(),
        format!("/team/i/{code}"),
        format!("/team/i/{code}?grading={grading}"),
        format!("/team/i/{code}/code"),
        format!("/team/i/{code}/scorecard"),
        format!("/team/i/{code}/decision"),
        format!("/team/compare?code={code}"),
        "/team/export.csv".into(),
        "/team/export.html".into(),
        "/team/distribution".into(),
        "/team/agreement".into(),
    ];
    for path in &pages {
        let page = grace.page(path).await;
        for tell in TELLS {
            assert!(!page.contains(tell), "{path} tells {tell}: {page}");
        }
    }
    assert!(grace.page(&format!("/team/i/{code}/code")).await.contains("[hidden]"));
    // Searching for a name finds nothing, so that nobody can guess it.
    assert!(grace.page("/team?q=Lovelace").await.contains("No invitation fits"));
    assert!(root.page("/team?q=Lovelace").await.contains(code.as_str()));
    assert_eq!(grace.get(&manage).await.status, 403);

    mark(&mut grace, &code, "3").await;
    let after = grace.page(&format!("/team/i/{code}")).await;
    assert!(after.contains("Lovelace") && after.contains("ada-lovelace.zip"), "{after}");
    assert!(grace.page(&format!("/team/i/{code}/code")).await.contains("by Ada Lovelace"));
    assert!(grace.page("/team").await.contains("Lovelace"));
}

#[tokio::test]
async fn more_time_shows_to_admins_alone() {
    let place = place().await;
    let mut root = admin(&place).await;
    let mut grace = colleague(&place, &mut root, GRACE, "reviewer").await;
    let code = invited(&place, "Ada Lovelace", "ada@example.org").await;
    let manage = format!("/team/i/{code}/manage");
    let path = format!("/team/i/{code}/accommodate");
    root.done(&manage, &path, &[("times", "1.5")]).await;
    graded(&place, &code, FILES, 70.0).await;
    mark(&mut grace, &code, "3").await;
    let deadline = "2026-12-09";
    assert!(root.page("/team").await.contains(deadline), "nine days instead of six");
    for path in ["/team", "/team/export.csv", "/team/audit", &manage, &format!("/team/i/{code}")] {
        let page = grace.get(path).await.text;
        for tell in [deadline, "1.5 times", "accommodated", "Accommodate"] {
            assert!(!page.contains(tell), "{path} tells {tell}");
        }
    }
}
