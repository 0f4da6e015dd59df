//! The pages and files of a batch, as a whole. They are left under the target folder, where
//! scripts/look_at_reports.py opens them in a browser.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case fails")]

#[path = "common/round.rs"]
mod round;

use std::{fs, path::Path};

use round::{files, forty};
use scraper::{Html, Selector};
use takehome::{
    domain::Report,
    render::{
        Cost, Entry, Round, csv,
        html::{self, CandidateView, Shown},
        json, junit,
    },
};

const TITLE: &str = "Courier: retries without harm";

fn leave(name: &str, text: &str) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("reports");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(name), text).unwrap();
}

fn batch(reports: &[Report]) -> String {
    let files = files();
    let entries: Vec<Entry<'_>> = reports
        .iter()
        .enumerate()
        .map(|(index, report)| Entry {
            report,
            candidate: (index == 2).then_some("Chen Wei"),
            files: if index < 3 { &files } else { &[] },
        })
        .collect();
    let reference = Some(Cost { wall_ms: 4_020, cpu_ms: 2_180 });
    html::batch(&Round { title: TITLE, entries: &entries, reference }).unwrap()
}

fn count(page: &Html, selector: &str) -> usize {
    page.select(&Selector::parse(selector).unwrap()).count()
}

fn texts(page: &Html, selector: &str) -> Vec<String> {
    let selector = Selector::parse(selector).unwrap();
    let text =
        |element: scraper::ElementRef<'_>| element.text().collect::<String>().trim().to_owned();
    page.select(&selector).map(text).collect()
}

#[test]
fn a_batch_ranks_plots_and_links_every_submission() {
    let reports = forty();
    let text = batch(&reports);
    leave("batch.html", &text);
    let some = [&reports[..4], &reports[24..28], &reports[36..]].concat();
    leave("batch-small.html", &batch(&some));
    let page = Html::parse_document(&text);
    assert_eq!(count(&page, "table.ranking tbody tr"), 40);
    assert_eq!(count(&page, "article.submission"), 40);
    assert_eq!(count(&page, "svg.plot[role=img] > title"), 2);
    // 36 graded columns with a head each, 45 tests with a cell for each.
    assert_eq!(count(&page, "#heat thead a"), 36);
    assert_eq!(count(&page, "#heat tbody td:not(.number)"), 36 * 45);
    let places = texts(&page, "table.ranking tbody td:first-child");
    assert_eq!((places[0].as_str(), places[39].as_str()), ("1", "–"));
    let targets: Vec<String> = page
        .select(&Selector::parse("a").unwrap())
        .map(|link| link.attr("href").unwrap().to_owned())
        .collect();
    assert!(targets.len() > 70);
    for target in targets {
        assert_eq!(count(&page, &target), 1, "{target}");
    }
}

#[test]
fn the_page_of_one_shows_what_a_reviewer_needs() {
    let files = files();
    let reports = forty();
    let report = &reports[4];
    let entry = Entry { report, candidate: Some("Elif Şahin"), files: &files };
    let text = html::one(TITLE, &entry).unwrap();
    leave("one.html", &text);
    let page = Html::parse_document(&text);
    assert_eq!(texts(&page, "h1"), ["Elif Şahin"]);
    assert_eq!(count(&page, ".tests tbody tr"), 45);
    assert_eq!(count(&page, ".groups svg.bar"), 5 + 3, "groups, and uses with a limit");
    assert_eq!(count(&page, ".notes li"), 2);
    assert_eq!(texts(&page, ".tk")[..2], ["from", "import"]);
    assert!(text.contains("11 bytes, binary") && text.contains("0 bytes, empty"));
    assert!(text.contains(&report.provenance.suite_sha256.unwrap().to_string()));

    let refused = html::one(TITLE, &Entry::of(&reports[37])).unwrap();
    leave("refused.html", &refused);
    let page = Html::parse_document(&refused);
    assert_eq!(texts(&page, ".verdict"), ["cannot be graded"]);
    assert!(texts(&page, ".fault p")[0].contains("use only the libraries"));
}

#[test]
fn a_candidate_sees_the_score_and_shares_where_they_may() {
    let reports = forty();
    let all = Shown { score: true, groups: true };
    let text = html::for_candidate(&CandidateView::new(TITLE, &reports[4], all)).unwrap();
    leave("candidate.html", &text);
    let page = Html::parse_document(&text);
    assert_eq!(count(&page, ".groups tbody tr"), 5);
    assert_eq!(count(&page, ".score"), 1);
    let view = CandidateView::new(TITLE, &reports[4], Shown::default());
    let page = Html::parse_document(&html::for_candidate(&view).unwrap());
    assert_eq!(count(&page, ".groups, .score"), 0);
}

#[test]
fn the_same_reports_give_the_same_bytes_in_any_order() {
    let mut reports = forty();
    let round = |reports: &[Report]| {
        let entries: Vec<Entry<'_>> = reports.iter().map(Entry::of).collect();
        let round = Round { title: TITLE, entries: &entries, reference: None };
        (html::batch(&round).unwrap(), csv(&round).unwrap())
    };
    let one = round(&reports);
    reports.reverse();
    assert_eq!(round(&reports), one);
}

#[test]
fn where_there_are_several_challenges_each_has_places_of_its_own() {
    let mut reports = forty()[..4].to_vec();
    for (report, (challenge, score)) in
        reports.iter_mut().zip([("b", 50.0), ("a", 10.0), ("b", 100.0), ("a", 10.0)])
    {
        report.challenge = challenge.to_owned();
        report.score = Some(score);
    }
    let entries: Vec<Entry<'_>> = reports.iter().map(Entry::of).collect();
    let text = csv(&Round { title: "2 challenges", entries: &entries, reference: None }).unwrap();
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<[String; 3]> = reader
        .records()
        .map(Result::unwrap)
        .map(|row| [0, 3, 5].map(|column| row[column].to_owned()))
        .collect();
    let expected = [["1", "a", "10"], ["1", "a", "10"], ["1", "b", "100"], ["2", "b", "50"]];
    assert_eq!(rows, expected);
}

#[test]
fn the_other_formats_have_a_record_for_every_submission() {
    let reports = forty();
    let entries: Vec<Entry<'_>> = reports.iter().map(Entry::of).collect();
    let round = Round { title: TITLE, entries: &entries, reference: None };
    let (csv, junit) = (csv(&round).unwrap(), junit(&round).unwrap());
    leave("batch.csv", &csv);
    leave("batch.xml", &junit);
    assert_eq!(csv.lines().count(), 41);
    assert_eq!(junit.matches("<testsuite ").count(), 40);
    assert_eq!(junit.matches("<testcase ").count(), 36 * 45 + 4);
    let all: Vec<&Report> = reports.iter().collect();
    let back: Vec<Report> = serde_json::from_str(&json(&all, 40).unwrap()).unwrap();
    assert_eq!(back, reports);
    let one: Report = serde_json::from_str(&json(&all[..1], 1).unwrap()).unwrap();
    assert_eq!(one, reports[0]);
    assert!(json(&all[..1], 2).unwrap().starts_with('['), "one of two is a list");
}

#[test]
fn an_empty_batch_is_a_page_without_plots() {
    let text = html::batch(&Round { title: TITLE, entries: &[], reference: None }).unwrap();
    let page = Html::parse_document(&text);
    assert_eq!(count(&page, "svg.plot, #heat"), 0);
}
