use std::sync::Arc;

use serde_json::json;

use super::{
    args::{Format, FormatArgs, ShowArgs, VerifyArgs},
    context::{Context, workers},
    exit::{Exit, Failure},
    grade, progress, signals, table,
};
use crate::{
    challenge::{Challenge, SampleKind, SuiteLock},
    domain::Report,
    run::{GradeRequest, Job, Runner, Shutdown, TestOrder, run_batch},
    sandbox::{ImagePair, docker::DockerSandbox},
    submission::{IntakeLimits, Submission},
    verify::{CpuLoad, Matrix, Subject, SubjectKind, subjects},
};

pub(super) async fn list(context: &Context, args: FormatArgs) -> Result<Exit, Failure> {
    context.sweep_if_possible().await;
    let mut found = Vec::new();
    for (id, dir) in Challenge::ids(&context.roots)? {
        found.push((id, Challenge::load(&dir)?));
    }
    if args.format == Format::Json {
        let rows: Vec<_> = found
            .iter()
            .map(|(id, challenge)| {
                let manifest = &challenge.manifest;
                json!({
                    "id": id, "title": manifest.title, "area": manifest.area,
                    "level": manifest.level.to_string(), "questions": manifest.questions,
                    "time_box_minutes": manifest.time_box.as_secs() / 60,
                    "sealed": challenge.lock.is_some(),
                })
            })
            .collect();
        println!("{}", json!(rows));
        return Ok(Exit::Ok);
    }
    let mut rows = table::table(&["id", "title", "area", "questions", "time box", "tests"]);
    for (id, challenge) in &found {
        let manifest = &challenge.manifest;
        rows.add_row([
            id.clone(),
            manifest.title.clone(),
            manifest.area.clone(),
            manifest.questions.join(" "),
            format!("{} min", manifest.time_box.as_secs() / 60),
            challenge
                .lock
                .as_ref()
                .map_or_else(|| "not sealed".into(), |l| l.tests.len().to_string()),
        ]);
    }
    println!("{rows}");
    Ok(Exit::Ok)
}

pub(super) async fn show(context: &Context, args: ShowArgs) -> Result<Exit, Failure> {
    context.sweep_if_possible().await;
    let challenge = context.challenge(&args.id)?;
    let manifest = &challenge.manifest;
    let samples = challenge.samples()?;
    let total = |group: &str| {
        challenge
            .lock
            .as_ref()
            .map_or(0, |lock| lock.tests.iter().filter(|test| test.group == group).count())
    };
    if args.format == Format::Json {
        let shown = json!({
            "id": manifest.id.to_string(), "title": manifest.title, "area": manifest.area,
            "questions": manifest.questions, "level": manifest.level.to_string(),
            "time_box_minutes": manifest.time_box.as_secs() / 60,
            "interface": manifest.interface.summary,
            "groups": manifest.groups.iter().map(|group| json!({
                "name": group.name, "weight": group.weight, "summary": group.summary,
                "tests": total(&group.name),
            })).collect::<Vec<_>>(),
            "samples": samples.iter().map(|sample| json!({
                "name": sample.slug, "summary": sample.expected.summary, "fails": sample.expected.fails,
            })).collect::<Vec<_>>(),
            "allowed": manifest.dependencies.allowed,
            "suite_sha256": challenge.suite.sha256.to_string(),
        });
        println!("{shown}");
        return Ok(Exit::Ok);
    }
    println!("{} · {}", manifest.id, manifest.title);
    println!("{}, {}, {} min", manifest.area, manifest.level, manifest.time_box.as_secs() / 60);
    println!("interface: {}", manifest.interface.summary);
    println!("libraries: {}", manifest.dependencies.allowed.join(", "));
    let mut groups = table::table(&["group", "weight", "tests", "what it shows"]);
    for group in &manifest.groups {
        groups.add_row([
            group.name.clone(),
            format!("{} %", group.weight),
            total(&group.name).to_string(),
            group.summary.clone(),
        ]);
    }
    println!("\n{groups}");
    let mut rows = table::table(&["sample", "what it does", "must lose"]);
    for sample in &samples {
        rows.add_row([
            sample.slug.clone(),
            sample.expected.summary.clone(),
            sample.expected.fails.join(", "),
        ]);
    }
    println!("\n{rows}");
    Ok(Exit::Ok)
}

