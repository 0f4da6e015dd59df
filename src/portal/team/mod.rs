//! What the hiring team sees. Each handler takes a [`Member`], which is somebody who is signed in, asks for
//! the right that it needs, and looks at one invitation through a [`Case`](case::Case), which knows what that
//! member may see of it.

mod accounts;
mod card;
mod case;
mod code;
mod compare;
mod decision;
mod events;
mod export;
mod figures;
mod forms;
mod invite;
mod list;
mod manage;
mod member;
mod person;
mod sign_in;
mod submission;
mod trail;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};

use super::App;
pub use member::Member;

/// A list of people has at most 8 MiB, and a form around it.
const MOST_LIST: usize = 9 << 20;

/// Its routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/team", get(list::page))
        .route("/team/", get(list::page))
        .route("/team/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/team/sign-out", post(sign_in::sign_out))
        .route("/team/set-up/{token}", get(sign_in::set_up_page).post(sign_in::set_up))
        .route("/team/password", get(accounts::password_page).post(accounts::password))
        .route("/team/accounts", get(accounts::page).post(accounts::add))
        .route("/team/accounts/{id}", post(accounts::change))
        .route("/team/accounts/{id}/link", post(accounts::link))
        .route("/team/audit", get(trail::page))
        .route("/team/retention", get(list::overdue).post(person::erase_overdue))
        .route("/team/export.csv", get(export::csv))
        .route("/team/export.html", get(export::html))
        .route("/team/compare", get(compare::page))
        .route("/team/agreement", get(figures::agreement_page))
        .route("/team/distribution", get(figures::distribution_page))
        .route("/team/events", get(events::stream))
        .route(
            "/team/invite",
            get(invite::page).post(invite::invite).layer(DefaultBodyLimit::max(MOST_LIST)),
        )
        .route("/team/i/{code}", get(submission::page))
        .route("/team/i/{code}/code", get(code::page))
        .route("/team/i/{code}/comments", post(code::comment))
        .route("/team/i/{code}/comments/{id}/remove", post(code::remove))
        .route("/team/i/{code}/scorecard", get(card::page).post(card::keep))
        .route("/team/i/{code}/decision", get(decision::page).post(decision::decide))
        .route("/team/i/{code}/manage", get(manage::page))
        .route("/team/i/{code}/remind", post(manage::remind))
        .route("/team/i/{code}/resend", post(manage::resend))
        .route("/team/i/{code}/extend", post(manage::extend))
        .route("/team/i/{code}/accommodate", post(manage::accommodate))
        .route("/team/i/{code}/cancel", post(manage::cancel))
        .route("/team/i/{code}/archive", post(manage::archive))
        .route("/team/i/{code}/person.json", get(person::export))
        .route("/team/i/{code}/erase", post(person::erase))
}
