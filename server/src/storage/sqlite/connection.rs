//! How a connection treats its statements, and its transactions: each statement is compiled once.

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use crate::storage::StoreError;

/// How many compiled statements the connection keeps: more than this program has, so that each is compiled once.
const STATEMENT_CACHE: usize = 256;

/// Runs in the group's transaction. Gives whether its changes are to be kept, and the answer, which is called with the
/// result of the commit.
pub(super) type Job = Box<dyn FnOnce(&Connection) -> (bool, Answer) + Send>;
pub(super) type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// Has the connection compile each cached statement once.
///
/// # Errors
/// When SQLite fails.
pub(super) fn compile_once(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    // Otherwise SQLite plans some statements for the values that are bound, and compiles them anew for the next ones. No
    // plan here is better for one value than for another: the stability guarantee costs nothing.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Runs jobs in one transaction. Those that fail are undone alone. The answers of all that have run are appended to
/// `answers`, also if the transaction cannot be committed; then nothing has changed.
///
/// # Errors
/// When SQLite fails.
pub(super) fn run_group(
    connection: &Connection,
    jobs: impl Iterator<Item = Job>,
    answers: &mut Vec<Answer>,
) -> Result<(), StoreError> {
    execute(connection, "BEGIN IMMEDIATE")?;
    let done =
        run_each(connection, jobs, answers).and_then(|()| Ok(execute(connection, "COMMIT")?));
    // Some failures end the transaction by themselves.
    if done.is_err() && !connection.is_autocommit() {
        execute(connection, "ROLLBACK")?;
    }
    done
}

fn run_each(
    connection: &Connection,
    jobs: impl Iterator<Item = Job>,
    answers: &mut Vec<Answer>,
) -> Result<(), StoreError> {
    for job in jobs {
        execute(connection, "SAVEPOINT job")?;
        let (stands, answer) = job(connection);
        answers.push(answer);
        if !stands {
            execute(connection, "ROLLBACK TO job")?;
        }
        execute(connection, "RELEASE job")?;
    }
    Ok(())
}

/// Runs a statement that has no parameters and no rows.
pub(super) fn execute(connection: &Connection, sql: &'static str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([])?;
    Ok(())
}
