//! What the operator's API writes into the audit record, and reads of it.

use super::audit::{add, list};
use super::store::Store;
use crate::domain::audit::AuditEntry;
use crate::storage::StoreError;

impl Store {
    /// Notes a change that was made by the operator's API. Persons whose record was deleted are not named.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn note(&self, entry: AuditEntry) -> Result<(), StoreError> {
        self.run(move |db| Ok(add(db, &entry)?)).await
    }

    /// The changes before the one of this number, the newest first, at most so many, each with its number.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn notes(
        &self,
        before: i64,
        limit: u32,
    ) -> Result<Vec<(i64, AuditEntry)>, StoreError> {
        self.run(move |db| Ok(list(db, before, limit)?)).await
    }
}
