//! Invitations: made, listed, looked at.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    body::{Asked, Body, InPath, wrong},
    caller::{Allowed, Caller, Invites, Sees},
    changes::{ChangedView, changed},
    list::{Listed, after, limit, page},
    office::{desk, desk_problem, task},
    tag::tagged,
    words::{StateWord, VerdictWord},
};
use crate::{
    hiring::{Attempts, Code, Counts, Due, LoggedMessage, Mailbox, Period, Who, Zone, instant},
    portal::{App, Problem},
    sending::{Asked as Person, Task},
    store::{Filter, Invitations as _, Standing},
};

/// The most people of one request.
const MOST_PEOPLE: usize = 500;
/// No challenge's id is longer.
const MOST_ID: usize = 64;
const KIND: &str = "i";

/// An invitation. What tells who it is, and times, are null for tokens without the scope `invite`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invitation)]
pub(super) struct InvitationView {
    /// What it is called where no name may show.
    #[schema(example = "k7m2-9x4p", pattern = "^[0-9a-hjkmnp-tv-z]{4}-[0-9a-hjkmnp-tv-z]{4}$")]
    pub(super) code: String,
    /// The challenge's id.
    challenge: String,
    /// Where it stands now.
    state: StateWord,
    /// Grows with each change.
    version: u32,
    /// When it was recorded.
    #[schema(format = DateTime)]
    created: String,
    /// Whom it went to.
    name: Option<String>,
    /// Their address.
    mail: Option<String>,
    /// Where their clocks are.
    time_zone: Option<String>,
    /// By when.
    #[schema(format = DateTime)]
    deadline: Option<String>,
    /// What the task should take.
    time_box_minutes: Option<i64>,
    /// Until when personal data are kept.
    #[schema(format = DateTime)]
    kept_until: Option<String>,
    /// Submissions that came in.
    submissions: u32,
    /// The newest result that is the candidate's.
    verdict: Option<VerdictWord>,
    /// Its score, 0 to 100.
    score: Option<f64>,
    /// The message that was recorded last.
    last_message: Option<MessageView>,
}

/// A message to the candidate, as far as it is remembered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Message)]
pub(super) struct MessageView {
    /// `invitation`, `reminder`, `new time` or `cancellation`.
    about: String,
    /// `sent`, `not sent` or, where the process ended meanwhile, `perhaps sent`.
    delivery: String,
    /// When it was recorded.
    #[schema(format = DateTime)]
    at: String,
}

impl InvitationView {
    pub(super) fn of(one: &Standing, caller: &Caller) -> Self {
        let (invitation, names) = (&one.invitation, caller.knows_names());
        let terms = &invitation.terms;
        let person = Some(&invitation.person).filter(|_| names);
        Self {
            code: invitation.code.to_string(),
            challenge: invitation.challenge.clone(),
            state: one.state.into(),
            version: invitation.version,
            created: instant(invitation.created_ms),
            name: person.and_then(|person| person.name.as_ref()).map(ToString::to_string),
            mail: person.and_then(|person| person.mail.as_ref()).map(ToString::to_string),
            time_zone: person.and_then(|person| person.zone.as_ref()).map(ToString::to_string),
            deadline: names.then(|| instant(terms.deadline_ms())),
            time_box_minutes: names.then(|| terms.time_box().ms() / 60_000),
            kept_until: names.then(|| instant(terms.retain_until_ms())),
            submissions: one.received,
            verdict: one.result.map(|(verdict, _)| verdict.into()),
            score: one.result.and_then(|(_, score)| score),
            last_message: one.last_message.as_ref().filter(|_| names).map(MessageView::of),
        }
    }
}

impl MessageView {
    pub(super) fn of(message: &LoggedMessage) -> Self {
        Self {
            about: message.kind.words().into(),
            delivery: message.delivery.words().into(),
            at: instant(message.queued_ms),
        }
    }
}

