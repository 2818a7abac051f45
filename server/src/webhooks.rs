//! Telling a mini-program's own backend of calls and authorisations.

mod address;
pub(crate) mod courier;
mod delivery;
mod pauses;
mod signature;

pub(crate) use address::{EXPECTED_URL, WebhookUrl, is_url};
pub(crate) use signature::{EXPECTED_SECRET, WebhookSecret, new_secret, read_secret, write_secret};
