//! What a call costs.

use rusqlite::Connection;
use wmpf_voip::call::End;

use crate::domain::failure::Failure;
use crate::storage::call_record::Record;

/// Takes the minutes of a call that has ended from those that are left, the last one also if it was only begun. A
/// license costs nothing by the minute.
///
/// Calls that are on at the same time may together last longer than there are minutes; then none are left.
///
/// # Errors
/// When the store fails.
pub fn bill(db: &Connection, record: &Record, end: &End) -> Result<(), Failure> {
    let minutes = i64::try_from(end.billed.div_ceil(60)).unwrap_or(i64::MAX);
    if record.by_duration && minutes > 0 {
        db.prepare_cached(
            "UPDATE apps SET minutes_left = max(0, minutes_left - ?2) WHERE app_id = ?1",
        )?
        .execute((&record.parties.caller.app_id, minutes))?;
    }
    Ok(())
}