/// Which invitations.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// In this state.
    #[param(inline)]
    state: Option<StateWord>,
    /// To this challenge.
    #[param(max_length = 64)]
    challenge: Option<String>,
    /// Of this address; needs the scope `invite`.
    #[param(format = "email", max_length = 254)]
    mail: Option<String>,
    /// The `next` of the page before.
    #[param(max_length = 200, pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Option<String>,
    /// At most so many.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// Invitations, newest first.
#[utoipa::path(get, path = "/v1/invitations", tag = "Invitations", params(Which),
    security(("token" = ["read"]), ("token" = ["invite"])),
    responses((status = 200, description = "A page of them.", body = Listed<InvitationView>)))]
pub(super) async fn list_invitations(
    State(app): State<App>,
    Allowed(caller, _): Allowed<Sees>,
    Asked(which): Asked<Which>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let limit = limit(which.limit)?;
    let before: Option<Code> = after(KIND, which.cursor.as_deref())?;
    let who = match which.mail {
        Some(_) if !caller.knows_names() => {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "scope",
                "This token is not for that",
                "To look for an address it needs the scope invite.",
            ));
        }
        Some(mail) => Some(Who::Mail(mail.parse().map_err(|error| wrong("mail", error))?)),
        None => None,
    };
    if which.challenge.as_ref().is_some_and(|id| id.chars().count() > MOST_ID) {
        return Err(wrong("challenge", format!("it has at most {MOST_ID} characters")));
    }
    let filter = Filter {
        who,
        challenge: which.challenge,
        states: which.state.map(Into::into).into_iter().collect(),
        overdue: false,
    };
    let found = match app.store.page(&filter, before.as_ref(), limit + 1).await {
        Err(crate::store::StoreError::NoInvitation(_)) => {
            return Err(wrong("cursor", "it is the `next` of a page of this list"));
        }
        found => found?,
    };
    let code = |one: &Standing| one.invitation.code.to_string();
    let listed = page(KIND, found, limit, code, |one| InvitationView::of(one, &caller));
    tagged(&headers, StatusCode::OK, &listed)
}

/// One invitation.
#[utoipa::path(get, path = "/v1/invitations/{code}", tag = "Invitations",
    params(("code" = String, Path, description = "Its code", example = "k7m2-9x4p")),
    security(("token" = ["read"]), ("token" = ["invite"])),
    responses((status = 200, description = "The invitation.", body = InvitationView)))]
pub(super) async fn get_invitation(
    State(app): State<App>,
    Allowed(caller, _): Allowed<Sees>,
    InPath(code): InPath,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let one = standing(&app, &code).await?;
    tagged(&headers, StatusCode::OK, &InvitationView::of(&one, &caller))
}

/// The messages of an invitation, oldest first.
#[utoipa::path(get, path = "/v1/invitations/{code}/messages", tag = "Invitations",
    params(("code" = String, Path, description = "Its code", example = "k7m2-9x4p")),
    security(("token" = ["invite"])),
    responses((status = 200, description = "What was sent.", body = Listed<MessageView>)))]
pub(super) async fn list_messages(
    State(app): State<App>,
    _: Allowed<Invites>,
    InPath(code): InPath,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    standing(&app, &code).await?;
    let found = app.store.messages(&code).await?;
    let items = found.iter().map(MessageView::of).collect();
    tagged(&headers, StatusCode::OK, &Listed::<MessageView> { items, next: None })
}

/// The invitation of that code as it stands now.
pub(super) async fn standing(app: &App, code: &Code) -> Result<Standing, Problem> {
    let filter = Filter { who: Some(Who::Code(code.clone())), ..Filter::default() };
    let found = app.store.page(&filter, None, 1).await?;
    found.into_iter().next().ok_or_else(Problem::not_found)
}

