//! What all kinds of records have in common: a key, a body, and the four things to do with them.
//!
//! A record is written whole: `PUT` creates it or takes the place of what was there, so that it can be
//! repeated.

use std::fmt::{self, Display};

use axum::http::StatusCode;
use rusqlite::Connection;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::fields::{Body, Page, Problems};
use crate::domain::failure::Failure;
use crate::domain::preview::preview;
use crate::service::App;

/// Defines a record, which is a key and a body, and the routes of its kind.
macro_rules! record {
    (
        $(#[doc = $doc:tt])+
        $record:ident($key:ident, $body:ident), $noun:tt in $of:ident,
        $list:tt, $one:tt, deleting: $deleting:tt
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
        pub struct $record {
            /// Its place.
            #[serde(flatten)]
            pub key: $key,
            /// What it says.
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
        ) -> Result<(axum::http::StatusCode, axum::Json<$record>), crate::domain::failure::Failure> {
            let (status, key, body) = super::record::put::<$record>(&app, key, body).await?;
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
        ) -> Result<axum::Json<$record>, crate::domain::failure::Failure> {
            let (key, body) = super::record::get::<$record>(&app, key).await?;
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
        ) -> Result<axum::http::StatusCode, crate::domain::failure::Failure> {
            super::record::delete::<$record>(&app, key).await
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
            page: super::fields::Page,
        ) -> Result<axum::Json<super::record::List<$record>>, crate::domain::failure::Failure> {
            let (records, next) = super::record::list::<$record>(&app, of, page).await?;
            let items = records.into_iter().map(|(key, body)| $record { key, body }).collect();
            Ok(axum::Json(super::record::List { items, next }))
        }
    };
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// In the order of their ids.
    pub items: Vec<T>,
    /// What `after` has to be for the next page; there is none if this was the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// What names a record. Its `Display` is what a text says after "there is no".
pub trait Key: DeserializeOwned + Display + Send + Sync + 'static {
    /// Where it is below `/v1/admin/`; the last is its own id.
    fn path(&self) -> Vec<&str>;

    /// Notes what is wrong with its ids.
    fn check(&self, problems: &mut Problems);

    /// Whether there is such a record.
    ///
    /// # Errors
    /// When the store fails.
    fn exists(&self, db: &Connection) -> rusqlite::Result<bool>;

    /// Fails with 404 if there is no such record.
    ///
    /// # Errors
    /// That, or when the store fails.
    fn require(&self, db: &Connection) -> Result<(), Failure> {
        if self.exists(db)? { Ok(()) } else { Err(self.not_found()) }
    }

    /// That there is no such record.
    fn not_found(&self) -> Failure {
        Failure::Http(
            StatusCode::NOT_FOUND,
            format!("there is no {self}: create it first, or correct its id"),
        )
    }
}

/// What has all apps and models: the service itself.
#[derive(Debug, Clone, Serialize, Deserialize, IntoParams, clap::Args)]
#[into_params(parameter_in = Path)]
pub struct Service {}

impl Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("service")
    }
}

impl Key for Service {
    fn path(&self) -> Vec<&str> {
        Vec::new()
    }

    fn check(&self, _: &mut Problems) {}

    fn exists(&self, _: &Connection) -> rusqlite::Result<bool> {
        Ok(true)
    }
}

/// One kind of record.
pub trait Record {
    /// What names one.
    type Key: Key;
    /// What it says.
    type Body: Body + Send + 'static;
    /// What it belongs to.
    type Of: Key;

    /// Reads it.
    ///
    /// # Errors
    /// When the store fails.
    fn find(db: &Connection, key: &Self::Key) -> rusqlite::Result<Option<Self::Body>>;

    /// Creates or changes it.
    ///
    /// # Errors
    /// When what it refers to does not exist, or the store fails.
    fn write(db: &Connection, key: &Self::Key, body: &Self::Body) -> Result<(), Failure>;

    /// Deletes it, and what has no meaning without it.
    ///
    /// # Errors
    /// When other records are in the way, or the store fails.
    fn delete(db: &Connection, key: &Self::Key) -> Result<(), Failure>;

    /// Those of `of`, in the order of their ids.
    ///
    /// # Errors
    /// When the store fails.
    fn list(
        db: &Connection,
        of: &Self::Of,
        page: &Page,
    ) -> rusqlite::Result<Vec<(Self::Key, Self::Body)>>;

