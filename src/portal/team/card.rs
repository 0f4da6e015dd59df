//! One's own scorecard.

use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use super::{
    super::{App, Page, Problem},
    case::Case,
    forms::{self, Fields, Filled},
    member::Member,
};
use crate::{
    challenge::Rubric,
    hiring::State as Stage,
    render::portal::{
        Line,
        team::{CardPage, Choice, CriterionView, MarkView, page as rendered},
    },
    reviewing::{Mark, Recommendation, Right, Words, missing},
    store::{NewScorecard, Reviews as _, StoreError},
};

/// What a form or the store says of a card.
#[derive(Default)]
struct Filling {
    marks: Vec<Mark>,
    recommendation: Option<Recommendation>,
    words: String,
}

pub(super) async fn page(
    State(app): State<App>,
    member: Member,
    Path(code): Path<String>,
    Query(query): Query<forms::Query>,
) -> Result<Page, Problem> {
    member.need(Right::Review)?;
    let case = Case::open(&app, &member, &code).await?;
    let filling = case.own_card().map_or_else(Filling::default, |card| Filling {
        marks: card.marks.clone(),
        recommendation: card.recommendation,
        words: card.words.clone(),
    });
    shown(&app, &member, &case, query.said.as_deref(), &filling, Vec::new()).await
}

async fn shown(
    app: &App,
    member: &Member,
    case: &Case,
    said: Option<&str>,
    filling: &Filling,
    wrong: Vec<Line>,
) -> Result<Page, Problem> {
    let rubric = case.rubric()?;
    let is_in = case.own_is_in();
    let bad = !wrong.is_empty();
    let open = matches!(case.standing.state, Stage::Graded | Stage::InReview);
    let html = rendered(&CardPage {
        frame: member.frame(case.code().as_str(), ""),
        top: member.top(app, said),
        tabs: case.tabs(member, "/scorecard"),
        nothing: match &rubric {
            None => "The challenge has no rubric (rubric.toml), so there is nothing to mark by.",
            Some(_) if !open && !is_in => {
                "There is nothing to mark: a scorecard is written between the result and the decision."
            }
            Some(_) => "",
        },
        criteria: rubric.as_ref().map(|rubric| criteria(rubric, filling)).unwrap_or_default(),
        recommendations: Recommendation::ALL
            .map(|one| Choice::new(one.key(), one.words(), filling.recommendation == Some(one)))
            .into(),
        words: (&filling.words).into(),
        version: case.own_card().map(|card| card.version.to_string()).unwrap_or_default(),
        blind: !case.sight.names,
        wrong,
        rubric: rubric.map(|rubric| rubric.sha256.to_string()).unwrap_or_default(),
        grading: app.store.counting(case.code()).await?.unwrap_or_default().into(),
        is_in,
    });
    Ok(Page::new(html).with(if bad { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }))
}

fn criteria(rubric: &Rubric, filling: &Filling) -> Vec<CriterionView> {
    let criterion = |criterion: &crate::challenge::Criterion| {
        let given = filling.marks.iter().find(|mark| mark.criterion == criterion.key);
        let anchors = (1..).zip(&criterion.anchors).map(|(mark, means)| MarkView {
            mark,
            means: means.into(),
            given: given.is_some_and(|given| given.mark == mark),
        });
        CriterionView {
            key: (&criterion.key).into(),
            name: (&criterion.name).into(),
            question: (&criterion.question).into(),
            anchors: anchors.collect(),
            words: given.map(|given| given.words.as_str()).unwrap_or_default().into(),
        }
    };
    rubric.criteria.iter().map(criterion).collect()
}

pub(super) async fn keep(
    State(app): State<App>,
    member: Member,
    Path(code): Path<String>,
    form: Filled,
) -> Result<Response, Problem> {
    member.need(Right::Review)?;
    let fields = Fields::new(form);
    member.check(&app, fields.raw("csrf"))?;
    let case = Case::open(&app, &member, &code).await?;
    let Some(rubric) = case.rubric()? else { return Err(Problem::not_found()) };
    let (filling, words, mut wrong) = read(&fields, &rubric);
    let hand_in = fields.text("do") == "hand_in";
    if fields.text("rubric") != rubric.sha256.to_string() {
        wrong.push("The rubric has changed meanwhile: look at your marks again.".into());
    }
    if hand_in {
        let unmarked = missing(&rubric.keys(), &filling.marks);
        let names = rubric.criteria.iter().filter(|one| unmarked.contains(&one.key.as_str()));
        wrong.extend(names.map(|one| Line::from(format!("{}: choose a mark", one.name))));
        if filling.recommendation.is_none() {
            wrong.push("Say whether you would go on with this candidate.".into());
        }
    }
    if !wrong.is_empty() {
        return Ok(shown(&app, &member, &case, None, &filling, wrong).await?.into_response());
    }
    let card = NewScorecard {
        version: fields.parse_option("version", "").map_err(|_| forms::bad_request())?,
        grading: app.store.counting(case.code()).await?,
        rubric: rubric.sha256,
        marks: filling.marks.clone(),
        recommendation: filling.recommendation,
        words,
        hand_in,
        blind: !case.sight.names,
    };
    match app.store.keep_scorecard(case.code(), &card, &member.account).await {
        Ok(_) if hand_in => {
            Ok(Redirect::to(&format!("/team/i/{}?said=in", case.code())).into_response())
        }
        Ok(_) => {
            let back = format!("/team/i/{}/scorecard?said=kept", case.code());
            Ok(Redirect::to(&back).into_response())
        }
        Err(StoreError::Outdated(_)) => {
            let wrong = "It was kept from another window meanwhile: this page has what you typed here; \
                         load it again to see the other.";
            let page = shown(&app, &member, &case, None, &filling, vec![wrong.into()]).await?;
            Ok(page.with(StatusCode::CONFLICT).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Marks of the rubric's criteria only, each once.
fn read(fields: &Fields, rubric: &Rubric) -> (Filling, Words, Vec<Line>) {
    let mut wrong = Vec::new();
    let mut marks = Vec::new();
    for criterion in &rubric.criteria {
        let why = fields.words(&format!("why.{}", criterion.key), &criterion.name);
        let why = why.unwrap_or_else(|error| {
            wrong.push(error.into());
            Words::default()
        });
        let mark = fields.text(&format!("mark.{}", criterion.key)).parse::<u8>().ok();
        match mark.filter(|mark| (1..=4).contains(mark)) {
            Some(mark) => marks.push(Mark {
                criterion: criterion.key.clone(),
                mark,
                words: why.as_str().to_owned(),
            }),
            None if !why.is_empty() => {
                wrong.push(format!("{}: words need a mark to belong to", criterion.name).into());
            }
            None => {}
        }
    }
    let words = fields.words("words", "In a few sentences").unwrap_or_else(|error| {
        wrong.push(error.into());
        Words::default()
    });
    let chosen = fields.text("recommendation");
    let filling = Filling {
        marks,
        recommendation: Recommendation::ALL.into_iter().find(|one| one.key() == chosen),
        words: words.as_str().to_owned(),
    };
    (filling, words, wrong)
}
