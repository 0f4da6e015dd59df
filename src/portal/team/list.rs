//! Invitations.

use axum::extract::{Query, State};
use serde::Deserialize;

use super::{
    super::{App, Page, Problem},
    case::utc,
    member::Member,
};
use crate::{
    domain::Verdict,
    hiring::State as Stage,
    render::portal::{
        NavLink,
        team::{Choice, ListPage, ListView, Tally, page as rendered},
    },
    reviewing::{Right, Role, Sight},
    store::{ListQuery, ListRow, Order, Reviews as _},
};

const ROWS: u32 = 25;
/// Nobody turns to a later page than this.
const MOST_PAGES: u32 = 40_000;
const MOST_TEXT: usize = 120;

/// What an address of the list has in it.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    pub(super) q: String,
    #[serde(default)]
    pub(super) state: String,
    #[serde(default)]
    pub(super) challenge: String,
    #[serde(default)]
    pub(super) order: String,
    #[serde(default)]
    pub(super) todo: String,
    page: Option<u32>,
    said: Option<String>,
}

const ORDERS: [(&str, &str, Order); 4] = [
    ("", "newest first", Order::Newest),
    ("score", "best score first", Order::Score),
    ("deadline", "nearest deadline first", Order::Deadline),
    ("name", "by name", Order::Name),
];

impl Asked {
    /// For the store. What a member may not see they can neither search nor sort by.
    pub(super) fn query(&self, member: &Member) -> ListQuery {
        let sees = member.account.role == Role::Admin;
        let order = ORDERS.iter().find(|(key, _, _)| *key == self.order);
        let order = order.map(|(_, _, order)| *order).unwrap_or_default();
        let hidden = matches!(order, Order::Name | Order::Deadline) && !sees;
        let text: String = self.q.trim().chars().take(MOST_TEXT).collect();
        ListQuery {
            state: Stage::ALL.into_iter().find(|state| state.key() == self.state),
            challenge: Some(self.challenge.clone()).filter(|id| !id.is_empty()),
            text: Some(text).filter(|text| !text.is_empty()),
            names: sees,
            to_review: self.todo == "yes" && member.may(Right::Review),
            overdue: false,
            order: if hidden { Order::Newest } else { order },
            skip: 0,
            limit: ROWS,
        }
    }

