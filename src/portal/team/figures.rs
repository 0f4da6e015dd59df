//! Figures about a challenge: how scores are distributed, and how far reviewers agree.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Query, State};
use serde::Deserialize;

use super::{
    super::{App, Page, Problem},
    list::number,
    member::Member,
};
use crate::{
    domain::Verdict,
    render::{
        Cost,
        portal::team::{
            AgreementPage, AgreementRow, Choice, DistributionPage, page as rendered, plots,
        },
    },
    reviewing::{Agreement, LEAST_FOR_KAPPA, Pair, Right, Role, agreement},
    store::{MarkedTwice, Reviews as _},
};

/// What an address of these pages has in it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    challenge: Option<String>,
}

/// The challenge that was asked for, or the first; all of them to choose from; and its title.
async fn chosen(
    app: &App,
    asked: &Asked,
) -> Result<(Option<String>, Vec<Choice>, String), Problem> {
    let known = app.store.invited_to().await?;
    let wanted = asked.challenge.as_ref().filter(|id| known.contains(id));
    let id = wanted.or(known.first()).cloned();
    let title = match &id {
        None => String::new(),
        Some(id) => match app.library.task(id).await {
            Ok(task) => task.challenge.manifest.title.clone(),
            Err(_) => id.clone(),
        },
    };
    let choices = known.iter().map(|one| Choice::new(one, one, Some(one) == id.as_ref()));
    Ok((id.clone(), choices.collect(), title))
}

pub(super) async fn distribution_page(
    State(app): State<App>,
    member: Member,
    Query(asked): Query<Asked>,
) -> Result<Page, Problem> {
    member.need(Right::Look)?;
    let (id, challenges, title) = chosen(&app, &asked).await?;
    let results = match &id {
        Some(id) => app.store.results_of(id).await?,
        None => Vec::new(),
    };
    let graded: Vec<_> = results
        .iter()
        .filter(|one| one.verdict == Verdict::Graded && one.score.is_some())
        .collect();
    let scores: Vec<f64> = graded.iter().filter_map(|one| one.score).collect();
    let costs: Vec<Cost> =
        graded.iter().map(|one| Cost { wall_ms: one.wall_ms, cpu_ms: one.cpu_ms }).collect();
    let drawn = plots(&scores, &costs).map_err(|error| Problem::internal(&error))?;
    let html = rendered(&DistributionPage {
        frame: member.frame("Scores and times", "/team/distribution"),
        top: member.top(&app, None),
        challenges,
        title: title.into(),
        counts: (results.len(), results.len() - graded.len()),
        plots: drawn,
    });
    Ok(Page::new(html))
}

pub(super) async fn agreement_page(
    State(app): State<App>,
    member: Member,
    Query(asked): Query<Asked>,
) -> Result<Page, Problem> {
    member.need(Right::Look)?;
    let (id, challenges, title) = chosen(&app, &asked).await?;
    let marked = match &id {
        Some(id) => {
            let admin = member.account.role == Role::Admin;
            app.store.marked_twice(id, (!admin).then_some(member.account.id)).await?
        }
        None => Vec::new(),
    };
    let html = rendered(&AgreementPage {
        frame: member.frame("Agreement of reviewers", "/team/agreement"),
        top: member.top(&app, None),
        challenges,
        title: title.into(),
        reviewers: grouped(&marked, |one| format!("{} and {}", one.between.0, one.between.1)),
        criteria: grouped(&marked, |one| one.criterion.clone()),
        least: LEAST_FOR_KAPPA,
    });
    Ok(Page::new(html))
}

/// Pairs of marks, and whose they are.
type Marks<'a> = (Vec<Pair>, BTreeSet<&'a (String, String)>);

/// Rows by name. Cohen's kappa is of two reviewers; where several pairs of them are in a row, there is none.
fn grouped(marked: &[MarkedTwice], name: impl Fn(&MarkedTwice) -> String) -> Vec<AgreementRow> {
    let mut groups: BTreeMap<String, Marks<'_>> = BTreeMap::new();
    for one in marked {
        let (pairs, between) = groups.entry(name(one)).or_default();
        pairs.push(one.pair);
        between.insert(&one.between);
    }
    let row = |(name, (pairs, between)): (String, Marks<'_>)| {
        agreement(&pairs).map(|found| row(name, &found, between.len() > 1))
    };
    groups.into_iter().filter_map(row).collect()
}

fn row(name: String, found: &Agreement, several: bool) -> AgreementRow {
    AgreementRow {
        name: name.into(),
        pairs: found.pairs,
        exact: format!("{:.0}", 100.0 * found.exact),
        near: format!("{:.0}", 100.0 * found.near),
        kappa: match found.kappa {
            _ if found.pairs < LEAST_FOR_KAPPA => "too few pairs".into(),
            _ if several => "more than two reviewers".into(),
            Some(kappa) => number(kappa),
            None => "always the same mark".into(),
        },
    }
}
