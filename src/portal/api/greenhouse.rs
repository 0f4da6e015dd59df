//! Greenhouse's assessment partner API: it lists the challenges, has one sent, and asks what came of it.
//! <https://developers.greenhouse.io/assessment.html>

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::{
    body::{Asked, Body, wrong},
    caller::{Allowed, Partners},
    invitations::standing,
    office::{desk, desk_problem, task},
};
use crate::{
    hiring::{Attempts, Code, Due, Mailbox, Period, instant},
    hooks::{Assessment, Progress},
    portal::{App, Problem},
    sending::{Asked as Person, DeskError, Task},
    store::{Hooks as _, NewOrder, Partner, StoreError},
};

const DEADLINE: &str = "7d";
const RETAIN: &str = "180d";
const MOST_ERRORS: usize = 100;
const MOST_CALL: usize = 200;
/// No id of ours is longer.
const MOST_ID: usize = 100;
/// The most of what Greenhouse says about an error that is logged.
const MOST_LOGGED: usize = 500;

/// A challenge, as Greenhouse calls it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PartnerTest {
    /// The challenge's id.
    partner_test_id: String,
    /// Its title.
    partner_test_name: String,
}

/// Whom to send what.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct SendTest {
    /// The challenge's id.
    #[schema(example = "courier-retry", min_length = 1, max_length = 64)]
    partner_test_id: String,
    /// Whom.
    candidate: PartnerCandidate,
    /// Where Greenhouse wants to be told of the result.
    #[schema(
        max_length = 2000,
        example = "https://app.greenhouse.io/integrations/testing_partners/take_home_tests/12345"
    )]
    url: Option<String>,
}

/// A candidate, as Greenhouse knows one. What is not here is not kept.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct PartnerCandidate {
    /// Their first name.
    #[schema(example = "Ada", max_length = 60)]
    first_name: String,
    /// Their last name.
    #[schema(example = "Lovelace", max_length = 59)]
    last_name: String,
    /// What they want to be called.
    #[schema(max_length = 120)]
    preferred_name: Option<String>,
    /// Their address.
    #[schema(example = "ada@example.org", format = "email", max_length = 254)]
    email: String,
    /// Their page at Greenhouse.
    #[schema(max_length = 2000)]
    greenhouse_profile_url: Option<String>,
}

/// What was sent.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SentTest {
    /// What Greenhouse asks with.
    partner_interview_id: String,
}

/// Which one.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WhichTest {
    /// As `send_test` answered.
    #[param(max_length = 100)]
    partner_interview_id: String,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TestStatus {
    /// `complete` once there is a result.
    partner_status: String,
    /// The team's page of it.
    partner_profile_url: Option<String>,
    /// 0 to 100.
    partner_score: Option<f64>,
    /// More about it, for people.
    #[schema(value_type = Object)]
    metadata: Map<String, Value>,
}

/// What Greenhouse could not read.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct ResponseError {
    /// Which call's answer.
    #[schema(max_length = 200)]
    api_call: String,
    /// What is wrong with it.
    #[schema(max_items = 100)]
    errors: Vec<String>,
}

/// That it was heard.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Heard {
    /// 200.
    status: u16,
}

/// The challenges.
#[utoipa::path(get, path = "/v1/partners/greenhouse/list_tests", tag = "Greenhouse",
    security(("basic" = ["partner"]), ("token" = ["partner"])),
    responses((status = 200, description = "All that can be sent.", body = Vec<PartnerTest>)))]
pub(super) async fn list_tests(
    State(app): State<App>,
    _: Allowed<Partners>,
) -> Result<Json<Vec<PartnerTest>>, Problem> {
    let ids = app.library.ids().map_err(|error| Problem::internal(&error))?;
    let mut tests = Vec::with_capacity(ids.len());
    for id in ids {
        if let Ok(task) = task(&app, &id).await {
            let partner_test_name = task.challenge.manifest.title.clone();
            tests.push(PartnerTest { partner_test_id: id, partner_test_name });
        }
    }
    Ok(Json(tests))
}

