//! The configuration of a service.

use std::path::PathBuf;

use crate::domain::admin_key::AdminKey;
use crate::domain::clock::Clock;
use crate::media::ice::IceServers;

/// The configuration of a service.
#[derive(Debug, Clone)]
pub struct Config {
    /// The path of the SQLite file.
    pub data: PathBuf,
    /// The directory of static files to serve at `/`, if there is one.
    pub www: Option<PathBuf>,
    /// Whether to add the demo's records and to hand out tokens for them to everybody who asks.
    pub demo: bool,
    /// The operator's key, which lets a request change the records and issue tokens. Without it there is no operator's
    /// API.
    pub admin_key: Option<AdminKey>,
    /// The STUN and TURN servers by which the two sides of a call connect to each other.
    pub ice: IceServers,
    /// The clock by which calls are timed.
    pub clock: Clock,
}
