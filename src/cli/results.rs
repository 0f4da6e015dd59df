//! What `grade` prints at its end.

use std::sync::Arc;

use super::{
    args::{GradeArgs, ReportFormat},
    batch::{Ended, conclude, counted},
    candidate_pages::{self, CandidatePage},
    context::Context,
    exit::{Exit, Failure},
    sources, table,
};
use crate::{
    batch::Records,
    challenge::Challenge,
    domain::Report,
    render::{self, RenderError, Round, SourceFile},
    store::Entry,
};

/// Prints the results of a round, a batch for each of its challenges.
pub(super) async fn print(
    context: &Context,
    args: &GradeArgs,
    records: &Records,
    round: &[(Arc<Challenge>, Ended)],
) -> Result<Exit, Failure> {
    let finished: Vec<(&Entry, &Report)> = round
        .iter()
        .flat_map(|(_, ended)| &ended.entries)
        .filter_map(|(entry, report)| Some((entry, report.as_ref()?)))
        .collect();
    let title = match round {
        [(challenge, _)] => challenge.manifest.title.clone(),
        _ => counted(round.len(), "challenge"),
    };
    let single = matches!(round, [(_, ended)] if ended.batch.options.single);
    let asked = if single { 1 } else { usize::MAX };
    let files: Vec<Vec<SourceFile>> = finished
        .iter()
        .map(|(entry, _)| match args.format {
            ReportFormat::Html => files_of(records, entry),
            _ => Vec::new(),
        })
        .collect();
    let entries: Vec<render::Entry<'_>> = finished
        .iter()
        .zip(&files)
        .map(|((entry, report), files)| render::Entry {
            report,
            candidate: Some(&entry.candidate),
            files,
        })
        .collect();
    let rendered_round = Round { title: &title, entries: &entries, reference: None };
    match args.format {
        ReportFormat::Json => {
            let reports: Vec<&Report> = finished.iter().map(|(_, report)| *report).collect();
            print!("{}", rendered(render::json(&reports, asked))?);
        }
        ReportFormat::Junit => print!("{}", rendered(render::junit(&rendered_round))?),
        ReportFormat::Csv => print!("{}", rendered(render::csv(&rendered_round))?),
        ReportFormat::Html => print!("{}", rendered(render::html::page(&rendered_round, asked))?),
        ReportFormat::Human => human(args, round, single),
    }
    if let Some(dir) = &args.candidate_pages {
        let pages = round.iter().flat_map(|(challenge, ended)| {
            let title = challenge.manifest.title.as_str();
            ended.entries.iter().filter_map(move |(entry, report)| {
                let candidate = entry.candidate.as_str();
                Some(CandidatePage { title, candidate, report: report.as_ref()? })
            })
        });
        let written = candidate_pages::write(dir, &args.show, pages)?;
        if !context.quiet {
            eprintln!("{} for candidates in {}", counted(written, "page"), dir.display());
        }
    }
    for (_, ended) in round {
        tell_twins(context, args, records, ended).await?;
    }
    let ended: Vec<&Ended> = round.iter().map(|(_, ended)| ended).collect();
    conclude(&ended, args.fail_under, context.quiet)
}

fn human(args: &GradeArgs, round: &[(Arc<Challenge>, Ended)], single: bool) {
    for (challenge, ended) in round {
        if round.len() > 1 {
            println!("\n{} · {}", challenge.manifest.id, table::plain(&challenge.manifest.title));
        }
        match ended.reports().as_slice() {
            [report] if single => print!("{}", table::one(report, args.all_tests)),
            reports => print!("{}", table::batch(reports)),
        }
    }
}

/// Names the candidates of a batch who sent the same bytes.
async fn tell_twins(
    context: &Context,
    args: &GradeArgs,
    records: &Records,
    ended: &Ended,
) -> Result<(), Failure> {
    for twins in records.store.twins(ended.batch.id).await? {
        let names: Vec<String> =
            twins.candidates.iter().map(|name| table::plain(&name.replace('\n', " "))).collect();
        let line = format!(
            "worth a look: {} sent the same bytes ({})",
            names.join(" and "),
            twins.sha256.short(12)
        );
        match args.format {
            ReportFormat::Human => println!("{line}"),
            _ if context.quiet => {}
            _ => eprintln!("{line}"),
        }
    }
    Ok(())
}

/// The files of a stored submission; none of a refused one, or where they cannot be read any more.
fn files_of(records: &Records, entry: &Entry) -> Vec<SourceFile> {
    let tar = entry.sha256.and_then(|sha256| records.blobs.get(&sha256).ok());
    tar.map(|tar| sources::of(&tar)).unwrap_or_default()
}

/// What is printed, or why it cannot be written.
pub(super) fn rendered(text: Result<String, RenderError>) -> Result<String, Failure> {
    text.map_err(|error| Failure {
        exit: Exit::Infra,
        message: error.to_string(),
        remedy: "report this".into(),
    })
}
