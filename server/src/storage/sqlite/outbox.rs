//! What those who send messages to mini-programs' own backends ask of the store, and who reads their log.

use rusqlite::Connection;

use super::messages;
use super::records::Rows;
use super::store::Store;
use super::sweep::AT_ONCE;
use crate::domain::message::{Attempt, DeliveriesWanted, Delivery, Message};
use crate::domain::records::app::AppKey;
use crate::storage::{Resent, StoreError};

impl Store {
    /// The appIds of all mini-programs whose backends messages wait for.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn apps_to_tell(&self) -> Result<Vec<String>, StoreError> {
        self.run(|db| Ok(messages::apps(db)?)).await
    }

    /// The messages of a mini-program that are to be tried first, each with its number and when it is, in milliseconds since
    /// the Unix epoch: at most so many about calls that ring, which come first, and as many others.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn to_try(&self, app_id: String, most: u32) -> Result<Vec<(i64, i64)>, StoreError> {
        self.run(move |db| Ok(messages::to_try(db, &app_id, most)?)).await
    }

    /// The message with this number, if it still waits to be sent.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn message(&self, number: i64) -> Result<Option<Message>, StoreError> {
        self.run(move |db| Ok(messages::find(db, number)?)).await
    }

    /// Notes what was done with the message with this number, which was to be tried at `was_at`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn attempted(
        &self,
        number: i64,
        was_at: Option<i64>,
        attempt: Attempt,
    ) -> Result<(), StoreError> {
        let now = self.now_ms();
        self.run(move |db| Ok(messages::note(db, number, was_at, &attempt, now)?)).await
    }

    /// How many messages wait to be sent.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn count_waiting(&self) -> Result<u32, StoreError> {
        self.run(|db| Ok(messages::count_waiting(db)?)).await
    }

    /// A part of the log of a mini-program, the newest first, each with its number. `None` if there is no such mini-program.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn deliveries(
        &self,
        key: AppKey,
        wanted: DeliveriesWanted,
    ) -> Result<Option<Vec<(i64, Delivery)>>, StoreError> {
        let work = move |db: &Connection| -> Result<_, StoreError> {
            if !key.exists(db)? {
                return Ok(None);
            }
            Ok(Some(messages::log(db, &key.app_id, &wanted)?))
        };
        self.run(work).await
    }

    /// Queues a message of a mini-program again.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn resend(&self, key: AppKey, webhook_id: String) -> Result<Resent, StoreError> {
        let (clock, outgoing) =
            (self.surroundings().clock.clone(), self.surroundings().outgoing.clone());
        let app_id = key.app_id.clone();
        let work = move |db: &Connection| -> Result<_, StoreError> {
            if !key.exists(db)? {
                return Ok(Resent::NoApp);
            }
            if super::records::webhooks::find(db, &key.app_id)?.is_none() {
                return Ok(Resent::NoWebhook);
            }
            let queued = messages::again(db, &key.app_id, &webhook_id, clock.now_ms())?;
            Ok(queued.map_or(Resent::NoMessage, Resent::Queued))
        };
        let then = move |resent: &Resent| {
            if matches!(resent, Resent::Queued(_)) {
                outgoing.note(app_id);
            }
        };
        self.run_then(work, then).await
    }

    /// Gives up all messages of a mini-program that wait, some at a time, because its webhook was deleted.
    pub(super) async fn give_up_all(&self, app_id: &str) -> Result<(), StoreError> {
        loop {
            let (clock, app_id) = (self.surroundings().clock.clone(), app_id.to_owned());
            let work = move |db: &Connection| -> Result<_, StoreError> {
                Ok(messages::give_up(db, &app_id, AT_ONCE, clock.now_ms())?)
            };
            if self.run(work).await? < AT_ONCE {
                return Ok(());
            }
        }
    }
}
