//! The schemas of what a party says of itself.

use super::{MAX_NAME_BYTES, MAX_REASON_LENGTH};
use crate::schema::{VISIBLE_ASCII, string};
use crate::schema_of_rules;

schema_of_rules! {
    /// What a device or a page calls itself: visible ASCII characters.
    NameOfDevice: string(1, MAX_NAME_BYTES).pattern(Some(VISIBLE_ASCII));
    /// Why something failed: the host's errMsg.
    Reason: string(0, MAX_REASON_LENGTH);
}
