use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
};

use crate::{
    hiring::{CandidateStage, Token},
    portal::{App, Client, Problem, Rate},
    store::{Invitations as _, Standing},
};

/// A personal link that is one, and the invitation behind it.
pub(super) struct Link {
    token: Token,
    /// As it stood when the request came.
    pub(super) standing: Standing,
}

impl Link {
    /// Where its page is.
    pub(super) fn path(&self) -> String {
        format!("/i/{}", self.token.reveal())
    }

    /// What its forms are bound to.
    pub(super) fn binding(&self) -> String {
        format!("link {}", self.token.reveal())
    }

    /// What limits count by.
    pub(super) fn key(&self) -> String {
        self.standing.invitation.code.to_string()
    }

    /// The invitation as it stands by now.
    ///
    /// # Errors
    /// The link was replaced or everything was forgotten meanwhile.
    pub(super) async fn again(&self, app: &App) -> Result<Standing, Problem> {
        let found = app.store.by_token(self.token.hash()).await?;
        found.filter(is_known).ok_or_else(Problem::not_found)
    }
}

impl FromRequestParts<App> for Link {
    type Rejection = Problem;

    /// A link that never was, one that was replaced, and one whose message has not left look the same.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Ok(params) = RawPathParams::from_request_parts(parts, app).await else {
            return Err(Problem::not_found());
        };
        let token = params.iter().find(|(name, _)| *name == "token").map(|(_, value)| value);
        let token = token.and_then(|text| text.parse::<Token>().ok());
        let found = match &token {
            Some(token) => app.store.by_token(token.hash()).await?.filter(is_known),
            None => None,
        };
        match token.zip(found) {
            Some((token, standing)) => Ok(Self { token, standing }),
            None => {
                let client = parts.extensions.get::<Client>().map(Client::key);
                app.throttle.count(Rate::WrongLink, &client.unwrap_or_default())?;
                Err(Problem::not_found())
            }
        }
    }
}

fn is_known(standing: &Standing) -> bool {
    standing.state.for_candidate() != CandidateStage::Unknown
}
