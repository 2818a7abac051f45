//! Calls, as their operator sees them.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wmpf_voip::call::{Event, Side, State as CallState};
use wmpf_voip::outcome::ChargeType;
use wmpf_voip::request::RoomType;
use wmpf_voip_calls::call_record::{CallRecord, Heard};
use wmpf_voip_calls::ended::Ended;
use wmpf_voip_calls::operator::{EndCall, Inspect};

use super::fields::{At, PageLength, page_length};
use super::record::{List, next_page, not_found};
use super::{Refused, Shared};
use crate::domain::records::app::AppKey;
use crate::http::failure::Failure;

/// Which calls to give.
#[derive(Debug, Default, Deserialize, IntoParams, Args)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CallsQuery {
    /// Only those that are not over.
    #[serde(default)]
    #[param(required = false)]
    #[arg(long)]
    pub live: bool,
    /// How many calls to give at most.
    #[param(value_type = Option<PageLength>, inline)]
    #[arg(long, value_name = "COUNT")]
    pub limit: Option<u32>,
    /// Gives the calls before this one: what the page before has as its next.
    #[arg(long, value_name = "ROOM_ID")]
    pub after: Option<String>,
}

/// A call.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AdministeredCall)]
struct Call {
    /// The roomId.
    room_id: String,
    /// How far it is.
    state: CallState,
    /// When it was created, in milliseconds since the Unix epoch.
    created_at: i64,
    /// The businessType of its request.
    business_type: u8,
    /// The kind of media.
    room_type: RoomType,
    /// How it is billed.
    charge_type: ChargeType,
    /// Who calls.
    caller: Party,
    /// Who is called.
    listener: Party,
    /// How it ended; null until then.
    end: Option<Ended>,
}

/// A party of a call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PartyOfCall)]
struct Party {
    /// `device`, or `phone`.
    role: &'static str,
    /// The SN, the openId, or the user_id.
    id: String,
    /// The name that the other side is shown.
    name: String,
}

/// A call, with what its sides were told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InspectedCall)]
struct InspectedCall {
    #[serde(flatten)]
    call: Call,
    /// What the two sides were told, in its order.
    events: Vec<Told>,
}

/// What a side was told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ToldEvent)]
struct Told {
    /// The side: `caller` or `listener`.
    #[schema(value_type = String)]
    to: Side,
    /// When, in milliseconds since the Unix epoch.
    at: u64,
    #[serde(flatten)]
    event: Event,
}

impl From<&CallRecord> for Call {
    fn from(record: &CallRecord) -> Call {
        let about = record.call.about();
        let party = |side: Side, name: &str| {
            let party = record.parties.of(side);
            Party { role: party.role.as_str(), id: party.id.clone(), name: name.to_owned() }
        };
        Call {
            room_id: record.room_id.clone(),
            state: record.call.state(),
            created_at: record.created_at,
            business_type: about.business_type.into(),
            room_type: about.room_type,
            charge_type: record.charge_type,
            caller: party(Side::Caller, &about.caller_name),
            listener: party(Side::Listener, &about.listener_name),
            end: record.call.end().map(|end| Ended::new(end, record.charge_type)),
        }
    }
}

/// The routes of calls.
pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show, end))
}

/// Lists the calls of an app
///
/// The newest first: those that are not over, and those that are still remembered.
#[utoipa::path(
    get,
    path = "/v1/admin/apps/{appId}/calls",
    operation_id = "listCalls",
    security(("admin" = [])),
    params(AppKey, CallsQuery),
    responses((status = 200, description = "A page of them", body = List<Call>), Refused)
)]
async fn list(
    State(app): State<Shared>,
    At(key): At<AppKey>,
    query: Result<Query<CallsQuery>, QueryRejection>,
) -> Result<Json<List<Call>>, Failure> {
    let Query(CallsQuery { live, limit, after }) = query?;
    let limit = page_length(limit)?;
    let found = app.store.calls_of(key.clone(), live, after, limit + 1).await?;
    let mut records = found.ok_or_else(|| not_found(&key))?;
    let next = next_page(&mut records, limit, |record| record.room_id.clone());
    Ok(Json(List { items: records.iter().map(Call::from).collect(), next }))
}

/// Shows a call of an app
///
/// With everything that its two sides were told, and when.
#[utoipa::path(
    get,
    path = "/v1/admin/apps/{appId}/calls/{roomId}",
    operation_id = "inspectCall",
    security(("admin" = [])),
    params(AppKey, ("roomId" = String, Path, description = "The call")),
    responses((status = 200, description = "The call", body = InspectedCall), Refused)
)]
async fn show(
    State(app): State<Shared>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Json<InspectedCall>, Failure> {
    let Path((app_id, room_id)) = path?;
    let live = app.live.clone();
    let inspect = Inspect { app_id, room_id };
    let inspected = app.store.decide_then(inspect, move |(_, change)| live.pass_on(change));
    let (record, _) = inspected.await?;
    let told = |heard: &Heard| {
        let Heard { to, at, event } = heard.clone();
        Told { to, at, event }
    };
    let events = record.heard.iter().map(told).collect();
    Ok(Json(InspectedCall { call: Call::from(&record), events }))
}

/// Ends a call of an app
///
/// Both sides hear the same as if its caller had ended it by forceHangUpVoip. One that is over is left as it is.
#[utoipa::path(
    delete,
    path = "/v1/admin/apps/{appId}/calls/{roomId}",
    operation_id = "endCall",
    security(("admin" = [])),
    params(AppKey, ("roomId" = String, Path, description = "The call")),
    responses((status = 204, description = "It is over"), Refused)
)]
async fn end(
    State(app): State<Shared>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<StatusCode, Failure> {
    let Path((app_id, room_id)) = path?;
    let live = app.live.clone();
    let end = EndCall { app_id, room_id };
    app.store.decide_then(end, move |change| live.pass_on(change)).await?;
    Ok(StatusCode::NO_CONTENT)
}