pub(super) async fn verify(context: &Context, args: VerifyArgs) -> Result<Exit, Failure> {
    let sandbox = context.engine().await?;
    let shutdown = signals::watch(sandbox.clone())?;
    let mut matrices = Vec::new();
    let ids = if args.all {
        Challenge::ids(&context.roots)?.into_iter().map(|(id, _)| id).collect()
    } else {
        args.ids.clone()
    };
    for id in &ids {
        let mut challenge = context.challenge(id)?;
        let images = tokio::select! {
            images = context.images(&sandbox, &challenge) => images?,
            () = shutdown.drain.cancelled() => {
                return Err(Failure::interrupted("the images that are ready are kept"));
            }
        };
        if args.seal {
            seal(&sandbox, &mut challenge, &images).await?;
            eprintln!("sealed {}", challenge.dir.join("suite.lock").display());
        }
        let matrix =
            matrix(context, &sandbox, Arc::new(challenge), &images, &args, &shutdown).await;
        matrices.push(matrix?);
        if shutdown.drain.is_cancelled() {
            break;
        }
    }
    sandbox.close().await;
    match args.format {
        Format::Json => println!("{}", json!(matrices)),
        Format::Human => matrices.iter().for_each(|matrix| print!("{}", render(matrix))),
    }
    if shutdown.drain.is_cancelled() {
        return Err(Failure::interrupted("the matrix shows what was graded until then"));
    }
    Ok(if matrices.iter().all(Matrix::holds) { Exit::Ok } else { Exit::Below })
}

/// Grades every subject as often as asked, half of the repeats under load when that is asked.
async fn matrix(
    context: &Context,
    sandbox: &Arc<DockerSandbox>,
    challenge: Arc<Challenge>,
    images: &ImagePair,
    args: &VerifyArgs,
    shutdown: &Shutdown,
) -> Result<Matrix, Failure> {
    let wanted = |subject: &Subject| {
        args.only.is_empty() || args.only.iter().any(|prefix| subject.name.starts_with(prefix))
    };
    let subjects: Vec<Subject> = subjects(&challenge)?.into_iter().filter(wanted).collect();
    let repeats =
        Repeats { repeat: args.repeat, load: args.load, shuffle: args.shuffle, jobs: args.jobs };
    grade_subjects(context, sandbox, challenge, images, subjects, &repeats, shutdown).await
}

/// How often to grade, and how.
pub(super) struct Repeats {
    pub(super) repeat: u32,
    pub(super) load: bool,
    pub(super) shuffle: bool,
    pub(super) jobs: Option<usize>,
}

/// Grades `subjects` and sorts the results into a matrix.
pub(super) async fn grade_subjects(
    context: &Context,
    sandbox: &Arc<DockerSandbox>,
    challenge: Arc<Challenge>,
    images: &ImagePair,
    subjects: Vec<Subject>,
    args: &Repeats,
    shutdown: &Shutdown,
) -> Result<Matrix, Failure> {
    let empty = tempfile::tempdir().map_err(|error| Failure {
        exit: Exit::Infra,
        message: format!("could not make an empty folder: {error}"),
        remedy: "free some space in the temporary directory".into(),
    })?;
    let loaded = if args.load { args.repeat / 2 } else { 0 };
    let total = subjects.len() * args.repeat as usize;
    let listener = progress::grading_reporter(total, context.quiet);
    let runner = Runner::new(sandbox.clone(), listener).await?;
    let at_a_time = workers(args.jobs, sandbox.facts(), &challenge.manifest.limits);
    let mut reports: Vec<(usize, Option<Report>)> = Vec::new();
    for (repeats, load) in [(args.repeat - loaded, false), (loaded, true)] {
        let _load = (load && repeats > 0).then(|| CpuLoad::start(sandbox.facts().cpus));
        // Hostile ones first: they tend to take longest, and the last to end decides.
        let mut turn: Vec<usize> = (0..subjects.len()).collect();
        turn.sort_by_key(|index| subjects[*index].kind != SubjectKind::Sample(SampleKind::Hostile));
        let order: Vec<usize> = (0..repeats).flat_map(|_| turn.iter().copied()).collect();
        let jobs: Vec<Job> = order
            .iter()
            .enumerate()
            .map(|(turn, index)| {
                let dir = subjects[*index].dir.as_deref().unwrap_or(empty.path());
                // A different seed in each repeat: what must hold, holds for any data.
                let seed =
                    1 + (turn / subjects.len().max(1)) as u64 + if load { 1_000_000 } else { 0 };
                let order =
                    if args.shuffle { TestOrder::Shuffled(seed) } else { TestOrder::default() };
                grade::job(&challenge, dir, Some(seed), images, order)
            })
            .collect();
        let results = run_batch(&runner, jobs, at_a_time, shutdown).await;
        reports.extend(order.into_iter().zip(results));
    }
    let groups = challenge.manifest.groups.iter().map(|group| group.name.clone()).collect();
    Ok(Matrix::new(challenge.manifest.id.as_str(), groups, &subjects, &reports))
}

