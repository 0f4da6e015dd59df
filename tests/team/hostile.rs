//! What candidates write is shown, and does nothing.

use crate::{
    browser::{attr_of, text_of},
    round::{admin, graded, invited, place},
};

#[tokio::test]
async fn names_paths_and_code_are_text() {
    let place = place().await;
    let mut root = admin(&place).await;
    let name = "Robert'); DROP TABLE people;-- & \"Bobby\"";
    let code = invited(&place, name, "bob@example.org").await;
    let files = [
        ("tiny.py", "</code></div><script>alert(1)</script>\n\u{202e}x = '\u{1b}[2J'\n"),
        ("<img src=x onerror=alert(1)>.py", "x = 1\n"),
        ("a\"b'&amp;.txt", "{{ 7 * 7 }} %s\n"),
    ];
    graded(&place, &code, &files, 70.0).await;
    for path in [
        "/team".to_owned(),
        format!("/team/i/{code}"),
        format!("/team/i/{code}/code"),
        format!("/team/i/{code}/manage"),
        "/team/export.html".into(),
    ] {
        let page = root.page(&path).await;
        for live in ["<script>alert", "<img", "\u{202e}", "\u{1b}", "DROP TABLE people;-- & \""] {
            assert!(!page.contains(live), "{path} has {live:?}");
        }
    }
    let page = root.page(&format!("/team/i/{code}/code")).await;
    let text = text_of(&page, "main");
    assert!(text.contains("\\u{202e}") && text.contains("{{ 7 * 7 }}"), "{text}");
    assert!(text_of(&root.page("/team").await, "tbody th bdi").contains("DROP TABLE"));
    let list = root.page("/team?q=%27%29%3B%20DROP").await;
    assert!(list.contains(code.as_str()));
}

#[tokio::test]
async fn what_is_typed_into_addresses_comes_back_as_text() {
    let place = place().await;
    let mut root = admin(&place).await;
    let typed = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
    for path in [
        format!("/team?q={typed}&state={typed}&order={typed}&challenge={typed}&said={typed}"),
        format!("/team/audit?code={typed}&actor={typed}&action={typed}"),
        format!("/team/distribution?challenge={typed}"),
        format!("/team/agreement?challenge={typed}"),
        format!("/team/sign-in?next={typed}"),
    ] {
        let page = root.page(&path).await;
        assert!(!page.contains("<script>alert"), "{path}");
    }
    let page = root.page(&format!("/team?q={typed}")).await;
    assert_eq!(attr_of(&page, "#q", "value"), "\"><script>alert(1)</script>");
    for bad in ["/team?page=-1", "/team?page=x", "/team/audit?before=x"] {
        assert_eq!(root.get(bad).await.status, 400, "{bad}");
    }
    root.page("/team?page=4294967295").await;
}

#[tokio::test]
async fn every_page_has_a_policy_without_inline_code_and_no_cache() {
    let place = place().await;
    let mut root = admin(&place).await;
    for path in ["/team", "/team/sign-in", "/team/accounts", "/team/export.csv"] {
        let said = root.get(path).await;
        let policy = said.header("content-security-policy");
        assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(said.header("cache-control"), "no-store", "{path}");
        assert!(!said.text.contains(" style=\"") && !said.text.contains(" onclick"), "{path}");
    }
}
