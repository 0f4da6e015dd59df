//! Statistics in each format: as described, and inert whatever tests, groups and faults are called.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case fails")]

use std::{fs, path::Path, sync::Arc};

use proptest::prelude::*;
use scraper::{Html, Selector};
use serde_json::Value;
use takehome::{
    domain::{Digest, IntegrityKind, Observation, Occurrences, TestName, TestOutcome, Verdict},
    render::{html, statistics_csv, statistics_json},
    stats::{About, NoDrift, OtherSuite, Statistics, Tally, drift},
};

const FRAGMENTS: [&str; 16] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "</style></title></code></svg>",
    "&lt;&#60;&amp;",
    "{{ 7 * 7 }}{% include \"base.html\" %}",
    "=cmd|' /C calc'!A0",
    "+1",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1",
    "\",\"\n",
    "\u{1b}[2J\u{9b}31m\u{7}",
    "\u{202e}gpj.exe\u{2066}",
    "\0\u{fffe}",
    "\u{2028}\u{feff}\u{e0041}",
    "naïve 名前 سارة",
];

fn hostile() -> impl Strategy<Value = String> {
    let fragment = prop::sample::select(FRAGMENTS.to_vec()).prop_map(str::to_owned);
    prop::collection::vec(prop_oneof![3 => fragment, 1 => any::<String>()], 1..5)
        .prop_map(|parts| parts.concat())
}

/// Batches of this many, in which all text is `text`; the later one fails the last test.
fn statistics(text: &str, n: usize) -> Statistics {
    let name = |id: String, group: String| TestName { id, group };
    let tests: Arc<[TestName]> = Arc::new([
        name(text.to_owned(), text.to_owned()),
        name(format!("2{text}"), text.to_owned()),
        name(format!("3{text}"), format!("2{text}")),
    ]);
    let tally = |last: TestOutcome| {
        let mut tally = Tally::default();
        for number in 0..n {
            let luck =
                [TestOutcome::Passed, TestOutcome::Failed, TestOutcome::TimedOut][number % 3];
            tally.add(&Observation {
                tests: tests.clone(),
                outcomes: vec![TestOutcome::Passed, luck, last],
                durations_ms: vec![1, 20, 300],
                score: (number % 101) as f64,
                wall_ms: 1000 + number as u64,
            });
        }
        tally
    };
    let (before, after) = (tally(TestOutcome::Passed), tally(TestOutcome::Failed));
    let occurrences = Occurrences {
        submissions: n as u64 + 2,
        candidate_faults: 1,
        verdicts: vec![(Verdict::Graded, n as u64), (Verdict::CandidateFault, 1)],
        faults: vec![(Verdict::CandidateFault, text.to_owned(), 1)],
        integrity: vec![(IntegrityKind::OutputCapped, 1)],
    };
    let about = About {
        challenge: text.to_owned(),
        suite_sha256: Digest::of(b"suite"),
        batch: None,
        other_suites: vec![OtherSuite { suite_sha256: Digest::of(b"other"), gradings: 4 }],
    };
    Statistics::new(about, &occurrences, &after, drift((1, &before), (2, &after)))
}

fn nothing() -> Statistics {
    let about = About {
        challenge: "tiny".into(),
        suite_sha256: Digest::of(b"suite"),
        batch: Some(3),
        other_suites: Vec::new(),
    };
    let none = Err(NoDrift::Unfit { batch: 3, least: 8 });
    Statistics::new(about, &Occurrences::default(), &Tally::default(), none)
}

/// All elements with all their attributes, in order.
fn skeleton(page: &str) -> Vec<String> {
    let all = Selector::parse("*").unwrap();
    Html::parse_document(page)
        .select(&all)
        .map(|element| {
            format!("{} {:?}", element.value().name(), element.value().attrs().collect::<Vec<_>>())
        })
        .collect()
}

fn shows_nothing_invisible(text: &str) -> Result<(), TestCaseError> {
    let hidden = text.chars().find(|c| {
        (c.is_control() && *c != '\n' && *c != '\t')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    });
    prop_assert_eq!(hidden, None);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_element_of_the_page_comes_from_data(text in hostile()) {
        let page = html::statistics(&statistics(&text, 12)).unwrap();
        shows_nothing_invisible(&page)?;
        let harmless = html::statistics(&statistics("harmless", 12)).unwrap();
        prop_assert_eq!(skeleton(&page), skeleton(&harmless));
    }

    #[test]
    fn csv_reads_back_as_the_same_table_without_a_formula(text in hostile()) {
        let written = statistics_csv(&statistics(&text, 12)).unwrap();
        shows_nothing_invisible(&written)?;
        let harmless = statistics_csv(&statistics("harmless", 12)).unwrap();
        prop_assert_eq!(written.lines().count(), harmless.lines().count());
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(written.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        prop_assert!(rows.iter().all(|row| row.len() == rows[0].len()));
        for cell in rows.iter().flatten() {
            let formula = cell.trim_start().starts_with(['=', '+', '-', '@']) || cell.starts_with(['\t', '\r']);
            // A negative number is this program's own.
            prop_assert!(!formula || cell.parse::<f64>().is_ok_and(|number| number < 0.0), "{cell:?}");
        }
    }

    #[test]
    fn json_reads_back_exactly_and_escapes_what_does_not_show(text in hostile()) {
        let of = statistics(&text, 12);
        let written = statistics_json(&of).unwrap();
        shows_nothing_invisible(&written)?;
        let read: Value = serde_json::from_str(&written).unwrap();
        prop_assert_eq!(&read["tests"][0]["id"], &Value::from(text.as_str()));
        prop_assert_eq!(read, serde_json::to_value(&of).unwrap());
    }
}

#[test]
fn the_json_is_as_its_schema_says() {
    let text = fs::read_to_string("docs/statistics.schema.json").unwrap();
    let schema = jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap();
    for of in [statistics("name", 40), statistics("name", 12), statistics("name", 3), nothing()] {
        let json: Value = serde_json::from_str(&statistics_json(&of).unwrap()).unwrap();
        let wrong: Vec<String> = schema.iter_errors(&json).map(|error| error.to_string()).collect();
        assert_eq!(wrong, Vec::<String>::new());
        let mut more = json.clone();
        more["tests"] = serde_json::json!([{ "id": "x" }]);
        assert!(!schema.is_valid(&more), "the schema says nothing about tests");
    }
}

#[test]
fn the_page_has_a_row_a_test_and_a_reason_for_every_dash() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("reports");
    fs::create_dir_all(&folder).unwrap();
    for (name, of) in [("many", statistics("a test", 40)), ("few", statistics("a test", 4))] {
        let text = html::statistics(&of).unwrap();
        fs::write(folder.join(format!("statistics-{name}.html")), &text).unwrap();
        let page = Html::parse_document(&text);
        let count = |selector: &str| page.select(&Selector::parse(selector).unwrap()).count();
        assert_eq!(count("#tests tbody tr"), 3);
        assert_eq!(count("#groups tbody tr"), 2);
        assert_eq!(count("svg.plot[role=img]"), 1);
        let notes = Selector::parse("a[href^='#why-']").unwrap();
        let targets: Vec<&str> =
            page.select(&notes).map(|link| link.attr("href").unwrap()).collect();
        assert!(targets.len() >= 3, "{targets:?}");
        for target in targets {
            assert_eq!(count(target), 1, "{target}");
        }
        assert!(!text.contains(">NaN"));
    }
    let text = html::statistics(&nothing()).unwrap();
    assert!(text.contains("batch 3 is a regrade, or has fewer than 8 graded submissions"));
}
