//! Telling a mini-program's own backend of a call by callDevice with isCloud.

mod address;
pub(crate) mod delivery;
pub(crate) mod queue;
mod signature;

pub(crate) use address::{EXPECTED_URL, WebhookUrl, is_url};
pub(crate) use signature::{EXPECTED_SECRET, WebhookSecret, new_secret, read_secret, write_secret};