/// Invite a candidate. Asked again for the same one, it is the same invitation.
#[utoipa::path(post, path = "/v1/partners/greenhouse/send_test", tag = "Greenhouse",
    request_body = SendTest, security(("basic" = ["partner"]), ("token" = ["partner"])),
    responses((status = 200, description = "It was recorded.", body = SentTest)))]
pub(super) async fn send_test(
    State(app): State<App>,
    Allowed(caller, _): Allowed<Partners>,
    Body(asked): Body<SendTest>,
) -> Result<Json<SentTest>, Problem> {
    if app.settings.url.is_none() {
        return Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "no_url",
            "This portal does not know its address",
            "Start it with --url: partners link to its pages.",
        ));
    }
    let person = person(&asked.candidate)?;
    let terms = Task {
        deadline: DEADLINE.parse::<Due>().map_err(|error| Problem::internal(&error))?,
        time_box: None,
        attempts: Attempts::default(),
        retain: RETAIN.parse::<Period>().map_err(|error| Problem::internal(&error))?,
    };
    let desk = desk(&app, &caller)?;
    let unknown = |_| wrong("/partner_test_id", "there is no such test");
    let task = task(&app, &asked.partner_test_id).await.map_err(unknown)?;
    let invitation: Code = match desk.send(&task.challenge, &terms, &[person]).await {
        Ok(done) => match done.into_iter().next() {
            Some(done) => done.invitation.code,
            None => return Err(Problem::of(StatusCode::INTERNAL_SERVER_ERROR)),
        },
        // The answer to an earlier request was lost on its way.
        Err(DeskError::Store(StoreError::AlreadyInvited { code, .. })) => {
            code.parse().map_err(|error| Problem::internal(&error))?
        }
        Err(error) => return Err(desk_problem(error)),
    };
    let order = NewOrder {
        partner: Partner::Greenhouse,
        invitation,
        callback_url: asked.url.filter(|url| is_partners(&app, url)),
        profile_url: asked.candidate.greenhouse_profile_url.filter(|url| url.len() <= 2000),
    };
    Ok(Json(SentTest { partner_interview_id: app.store.order(&order).await? }))
}

/// What came of an invitation.
#[utoipa::path(get, path = "/v1/partners/greenhouse/test_status", tag = "Greenhouse", params(WhichTest),
    security(("basic" = ["partner"]), ("token" = ["partner"])),
    responses((status = 200, description = "As it stands now.", body = TestStatus)))]
pub(super) async fn test_status(
    State(app): State<App>,
    _: Allowed<Partners>,
    Asked(which): Asked<WhichTest>,
) -> Result<Json<TestStatus>, Problem> {
    if which.partner_interview_id.chars().count() > MOST_ID {
        return Err(wrong("partner_interview_id", format!("it has at most {MOST_ID} characters")));
    }
    let found = app.store.ordered(Partner::Greenhouse, &which.partner_interview_id).await?;
    let one = standing(&app, &found.ok_or_else(Problem::not_found)?).await?;
    let url = app.settings.url.as_ref().map(ToString::to_string);
    Ok(Json(status(&Assessment::of(&one), url.as_deref())))
}

/// Hear that an answer of ours could not be read.
#[utoipa::path(post, path = "/v1/partners/greenhouse/response_error", tag = "Greenhouse",
    request_body = ResponseError, security(("basic" = ["partner"]), ("token" = ["partner"])),
    responses((status = 200, description = "It is in the log.", body = Heard)))]
