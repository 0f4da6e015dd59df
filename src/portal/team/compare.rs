//! Submissions beside each other.

use axum::extract::{Query, State};

use super::{
    super::{App, Page, Problem},
    case::Case,
    list::number,
    member::Member,
};
use crate::{
    domain::Report,
    render::portal::{
        Line,
        team::{CompareColumn, ComparePage, CompareRow, page as rendered},
    },
    reviewing::Right,
    store::{Reviews as _, Store as _},
};

/// More columns than this nobody reads.
const MOST: usize = 6;

type Cell = (Line, String);

pub(super) async fn page(
    State(app): State<App>,
    member: Member,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Page, Problem> {
    member.need(Right::Look)?;
    let codes = asked.into_iter().filter(|(name, _)| name == "code").map(|(_, code)| code);
    let mut cases: Vec<(Case, Option<Report>)> = Vec::new();
    let mut others = false;
    for code in codes.take(MOST) {
        let case = Case::open(&app, &member, &code).await?;
        if cases.iter().any(|(known, _)| known.code() == case.code()) {
            continue;
        }
        let challenge = |case: &Case| case.standing.invitation.challenge.clone();
        if cases.first().is_some_and(|(first, _)| challenge(first) != challenge(&case)) {
            others = true;
            continue;
        }
        let report = match app.store.counting(case.code()).await? {
            Some(grading) => app.store.report(&grading).await?,
            None => None,
        };
        cases.push((case, report));
    }
    let html = rendered(&ComparePage {
        frame: member.frame("Comparison", ""),
        top: member.top(&app, None),
        challenge: match (cases.first(), others) {
            (Some((first, _)), true) => {
                format!("{}; those of other challenges are left out.", first.title()).into()
            }
            (Some((first, _)), false) => first.title().into(),
            (None, _) => Line::default(),
        },
        nothing: if cases.is_empty() {
            "Choose two to six invitations to the same challenge in the list."
        } else {
            ""
        },
        columns: cases
            .iter()
            .map(|(case, _)| CompareColumn {
                code: case.code().as_str().into(),
                name: case.name().unwrap_or_default().into(),
                state: case.standing.state.words(),
            })
            .collect(),
        rows: rows(&cases)?,
    });
    Ok(Page::new(html))
}

fn rows(cases: &[(Case, Option<Report>)]) -> Result<Vec<CompareRow>, Problem> {
    let of = |name: &str, cell: &dyn Fn(&Report) -> Cell| CompareRow {
        name: name.into(),
        cells: cases
            .iter()
            .map(|(_, report)| report.as_ref().map(cell).unwrap_or_default())
            .collect(),
    };
    let plain = |text: String| (Line::from(text), String::new());
    let mut rows = vec![
        of("Score", &|report| match report.score {
            Some(score) => (number(score).into(), number(score)),
            None => plain(report.verdict.words().to_owned()),
        }),
        of("Wall time, s", &|report| plain(number(report.resources.wall_ms as f64 / 1000.0))),
        of("CPU time, s", &|report| plain(number(report.resources.cpu_ms as f64 / 1000.0))),
        of("Peak memory, MiB", &|report| {
            plain(number(report.resources.peak_memory_bytes as f64 / f64::from(1 << 20)))
        }),
        of("Worth a look", &|report| plain(report.integrity.len().to_string())),
    ];
    let mut groups: Vec<&str> = Vec::new();
    for group in cases.iter().filter_map(|(_, report)| report.as_ref()).flat_map(|one| &one.groups)
    {
        if !groups.contains(&group.name.as_str()) {
            groups.push(&group.name);
        }
    }
    if !groups.is_empty() {
        rows.push(CompareRow { name: "Tests by group".into(), cells: Vec::new() });
    }
    for name in groups {
        rows.push(of(name, &|report| {
            let group = report.groups.iter().find(|group| group.name == name);
            group.map_or_else(Default::default, |group| {
                let share = 100.0 * f64::from(group.passed) / f64::from(group.total.max(1));
                (format!("{}/{}", group.passed, group.total).into(), number(share))
            })
        }));
    }
    rows.extend(marks(cases)?);
    Ok(rows)
}

/// Means of the marks that may be seen, with how many they are of.
fn marks(cases: &[(Case, Option<Report>)]) -> Result<Vec<CompareRow>, Problem> {
    let Some((first, _)) = cases.first() else { return Ok(Vec::new()) };
    let Some(rubric) = first.rubric()? else { return Ok(Vec::new()) };
    let mut rows =
        vec![CompareRow { name: "Marks, mean of 1 to 4 (how many)".into(), cells: Vec::new() }];
    let hidden = |case: &Case| case.cards_in() > 0 && case.cards().next().is_none();
    for criterion in &rubric.criteria {
        let cell = |(case, _): &(Case, Option<Report>)| -> Cell {
            let marks: Vec<f64> = case
                .cards()
                .filter(|card| card.rubric == rubric.sha256)
                .flat_map(|card| &card.marks)
                .filter(|mark| mark.criterion == criterion.key)
                .map(|mark| f64::from(mark.mark))
                .collect();
            match marks.len() {
                0 if hidden(case) => ("after yours".into(), String::new()),
                0 => (Line::default(), String::new()),
                count => {
                    let mean = marks.iter().sum::<f64>() / count as f64;
                    (format!("{} ({count})", number(mean)).into(), number(25.0 * mean))
                }
            }
        };
        rows.push(CompareRow {
            name: (&criterion.name).into(),
            cells: cases.iter().map(cell).collect(),
        });
    }
    Ok(rows)
}
