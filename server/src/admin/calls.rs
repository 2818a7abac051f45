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
use wmpf_voip::call::{Ending, Event, Side, State as CallState};
use wmpf_voip::outcome::ChargeType;
use wmpf_voip::request::RoomType;
use wmpf_voip::schema::string;
use wmpf_voip::schema_of_rules;
use wmpf_voip_calls::call_record::{CallRecord, Heard};
use wmpf_voip_calls::ended::Ended;
use wmpf_voip_calls::operator::{EndCall, Inspect};
use wmpf_voip_calls::preview::preview;

use super::fields::{At, PageLength, in_range, page_length};
use super::record::{List, not_found};
use super::{Refused, Shared};
use crate::domain::limits::{MAX_TIME, Time};
use crate::domain::records::app::AppKey;
use crate::domain::records::time_argument;
use crate::http::failure::Failure;
use crate::storage::call_list::{CallsFound, CallsWanted};

schema_of_rules! {
    /// How calls ended, separated by commas.
    EndingWords: string(0, MAX_ENDINGS).pattern(Some({
        let words = Ending::WORDS.join("|");
        format!("^(?:{words})(?:,(?:{words}))*$")
    }));
}

/// The most characters of words for how calls ended: more than all of them have.
const MAX_ENDINGS: usize = 200;

/// The help texts of the command line for times.
pub(super) const SINCE_HELP: &str = "Only those that were created at this time or later: a time such as \
    2030-01-01T00:00:00Z, or milliseconds since the Unix epoch";
pub(super) const UNTIL_HELP: &str = "Only those that were created before this time";

/// The help text of the command line for how calls ended.
pub(super) fn how_help() -> String {
    format!("Only those that ended so: one or several of {}", Ending::WORDS.join(", "))
}

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
    /// Only those that were created at this time or later, in milliseconds since the Unix epoch.
    #[param(value_type = Option<Time>, inline)]
    #[arg(long, value_name = "TIME", value_parser = time_argument, help = SINCE_HELP)]
    pub since: Option<i64>,
    /// Only those that were created before this time, in milliseconds since the Unix epoch.
    #[param(value_type = Option<Time>, inline)]
    #[arg(long, value_name = "TIME", value_parser = time_argument, help = UNTIL_HELP)]
    pub until: Option<i64>,
    /// Only those of this party, which calls or is called: an SN, an openId or a user_id.
    #[arg(long, value_name = "ID")]
    pub party: Option<String>,
    /// Only those that ended so, such as `joinFailed,aborted`.
    #[param(value_type = Option<EndingWords>, inline)]
    #[arg(long, value_name = "WORD,...", help = how_help())]
    pub how: Option<String>,
    /// How many calls to give at most. There may be fewer, and more of them on the next page.
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
pub(super) struct Call {
    /// The roomId.
    pub(super) room_id: String,
    /// How far it is.
    state: CallState,
    /// When it was created, in milliseconds since the Unix epoch.
    pub(super) created_at: i64,
    /// The businessType of its request.
    pub(super) business_type: u8,
    /// The kind of media.
    pub(super) room_type: RoomType,
    /// How it is billed.
    pub(super) charge_type: ChargeType,
    /// Who calls.
    pub(super) caller: Party,
    /// Who is called.
    pub(super) listener: Party,
    /// How it ended; null until then.
    pub(super) end: Option<Ended>,
}

/// A party of a call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PartyOfCall)]
pub(super) struct Party {
    /// `device`, or `phone`.
    pub(super) role: &'static str,
    /// The SN, the openId, or the user_id.
    pub(super) id: String,
    /// The name that the other side is shown.
    pub(super) name: String,
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

/// The calls that the parameters of a query want.
pub(super) fn wanted(
    since: Option<i64>,
    until: Option<i64>,
    party: Option<String>,
    how: Option<String>,
) -> Result<CallsWanted, Failure> {
    for (name, time) in [("since", since), ("until", until)] {
        time.map_or(Ok(()), |time| in_range(name, time, 0, MAX_TIME))?;
    }
    let endings: Vec<String> =
        how.iter().flat_map(|how| how.split(',')).map(str::to_owned).collect();
    let known = endings.iter().all(|word| Ending::WORDS.contains(&word.as_str()));
    if let Some(how) = how
        && (!known || how.len() > MAX_ENDINGS)
    {
        let (words, got) = (Ending::WORDS.join(", "), preview(&how));
        let text = format!("how: expected words such as joinFailed,aborted of {words}, got {got}");
        return Err(Failure::Http(StatusCode::BAD_REQUEST, text));
    }
    Ok(CallsWanted { since, until, party, endings, ..CallsWanted::default() })
}

/// Lists the calls of an app
///
/// The newest first: those that are not over, and those that are still kept. At most 2,000 calls are looked at for a page, so
/// it can have fewer than `limit`, even none, while there is a next page.
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
    let Query(CallsQuery { live, since, until, party, how, limit, after }) = query?;
    let limit = page_length(limit)?;
    let wanted = wanted(since, until, party, how)?;
    let wanted = CallsWanted { is_live: live, before: after, ..wanted };
    let found = app.store.calls_of(key.clone(), wanted, limit as usize).await?;
    let CallsFound { records, next } = found.ok_or_else(|| not_found(&key))?;
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
