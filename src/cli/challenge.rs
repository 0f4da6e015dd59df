use serde_json::json;

use super::{
    args::{Format, FormatArgs, ShowArgs},
    context::Context,
    exit::{Exit, Failure},
    table,
};
use crate::challenge::Challenge;

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