async fn seal(
    sandbox: &Arc<DockerSandbox>,
    challenge: &mut Challenge,
    images: &ImagePair,
) -> Result<(), Failure> {
    let runner = Runner::new(sandbox.clone(), crate::run::silent()).await?;
    // Collection needs a submission only for the type; the judge never sees it.
    let limits = IntakeLimits::default();
    let submission =
        Submission::open(&challenge.dir.join("reference"), &limits).map_err(|refusal| Failure {
            exit: Exit::Author,
            message: format!("the reference is refused: {refusal}"),
            remedy: refusal.remedy(),
        })?;
    let request =
        GradeRequest::new(Arc::new(challenge.clone()), Arc::new(submission), 0, images.clone());
    let author = |message: String| Failure {
        exit: Exit::Author,
        message,
        remedy: "challenges/AUTHORING.md says what a suite must look like".into(),
    };
    let tests = runner.collect(&request).await?.map_err(author)?;
    let lock = SuiteLock::seal(&challenge.manifest, &challenge.suite, &tests)
        .map_err(|error| author(error.to_string()))?;
    lock.save(&challenge.dir.join("suite.lock")).map_err(|error| author(error.to_string()))?;
    challenge.lock = Some(lock);
    Ok(())
}

/// The matrix for people: `✓` whole, `✗` lost as it must, `!` not as expected.
pub(super) fn render(matrix: &Matrix) -> String {
    let mut header = vec!["sample", "score"];
    header.extend(matrix.groups.iter().map(String::as_str));
    header.push("wall");
    // As wide as it needs: a matrix whose names wrap cannot be read.
    let mut rows = table::wide(&header);
    for row in &matrix.rows {
        let score = match row.scores {
            Some((low, high)) if low == high => table::number(low),
            Some((low, high)) => format!("{}–{}", table::number(low), table::number(high)),
            None => {
                row.verdicts.keys().next().map_or("–", |verdict| table::verdict(*verdict)).into()
            }
        };
        let mut cells = vec![row.subject.clone(), score];
        let stated = row.subject != "starter" && row.subject != "empty";
        for group in &matrix.groups {
            let cell = row.groups.get(group).cloned().unwrap_or_default();
            cells.push(match (cell.whole, cell.lost) {
                (0, 0) => String::new(),
                (_, 0) if stated && cell.must_lose => "! ✓".into(),
                (0, _) if stated && !cell.must_lose => "! ✗".into(),
                (_, 0) => "✓".into(),
                (0, _) => "✗".into(),
                (whole, lost) => format!("! ✓{whole} ✗{lost}"),
            });
        }
        cells.push(format!("{:.0} s", row.wall_ms as f64 / 1000.0));
        rows.add_row(cells);
    }
    let mut text = format!(
        "{}: {} samples, {} gradings\n{rows}\n✓ lost no test  ✗ lost a test, as it must  ! not as expected\n",
        matrix.challenge,
        matrix.rows.len(),
        matrix.rows.iter().map(|row| row.repeats).sum::<u32>(),
    );
    for row in &matrix.rows {
        for (mismatch, count) in &row.mismatches {
            text.push_str(&format!("{}: {mismatch} ({count} of {})\n", row.subject, row.repeats));
        }
        for (test, outcomes) in &row.flaky {
            text.push_str(&format!("{}: {test} is flaky: {outcomes:?}\n", row.subject));
        }
    }
    if matrix.missing > 0 {
        text.push_str(&format!("{} gradings were not done\n", matrix.missing));
    }
    text.push_str(if matrix.holds() {
        "everything is as expected\n"
    } else {
        "not everything is as expected\n"
    });
    text
}
