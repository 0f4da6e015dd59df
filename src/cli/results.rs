//! What `grade` prints at its end.

use super::{
    args::{GradeArgs, ReportFormat},
    batch::{Ended, counted},
    candidate_pages,
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

pub(super) async fn print(
    context: &Context,
    args: &GradeArgs,
    records: &Records,
    challenge: &Challenge,
    ended: &Ended,
) -> Result<Exit, Failure> {
    let finished: Vec<(&Entry, &Report)> = ended
        .entries
        .iter()
        .filter_map(|(entry, report)| Some((entry, report.as_ref()?)))
        .collect();
    let reports = ended.reports();
    let single = ended.batch.options.single;
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
    let round = Round { title: &challenge.manifest.title, entries: &entries, reference: None };
    match args.format {
        ReportFormat::Json => {
            let reports: Vec<&Report> = reports.iter().collect();
            print!("{}", rendered(render::json(&reports, asked))?);
        }
        ReportFormat::Junit => print!("{}", rendered(render::junit(&round))?),
        ReportFormat::Csv => print!("{}", rendered(render::csv(&round))?),
        ReportFormat::Html => print!("{}", rendered(render::html::page(&round, asked))?),
        ReportFormat::Human => match reports.as_slice() {
            [report] if single => print!("{}", table::one(report, args.all_tests)),
            _ => print!("{}", table::batch(&reports)),
        },
    }
    if let Some(dir) = &args.candidate_pages {
        let results = (1..).zip(&ended.entries).filter_map(|(number, (entry, report))| {
            Some((number, entry.candidate.as_str(), report.as_ref()?))
        });
        let title = &challenge.manifest.title;
        let written = candidate_pages::write(dir, &args.show, title, results)?;
        if !context.quiet {
            eprintln!("{} for candidates in {}", counted(written, "page"), dir.display());
        }
    }
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
    ended.exit(args.fail_under, context.quiet)
}

/// The files of a stored submission; none of a refused one, or where they cannot be read any more.
fn files_of(records: &Records, entry: &Entry) -> Vec<SourceFile> {
    let tar = entry.sha256.and_then(|sha256| records.blobs.get(&sha256).ok());
    tar.map(|tar| sources::of(&tar)).unwrap_or_default()
}

/// What is printed, or why it cannot be written.
fn rendered(text: Result<String, RenderError>) -> Result<String, Failure> {
    text.map_err(|error| Failure {
        exit: Exit::Infra,
        message: error.to_string(),
        remedy: "report this".into(),
    })
}
