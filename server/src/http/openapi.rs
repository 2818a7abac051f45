//! What all routes have in common in the OpenAPI document. The rest of it stands at each route, and its schemas at the
//! types that are read and sent.

use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Components, OpenApi as Document};
use utoipa::{IntoResponses, Modify, OpenApi};
use wmpf_voip::protocol::Refusal;

/// The document's frame; the routes are added where they are defined.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "wmpf-voip room service",
        description = "Creates rooms for initByCaller and reminds listeners. Every refusal carries an errcode of the contract and an errmsg that says what to do."
    ),
    // The service that the document is from.
    servers((url = "/")),
    modifiers(&SessionToken)
)]
pub struct ApiDoc;

struct SessionToken;

impl Modify for SessionToken {
    fn modify(&self, document: &mut Document) {
        let mut scheme = Http::new(HttpAuthScheme::Bearer);
        scheme.bearer_format = Some("JWT".into());
        scheme.description = Some(
            "A session token: HS256, kid and iss = appId, sub = SN, user_id or openId, aud = session, role = device or phone".into(),
        );
        document
            .components
            .get_or_insert_with(Components::new)
            .add_security_scheme("session", SecurityScheme::Http(scheme));
    }
}

/// The answers that every route with a session can give instead.
#[derive(IntoResponses)]
pub enum SessionRefusals {
    /// 5: the session token is missing, forged or expired
    #[response(status = 401)]
    NoSession(Refusal),
    /// 5: too often, or too many calls ring; `retry-after` says for how many seconds to wait
    #[response(status = 429)]
    TooOften(Refusal),
    /// 5: the service failed, and its log says why
    #[response(status = 500)]
    Failed(Refusal),
    /// 5: the service did not finish in time
    #[response(status = 503)]
    TooLate(Refusal),
}

/// The answers that every route with a body can give instead.
#[derive(IntoResponses)]
pub enum BodyRefusals {
    /// 1004: the body is too long
    #[response(status = 413)]
    TooLong(Refusal),
    /// 1004: the body's type is not application/json
    #[response(status = 415)]
    NoJson(Refusal),
}
