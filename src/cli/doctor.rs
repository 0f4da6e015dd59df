use std::path::Path;

use serde_json::json;

use super::{
    args::{DoctorArgs, Format},
    context::Context,
    exit::{Exit, Failure},
    table,
};
use crate::{
    challenge::ImageKind,
    doctor::{Machine, State, examine},
    image::Provisioner,
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
    };
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

fn free_bytes(path: &Path) -> Option<u64> {
    let stat = nix::sys::statvfs::statvfs(path).ok()?;
    Some(stat.blocks_available() * stat.fragment_size())
}