pub(super) async fn response_error(
    _: Allowed<Partners>,
    Body(said): Body<ResponseError>,
) -> Result<Json<Heard>, Problem> {
    if said.errors.len() > MOST_ERRORS {
        return Err(wrong("/errors", format!("they are at most {MOST_ERRORS}")));
    }
    if said.api_call.chars().count() > MOST_CALL {
        return Err(wrong("/api_call", format!("it has at most {MOST_CALL} characters")));
    }
    // Whose it was about is not logged.
    let errors: String = said.errors.join("; ").chars().take(MOST_LOGGED).collect();
    let call: String = said.api_call.chars().take(40).collect();
    tracing::warn!(target: "takehome::portal", call, errors, "Greenhouse could not read an answer");
    Ok(Json(Heard { status: 200 }))
}

/// An assessment in Greenhouse's words.
fn status(one: &Assessment, portal: Option<&str>) -> TestStatus {
    let (word, complete) = match one.progress {
        Progress::Complete => ("complete", true),
        Progress::Sent => ("sent", false),
        Progress::Started => ("started", false),
        Progress::Closed => ("closed", false),
    };
    let page = portal.map(|portal| format!("{portal}/team/i/{}", one.invitation));
    let mut metadata = Map::new();
    metadata.insert("State".into(), one.state.words().into());
    metadata.insert("Challenge".into(), one.challenge.clone().into());
    metadata.insert("Submissions".into(), one.submissions.into());
    metadata.insert("Due".into(), instant(one.deadline_ms).into());
    TestStatus {
        partner_status: word.into(),
        partner_profile_url: page.filter(|_| complete),
        partner_score: one.score,
        metadata,
    }
}

fn person(candidate: &PartnerCandidate) -> Result<Person, Problem> {
    let called = candidate.preferred_name.as_deref().filter(|name| !name.trim().is_empty());
    let whole = format!("{} {}", candidate.first_name.trim(), candidate.last_name.trim());
    let name = called.unwrap_or(&whole).parse();
    let address = candidate.email.parse();
    Ok(Person {
        mailbox: Mailbox {
            name: name.map_err(|error| wrong("/candidate/first_name", error))?,
            address: address.map_err(|error| wrong("/candidate/email", error))?,
        },
        zone: None,
        deadline: None,
        time_box: None,
    })
}

/// Whether an address to be told at is the partner's: our key goes there. Another one is left out, and the
/// partner has to ask.
fn is_partners(app: &App, url: &str) -> bool {
    app.settings.hooks.check(url).is_ok_and(|url| {
        let host = url.host_str().unwrap_or_default().to_owned();
        app.settings.partner_hosts.iter().any(|domain| crate::hooks::is_of(&host, domain))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hiring::State as Stands;

    fn assessment(progress: Progress, score: Option<f64>) -> Assessment {
        Assessment {
            invitation: "k7m2-9x4p".parse().expect("a code"),
            challenge: "courier-retry".into(),
            progress,
            score,
            state: Stands::Graded,
            submissions: 1,
            deadline_ms: 0,
        }
    }

    #[test]
    fn a_result_has_the_keys_that_greenhouse_wants() {
        let done =
            status(&assessment(Progress::Complete, Some(81.5)), Some("https://jobs.example.org"));
        let json = serde_json::to_value(done).expect("JSON");
        assert_eq!(
            json,
            serde_json::json!({
                "partner_status": "complete",
                "partner_profile_url": "https://jobs.example.org/team/i/k7m2-9x4p",
                "partner_score": 81.5,
                "metadata": {
                    "State": "graded",
                    "Challenge": "courier-retry",
                    "Submissions": 1,
                    "Due": "1970-01-01T00:00:00Z",
                },
            })
        );
        let nested = json["metadata"].as_object().expect("an object").values();
        assert!(nested.clone().all(|value| !value.is_object() && !value.is_array()));
    }

    #[test]
    fn what_is_not_complete_has_no_page_and_no_score() {
        for progress in [Progress::Sent, Progress::Started, Progress::Closed] {
            let json =
                serde_json::to_value(status(&assessment(progress, None), Some("https://a.b")));
            let json = json.expect("JSON");
            assert_ne!(json["partner_status"], "complete");
            assert!(json["partner_profile_url"].is_null() && json["partner_score"].is_null());
        }
    }
}
