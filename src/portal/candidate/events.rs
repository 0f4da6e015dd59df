use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream;
use serde_json::json;

use super::{check::checks, link::Link, view};
use crate::{
    portal::{App, Client, Problem, Rate},
    store::Uploads as _,
};

/// Many changes within this time are one piece of news.
const TOGETHER: Duration = Duration::from_millis(250);
/// So that a proxy does not take the connection for dead.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

/// Says when something on the page has changed; the first event says how it stands.
pub(super) async fn stream(
    State(app): State<App>,
    client: Client,
    link: Link,
) -> Result<impl IntoResponse, Problem> {
    app.throttle.count(Rate::Events, &client.key())?;
    let changes = app.live.subscribe();
    let begun = (app, link, changes, None::<String>);
    let events = stream::unfold(begun, |(app, link, mut changes, told)| async move {
        loop {
            let state = read(&app, &link).await?;
            if told.as_deref() != Some(state.as_str()) {
                let said =
                    Event::default().event("state").data(json!({ "state": state }).to_string());
                return Some((Ok::<_, Infallible>(said), (app, link, changes, Some(state))));
            }
            tokio::select! {
                changed = changes.changed() => changed.ok()?,
                () = app.stopping.cancelled() => return None,
            }
            tokio::time::sleep(TOGETHER).await;
        }
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE)))
}

/// None ends the stream: the link is no longer one, or the records cannot be read.
async fn read(app: &App, link: &Link) -> Option<String> {
    let standing = link.again(app).await.ok()?;
    let uploads = app.store.uploads(&standing.invitation.code).await.ok()?;
    let checks = checks(app, &uploads).await.ok()?;
    Some(view::state(&standing, &uploads, &checks))
}
