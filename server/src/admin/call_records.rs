//! The calls of an app that are over, all in one file.

use std::io;

use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use clap::{Args, ValueEnum};
use csv::{Terminator, WriterBuilder};
use futures_util::stream::try_unfold;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wmpf_voip::call::Side;
use wmpf_voip_calls::ended::Ended;

use super::calls::{Call, EndingWords, SINCE_HELP, UNTIL_HELP, how_help, wanted};
use super::fields::At;
use super::record::not_found;
use super::{Refused, Shared};
use crate::domain::limits::Time;
use crate::domain::records::app::AppKey;
use crate::domain::records::time_argument;
use crate::http::failure::Failure;
use crate::storage::StoreError;
use crate::storage::call_list::{CallsFound, CallsWanted};

/// How many calls are read at once. Others are served in between.
const AT_ONCE: usize = 256;

/// Says to whoever opens the file with a spreadsheet that its text is UTF-8, which it takes for another one otherwise.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// What a cell of a spreadsheet begins with that is computed, not shown; also in full width, as some take it in East Asia.
const FORMULA_STARTS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Which calls to give, and how.
#[derive(Debug, Deserialize, IntoParams, Args)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RecordsQuery {
    /// How they are written.
    #[param(inline)]
    #[arg(long, value_name = "FORMAT")]
    pub format: Format,
    /// Only those that were created at this time or later, in milliseconds since the Unix epoch.
    #[param(value_type = Option<Time>, inline)]
    #[arg(long, value_name = "TIME", value_parser = time_argument, help = SINCE_HELP)]
    pub since: Option<i64>,
    /// Only those that were created before this time, in milliseconds since the Unix epoch.
    #[param(value_type = Option<Time>, inline)]
    #[arg(long, value_name = "TIME", value_parser = time_argument, help = UNTIL_HELP)]
    pub until: Option<i64>,
    /// Only those of this party, which has called or was called: an SN, an openId or a user_id.
    #[arg(long, value_name = "ID")]
    pub party: Option<String>,
    /// Only those that ended so, such as `joinFailed,aborted`.
    #[param(value_type = Option<EndingWords>, inline)]
    #[arg(long, value_name = "WORD,...", help = how_help())]
    pub how: Option<String>,
}

/// How the records of calls are written.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// As comma-separated values (RFC 4180) in UTF-8 with a byte order mark, for a spreadsheet. A text that a spreadsheet would
    /// take for a formula has an apostrophe before it.
    Csv,
    /// As JSON, one call a line.
    Jsonl,
}

/// The route of the records.
pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(export))
}

/// Gives the records of an app's calls
///
/// All that are over and still kept, the newest first. With `format=csv` a line has `roomId`, `createdAt` (a time such as
/// 2030-01-01T00:00:00.000Z), `businessType`, `roomType`, `chargeType`, `callerRole`, `callerId`, `callerName`, `listenerRole`,
/// `listenerId`, `listenerName`, `how`, `by`, `reason`, `errCode`, `keepTime` and `billed` (in seconds) and `minutes`, which
/// mean what they mean in the list of calls. If the service fails in the middle, the connection breaks, so that a part
/// cannot be taken for all.
#[utoipa::path(
    get,
    path = "/v1/admin/apps/{appId}/call-records",
    operation_id = "exportCalls",
    security(("admin" = [])),
    params(AppKey, RecordsQuery),
    responses(
        (status = 200, description = "All of them", content(
            (String = "text/csv"), (String = "application/x-ndjson"),
        )),
        Refused,
    )
)]
async fn export(
    State(app): State<Shared>,
    At(key): At<AppKey>,
    query: Result<Query<RecordsQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(RecordsQuery { format, since, until, party, how }) = query?;
    let wanted = CallsWanted { is_over: true, ..wanted(since, until, party, how)? };
    // A service that cannot read them says so with a status.
    let first = app.store.calls_of(key.clone(), wanted.clone(), AT_ONCE).await?;
    let first = first.ok_or_else(|| not_found(&key))?;
    let begin = (Some(first), wanted, format.head()?);
    let pages = try_unfold(begin, move |(page, wanted, head)| {
        let (app, key) = (app.clone(), key.clone());
        async move {
            let page = match page {
                Some(page) => page,
                None if wanted.before.is_none() => return Ok(None),
                None => {
                    let page = app.store.calls_of(key, wanted.clone(), AT_ONCE).await?;
                    page.ok_or(ExportError::Deleted)?
                }
            };
            let CallsFound { records, next } = page;
            let calls: Vec<Call> = records.iter().map(Call::from).collect();
            let bytes = [head, format.write(&calls)?].concat();
            let rest = CallsWanted { before: next, ..wanted };
            Ok::<_, ExportError>(Some((Bytes::from(bytes), (None, rest, Vec::new()))))
        }
    });
    let headers =
        [(CONTENT_TYPE, format.content_type()), (CONTENT_DISPOSITION, format.disposition())];
    Ok((headers, Body::from_stream(pages)).into_response())
}

