//! Pages of timings: words and plots where there are figures, words alone where there are none. One is
//! left under the target folder, where scripts/look_at_reports.py opens it in a browser.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case fails")]

use std::{fs, path::Path};

#[path = "timing/noise.rs"]
#[expect(dead_code, reason = "the tests of timing use the rest")]
mod noise;

use noise::{Host, exactly, of, plan};
use scraper::{Html, Selector};
use takehome::{
    domain::timing::{
        Ideal, Measurement, MemoryReading, Plan, PlanTiming, Side, Sides, StopReason, TimingFailure,
    },
    render::html::{self, TimedSubmission},
    timing::report,
};

const SIZES: [u64; 4] = [1_000, 4_000, 16_000, 64_000];
const MIB: f64 = 1024.0 * 1024.0;

fn named(name: &str) -> PlanTiming {
    PlanTiming {
        name: name.to_owned(),
        summary: "a year of bookings in one call".to_owned(),
        unit: "rows".to_owned(),
        against: "reference".to_owned(),
        report: None,
        failed: None,
        ideal: None,
        latency_us: None,
    }
}

fn timed(measurement: Measurement, plan: Plan) -> PlanTiming {
    let report = Some(report(measurement, plan, StopReason::Planned));
    PlanTiming { report, ..named("plan") }
}

/// A whole measurement of four sizes, so many times slower than the reference at the least size, its time
/// and memory growing by that power of the size.
fn grown(seed: u64, slower: f64, power: f64) -> PlanTiming {
    let plan = Plan { sizes: SIZES.into(), main_size: 1, ..plan(seed) };
    let call_s = |size: u64| {
        let size = size as f64;
        let reference = 2e-5 + 4e-8 * size;
        Sides { candidate: slower * reference * (size / 1000.0).powf(power - 1.0), reference }
    };
    let (mut measurement, stopped) = Host::new(seed).measure(&plan, call_s);
    for (size_index, size) in SIZES.into_iter().enumerate() {
        let bytes = |each: f64| Some((24.0 * MIB + each * size as f64) as u64);
        let peak_bytes = Sides { candidate: bytes(900.0 * power), reference: bytes(40.0) };
        measurement.memory.push(MemoryReading { size_index, peak_bytes });
    }
    PlanTiming { report: Some(report(measurement, plan, stopped)), ..named("plan") }
}

fn page(timings: &[PlanTiming]) -> Html {
    let timed = [TimedSubmission { name: "alice.zip", timings }];
    Html::parse_document(&html::timings("Ledger", &timed).unwrap())
}

fn count(page: &Html, selector: &str) -> usize {
    page.select(&Selector::parse(selector).unwrap()).count()
}

fn texts(page: &Html, selector: &str) -> Vec<String> {
    let selector = Selector::parse(selector).unwrap();
    page.select(&selector)
        .map(|element| element.text().collect::<String>().trim().to_owned())
        .collect()
}

#[test]
fn a_measurement_has_a_verdict_four_plots_and_their_tables() {
    let slower = PlanTiming {
        ideal: Some(Ideal { seconds: 1.5, times: Sides { candidate: 1.3, reference: 1.1 } }),
        ..PlanTiming { name: "year".to_owned(), ..grown(1, 1.3, 1.5) }
    };
    let faster = PlanTiming { name: "year".to_owned(), ..grown(3, 0.6, 1.0) };
    let same = PlanTiming { name: "month".to_owned(), ..timed(of(&[1.0; 10]), plan(0)) };
    let failure = TimingFailure { side: Some(Side::Candidate), message: "wrong answer".to_owned() };
    let failed = PlanTiming { failed: Some(failure), ..named("month") };
    let first = [slower, same];
    let second = [faster, failed];
    let text = html::timings(
        "Ledger",
        &[
            TimedSubmission { name: "alice.zip", timings: &first },
            TimedSubmission { name: "bob.zip", timings: &second },
        ],
    )
    .unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("reports");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("timing.html"), &text).unwrap();

    let page = Html::parse_document(&text);
    let verdicts = texts(&page, "table.timings .outcome");
    assert_eq!(verdicts.len(), 4);
    for (verdict, word) in verdicts.iter().zip(["slower", "same", "faster", "not timed"]) {
        assert!(verdict.ends_with(word), "{verdicts:?}");
    }
    // Bar and pairs of three, growth and memory of two.
    assert_eq!(count(&page, "svg.plot[role=img] > title"), 3 + 3 + 2 + 2);
    for plot in page.select(&Selector::parse("svg.plot").unwrap()) {
        let table = plot.attr("aria-describedby").unwrap();
        assert_eq!(count(&page, &format!("#{table}")), 1, "{table}");
    }
    assert_eq!(count(&page, "#s1-t1-growth-table tbody tr"), SIZES.len());
    assert_eq!(count(&page, "#s1-t1-memory-table tbody tr"), SIZES.len());
    assert!(
        texts(&page, "#s1-t1 .keys li")
            .iter()
            .any(|key| key.contains("exponent 1.4") || key.contains("exponent 1.5")),
        "{:?}",
        texts(&page, "#s1-t1 .keys li")
    );
    assert!(texts(&page, "#s2-t2 .message")[0].contains("wrong answer"));
    for link in page.select(&Selector::parse("a").unwrap()) {
        assert_eq!(count(&page, link.attr("href").unwrap()), 1);
    }
}

