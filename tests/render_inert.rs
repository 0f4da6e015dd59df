//! Whatever a candidate, a file or a message is called, it stays text in every format: the same
//! elements, attributes, rows and columns come out as for harmless names.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case fails")]

#[path = "common/round.rs"]
mod round;

use std::collections::BTreeSet;

use proptest::prelude::*;
use quick_xml::{XmlVersion, events::Event};
use round::{faulty, graded};
use scraper::{Html, Selector};
use takehome::{
    domain::{
        Fault, IntegrityKind, IntegrityNote, Report, TestOutcome, Verdict,
        timing::{PlanTiming, TimingFailure},
    },
    render::{
        Entry, Round, SourceFile, csv,
        html::{self, CandidateView, Shown},
        json, junit,
    },
};

const FRAGMENTS: [&str; 24] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</style></title></pre></code></svg>",
    "<!--",
    "-->",
    "]]>",
    "<![CDATA[",
    "&lt;&#60;&amp;",
    "{{ 7 * 7 }}{% include \"base.html\" %}",
    "javascript:alert(1)",
    "=cmd|' /C calc'!A0",
    "+1",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1",
    "\",\"\n",
    "\u{1b}[2J\u{9b}31m\u{7}",
    "\u{202e}gpj.exe\u{2066}",
    "\0\u{fffe}",
    "\r\n",
    "\u{2028}\u{feff}\u{e0041}",
    "`${x}`\\",
    "naïve 名前 سارة",
];

/// Anything, with what is known to hurt in most of it.
fn hostile() -> impl Strategy<Value = String> {
    let fragment = prop::sample::select(FRAGMENTS.to_vec()).prop_map(str::to_owned);
    prop::collection::vec(prop_oneof![3 => fragment, 1 => any::<String>()], 1..5)
        .prop_map(|parts| parts.concat())
        .prop_filter("an empty name is another page", |text| !text.trim().is_empty())
}

/// Reports of every kind in which all text is `text`.
fn reports(text: &str) -> Vec<Report> {
    let mut graded = graded(text, |test| {
        [TestOutcome::Passed, TestOutcome::Failed, TestOutcome::Crashed][test % 3]
    });
    graded.tests.truncate(6);
    graded.groups.truncate(1);
    for test in &mut graded.tests {
        test.message = format!("x{text}x");
        test.group = text.to_owned();
    }
    graded.tests[1].id = text.to_owned();
    graded.groups[0].name = text.to_owned();
    graded.capped_by = Some(text.to_owned());
    graded.grading_id = text.to_owned();
    graded.timing = Some(vec![PlanTiming {
        name: text.to_owned(),
        summary: format!("x{text}x"),
        unit: text.to_owned(),
        against: text.to_owned(),
        report: None,
        failed: Some(TimingFailure { side: None, message: format!("x{text}x") }),
        ideal: None,
        latency_us: None,
    }]);
    graded.provenance.image_digest = Some(text.to_owned());
    graded.provenance.takehome_version = text.to_owned();
    graded.provenance.engine.as_mut().unwrap().kernel = text.to_owned();
    graded.integrity =
        vec![IntegrityNote { kind: IntegrityKind::OutputCapped, detail: text.to_owned() }];
    let fault =
        Fault { code: text.to_owned(), message: format!("x{text}x"), remedy: format!("x{text}x") };
    let mut refused = faulty(text, Verdict::CandidateFault, fault);
    refused.challenge = text.to_owned();
    vec![graded, refused]
}

/// All elements with all their attributes, in order.
fn skeleton(page: &Html) -> Vec<String> {
    let all = Selector::parse("*").unwrap();
    page.select(&all)
        .map(|element| {
            format!("{} {:?}", element.value().name(), element.value().attrs().collect::<Vec<_>>())
        })
        .collect()
}

/// Pages of all kinds in which all text is `text`.
fn pages(text: &str) -> Vec<String> {
    let reports = reports(text);
    let entries: Vec<Entry<'_>> =
        reports.iter().map(|report| Entry { report, candidate: Some(text), files: &[] }).collect();
    let mut pages =
        vec![html::batch(&Round { title: text, entries: &entries, reference: None }).unwrap()];
    for entry in &entries {
        pages.push(html::one(text, entry).unwrap());
        let shown = Shown { score: true, groups: true };
        pages.push(html::for_candidate(&CandidateView::new(text, entry.report, shown)).unwrap());
    }
    pages
}