/// Why the records could not be given.
#[derive(Debug, thiserror::Error)]
enum ExportError {
    #[error("the app was deleted meanwhile")]
    Deleted,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the records could not be written: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the records could not be written: {0}")]
    Csv(#[from] io::Error),
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Failure {
        match error {
            ExportError::Store(error) => error.into(),
            ExportError::Deleted | ExportError::Json(_) | ExportError::Csv(_) => {
                Failure::Http(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
            }
        }
    }
}

/// The columns of a table of calls.
const COLUMNS: [&str; 18] = [
    "roomId",
    "createdAt",
    "businessType",
    "roomType",
    "chargeType",
    "callerRole",
    "callerId",
    "callerName",
    "listenerRole",
    "listenerId",
    "listenerName",
    "how",
    "by",
    "reason",
    "errCode",
    "keepTime",
    "billed",
    "minutes",
];

impl Format {
    fn content_type(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8; header=present",
            Format::Jsonl => "application/x-ndjson",
        }
    }

    fn disposition(self) -> &'static str {
        match self {
            Format::Csv => "attachment; filename=\"call-records.csv\"",
            Format::Jsonl => "attachment; filename=\"call-records.jsonl\"",
        }
    }

    /// What comes before the calls.
    fn head(self) -> Result<Vec<u8>, ExportError> {
        match self {
            Format::Csv => {
                let names = table([COLUMNS.map(str::to_owned)])?;
                Ok([BYTE_ORDER_MARK.as_bytes(), &names].concat())
            }
            Format::Jsonl => Ok(Vec::new()),
        }
    }

    fn write(self, calls: &[Call]) -> Result<Vec<u8>, ExportError> {
        match self {
            Format::Csv => Ok(table(calls.iter().map(cells))?),
            Format::Jsonl => {
                let mut text = Vec::new();
                for call in calls {
                    serde_json::to_writer(&mut text, call)?;
                    text.push(b'\n');
                }
                Ok(text)
            }
        }
    }
}

fn table(lines: impl IntoIterator<Item = [String; COLUMNS.len()]>) -> io::Result<Vec<u8>> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    for line in lines {
        writer.write_record(line)?;
    }
    writer.into_inner().map_err(|error| error.into_error())
}

/// The call as the cells of a line.
fn cells(call: &Call) -> [String; COLUMNS.len()] {
    let Call {
        room_id,
        created_at,
        business_type,
        room_type,
        charge_type,
        caller,
        listener,
        end,
        ..
    } = call;
    let (mut ended, mut minutes) = ([const { String::new() }; 6], String::new());
    if let Some(Ended { how, by, reason, err_code, keep_time, billed, minutes: cost }) = end {
        let by = by.map_or("", Side::as_str);
        let err_code = err_code.map(|code| code.to_string()).unwrap_or_default();
        ended = [
            (*how).to_owned(),
            by.to_owned(),
            text(reason.as_deref().unwrap_or_default()),
            err_code,
            keep_time.to_string(),
            billed.to_string(),
        ];
        minutes = cost.to_string();
    }
    let [how, by, reason, err_code, keep_time, billed] = ended;
    [
        text(room_id),
        time(*created_at),
        business_type.to_string(),
        room_type.as_str().to_owned(),
        charge_type.as_str().to_owned(),
        caller.role.to_owned(),
        text(&caller.id),
        text(&caller.name),
        listener.role.to_owned(),
        text(&listener.id),
        text(&listener.name),
        how,
        by,
        reason,
        err_code,
        keep_time,
        billed,
        minutes,
    ]
}

/// A text that somebody else has chosen, such that a spreadsheet shows it.
fn text(text: &str) -> String {
    let apostrophe = if text.starts_with(FORMULA_STARTS) { "'" } else { "" };
    format!("{apostrophe}{text}")
}

/// A time in milliseconds since the Unix epoch, as RFC 3339 writes it.
fn time(ms: i64) -> String {
    Timestamp::from_millisecond(ms).map(|time| format!("{time:.3}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_would_be_a_formula_is_one_no_longer() {
        for start in FORMULA_STARTS {
            assert_eq!(text(&format!("{start}1+1")), format!("'{start}1+1"));
        }
        for plain in ["", "前门 Doorbell", "a=1", "'x", "1-2"] {
            assert_eq!(text(plain), plain);
        }
    }

    #[test]
    fn a_time_is_written_with_its_milliseconds() {
        assert_eq!(time(1_893_456_000_000), "2030-01-01T00:00:00.000Z");
        assert_eq!(time(1_893_456_000_120), "2030-01-01T00:00:00.120Z");
    }
}
