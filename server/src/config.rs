//! What a service needs to know.

use std::path::PathBuf;

use crate::domain::admin_key::AdminKey;
use crate::domain::clock::Clock;
use crate::media::ice::IceServers;

/// What a service needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// The SQLite file.
    pub data: PathBuf,
    /// Static files to serve at `/`.
    pub www: Option<PathBuf>,
    /// Seed the demo's records and hand out tokens for them to whoever asks.
    pub demo: bool,
    /// Lets whoever has this key change the records and issue tokens.
    pub admin_key: Option<AdminKey>,
    /// What ends of calls find each other by.
    pub ice: IceServers,
    /// The clock of the calls.
    pub clock: Clock,
}
