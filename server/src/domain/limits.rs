//! The limits of requests, and the schemas that say them in the OpenAPI document.

use wmpf_voip::schema::{VISIBLE_ASCII, integer, string};
use wmpf_voip::schema_of_rules;
use wmpf_voip_calls::checks::OPEN_ID_LENGTH;

/// The longest body of a request, in bytes. A call has at most seven strings of 4096 UTF-16 units, of which none takes
/// more than six bytes in JSON (`\u0001`): 168 KiB; the rest are words and numbers. A request about 100 openIds has 3
/// KiB. So a body that is too long has a field that would be refused anyway.
pub const MAX_BODY_BYTES: usize = 176 * 1024;

/// The most characters that an appId may have.
pub const MAX_APP_ID_LENGTH: usize = 64;

/// The largest whole number that JavaScript tells from its neighbours.
pub const MAX_SAFE_INTEGER: i64 = (1 << 53) - 1;

/// The most minutes that a mini-program can have.
pub const MAX_MINUTES: i64 = MAX_SAFE_INTEGER;

/// The last time that a JavaScript `Date` can hold, in milliseconds since the Unix epoch.
pub const MAX_TIME: i64 = 8_640_000_000_000_000;

schema_of_rules! {
    /// An appId: visible ASCII characters.
    AppId: string(1, MAX_APP_ID_LENGTH).pattern(Some(VISIBLE_ASCII));
    /// An openId.
    OpenId: string(OPEN_ID_LENGTH, OPEN_ID_LENGTH).pattern(Some("^o[A-Za-z0-9_-]*$"));
    /// A number of minutes.
    MinutesLeft: integer(-MAX_MINUTES, MAX_MINUTES);
    /// A number of minutes.
    Overdraft: integer(0, MAX_MINUTES);
    /// A time in milliseconds since the Unix epoch.
    Time: integer(0, MAX_TIME);
}
