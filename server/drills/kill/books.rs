//! The books of all lives, and whether the data file agrees with them.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;

use rusqlite::Connection;

use super::life::Made;
use crate::pairs::{APP, MINUTES};

/// Every call that was ever acknowledged.
#[derive(Default)]
pub(super) struct Books {
    /// The room by the caller's key.
    pub(super) rooms: HashMap<String, String>,
    pub(super) counts: Counts,
    /// The minutes that the app has paid so far.
    pub(super) billed: i64,
    pub(super) lost: Vec<String>,
    pub(super) twice: Vec<String>,
    pub(super) bills: Vec<String>,
}

/// How much there was to look for.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) acknowledged: u64,
    pub(super) signals: u64,
    pub(super) repeated: u64,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { acknowledged, signals, repeated } = self;
        write!(
            f,
            "{acknowledged} calls and {signals} signals acknowledged, {repeated} keys sent again"
        )
    }
}

impl Books {
    /// Enters what has been acknowledged to these callers since they were entered last.
    pub(super) fn enter(&mut self, made: &mut [Made]) {
        for made in made {
            let room = made.room_id().to_owned();
            self.counts.signals += std::mem::take(&mut made.signals);
            self.counts.repeated += u64::from(std::mem::take(&mut made.repeated));
            match self.rooms.insert(made.key.clone(), room.clone()) {
                None => self.counts.acknowledged += 1,
                Some(earlier) if earlier == room => {}
                Some(earlier) => self.twice.push(format!("{}: {earlier} and {room}", made.key)),
            }
        }
    }

    /// Looks for all of them in the data file of the service, and adds up the bills.
    pub(super) fn compare(&mut self, data: &Path) {
        let mut db = Connection::open(data).unwrap();
        // What is read belongs together: calls may end meanwhile.
        let db = db.transaction().unwrap();
        let mut calls =
            db.prepare("SELECT idempotency_key, room_id FROM calls WHERE app_id = ?1").unwrap();
        let rows = calls.query_map([APP], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        let mut found = 0;
        for row in rows {
            let (key, room): (String, String) = row.unwrap();
            match self.rooms.get(&key) {
                Some(known) if *known == room => found += 1,
                Some(known) => self.twice.push(format!("{key}: {known} and {room}")),
                None => self.twice.push(format!("{key}: {room}, of which nobody knows")),
            }
        }
        if found != self.rooms.len() {
            self.lost.push(format!("{found} of {} calls are there", self.rooms.len()));
        }
        let number = |sql: &str| db.query_row(sql, [APP], |row| row.get::<_, i64>(0)).unwrap();
        let of_calls =
            number("SELECT coalesce(sum((billed + 59) / 60), 0) FROM calls WHERE app_id = ?1");
        self.billed = MINUTES - number("SELECT minutes_left FROM apps WHERE app_id = ?1");
        if self.billed != of_calls {
            self.bills
                .push(format!("{} minutes are billed, the calls cost {of_calls}", self.billed));
        }
    }
}
