//! The limits of requests.

/// The longest body of a request, in bytes. A call has at most seven strings of 4096 UTF-16 units, of which none takes
/// more than six bytes in JSON (`\u0001`): 168 KiB; the rest are words and numbers. A request about 100 openIds has 3
/// KiB. So a body that is too long has a field that would be refused anyway.
pub const MAX_BODY_BYTES: usize = 176 * 1024;