/// Whom to invite to what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewInvitations {
    /// The challenge's id.
    #[schema(example = "courier-retry", min_length = 1, max_length = 64)]
    challenge: String,
    /// Everybody, or nobody where one of them cannot be invited.
    #[schema(min_items = 1, max_items = 500)]
    people: Vec<NewPerson>,
    /// By when: `7d`, `2026-12-01` (all of that day), `2026-12-01T18:00` on the candidate's clocks, or
    /// `2026-12-01T18:00Z`. A week without it.
    #[schema(example = "7d", max_length = 64)]
    deadline: Option<String>,
    /// What the task should take, such as `90m`; as the challenge says without it.
    #[schema(example = "90m", max_length = 32)]
    time_box: Option<String>,
    /// How often they may submit; any number of times without it.
    #[schema(minimum = 1, maximum = 100)]
    attempts: Option<u32>,
    /// How long after the deadline personal data are kept; `180d` without it.
    #[schema(example = "180d", max_length = 32)]
    retain: Option<String>,
}

/// Somebody to be invited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPerson {
    /// Their name.
    #[schema(example = "Ada Lovelace", min_length = 1, max_length = 120)]
    name: String,
    /// Their address.
    #[schema(example = "ada@example.org", format = "email", max_length = 254)]
    mail: String,
    /// Where their clocks are; UTC without it.
    #[schema(example = "Europe/London", max_length = 64)]
    time_zone: Option<String>,
}

/// Invite people: all recorded or none, then a message to each.
#[utoipa::path(post, path = "/v1/invitations", tag = "Invitations", request_body = NewInvitations,
    security(("token" = ["invite"])),
    responses((status = 201, description = "What was recorded, and whether each message left.",
        body = Listed<ChangedView>)))]
pub(super) async fn create_invitations(
    State(app): State<App>,
    Allowed(caller, _): Allowed<Invites>,
    Body(new): Body<NewInvitations>,
) -> Result<Response, Problem> {
    if new.people.is_empty() || new.people.len() > MOST_PEOPLE {
        return Err(wrong("/people", format!("they are 1 to {MOST_PEOPLE}")));
    }
    if new.attempts.is_some_and(|most| !(1..=100).contains(&most)) {
        return Err(wrong("/attempts", "they are 1 to 100"));
    }
    let asked = new.people.iter().enumerate().map(|(at, one)| person(at, one));
    let asked: Vec<Person> = asked.collect::<Result<_, _>>()?;
    let terms = Task {
        deadline: parsed("/deadline", new.deadline.as_deref().unwrap_or("7d"))?,
        time_box: new.time_box.as_deref().map(|text| parsed("/time_box", text)).transpose()?,
        attempts: Attempts { most: new.attempts, counts: Counts::Latest },
        retain: parsed("/retain", new.retain.as_deref().unwrap_or("180d"))?,
    };
    let desk = desk(&app, &caller)?;
    let task = task(&app, &new.challenge).await.map_err(|_| unknown_challenge())?;
    let done = desk.send(&task.challenge, &terms, &asked).await.map_err(desk_problem)?;
    let mut items = Vec::with_capacity(done.len());
    for one in &done {
        items.push(changed(&app, &caller, one).await?);
    }
    tagged(&HeaderMap::new(), StatusCode::CREATED, &Listed { items, next: None })
}

fn unknown_challenge() -> Problem {
    wrong("/challenge", "there is no such challenge, or it cannot be sent")
}

fn person(at: usize, one: &NewPerson) -> Result<Person, Problem> {
    let place = |member: &str| format!("/people/{at}/{member}");
    let name = one.name.parse().map_err(|error| wrong(&place("name"), error))?;
    let address = one.mail.parse().map_err(|error| wrong(&place("mail"), error))?;
    let zone = one.time_zone.as_deref().map(str::parse::<Zone>).transpose();
    Ok(Person {
        mailbox: Mailbox { name, address },
        zone: zone.map_err(|error| wrong(&place("time_zone"), error))?,
        deadline: None::<Due>,
        time_box: None::<Period>,
    })
}

/// A member's text as what it stands for.
pub(super) fn parsed<T>(pointer: &str, text: &str) -> Result<T, Problem>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error| wrong(pointer, error))
}
