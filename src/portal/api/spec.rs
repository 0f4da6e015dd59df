//! What the API's description says besides its routes: who may come in, and how anything can be refused.

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

const TITLE: &str = "takehome";
const ABOUT: &str = "Everything that the portal does, for other programs. Times are UTC. Errors are problem \
    documents (RFC 9457) with a stable `code`. A POST with an `Idempotency-Key` is done once within a day. \
    A change with `If-Match` is refused where the ETag has become another one.";
/// `*`, or ETags (RFC 9110, 8.8.3).
const TAGS: &str = r#"^(|\*|(W/)?"[!#-~]*"(, ?(W/)?"[!#-~]*")*)$"#;
const METHODS: [&str; 4] = ["get", "post", "put", "delete"];

/// The document as it is served.
pub(super) fn finished(api: &OpenApi) -> Value {
    let mut document = serde_json::to_value(api).unwrap_or_default();
    document["openapi"] = "3.1.0".into();
    document["info"] = json!({
        "title": TITLE,
        "version": env!("CARGO_PKG_VERSION"),
        "description": ABOUT,
        "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
    });
    document["servers"] = json!([{"url": "/"}]);
    document["components"]["schemas"]["Problem"] = problem();
    document["components"]["securitySchemes"] = json!({
        "token": {"type": "http", "scheme": "bearer", "description": "`takehome token create` makes one."},
        "basic": {
            "type": "http",
            "scheme": "basic",
            "description": "The token as the user, without a password: as partners send it.",
        },
    });
    if let Some(paths) = document["paths"].as_object_mut() {
        for (path, item) in paths {
            for method in METHODS {
                if let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) {
                    complete(path, method, operation);
                }
            }
        }
    }
    document
}

/// What every operation of its kind has.
fn complete(path: &str, method: &str, operation: &mut Map<String, Value>) {
    let mut parameters =
        operation.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default();
    let of_one = path.contains('{');
    let has_query = parameters.iter().any(|one| one["in"] == "query");
    let has_body = operation.contains_key("requestBody");
    let of_partner = path.starts_with("/v1/partners/");
    let mut refusals = vec![400, 401, 403, 429, 500];
    if of_one || path.ends_with("test_status") {
        refusals.push(404);
    }
    if has_query {
        refusals.push(422);
    }
    if has_body {
        refusals.extend([413, 415, 422]);
    }
    if method == "delete" {
        refusals.push(409);
    }
    if method == "post" {
        refusals.extend([409, 410, 422, 503]);
        let in_invitation = path.starts_with("/v1/invitations/{code}/");
        if in_invitation {
            refusals.push(412);
            parameters.push(header("If-Match", "The ETag that was seen.", TAGS));
        }
        // Whose answer has a secret takes none.
        if !["/v1/tokens", "/v1/webhooks"].contains(&path) {
            let about = "What is asked for twice with the same key is done once.";
            parameters.push(header("Idempotency-Key", about, "^[!-~]{1,255}$"));
        }
    }
    if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
        for status in refusals {
            responses.entry(status.to_string()).or_insert_with(|| refusal(status));
        }
        if method == "get" && !of_partner && !path.ends_with("/export") {
            if let Some(found) = responses.get_mut("200") {
                found["headers"]["ETag"] =
                    json!({"description": "Names what was shown.", "schema": {"type": "string"}});
            }
            responses.insert("304".into(), json!({"description": "The client has it already."}));
            let about = "The ETag that the client has.";
            parameters.push(header("If-None-Match", about, TAGS));
        }
    }
    if !parameters.is_empty() {
        operation.insert("parameters".into(), parameters.into());
    }
}

fn header(name: &str, about: &str, pattern: &str) -> Value {
    json!({
        "name": name,
        "in": "header",
        "required": false,
        "description": about,
        "schema": {"type": "string", "pattern": pattern},
    })
}

fn refusal(status: u16) -> Value {
    let about = match status {
        400 => "It cannot be read.",
        401 => "There is no token, or none that counts.",
        403 => "The token is not for that.",
        404 => "There is no such thing.",
        409 => "What it is about does not allow it now.",
        410 => "The answer was erased with the person whom it was about.",
        412 => "It has changed since it was read.",
        413 => "It is too large.",
        415 => "It is not JSON.",
        422 => "Something in it is not valid.",
        429 => "That was too often.",
        503 => "The portal is not set up for that.",
        _ => "A fault of the portal.",
    };
    json!({
        "description": about,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    })
}

fn problem() -> Value {
    json!({
        "type": "object",
        "description": "Why a request was not answered as asked (RFC 9457).",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string", "description": "What it is, in a few words."},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string", "description": "What to do, in sentences."},
            "code": {"type": "string", "description": "Stable, for programs."},
            "instance": {"type": "string", "description": "The request, as the log calls it."},
            "pointer": {"type": "string", "description": "Which member or parameter is wrong."},
        },
    })
}
