use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Instant,
};

use super::{
    args::DemoArgs,
    context::Context,
    exit::{Exit, Failure},
    progress, signals, table,
    verify_grading::Bench,
};
use crate::{
    challenge::{Manifest, SampleKind},
    domain::Verdict,
    verify::{Matrix, Repeats, Row, Subject, SubjectKind, subjects, turns},
};

/// Gradings at a time for each core: what is demonstrated mostly waits.
const PER_CORE: usize = 4;
/// Groups of less weight than this are left to `challenge verify`.
const LEAST_WEIGHT: u32 = 10;

pub(super) async fn run(context: &Context, args: DemoArgs) -> Result<Exit, Failure> {
    let begun = Instant::now();
    let challenge = Arc::new(context.challenge(&args.challenge)?);
    let sandbox = context.engine().await?;
    let images = context.images(&sandbox, &challenge).await?;
    let shutdown = signals::watch(sandbox.clone())?;
    eprintln!("grading the solutions of {} in sandboxes", challenge.manifest.id);
    let jobs = args.jobs.unwrap_or(PER_CORE * sandbox.facts().cpus);
    let subjects = shown(subjects(&challenge)?, &challenge.manifest);
    let bench = Bench {
        sandbox: &sandbox,
        challenge: challenge.clone(),
        images,
        shutdown: &shutdown,
        jobs: Some(jobs),
        shuffle: false,
        reference: None,
    };
    let once = turns(&subjects, &Repeats::ONCE);
    let listener = progress::grading_reporter(once.len(), context.quiet);
    let reports = bench.grade_as_shipped(jobs, &subjects, &once, listener).await;
    sandbox.close().await;
    let matrix = bench.matrix(&subjects, &reports?);
    print!("{}", render(&challenge.manifest.title, &matrix));
    println!("{:.0} s in all; nothing of it is left running", begun.elapsed().as_secs_f64());
    if shutdown.drain.is_cancelled() {
        return Err(Failure::interrupted("`takehome demo` starts again"));
    }
    Ok(if matrix.holds() { Exit::Ok } else { Exit::Below })
}

/// What a newcomer wants to see within a minute: every right solution, for each group of some weight
/// a wrong one that loses it, and a few attacks. `challenge verify` grades all.
fn shown(subjects: Vec<Subject>, manifest: &Manifest) -> Vec<Subject> {
    let mut lost: BTreeSet<String> = BTreeSet::new();
    let attacks = shown_attacks(&subjects);
    let weighs =
        |name: &str| manifest.group(name).is_some_and(|group| group.weight >= LEAST_WEIGHT);
    let chosen = move |subject: &Subject| match (subject.kind, &subject.expected) {
        (SubjectKind::Sample(SampleKind::Wrong), Some(expected)) => {
            // Those that lose one group only explain most.
            let new = match expected.fails.as_slice() {
                [only] => weighs(only) && lost.insert(only.clone()),
                _ => false,
            };
            expected.verdict == Verdict::Graded && new
        }
        (SubjectKind::Sample(SampleKind::Hostile), _) => attacks.contains(&subject.name),
        (SubjectKind::Empty | SubjectKind::Starter, _) => false,
        _ => true,
    };
    subjects.into_iter().filter(chosen).collect()
}

/// One attack that is graded, the one that gains least, and one that cannot be graded.
fn shown_attacks(subjects: &[Subject]) -> Vec<String> {
    let mut attacks: Vec<(Verdict, f64, &str)> = subjects
        .iter()
        .filter(|subject| subject.kind == SubjectKind::Sample(SampleKind::Hostile))
        .filter_map(|subject| {
            let expected = subject.expected.as_ref()?;
            Some((expected.verdict, expected.score_at_most.unwrap_or(100.0), &*subject.name))
        })
        .collect();
    attacks.sort_by(|a, b| (a.0, a.1).partial_cmp(&(b.0, b.1)).unwrap_or(Ordering::Equal));
    attacks.dedup_by_key(|(verdict, ..)| *verdict);
    attacks.into_iter().map(|(_, _, name)| name.to_owned()).collect()
}

/// A table that needs no explanation: what each solution is, what it got, and whether that is right.
fn render(title: &str, matrix: &Matrix) -> String {
    let mut text = format!("\n{title}\n");
    text.push_str(
        "Each line is one solution, graded by hidden tests that ran in another container.\n\n",
    );
    let mut rows =
        table::table(&["solution", "what it is", "score", "lost points in", "as it should?"]);
    for row in &matrix.rows {
        let lost: Vec<&str> = matrix
            .groups
            .iter()
            .filter(|group| row.groups.get(*group).is_some_and(|cell| cell.lost > 0))
            .map(String::as_str)
            .collect();
        rows.add_row([
            row.subject.clone(),
            format!("{}{}", label(row), row.summary),
            row.scores.map_or_else(|| "none".into(), |(low, _)| table::number(low)),
            match row.verdicts.keys().next() {
                Some(Verdict::CandidateFault) => "(cannot be graded)".into(),
                Some(Verdict::AuthorFault | Verdict::InfraFault) => "(not scored)".into(),
                _ if lost.len() == matrix.groups.len() => "everything".into(),
                _ => lost.join(", "),
            },
            if row.mismatches.is_empty() { "yes" } else { "NO" }.into(),
        ]);
    }
    text.push_str(&format!("{rows}\n"));
    for (mismatch, subjects) in by_mismatch(matrix) {
        text.push_str(&format!("{}: {mismatch}\n", subjects.join(", ")));
    }
    let count =
        |prefix: &str| matrix.rows.iter().filter(|row| row.subject.starts_with(prefix)).count();
    text.push_str(&format!(
        "\n{} right solutions, {} wrong ones, {} that attack the grading: {}.\n",
        count("correct-") + count("reference"),
        count("wrong-"),
        count("hostile-"),
        if matrix.holds() {
            "each got what it deserves"
        } else {
            "NOT each got what it deserves; the lines above say which"
        },
    ));
    text
}

fn label(row: &Row) -> &'static str {
    let kinds = [
        ("hostile-", SampleKind::Hostile),
        ("wrong-", SampleKind::Wrong),
        ("correct-", SampleKind::Correct),
    ];
    match kinds.iter().find(|(prefix, _)| row.subject.starts_with(prefix)) {
        Some((_, SampleKind::Hostile)) => "attack: ",
        Some((_, SampleKind::Wrong)) => "wrong: ",
        Some((_, SampleKind::Correct)) => "right: ",
        None => "",
    }
}

/// One cause is named once, with everything that it hit.
fn by_mismatch(matrix: &Matrix) -> BTreeMap<&str, Vec<&str>> {
    let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in &matrix.rows {
        for mismatch in row.mismatches.keys() {
            found.entry(mismatch).or_default().push(&row.subject);
        }
    }
    found
}
