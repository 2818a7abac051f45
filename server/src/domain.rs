//! The nouns that every room above may use.

pub mod address;
pub mod admin_key;
pub mod audit;
pub mod base64;
pub mod clock;
pub mod file_id;
pub mod limit;
pub mod limits;
pub mod message;
pub mod outgoing;
pub mod records;
pub(crate) mod request_id;
pub mod retention;
pub mod shutdown;
pub mod signing_key;
pub mod tokens;
