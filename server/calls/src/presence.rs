//! Which devices are connected. The rules ask, because a device that speaks for a side and has no socket is waited
//! for.

use wmpf_voip::call::{Device, Side};

/// Tells the rules which sockets are open now. An operation asks while it decides.
pub trait Presence: Send + Sync {
    /// Whether `speaker`, the page that has the call or the device that speaks for `side`, has an open socket.
    fn has_socket(&self, room_id: &str, side: Side, speaker: &Device) -> bool;

    /// Whether any device of this side has a socket.
    fn is_connected(&self, room_id: &str, side: Side) -> bool;

    /// The name of some device of this side that has a socket. `None` if no device has one.
    fn connected_device(&self, room_id: &str, side: Side) -> Option<String>;

    /// When the last socket of this side was last heard from, in milliseconds since the Unix epoch. `None` if this
    /// process has seen none close.
    fn last_seen(&self, room_id: &str, side: Side) -> Option<i64>;

    /// Whether one more socket of this side may open; a side may hold [`MAX_SOCKETS`](crate::failure::MAX_SOCKETS).
    fn has_free_socket(&self, room_id: &str, side: Side) -> bool;
}