#[test]
fn of_one_process_pair_there_are_pairs_and_a_reason_but_no_interval() {
    let page = page(&[timed(of(&[1.2]), plan(0))]);
    assert_eq!(count(&page, "svg.plot"), 1);
    assert!(texts(&page, ".doubts li").iter().any(|doubt| doubt.contains("no ratio")));
    assert_eq!(texts(&page, "table.timings td:nth-of-type(4)"), ["–"]);
}

#[test]
fn without_figures_there_are_words_and_no_plot() {
    let mut stood_still = of(&[1.0; 10]);
    stood_still.process_pairs[3].pairs[0].candidate = takehome::domain::timing::Sample::default();
    let mut empty = of(&[1.0; 10]);
    empty.process_pairs[3].pairs.clear();
    for measurement in [Measurement::default(), stood_still, empty] {
        let page = page(&[timed(measurement, plan(0))]);
        assert_eq!(count(&page, "svg.plot"), 0);
        assert!(texts(&page, ".verdict")[0].contains("too noisy"));
        assert!(!texts(&page, ".doubts li").is_empty());
    }
    let page = page(&[named("neither")]);
    assert_eq!(count(&page, "svg.plot"), 0);
    assert_eq!(texts(&page, ".message"), ["there are no readings"]);
}

#[test]
fn numbers_that_no_axis_holds_break_no_plot() {
    for bad in [f64::NAN, f64::INFINITY, 0.0, -1.0] {
        let mut timing = grown(2, 1.0, 1.0);
        let report = timing.report.as_mut().unwrap();
        report.ratio.as_mut().unwrap().to = bad;
        let growth = report.growth.as_mut().unwrap();
        growth.sizes[1].least_ns.candidate = bad;
        growth.difference.value = bad;
        let memory = report.memory.as_mut().unwrap();
        memory.sizes[1].peak_bytes.reference = if bad == 0.0 { -1.0 } else { bad };
        let page = page(&[timing]);
        assert_eq!(count(&page, "svg.plot"), 1, "only the pairs, which are sound");
        assert_eq!(texts(&page, "table.timings td:nth-of-type(4)"), ["–"]);
        let svg: String =
            page.select(&Selector::parse("svg").unwrap()).map(|element| element.html()).collect();
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
    }
}

#[test]
fn what_is_not_drawn_is_said() {
    let mut many = of(&[1.0; 10]);
    let pair = exactly(1.0).pairs[0];
    many.process_pairs[0].pairs = vec![pair; 1000];
    let page = page(&[timed(many, plan(0))]);
    let caption = texts(&page, "figcaption").join(" ");
    assert!(caption.contains("Of 1018 pairs 218 are drawn, at most 200"), "{caption}");
}

/// All elements with all their attributes, in order.
fn skeleton(page: &Html) -> Vec<String> {
    page.select(&Selector::parse("*").unwrap())
        .map(|element| {
            format!("{} {:?}", element.value().name(), element.value().attrs().collect::<Vec<_>>())
        })
        .collect()
}

#[test]
fn no_element_of_a_page_comes_from_a_name_or_a_message() {
    let written = |text: &str| {
        let name = |timing: PlanTiming| PlanTiming {
            name: text.to_owned(),
            summary: text.to_owned(),
            unit: text.to_owned(),
            against: text.to_owned(),
            ..timing
        };
        let message = format!("x{text}");
        let failure = TimingFailure { side: Some(Side::Reference), message };
        let mut noted = name(grown(4, 1.1, 1.0));
        noted.report.as_mut().unwrap().doubts_in_words = vec![text.to_owned()];
        let timings = [noted, name(PlanTiming { failed: Some(failure), ..named("") })];
        html::timings(text, &[TimedSubmission { name: text, timings: &timings }]).unwrap()
    };
    let harmless = skeleton(&Html::parse_document(&written("harmless")));
    for hostile in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "</style></title></pre></svg></figcaption></table>",
        "<!-- ]]> <![CDATA[",
        "{{ 7 * 7 }}{% include \"base.html\" %}",
        "\u{202e}gpj.exe\u{2066}\u{1b}[2J\0",
    ] {
        let page = written(hostile);
        assert!(!page.contains(['\u{202e}', '\u{2066}', '\u{1b}', '\0']), "{hostile}");
        assert_eq!(skeleton(&Html::parse_document(&page)), harmless, "{hostile}");
    }
}
