//! What the operator's API reads and writes in the store.

use rusqlite::Connection;
use wmpf_voip::secret::Secret;
use wmpf_voip_calls::event_type::EventType;

use super::records::{Rows, exists, token_keys, webhooks};
use super::store::Store;
use super::sweep::AT_ONCE;
use super::{calls, deleted_parties, deleted_persons};
use crate::domain::records::app::AppKey;
use crate::domain::records::token_key::{MAX_TOKEN_KEYS, TokenKeyBody, TokenKeyKey};
use crate::domain::records::user::UserKey;
use crate::domain::records::{Page, RecordId, RecordKey, Tokens};
use crate::storage::call_list::{CallsFound, CallsWanted};
use crate::storage::{
    Added, Deleted, Put, StoreError, TokenKeyDeleted, TokenKeyPut, WebhookFound, WebhookRecord,
    WebhookSet,
};

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
            // A part of it may be what it was before.
            let body = key.find(db)?.unwrap_or(body);
            let party = key.party();
            if let Some(party) = &party {
                deleted_parties::remove(db, party)?;
            }
            let tokens = key.token_keys(db)?.or(party.map(Tokens::There));
            Ok((tokens, (key, body, put)))
        };
        self.run_followed(work, follow).await
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

    /// Deletes a record, and the records that have no meaning without it, which may be very many: some at a time, so that
    /// nobody else waits for it. Its party is out with the first of them. If this can have changed which tokens are valid,
    /// `follow` is called with what it means for them once that is on disk.
    ///
    /// # Errors
    /// When the store fails. Some of those records may be deleted then, and to delete again goes on.
    pub async fn delete<K: Rows>(
        &self,
        key: K,
        follow: impl Fn(&Tokens) + Clone + Send + 'static,
    ) -> Result<Deleted, StoreError> {
        loop {
            let (key, follow, now) = (key.clone(), follow.clone(), self.now_ms());
            let work = move |db: &Connection| delete_some(db, &key, now);
            if let Some(deleted) = self.run_followed(work, follow).await? {
                self.sweep_on();
                return Ok(deleted);
            }
        }
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

    /// Adds minutes to those that a mini-program has left, unless there would be more than `max`. A negative number takes some
    /// away, unless there would be fewer than the overdraft permits.
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
            if add < 0 && minutes_left < -app.overdraft {
                return Ok(Added::TooFew);
            }
            let params = (&key.app_id, minutes_left);
            db.execute("UPDATE apps SET minutes_left = ?2 WHERE app_id = ?1", params)?;
            Ok(Added::Left(minutes_left))
        };
        self.run(work).await
    }

    /// Some of the wanted calls of a mini-program, the newest first, at most so many. `None` if there is no such
    /// mini-program.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn calls_of(
        &self,
        key: AppKey,
        wanted: CallsWanted,
        limit: usize,
    ) -> Result<Option<CallsFound>, StoreError> {
        let work = move |db: &Connection| -> Result<_, StoreError> {
            if !key.exists(db)? {
                return Ok(None);
            }
            Ok(Some(calls::of_app(db, &key.app_id, &wanted, limit)?))
        };
        self.run(work).await
    }

    /// The keys that sign the tokens of a mini-program, the newest first. `None` if there is no such mini-program.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn token_keys_of(
        &self,
        key: AppKey,
    ) -> Result<Option<Vec<(TokenKeyKey, TokenKeyBody)>>, StoreError> {
        let work = move |db: &Connection| -> Result<_, StoreError> {
            if !key.exists(db)? {
                return Ok(None);
            }
            Ok(Some(token_keys::list(db, &key.app_id)?))
        };
        self.run(work).await
    }

    /// Makes a key that signs the tokens of a mini-program from here on, unless there is one of this name. `follow` is called
    /// with all keys of the mini-program once it is on disk.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn put_token_key(
        &self,
        key: TokenKeyKey,
        follow: impl FnOnce(&Tokens) + Send + 'static,
    ) -> Result<TokenKeyPut, StoreError> {
        let work = move |db: &Connection| -> Result<_, StoreError> {
            let app_id = &key.app_id;
            if !(AppKey { app_id: app_id.clone() }).exists(db)? {
                return Ok((None, TokenKeyPut::NoApp));
            }
            if let Some(there) = token_keys::find(db, &key)? {
                return Ok((None, TokenKeyPut::There(there)));
            }
            if token_keys::list(db, app_id)?.len() >= MAX_TOKEN_KEYS {
                return Ok((None, TokenKeyPut::TooMany));
            }
            let made = token_keys::make(db, &key)?;
            let body = token_keys::find(db, &key)?.unwrap_or_default();
            Ok((Some(token_keys::tokens(db, app_id)?), TokenKeyPut::Made(body, made)))
        };
        self.run_followed(work, follow).await
    }

    /// Deletes a key that signs tokens, unless it is the only one of its mini-program. `follow` is called with those that are
    /// left once that is on disk.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn delete_token_key(
        &self,
        key: TokenKeyKey,
        follow: impl FnOnce(&Tokens) + Send + 'static,
    ) -> Result<TokenKeyDeleted, StoreError> {
        let work = move |db: &Connection| -> Result<_, StoreError> {
            let app = AppKey { app_id: key.app_id.clone() };
            if !app.exists(db)? || token_keys::find(db, &key)?.is_none() {
                return Ok((None, TokenKeyDeleted::Missing));
            }
            if token_keys::list(db, &key.app_id)?.len() == 1 {
                return Ok((None, TokenKeyDeleted::IsTheOnlyOne));
            }
            token_keys::delete(db, &key)?;
            Ok((Some(token_keys::tokens(db, &key.app_id)?), TokenKeyDeleted::Done))
        };
        self.run_followed(work, follow).await
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
    /// keeps its secret, and a new one gets a secret from `make`; if no types of messages are given, it keeps those that it
    /// gets, and a new one gets [`EventType::DEFAULT`].
    ///
    /// # Errors
    /// When the store fails.
    pub async fn put_webhook(
        &self,
        key: AppKey,
        url: String,
        secret: Option<Vec<u8>>,
        events: Option<Vec<EventType>>,
        make: fn() -> Vec<u8>,
    ) -> Result<WebhookSet, StoreError> {
        let work = move |db: &Connection| -> Result<_, StoreError> {
            if !key.exists(db)? {
                return Ok(WebhookSet::Missing);
            }
            let there = webhooks::find(db, &key.app_id)?;
            let is_new = there.is_none();
            let made = (secret.is_none() && is_new).then(make);
            let (kept, kept_secret) = match there {
                Some((webhook, secret)) => (webhook.events, Some(secret)),
                None => (EventType::DEFAULT.to_vec(), None),
            };
            let secret = secret.or(kept_secret).or_else(|| made.clone());
            let webhook = WebhookRecord { url, events: events.unwrap_or(kept) };
            webhooks::write(db, &key.app_id, &webhook, &secret.unwrap_or_default())?;
            Ok(if is_new {
                WebhookSet::Created(webhook, made)
            } else {
                WebhookSet::Changed(webhook)
            })
        };
        self.run(work).await
    }

    /// Deletes the webhook of a mini-program, and gives up what waits to be sent to it. Gives what was there before.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn delete_webhook(&self, key: AppKey) -> Result<WebhookFound, StoreError> {
        let app_id = key.app_id.clone();
        let work = move |db: &Connection| -> Result<_, StoreError> {
            let found = webhook_of(db, &key)?;
            webhooks::delete(db, &key.app_id)?;
            Ok(found)
        };
        let found = self.run(work).await?;
        self.give_up_all(&app_id).await?;
        Ok(found)
    }

    /// Does `work`, and calls `follow` with what that means for tokens, if anything, once it is on disk.
    async fn run_followed<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<(Option<Tokens>, T), StoreError> + Send + 'static,
        follow: impl FnOnce(&Tokens) + Send + 'static,
    ) -> Result<T, StoreError> {
        let then = |(tokens, _): &(Option<Tokens>, T)| {
            if let Some(tokens) = tokens {
                follow(tokens);
            }
        };
        let (_, done) = self.run_then(work, then).await?;
        Ok(done)
    }
}

