//! What bounds requests.

/// The longest body, in bytes. A call has at most seven strings of 4096 UTF-16 units, of which none takes more than six
/// bytes in JSON (`\u0001`): 168 KiB, and the rest are words and numbers. 100 openIds to ask about are 3 KiB. So only what
/// no field takes is refused by its length.
pub const MAX_BODY_BYTES: usize = 176 * 1024;
