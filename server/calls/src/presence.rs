//! Who is connected, as the rules ask it: a device that speaks for a side is waited for when it has no socket.

use wmpf_voip::call::{Device, Side};

/// Who is connected now. It is asked while an operation decides.
pub trait Presence: Send + Sync {
    /// Whether the page that speaks for a side has a socket.
    fn has_socket(&self, room_id: &str, side: Side, speaker: &Device) -> bool;

    /// Whether any device of this side has a socket.
    fn is_connected(&self, room_id: &str, side: Side) -> bool;

    /// The name of a device of this side that has a socket.
    fn device(&self, room_id: &str, side: Side) -> Option<String>;

    /// When this side's last socket was last there, in milliseconds since the Unix epoch.
    fn last_seen(&self, room_id: &str, side: Side) -> Option<i64>;

    /// Whether this side can have one more socket.
    fn has_room(&self, room_id: &str, side: Side) -> bool;
}