fn shows_nothing_invisible(text: &str) -> Result<(), TestCaseError> {
    let hidden = text.chars().find(|c| {
        (c.is_control() && *c != '\n' && *c != '\t')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    });
    prop_assert_eq!(hidden, None);
    Ok(())
}

/// Names of elements and attributes, in order, and all values and text.
fn xml(text: &str) -> (Vec<String>, String) {
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let (mut names, mut values) = (Vec::new(), String::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) | Event::Empty(tag) => {
                names.push(String::from_utf8(tag.name().as_ref().to_vec()).unwrap());
                for attribute in tag.attributes() {
                    let attribute = attribute.unwrap();
                    names
                        .push(format!("@{}", std::str::from_utf8(attribute.key.as_ref()).unwrap()));
                    values += &attribute.normalized_value(XmlVersion::Implicit1_0).unwrap();
                }
            }
            Event::Text(part) => values += &part.decode().unwrap(),
            Event::CData(_) | Event::Comment(_) | Event::PI(_) | Event::DocType(_) => {
                panic!("data made markup of its own")
            }
            Event::Eof => return (names, values),
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_element_and_no_attribute_of_a_page_comes_from_data(text in hostile()) {
        for (page, harmless) in pages(&text).iter().zip(pages("harmless")) {
            shows_nothing_invisible(page)?;
            prop_assert_eq!(skeleton(&Html::parse_document(page)), skeleton(&Html::parse_document(&harmless)));
        }
    }

    #[test]
    fn a_files_text_is_kept_and_only_coloured(path in hostile(), content in hostile(), python in any::<bool>()) {
        let path = if python { format!("{path}.py") } else { path };
        let content = format!("x{content}");
        let is_text = !content.contains('\0');
        let reports = reports("harmless");
        let files = [SourceFile { path, bytes: content.clone().into_bytes() }];
        let entry = Entry { files: &files, ..Entry::of(&reports[0]) };
        let page = html::one("title", &entry).unwrap();
        shows_nothing_invisible(&page)?;
        let page = Html::parse_document(&page);
        let inside = Selector::parse("pre.code *").unwrap();
        for element in page.select(&inside) {
            let attributes: Vec<_> = element.value().attrs().collect();
            let ours = match (element.value().name(), attributes.as_slice()) {
                ("code", []) => true,
                ("span", [("class", class)]) => ["l", "tk", "ts", "tc", "tn", "td"].contains(class),
                _ => false,
            };
            prop_assert!(ours, "{:?}", element.value());
        }
        let elsewhere = Selector::parse("script, img, iframe, object, embed, form, base, link").unwrap();
        prop_assert_eq!(page.select(&elsewhere).count(), 1, "the page's own script only");
        let code = Selector::parse("pre.code").unwrap();
        prop_assert_eq!(page.select(&code).count(), usize::from(is_text));
    }

    #[test]
    fn junit_has_the_same_elements_whatever_is_in_them(text in hostile()) {
        let written = |text: &str| {
            let reports = reports(text);
            let entries: Vec<Entry<'_>> = reports.iter().map(Entry::of).collect();
            junit(&Round { title: text, entries: &entries, reference: None }).unwrap()
        };
        let document = written(&text);
        shows_nothing_invisible(&document)?;
        let (names, values) = xml(&document);
        prop_assert_eq!(names, xml(&written("harmless")).0);
        shows_nothing_invisible(&values)?;
    }

    #[test]
    fn csv_reads_back_as_the_same_table_without_a_formula(text in hostile()) {
        let reports = reports(&text);
        let entries: Vec<Entry<'_>> =
            reports.iter().map(|report| Entry { report, candidate: Some(&text), files: &[] }).collect();
        let written = csv(&Round { title: &text, entries: &entries, reference: None }).unwrap();
        shows_nothing_invisible(&written)?;
        prop_assert_eq!(written.lines().count(), 3, "one line a row");
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(written.as_bytes());
        let rows: Vec<::csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        prop_assert!(rows.iter().all(|row| row.len() == 21));
        for cell in rows.iter().flatten() {
            let formula = cell.trim_start().starts_with(['=', '+', '-', '@']) || cell.starts_with(['\t', '\r']);
            prop_assert!(!formula, "{cell:?}");
        }
    }

    #[test]
    fn json_reads_back_exactly_and_escapes_what_does_not_show(text in hostile()) {
        let reports = reports(&text);
        let all: Vec<&Report> = reports.iter().collect();
        let written = json(&all, 2).unwrap();
        shows_nothing_invisible(&written)?;
        prop_assert_eq!(serde_json::from_str::<Vec<Report>>(&written).unwrap(), reports);
    }
}

