//! What all kinds of records have in common: a key, a body, and four things to do with them.
//!
//! A record is written whole: `PUT` creates it or replaces what was there, so that the request can be repeated.

use std::fmt::Display;

use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use wmpf_voip_calls::preview::preview;

use super::keys::Key;
use crate::app::App;
use crate::domain::records::device::DeviceKey;
use crate::domain::records::payment_user::PaymentUserKey;
use crate::domain::records::{Page, RecordId, Tokens};
use crate::http::failure::Failure;
use crate::storage::sqlite::records::Rows;
use crate::storage::{Deleted, Put};

/// Defines a kind of record, which has a key and a body, and its routes.
macro_rules! record {
    (
        $(#[doc = $doc:tt])+
        $record:ident($key:ident, $body:ident), $noun:tt in $of:ident,
        $list:tt, $one:tt, deleting: $deleting:tt
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
        pub struct $record {
            /// The key of the record.
            #[serde(flatten)]
            pub key: $key,
            /// The body of the record.
            // The body that is sent has no other members, but what is answered has.
            #[schema(inline)]
            #[serde(flatten)]
            pub body: $body,
        }

        /// The routes of this kind of record.
        pub(super) fn routes() -> utoipa_axum::router::OpenApiRouter<super::Shared> {
            utoipa_axum::router::OpenApiRouter::new()
                .routes(utoipa_axum::routes!(list))
                .routes(utoipa_axum::routes!(put, get, delete))
        }

        #[utoipa::path(
            put,
            path = $one,
            operation_id = concat!("put", stringify!($record)),
            summary = concat!("Creates or changes ", $noun),
            description = "Writes the whole record: what the body leaves out is off or none.",
            security(("admin" = [])),
            params($key),
            request_body = $body,
            responses(
                (status = 201, description = "It was created", body = $record),
                (status = 200, description = "It was changed", body = $record),
                super::Refused,
            )
        )]
        async fn put(
            axum::extract::State(app): axum::extract::State<super::Shared>,
            super::fields::At(key): super::fields::At<$key>,
            super::fields::Valid(body): super::fields::Valid<$body>,
        ) -> Result<(axum::http::StatusCode, axum::Json<$record>), crate::http::failure::Failure> {
            let (status, key, body) = super::record::put::<$key>(&app, key, body).await?;
            Ok((status, axum::Json($record { key, body })))
        }

        #[utoipa::path(
            get,
            path = $one,
            operation_id = concat!("get", stringify!($record)),
            summary = concat!("Reads ", $noun),
            security(("admin" = [])),
            params($key),
            responses(
                (status = 200, description = "It is there", body = $record),
                super::Refused,
            )
        )]
        async fn get(
            axum::extract::State(app): axum::extract::State<super::Shared>,
            super::fields::At(key): super::fields::At<$key>,
        ) -> Result<axum::Json<$record>, crate::http::failure::Failure> {
            let (key, body) = super::record::get::<$key>(&app, key).await?;
            Ok(axum::Json($record { key, body }))
        }

        #[utoipa::path(
            delete,
            path = $one,
            operation_id = concat!("delete", stringify!($record)),
            summary = concat!("Deletes ", $noun),
            description = $deleting,
            security(("admin" = [])),
            params($key),
            responses(
                (status = 204, description = "It was deleted"),
                super::Refused,
            )
        )]
        async fn delete(
            axum::extract::State(app): axum::extract::State<super::Shared>,
            super::fields::At(key): super::fields::At<$key>,
        ) -> Result<axum::http::StatusCode, crate::http::failure::Failure> {
            super::record::delete::<$key>(&app, key).await
        }

        #[utoipa::path(
            get,
            path = $list,
            operation_id = concat!("list", stringify!($record), "s"),
            summary = concat!("Lists every ", stringify!($record)),
            description = "In the order of their ids, a page at a time.",
            security(("admin" = [])),
            params($of, super::fields::PageQuery),
            responses(
                (status = 200, description = "A page of them", body = super::record::List<$record>),
                super::Refused,
            )
        )]
        async fn list(
            axum::extract::State(app): axum::extract::State<super::Shared>,
            super::fields::At(of): super::fields::At<$of>,
            page: crate::domain::records::Page,
        ) -> Result<axum::Json<super::record::List<$record>>, crate::http::failure::Failure> {
            let (records, next) = super::record::list::<$key>(&app, of, page).await?;
            let items = records.into_iter().map(|(key, body)| $record { key, body }).collect();
            Ok(axum::Json(super::record::List { items, next }))
        }
    };
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// The records, in the order of their ids.
    pub items: Vec<T>,
    /// What `after` has to be for the next page; there is none if this was the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// The failure for a record that does not exist.