    /// The key that signs an app's tokens now, where a change of this record can be one of the key.
    ///
    /// # Errors
    /// When the store fails.
    fn token_key(_: &Connection, _: &Self::Key) -> rusqlite::Result<Option<TokenKey>> {
        Ok(None)
    }
}

/// The key that signs an app's tokens, as it is after a change.
pub struct TokenKey {
    /// The app.
    pub app_id: String,
    /// None if there is no such app any more.
    pub key: Option<Vec<u8>>,
}

/// Changes the records, and lets the keys in memory follow.
pub(super) async fn change<R: Record, T: Send + 'static>(
    app: &App,
    key: R::Key,
    work: impl FnOnce(&Connection, &R::Key) -> Result<T, Failure> + Send + 'static,
) -> Result<(R::Key, T), Failure> {
    let (keys, driver) = (app.keys.clone(), app.driver.clone());
    let changed = app.store.run_then(
        move |db| {
            let done = work(db, &key)?;
            let token_key = R::token_key(db, &key)?;
            Ok::<_, Failure>((token_key, key, done))
        },
        move |(token_key, _, _)| {
            if let Some(TokenKey { app_id, key }) = token_key
                && keys.set(app_id, key.clone())
            {
                driver.listeners.give_up(app_id);
                driver.live.give_up(app_id);
            }
        },
    );
    let (_, key, done) = changed.await?;
    Ok((key, done))
}

pub(super) async fn put<R: Record>(
    app: &App,
    key: R::Key,
    body: R::Body,
) -> Result<(StatusCode, R::Key, R::Body), Failure> {
    let written = change::<R, _>(app, key, move |db, key| {
        let was_there = key.exists(db)?;
        R::write(db, key, &body)?;
        Ok((was_there, body))
    });
    let (key, (was_there, body)) = written.await?;
    if was_there {
        tracing::info!("the operator changed {key}");
        Ok((StatusCode::OK, key, body))
    } else {
        tracing::info!("the operator created {key}");
        Ok((StatusCode::CREATED, key, body))
    }
}

pub(super) async fn get<R: Record>(app: &App, key: R::Key) -> Result<(R::Key, R::Body), Failure> {
    let read = app.store.run(move |db| match R::find(db, &key)? {
        Some(body) => Ok((key, body)),
        None => Err(key.not_found()),
    });
    read.await
}

pub(super) async fn delete<R: Record>(app: &App, key: R::Key) -> Result<StatusCode, Failure> {
    let deleted = change::<R, _>(app, key, |db, key| {
        key.require(db)?;
        R::delete(db, key)
    });
    let (key, ()) = deleted.await?;
    tracing::info!("the operator deleted {key}");
    Ok(StatusCode::NO_CONTENT)
}

pub(super) type Found<R> = Vec<(<R as Record>::Key, <R as Record>::Body)>;

/// The records of a page, and what the next one is after.
pub(super) async fn list<R: Record>(
    app: &App,
    of: R::Of,
    page: Page,
) -> Result<(Found<R>, Option<String>), Failure> {
    let length = page.limit as usize;
    // One more tells whether there is a next page.
    let page = Page { limit: page.limit + 1, ..page };
    let read = app.store.run(move |db| {
        of.require(db)?;
        Ok::<_, Failure>(R::list(db, &of, &page)?)
    });
    let mut records = read.await?;
    let more = records.len() > length;
    records.truncate(length);
    let last = records.last().and_then(|(key, _)| key.path().last().map(|id| (*id).to_owned()));
    Ok((records, last.filter(|_| more)))
}

/// Fails with 409 if `other` is there. `id` is an SN or a user_id: a session token does not say which, so in
/// one app it cannot be both.
pub(super) fn one_device(db: &Connection, id: &str, other: &impl Key) -> Result<(), Failure> {
    if !other.exists(db)? {
        return Ok(());
    }
    let text = format!(
        "{} is the id of {other}, and whoever has its session token could speak for both: \
         choose another id, or delete that one first",
        preview(id)
    );
    Err(Failure::Http(StatusCode::CONFLICT, text))
}

/// Fails with 409 if other records are in the way of deleting `key`.
pub(super) fn in_the_way(key: &impl Key, counts: &[(u32, &str)]) -> Result<(), Failure> {
    let left: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| format!("{noun}: {count}"))
        .collect();
    if left.is_empty() {
        return Ok(());
    }
    let text = format!("{key} is still in use ({}): delete those first", left.join(", "));
    Err(Failure::Http(StatusCode::CONFLICT, text))
}