#[test]
fn a_page_allows_its_own_script_and_no_other() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use sha2::{Digest as _, Sha256};
    for page in pages("harmless") {
        let page = Html::parse_document(&page);
        let script = Selector::parse("script").unwrap();
        let scripts: Vec<String> =
            page.select(&script).map(|element| element.text().collect()).collect();
        assert_eq!(scripts.len(), 1);
        let hash = STANDARD.encode(Sha256::digest(scripts[0].as_bytes()));
        let policy = Selector::parse("meta[http-equiv=Content-Security-Policy]").unwrap();
        let policy = page.select(&policy).next().unwrap().attr("content").unwrap();
        assert!(policy.starts_with("default-src 'none';"));
        assert!(policy.contains(&format!("script-src 'sha256-{hash}'")));
        let names: BTreeSet<String> = page
            .select(&Selector::parse("*").unwrap())
            .flat_map(|element| {
                element.value().attrs().map(|(name, _)| name.to_owned()).collect::<Vec<_>>()
            })
            .collect();
        assert!(!names.iter().any(|name| name.starts_with("on") || name == "src"), "{names:?}");
    }
}

#[test]
fn no_template_switches_escaping_off() {
    for (name, text) in [
        ("base", include_str!("../src/render/html/templates/base.html")),
        ("batch", include_str!("../src/render/html/templates/batch.html")),
        ("candidate", include_str!("../src/render/html/templates/candidate.html")),
        ("one", include_str!("../src/render/html/templates/one.html")),
        ("statistics", include_str!("../src/render/html/templates/statistics.html")),
        ("submission", include_str!("../src/render/html/templates/submission.html")),
        ("timing", include_str!("../src/render/html/templates/timing.html")),
        ("timings", include_str!("../src/render/html/templates/timings.html")),
    ] {
        for word in ["safe", "autoescape", "escape"] {
            assert!(!text.contains(word), "{name} says {word}");
        }
    }
}

#[test]
fn nothing_hidden_is_on_a_candidates_page() {
    let fault = |code: &str| Fault {
        code: code.to_owned(),
        message: "message".to_owned(),
        remedy: "remedy".to_owned(),
    };
    let kinds = [Verdict::CandidateFault, Verdict::AuthorFault, Verdict::InfraFault];
    let mut reports: Vec<Report> = kinds.map(|kind| faulty("mine.zip", kind, fault("code"))).into();
    reports.push(self::reports("name").remove(0));
    reports.push(round::forty().remove(4));
    for report in reports {
        let marked = marked(&report);
        let shown = Shown { score: true, groups: true };
        let view = CandidateView::new("Courier", &marked, shown);
        let page = html::for_candidate(&view).unwrap();
        assert!(!page.contains("CANARY") && !page.contains("9007199"), "{page}");
        assert!(!format!("{view:?}").contains("CANARY"));
        // The same marks are on the reviewer's page, so they would be seen.
        let reviewers = html::one("Courier", &Entry::of(&marked)).unwrap();
        assert!(reviewers.contains("CANARY") && reviewers.contains("9007199"));
    }
}

/// The report with a mark in every text and number that a candidate may not see.
fn marked(report: &Report) -> Report {
    let mut value = serde_json::to_value(report).unwrap();
    mark(&mut value, "");
    serde_json::from_value(value).unwrap()
}

fn mark(value: &mut serde_json::Value, path: &str) {
    use serde_json::Value;
    const KEPT: [&str; 12] = [
        "/schema",
        "/verdict",
        "/score",
        "/submission",
        "/groups/*/name",
        "/groups/*/weight",
        "/groups/*/passed",
        "/groups/*/total",
        "/tests/*/outcome",
        "/integrity/*/kind",
        "/provenance/submission_sha256",
        "/provenance/suite_sha256",
    ];
    match value {
        Value::Object(map) => {
            map.iter_mut().for_each(|(key, child)| mark(child, &format!("{path}/{key}")));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mark(item, &format!("{path}/*"))),
        Value::String(text) if !KEPT.contains(&path) => *text = format!("CANARY {text}"),
        Value::Number(number) if !KEPT.contains(&path) => {
            *number =
                if path.ends_with("pids") { 90_071.into() } else { 9_007_199_254_740_u64.into() };
        }
        _ => {}
    }
    if path == "/provenance/suite_sha256" && value.is_string() {
        *value = Value::String("9007199".repeat(10)[..64].to_owned());
    }
}