pub(super) fn not_found(key: &impl Display) -> Failure {
    Failure::Http(
        StatusCode::NOT_FOUND,
        format!("there is no {key}: create it first, or correct its id"),
    )
}

/// Gives a function that has the keyring follow a change of the records. It closes the sockets of those whose tokens are no
/// longer valid.
pub(super) fn follow(app: &App) -> impl Fn(&Tokens) + Clone + Send + use<> {
    let (keys, live) = (app.keys.clone(), app.live.clone());
    move |tokens| match tokens {
        Tokens::Keys { app_id, keys: now } => {
            live.close_sockets_of_keys(&keys.set(app_id, now.clone()));
        }
        Tokens::Gone(party) => {
            keys.refuse(party);
            live.close_sockets_of_party(party);
        }
        Tokens::There(party) => keys.accept(party),
    }
}

pub(super) async fn put<K: Key + Rows>(
    app: &App,
    key: K,
    body: K::Body,
) -> Result<(StatusCode, K, K::Body), Failure> {
    let requires = key.requires(&body);
    let (key, body, put) = app.store.put(key, body, requires, follow(app)).await?;
    match put {
        Put::Created => {
            tracing::info!("the operator created {key}");
            Ok((StatusCode::CREATED, key, body))
        }
        Put::Changed => {
            tracing::info!("the operator changed {key}");
            Ok((StatusCode::OK, key, body))
        }
        Put::Missing(other) => Err(not_found(&other)),
        Put::Conflict(other) => Err(conflict(&key.id(), &other)),
    }
}

/// The failure for a record that cannot exist beside another one.
fn conflict(key: &RecordId, other: &RecordId) -> Failure {
    let text = match (key, other) {
        (RecordId::Device(DeviceKey { sn: id, .. }), _)
        | (RecordId::PaymentUser(PaymentUserKey { user_id: id, .. }), _) => format!(
            "{} is the id of {other}, and whoever has its session token could speak for both: \
             choose another id, or delete that one first",
            preview(id)
        ),
        (RecordId::App(_), _) => format!(
            "{key} was deleted, and what it has left behind is still being removed: try again in a moment"
        ),
        (
            RecordId::WholeService
            | RecordId::Model(_)
            | RecordId::User(_)
            | RecordId::Authorisation(_)
            | RecordId::Contact(_)
            | RecordId::TokenKey(_),
            _,
        ) => format!("{key} cannot be there beside {other}: delete that one first"),
    };
    Failure::Http(StatusCode::CONFLICT, text)
}

pub(super) async fn get<K: Key + Rows>(app: &App, key: K) -> Result<(K, K::Body), Failure> {
    match app.store.record(key.clone()).await? {
        Some(body) => Ok((key, body)),
        None => Err(not_found(&key)),
    }
}

pub(super) async fn delete<K: Key + Rows>(app: &App, key: K) -> Result<StatusCode, Failure> {
    match app.store.delete(key.clone(), follow(app)).await? {
        Deleted::Done => {
            tracing::info!("the operator deleted {key}");
            Ok(StatusCode::NO_CONTENT)
        }
        Deleted::Missing => Err(not_found(&key)),
        Deleted::InTheWay(counts) => Err(in_the_way(&key, &counts)),
    }
}

/// The failure for a record that cannot be deleted because of other records.
fn in_the_way(key: &impl Display, counts: &[(u32, &str)]) -> Failure {
    let left: Vec<String> = counts.iter().map(|(count, noun)| format!("{noun}: {count}")).collect();
    let text = format!("{key} is still in use ({}): delete those first", left.join(", "));
    Failure::Http(StatusCode::CONFLICT, text)
}

/// Reads a page of the records, and the id after which the next page begins.
pub(super) async fn list<K: Key + Rows>(
    app: &App,
    of: K::Parent,
    page: Page,
) -> Result<(Vec<(K, K::Body)>, Option<String>), Failure> {
    let limit = page.limit;
    let page = Page { limit: limit + 1, ..page };
    let records = app.store.list::<K>(of.clone(), page).await?;
    let mut records = records.ok_or_else(|| not_found(&of))?;
    let id = |(key, _): &(K, K::Body)| key.path().last().copied().unwrap_or_default().to_owned();
    let next = next_page(&mut records, limit, id);
    Ok((records, next))
}

/// Takes from one item more than a page has, if there is one, which tells that there is a next page. Gives the id after which
/// that begins.
pub(super) fn next_page<T>(
    items: &mut Vec<T>,
    limit: u32,
    id: impl Fn(&T) -> String,
) -> Option<String> {
    let length = limit as usize;
    let has_more = items.len() > length;
    items.truncate(length);
    items.last().filter(|_| has_more).map(id)
}