/// Does one step of deleting a record, at the time `now` in milliseconds since the Unix epoch. Gives what it means for tokens, and the result once there is nothing more to do.
fn delete_some<K: Rows>(
    db: &Connection,
    key: &K,
    now: i64,
) -> Result<(Option<Tokens>, Option<Deleted>), StoreError> {
    if !key.exists(db)? {
        return Ok((None, Some(Deleted::Missing)));
    }
    let mut in_the_way = key.in_the_way(db)?;
    in_the_way.retain(|(count, _)| *count > 0);
    if !in_the_way.is_empty() {
        return Ok((None, Some(Deleted::InTheWay(in_the_way))));
    }
    let party = key.party();
    if let Some(party) = &party {
        deleted_parties::add(db, party)?;
    }
    let is_last = key.delete_some_of_it(db, AT_ONCE)? < AT_ONCE;
    if is_last {
        key.delete(db)?;
        if let Some(person) = party.as_ref().filter(|_| K::IS_PERSON) {
            deleted_persons::add(db, person, now)?;
        }
    }
    let tokens = key.token_keys(db)?.or(party.map(Tokens::Gone));
    Ok((tokens, is_last.then_some(Deleted::Done)))
}

fn webhook_of(db: &Connection, key: &AppKey) -> Result<WebhookFound, StoreError> {
    if !key.exists(db)? {
        return Ok(WebhookFound::NoApp);
    }
    let found = webhooks::find(db, &key.app_id)?;
    Ok(found.map_or(WebhookFound::None, |(webhook, _)| WebhookFound::There(webhook)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::records::device::DeviceKey;
    use crate::domain::records::payment_user::PaymentUserKey;
    use crate::storage::sqlite::seeded::seeded;

    const APP: &str = "wxde00000000000001";
    const MANY: u32 = 2000;

    /// Deletes a record of the demo that has as many others that have no meaning without it, and gives how many rows of
    /// these tables are left.
    fn left_of<K: Rows>(key: &K, others: &str, tables: [&str; 2]) -> [u32; 2] {
        let (db, _) = seeded();
        db.execute_batch(&format!(
            "CREATE TEMP TABLE numbers AS
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY}) SELECT i FROM n;
             {others}"
        ))
        .unwrap();
        let mut steps = 0;
        loop {
            let before = db.total_changes();
            let (tokens, deleted) = delete_some(&db, key, 1).unwrap();
            let now = db.total_changes() - before;
            // And the record itself, with the notes that its party and its person are gone.
            assert!(now <= u64::from(AT_ONCE) + 3, "{now} in step {steps}");
            assert_eq!(tokens.is_some(), key.party().is_some(), "it is out with the first step");
            steps += 1;
            if let Some(deleted) = deleted {
                assert!(matches!(deleted, Deleted::Done));
                break;
            }
        }
        assert!(steps > MANY / AT_ONCE, "{steps}");
        assert!(!key.exists(&db).unwrap());
        let count = |table: &str| {
            let sql = format!("SELECT count(*) FROM {table} WHERE app_id = ?1");
            db.query_row(&sql, [APP], |row| row.get::<_, u32>(0)).unwrap()
        };
        tables.map(count)
    }

    /// How many rows of these tables the demo has.
    fn of_demo(tables: [&str; 2]) -> [u32; 2] {
        let (db, _) = seeded();
        tables.map(|table| {
            let sql = format!("SELECT count(*) FROM {table} WHERE app_id = ?1");
            db.query_row(&sql, [APP], |row| row.get(0)).unwrap()
        })
    }

    #[test]
    fn a_record_with_many_others_is_deleted_in_steps_and_nothing_else_is() {
        let users = format!(
            "INSERT INTO users (app_id, open_id, scope_voip) SELECT '{APP}', 'o' || i, 1 FROM numbers;"
        );
        let tables = ["authorisations", "contacts"];
        let [authorisations, contacts] = of_demo(tables);

        let device = DeviceKey { app_id: APP.into(), sn: "NEW".into() };
        let others = format!(
            "{users}
             INSERT INTO devices (app_id, sn, model_id, registered_by)
                SELECT app_id, 'NEW', model_id, 'sdk' FROM devices WHERE app_id = '{APP}' LIMIT 1;
             INSERT INTO authorisations (app_id, sn, open_id, device_name)
                SELECT '{APP}', 'NEW', 'o' || i, 'door' FROM numbers;"
        );
        assert_eq!(left_of(&device, &others, tables), [authorisations, contacts]);

        let payment_user = PaymentUserKey { app_id: APP.into(), user_id: "NEW".into() };
        let others = format!(
            "{users}
             INSERT INTO payment_users (app_id, user_id) VALUES ('{APP}', 'NEW');
             INSERT INTO contacts SELECT '{APP}', 'NEW', 'o' || i FROM numbers;"
        );
        assert_eq!(left_of(&payment_user, &others, tables), [authorisations, contacts]);

        let user = UserKey { app_id: APP.into(), open_id: "o-new".into() };
        let others = format!(
            "INSERT INTO users (app_id, open_id, scope_voip) VALUES ('{APP}', 'o-new', 1);
             INSERT INTO devices (app_id, sn, model_id, registered_by)
                SELECT app_id, 'NEW' || i, model_id, 'sdk' FROM numbers
                JOIN (SELECT app_id, model_id FROM devices WHERE app_id = '{APP}' LIMIT 1);
             INSERT INTO payment_users (app_id, user_id) SELECT '{APP}', 'USER' || i FROM numbers;
             INSERT INTO authorisations (app_id, sn, open_id, device_name)
                SELECT '{APP}', 'NEW' || i, 'o-new', 'door' FROM numbers;
             INSERT INTO contacts SELECT '{APP}', 'USER' || i, 'o-new' FROM numbers;"
        );
        assert_eq!(left_of(&user, &others, tables), [authorisations, contacts]);
    }
}
