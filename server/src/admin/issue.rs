//! Issuing tokens.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, HeaderName};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use serde::Serialize;
use utoipa::openapi::schema::{Object, ObjectBuilder, OneOfBuilder, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wmpf_voip::authorisation::schema::Name;
use wmpf_voip::schema::integer;
use wmpf_voip::secret::Secret;

use super::fields::{At, Body, Fields, Valid};
use super::record::not_found;
use super::{Refused, Shared};
use crate::app::App;
use crate::domain::records::app::AppKey;
use crate::domain::records::device::DeviceKey;
use crate::domain::records::payment_user::PaymentUserKey;
use crate::domain::records::user::UserKey;
use crate::domain::records::{RecordId, RecordKey};
use crate::domain::tokens::SN_TICKET_SECONDS;
use crate::http::failure::Failure;
use wmpf_voip_calls::party::{Party, Role};
use wmpf_voip_calls::preview::preview;
use wmpf_voip_calls::ticket::{Ticket, TicketHolder};

/// The kinds of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum TokenKind {
    /// A session token: says who somebody is.
    Session,
    /// A deviceToken: this device may call.
    Device,
    /// A pushToken: this device may be called.
    Push,
    /// A payment's voip_token: this face-payment user may call.
    Payment,
    /// An snTicket: a user may be asked to authorise this device.
    Sn,
}

/// How long tokens of one kind are valid, in seconds.
struct Lifetime {
    default: i64,
    /// The longest lifetime that can be asked for. `None` if there is no choice.
    max: Option<i64>,
}

impl TokenKind {
    const ALL: [TokenKind; 5] =
        [TokenKind::Session, TokenKind::Device, TokenKind::Push, TokenKind::Payment, TokenKind::Sn];

    /// The word for the kind in bodies and on the command line.
    const fn as_str(self) -> &'static str {
        match self {
            TokenKind::Session => "session",
            TokenKind::Device => "device",
            TokenKind::Push => "push",
            TokenKind::Payment => "payment",
            TokenKind::Sn => "sn",
        }
    }

    const fn lifetime(self) -> Lifetime {
        const HOUR: i64 = 60 * 60;
        const DAY: i64 = 24 * HOUR;
        match self {
            TokenKind::Session => Lifetime { default: 12 * HOUR, max: Some(30 * DAY) },
            TokenKind::Device | TokenKind::Push | TokenKind::Payment => {
                Lifetime { default: HOUR, max: Some(DAY) }
            }
            TokenKind::Sn => Lifetime { default: SN_TICKET_SECONDS, max: None },
        }
    }
}

/// Which token to issue.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema, Args)]
#[serde(rename_all = "camelCase")]
pub struct TokenBody {
    /// What the token is for.
    #[arg(value_name = "KIND")]
    pub kind: TokenKind,
    /// Whom it is for, and known to the service. For a session: the SN, user_id or openId of the party that uses
    /// it. For device, push and sn: the device's SN. For payment: the user_id.
    #[schema(value_type = Name)]
    #[arg(long)]
    pub id: String,
    /// For a session, and required there: which end of a call that is. A face-payment user is a device.
    #[arg(long, value_parser = role())]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// How many seconds it lasts: up to 30 days for a session, up to a day for device, push and payment. sn
    /// always lasts five minutes.
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<i64>,
}

/// The body of a request for a token: what its members can be depends on the kind.
struct TokenRequest;

impl TokenRequest {
    fn of(kind: TokenKind, mut body: Object) -> Object {
        let Lifetime { default, max } = kind.lifetime();
        let word =
            ObjectBuilder::new().schema_type(Type::String).enum_values(Some([kind.as_str()]));
        body.properties.insert("kind".into(), word.into());
        match kind {
            TokenKind::Session => {
                let mut role = Ref::from_schema_name(Role::name());
                role.description = "Which end of a call the party is.".into();
                body.properties.insert("role".into(), role.into());
                body.required.push("role".into());
            }
            TokenKind::Device | TokenKind::Push | TokenKind::Payment | TokenKind::Sn => {
                body.properties.remove("role");
            }
        }
        match max {
            Some(max) => {
                let seconds = integer(1, max)
                    .schema_type(SchemaType::from_iter([Type::Integer, Type::Null]))
                    .default(Some(default.into()))
                    .description(Some("How many seconds it lasts."));
                body.properties.insert("expiresIn".into(), seconds.into());
            }
            None => {
                body.properties.remove("expiresIn");
                body.description = Some(format!("It lasts {default} seconds."));
            }
        }
        body
    }
}

impl PartialSchema for TokenRequest {
    fn schema() -> RefOr<Schema> {
        let RefOr::T(Schema::Object(body)) = TokenBody::schema() else {
            return TokenBody::schema();
        };
        let kinds = TokenKind::ALL.map(|kind| TokenRequest::of(kind, body.clone()));
        kinds.into_iter().fold(OneOfBuilder::new(), OneOfBuilder::item).into()
    }
}

impl ToSchema for TokenRequest {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((Name::name().into(), Name::schema()));
        schemas.push((Role::name().into(), Role::schema()));
    }
}

/// Reads a role on the command line.
fn role() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.map(Role::as_str)).try_map(|word| {
        Role::ALL.into_iter().find(|role| role.as_str() == word).ok_or("no such role")
    })
}