    /// The same list with something else in its address.
    pub(super) fn address(&self, path: &str, change: impl FnOnce(&mut Self)) -> String {
        let mut asked = Self { page: None, said: None, ..self.clone() };
        change(&mut asked);
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let page = asked.page.map(|page| page.to_string()).unwrap_or_default();
        for (name, value) in [
            ("q", &asked.q),
            ("state", &asked.state),
            ("challenge", &asked.challenge),
            ("order", &asked.order),
            ("todo", &asked.todo),
            ("page", &page),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        let query = query.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}

pub(super) async fn page(
    State(app): State<App>,
    member: Member,
    Query(asked): Query<Asked>,
) -> Result<Page, Problem> {
    member.need(Right::Look)?;
    shown(&app, &member, &asked, false).await
}

pub(super) async fn overdue(
    State(app): State<App>,
    member: Member,
    Query(asked): Query<Asked>,
) -> Result<Page, Problem> {
    member.need(Right::Forget)?;
    shown(&app, &member, &asked, true).await
}

async fn shown(app: &App, member: &Member, asked: &Asked, overdue: bool) -> Result<Page, Problem> {
    let path = if overdue { "/team/retention" } else { "/team" };
    let number = asked.page.unwrap_or(1).clamp(1, MOST_PAGES);
    let query = ListQuery { overdue, skip: (number - 1) * ROWS, ..asked.query(member) };
    let listed = app.store.listed(&query, member.account.id).await?;
    let tallies = match overdue {
        true => Vec::new(),
        false => tallies(app, asked, &query).await?,
    };
    let known = app.store.invited_to().await?;
    let mut challenges = vec![Choice::new("", "all", query.challenge.is_none())];
    challenges
        .extend(known.iter().map(|id| Choice::new(id, id, query.challenge.as_deref() == Some(id))));
    let admin = member.account.role == Role::Admin;
    let orders = ORDERS
        .iter()
        .filter(|(_, _, order)| admin || matches!(order, Order::Newest | Order::Score));
    let first = query.skip + 1;
    let last = query.skip + listed.rows.len() as u32;
    let html = rendered(&ListPage {
        frame: member
            .frame(if overdue { "Kept for too long" } else { "Invitations" }, path)
            .script("team.js"),
        top: member.top(app, asked.said.as_deref()),
        heading: if overdue { "Kept for longer than was said" } else { "Invitations" },
        tallies,
        challenges,
        orders: orders
            .map(|(key, text, order)| Choice::new(key, text, *order == query.order))
            .collect(),
        state: query.state.map_or("", Stage::key).into(),
        text: query.text.clone().unwrap_or_default().into(),
        searched: if admin { "code, name and address" } else { "codes" },
        to_review: query.to_review,
        reviews: member.may(Right::Review),
        names: admin,
        terms: admin,
        erase: overdue,
        rows: listed.rows.iter().map(|row| view(row, member)).collect(),
        range: format!("{first} to {last} of {}", listed.total),
        before: (number > 1).then(|| asked.address(path, |asked| asked.page = Some(number - 1))),
        after: (last < listed.total)
            .then(|| asked.address(path, |asked| asked.page = Some(number + 1))),
        csv: asked.address("/team/export.csv", |_| {}),
        html: asked.address("/team/export.html", |_| {}),
    });
    Ok(Page::new(html))
}

async fn tallies(app: &App, asked: &Asked, query: &ListQuery) -> Result<Vec<Tally>, Problem> {
    let counted = app.store.tallies(query.challenge.as_deref()).await?;
    let all = counted.iter().map(|(_, count)| count).sum();
    let tally = |key: &str, text: &str, count| Tally {
        link: NavLink {
            path: asked.address("/team", |asked| asked.state = key.to_owned()),
            text: text.to_owned(),
            current: query.state.map_or("", Stage::key) == key,
        },
        count,
    };
    let mut tallies = vec![tally("", "all", all)];
    tallies.extend(counted.iter().map(|(state, count)| tally(state.key(), state.words(), *count)));
    Ok(tallies)
}

/// What a member may see of a row.
pub(super) fn sight(row: &ListRow, member: &Member) -> Sight {
    let decided = matches!(row.state, Stage::Decided | Stage::Archived);
    Sight::of(member.account.role, row.own_card, decided)
}

fn view(row: &ListRow, member: &Member) -> ListView {
    let sight = sight(row, member);
    let seen = |text: &Option<String>| text.clone().filter(|_| sight.names).unwrap_or_default();
    let at = |at_ms| if sight.terms { utc(at_ms) } else { String::new() };
    let score = row.score.filter(|_| row.verdict == Some(Verdict::Graded));
    ListView {
        code: row.code.as_str().into(),
        name: seen(&row.name).into(),
        mail: seen(&row.mail).into(),
        challenge: (&row.challenge).into(),
        state: row.state.words(),
        tone: tone(row.state),
        deadline: at(row.deadline_ms),
        kept: at(row.kept_until_ms),
        received: row.received,
        result: match (score, row.verdict) {
            (Some(score), _) => number(score),
            (None, Some(verdict)) => verdict.words().to_owned(),
            (None, None) => String::new(),
        },
        share: score.map(number).unwrap_or_default(),
        cards: row.cards,
        own_card: row.own_card,
    }
}

/// A figure with two decimals at most and without needless zeros.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn tone(state: Stage) -> &'static str {
    match state {
        Stage::Graded | Stage::InReview => "note",
        Stage::Decided => "good",
        Stage::Draft | Stage::Submitted => "warn",
        Stage::Expired | Stage::Cancelled | Stage::Declined => "bad",
        _ => "",
    }
}
