use std::{path::Path, sync::Arc};

use serde_json::json;

use super::{
    args::{DoctorArgs, Format},
    context::Context,
    exit::{Exit, Failure},
    grade, table,
    verify::seal,
};
use crate::{
    challenge::{Challenge, ChallengeId, ImageKind},
    doctor::{Machine, State, examine},
    domain::Report,
    image::Provisioner,
    package::Skeleton,
    run::{Runner, Shutdown, TestOrder, run_batch},
    sandbox::docker::DockerSandbox,
};

pub(super) async fn run(context: &Context, args: DoctorArgs) -> Result<Exit, Failure> {
    let sandbox = context.engine().await?;
    let provisioner = Provisioner::new(&sandbox, &context.home, &|_| {})?;
    let recipes = provisioner.recipes();
    let mut images = Vec::new();
    for recipe in [&recipes.base, &recipes.judge, recipes.candidate(ImageKind::Core)] {
        images.push((recipe.tag(), provisioner.is_ready(recipe).await?));
    }
    let engine = sandbox.facts().clone();
    let machine = Machine {
        engine_free_bytes: free_bytes(Path::new(&engine.root_dir)),
        home_free_bytes: context.home.ancestors().find_map(free_bytes),
        engine,
        images,
        tried: match args.try_pair {
            true => Some(try_pair(context, &sandbox).await),
            false => None,
        },
    };
    sandbox.close().await;
    let findings = examine(&machine);
    let worst = findings.iter().map(|finding| finding.state).max().unwrap_or(State::Ok);
    if args.format == Format::Json {
        println!("{}", json!(findings));
    } else {
        let mut rows = table::table(&["", "checked", "found", "what to do"]);
        for finding in &findings {
            let mark = match finding.state {
                State::Ok => "✓",
                State::Warning => "!",
                State::Problem => "✗",
            };
            rows.add_row([mark, finding.subject, &finding.found, &finding.remedy]);
        }
        println!("{rows}");
        println!(
            "{}",
            match worst {
                State::Ok => "everything is in order",
                State::Warning => "grading works; the lines marked ! could be better",
                State::Problem =>
                    "grading does not work or is not safe here; see the lines marked ✗",
            }
        );
    }
    Ok(if worst == State::Problem { Exit::Infra } else { Exit::Ok })
}

/// Grades the model solution of a new challenge as any submission: score and seconds, or why not.
async fn try_pair(context: &Context, sandbox: &Arc<DockerSandbox>) -> Result<(f64, f64), String> {
    let report = grade_model(context, sandbox).await.map_err(|failure| failure.to_string())?;
    match (report.score, report.fault) {
        (Some(score), _) => Ok((score, report.resources.wall_ms as f64 / 1000.0)),
        (None, fault) => Err(fault.map(|fault| fault.message).unwrap_or_default()),
    }
}

async fn grade_model(context: &Context, sandbox: &Arc<DockerSandbox>) -> Result<Report, Failure> {
    let broken = |error: &dyn std::fmt::Display| Failure {
        exit: Exit::Infra,
        message: error.to_string(),
        remedy: "free some space in the temporary directory".into(),
    };
    let folder = tempfile::tempdir().map_err(|error| broken(&error))?;
    let id: ChallengeId = "model".parse().map_err(|error| broken(&error))?;
    let skeleton = Skeleton::new(id, None, ImageKind::Core);
    skeleton.write(folder.path()).map_err(|error| broken(&error))?;
    let mut challenge = Challenge::load(&folder.path().join("model"))?;
    let images = context.images(sandbox, &challenge).await?;
    seal(sandbox, &mut challenge, &images).await?;
    let reference = challenge.dir.join("reference");
    let challenge = Arc::new(challenge);
    let job = grade::job(&challenge, &reference, None, &images, TestOrder::default());
    let runner = Runner::new(sandbox.clone(), crate::run::silent()).await?;
    let mut reports = run_batch(&runner, vec![job], 1, &Shutdown::default()).await;
    reports.pop().flatten().ok_or_else(|| broken(&"the grading was stopped"))
}

fn free_bytes(path: &Path) -> Option<u64> {
    let stat = nix::sys::statvfs::statvfs(path).ok()?;
    Some(stat.blocks_available() * stat.fragment_size())
}