impl Body for TokenBody {
    fn read(fields: &mut Fields) -> Option<TokenBody> {
        let kind = fields.word("kind", &TokenKind::ALL, TokenKind::as_str);
        let id = fields.text("id");
        let role = match kind {
            Some(TokenKind::Session) => fields.word("role", &Role::ALL, Role::as_str).map(Some),
            Some(TokenKind::Device | TokenKind::Push | TokenKind::Payment | TokenKind::Sn) => {
                fields.nothing("role", "nothing, only a session token has one")
            }
            // The role depends on the kind, which is wrong itself.
            None => fields.skip("role"),
        };
        let expires_in = match kind.map(TokenKind::lifetime) {
            Some(Lifetime { max: Some(max), .. }) => fields.optional_number("expiresIn", 1, max),
            Some(Lifetime { max: None, .. }) => {
                fields.nothing("expiresIn", "nothing, an snTicket always lasts five minutes")
            }
            None => fields.skip("expiresIn"),
        };
        Some(TokenBody { kind: kind?, id: id?, role: role?, expires_in: expires_in? })
    }
}

/// A token.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Token {
    /// The token itself.
    #[schema(value_type = String)]
    token: Secret<String>,
    /// Until when the token is valid, in milliseconds since the Unix epoch.
    expires_at: i64,
}

/// The route that issues tokens.
pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(issue))
}

/// Issues a token
///
/// For somebody whom the service knows, else 404. A session token lasts 12 hours, or up to 30 days with
/// expiresIn; a deviceToken, a pushToken and a voip_token an hour, or up to a day; an snTicket always five
/// minutes. deviceTokens, pushTokens and snTickets carry the device's modelId.
#[utoipa::path(
    post,
    path = "/v1/admin/apps/{appId}/tokens",
    operation_id = "issueToken",
    security(("admin" = [])),
    params(AppKey),
    request_body = TokenRequest,
    responses((status = 200, description = "The token", body = Token), Refused)
)]
async fn issue(
    State(app): State<Shared>,
    At(AppKey { app_id }): At<AppKey>,
    Valid(body): Valid<TokenBody>,
) -> Result<([(HeaderName, &'static str); 1], Json<Token>), Failure> {
    let key = AppKey { app_id };
    require(&app, key.id()).await?;
    let subject = Subject::find(&app, &key.app_id, &body).await?;
    let TokenBody { kind, id, expires_in, .. } = body;
    // The times in tokens are whole seconds.
    let lasts = expires_in.unwrap_or(kind.lifetime().default);
    let expires_at = (app.live.clock.wall_ms() / 1000 + lasts) * 1000;
    let token = match subject {
        Subject::Party(party) => app.keys.issue_session(&party, expires_at)?,
        Subject::Holder(ticket, holder) => {
            app.keys.issue_ticket(&key.app_id, ticket, holder, expires_at)?
        }
    };
    tracing::info!("the operator issued a token ({}) for {} of {key}", kind.as_str(), preview(&id));
    let token = Token { token: Secret::new(token), expires_at };
    Ok(([(CACHE_CONTROL, "no-store")], Json(token)))
}

/// The holder of a token that is to be issued.
enum Subject {
    /// The party of a session token.
    Party(Party),
    /// The holder of a ticket, and its kind.
    Holder(Ticket, TicketHolder),
}

impl Subject {
    /// Finds the holder in the records.
    async fn find(app: &App, app_id: &str, body: &TokenBody) -> Result<Subject, Failure> {
        let (app_id, id) = (app_id.to_owned(), body.id.clone());
        match body.kind {
            TokenKind::Session => {
                // A body without a role was refused before.
                let role = body.role.unwrap_or(Role::Device);
                let party = Party { app_id: app_id.clone(), role, id: id.clone() };
                match role {
                    Role::Phone => require(app, UserKey { app_id, open_id: id }.id()).await?,
                    Role::Device => {
                        let user = PaymentUserKey { app_id: app_id.clone(), user_id: id.clone() };
                        if !app.store.has(user.id()).await? {
                            require(app, DeviceKey { app_id, sn: id }.id()).await?;
                        }
                    }
                }
                Ok(Subject::Party(party))
            }
            TokenKind::Device => Subject::device(app, Ticket::Device, app_id, id).await,
            TokenKind::Push => Subject::device(app, Ticket::Push, app_id, id).await,
            TokenKind::Sn => Subject::device(app, Ticket::Sn, app_id, id).await,
            TokenKind::Payment => {
                let key = PaymentUserKey { app_id, user_id: id };
                require(app, key.id()).await?;
                let holder = TicketHolder { subject: key.user_id, model_id: None };
                Ok(Subject::Holder(Ticket::Payment, holder))
            }
        }
    }

    async fn device(
        app: &App,
        ticket: Ticket,
        app_id: String,
        sn: String,
    ) -> Result<Subject, Failure> {
        let key = DeviceKey { app_id, sn };
        let device = app.store.record(key.clone()).await?.ok_or_else(|| not_found(&key))?;
        let holder = TicketHolder { subject: key.sn, model_id: Some(device.model_id) };
        Ok(Subject::Holder(ticket, holder))
    }
}

/// Fails with 404 if there is no such record.
async fn require(app: &App, id: RecordId) -> Result<(), Failure> {
    if app.store.has(id.clone()).await? { Ok(()) } else { Err(not_found(&id)) }
}
