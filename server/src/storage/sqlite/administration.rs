//! What the operator's API reads and writes in the store.

use rusqlite::Connection;
use wmpf_voip::secret::Secret;

use super::deleted_parties;
use super::records::apps::{new_token_key, token_key};
use super::records::{Rows, exists, webhooks};
use super::store::Store;
use crate::domain::records::app::AppKey;
use crate::domain::records::user::UserKey;
use crate::domain::records::{Page, RecordId, RecordKey, Tokens};
use crate::storage::{Added, Deleted, Put, StoreError, WebhookFound, WebhookSet};

impl Store {
    /// Creates or changes a record, if the records that it refers to exist. If this can have
    /// changed which tokens are valid, `follow` is called with what it means for them once it is on disk.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn put<K: Rows>(
        &self,
        key: K,
        body: K::Body,
        requires: Vec<RecordId>,
        follow: impl FnOnce(&Tokens) + Send + 'static,
    ) -> Result<(K, K::Body, Put), StoreError> {
        let work = move |db: &Connection| -> Result<_, StoreError> {
            for id in requires {
                if !exists(db, &id)? {
                    return Ok((None, (key, body, Put::Missing(id))));
                }
            }
            if let Some(other) = key.conflict(db)? {
                return Ok((None, (key, body, Put::Conflict(other))));
            }
            let put = if key.exists(db)? { Put::Changed } else { Put::Created };
            key.write(db, &body)?;
            let party = key.party();
            if let Some(party) = &party {
                deleted_parties::remove(db, party)?;
            }
            let tokens = key.token_key(db)?.map(Tokens::Key).or(party.map(Tokens::There));
            Ok((tokens, (key, body, put)))
        };
        let (_, done) =
            self.run_then(work, |(tokens, _)| followed(tokens.as_ref(), follow)).await?;
        Ok(done)
    }

    /// Reads a record.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn record<K: Rows>(&self, key: K) -> Result<Option<K::Body>, StoreError> {
        self.run(move |db| Ok(key.find(db)?)).await
    }

    /// Whether the record exists.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn has(&self, id: RecordId) -> Result<bool, StoreError> {
        self.run(move |db| Ok(exists(db, &id)?)).await
    }

    /// Deletes a record, and the records that have no meaning without it. If this can have
    /// changed which tokens are valid, `follow` is called with what it means for them once that is on disk.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn delete<K: Rows>(
        &self,
        key: K,
        follow: impl FnOnce(&Tokens) + Send + 'static,
    ) -> Result<Deleted, StoreError> {
        let work = move |db: &Connection| -> Result<_, StoreError> {
            if !key.exists(db)? {
                return Ok((None, Deleted::Missing));
            }
            let mut in_the_way = key.in_the_way(db)?;
            in_the_way.retain(|(count, _)| *count > 0);
            if !in_the_way.is_empty() {
                return Ok((None, Deleted::InTheWay(in_the_way)));
            }
            key.delete(db)?;
            let party = key.party();
            if let Some(party) = &party {
                deleted_parties::add(db, party)?;
            }
            let tokens = key.token_key(db)?.map(Tokens::Key).or(party.map(Tokens::Gone));
            Ok((tokens, Deleted::Done))
        };
        let (_, done) =
            self.run_then(work, |(tokens, _)| followed(tokens.as_ref(), follow)).await?;
        self.sweep_on();
        Ok(done)
    }

    /// A page of the records that belong to `of`, in the order of their ids. `None` if `of` does not exist.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list<K: Rows>(
        &self,
        of: K::Parent,
        page: Page,
    ) -> Result<Option<Vec<(K, K::Body)>>, StoreError> {
        let work = move |db: &Connection| -> Result<_, StoreError> {
            if !exists(db, &of.id())? {
                return Ok(None);
            }
            Ok(Some(K::list(db, &of, &page)?))
        };
        self.run(work).await
    }

    /// Adds minutes to those that a mini-program has left, unless there would be more than `max`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn add_minutes(&self, key: AppKey, add: i64, max: i64) -> Result<Added, StoreError> {
        let work = move |db: &Connection| -> Result<_, StoreError> {
            let Some(app) = key.find(db)? else { return Ok(Added::Missing) };
            let minutes_left = app.minutes_left.saturating_add(add);
            if minutes_left > max {
                return Ok(Added::TooMany);
            }
            let params = (&key.app_id, minutes_left);
            db.execute("UPDATE apps SET minutes_left = ?2 WHERE app_id = ?1", params)?;
            Ok(Added::Left(minutes_left))
        };
        self.run(work).await
    }

    /// The key that signs the tokens of a mini-program. `None` if there is no such mini-program.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn token_key(&self, app_id: String) -> Result<Option<Vec<u8>>, StoreError> {
        self.run(move |db| Ok(token_key(db, &app_id)?)).await
    }

    /// Makes a new key that signs the tokens of a mini-program, and calls `follow` with it once it is on disk. Gives
    /// whether the mini-program exists.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn rotate_token_key(
        &self,
        app_id: String,
        follow: impl FnOnce(&Tokens) + Send + 'static,
    ) -> Result<bool, StoreError> {
        let work = move |db: &Connection| -> Result<_, StoreError> {
            let params = (&app_id, new_token_key());
            const SQL: &str = "UPDATE apps SET token_key = ?2 WHERE app_id = ?1 AND NOT deleted";
            let changed = db.execute(SQL, params)?;
            let token_key = AppKey { app_id }.token_key(db)?;
            Ok(token_key.filter(|_| changed > 0).map(Tokens::Key))
        };
        let rotated = self.run_then(work, |tokens| followed(tokens.as_ref(), follow)).await?;
        Ok(rotated.is_some())
    }

    /// Sets the session_key of a user, or deletes it. Gives whether the user exists.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn set_session_key(
        &self,
        user: UserKey,
        key: Option<Secret<String>>,
    ) -> Result<bool, StoreError> {
        let work = move |db: &Connection| -> Result<_, StoreError> {
            let params = (&user.app_id, &user.open_id, key.as_ref().map(Secret::expose));
            const SQL: &str =
                "UPDATE users SET session_key = ?3 WHERE app_id = ?1 AND open_id = ?2";
            Ok(db.execute(SQL, params)? > 0)
        };
        self.run(work).await
    }

    /// Reads the URL to which the messages of a mini-program are sent.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn webhook(&self, key: AppKey) -> Result<WebhookFound, StoreError> {
        self.run(move |db| webhook_of(db, &key)).await
    }

    /// Sets the URL to which the messages of a mini-program are sent. If no secret is given, a webhook that exists
    /// keeps its secret, and a new one gets a secret from `make`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn put_webhook(
        &self,
        key: AppKey,
        url: String,
        secret: Option<Vec<u8>>,
        make: fn() -> Vec<u8>,
    ) -> Result<WebhookSet, StoreError> {
        let work = move |db: &Connection| -> Result<_, StoreError> {
            if !key.exists(db)? {
                return Ok(WebhookSet::Missing);
            }
            let there = webhooks::find(db, &key.app_id)?;
            let is_new = there.is_none();
            let made = (secret.is_none() && is_new).then(make);
            let secret = secret.or(there.map(|(_, secret)| secret)).or_else(|| made.clone());
            webhooks::write(db, &key.app_id, &url, &secret.unwrap_or_default())?;
            Ok(if is_new { WebhookSet::Created(made) } else { WebhookSet::Changed })
        };
        self.run(work).await
    }

    /// Deletes the webhook of a mini-program. Gives what was there before.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn delete_webhook(&self, key: AppKey) -> Result<WebhookFound, StoreError> {
        let work = move |db: &Connection| -> Result<_, StoreError> {
            let found = webhook_of(db, &key)?;
            webhooks::delete(db, &key.app_id)?;
            Ok(found)
        };
        self.run(work).await
    }
}

/// Tells `follow` what a change means for tokens, if anything.
fn followed(tokens: Option<&Tokens>, follow: impl FnOnce(&Tokens)) {
    if let Some(tokens) = tokens {
        follow(tokens);
    }
}

fn webhook_of(db: &Connection, key: &AppKey) -> Result<WebhookFound, StoreError> {
    if !key.exists(db)? {
        return Ok(WebhookFound::NoApp);
    }
    let found = webhooks::find(db, &key.app_id)?;
    Ok(found.map_or(WebhookFound::None, |(url, _)| WebhookFound::At(url)))
}
