//! A pair of values: one for the caller's side of a call, one for the listener's.

use wmpf_voip::call::Side;

/// A value for each side of a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sides<T> {
    /// The value for the caller's side.
    pub caller: T,
    /// The value for the listener's side.
    pub listener: T,
}

impl<T> Sides<T> {
    /// Calls `of` once for each side and keeps both results.
    pub fn new(mut of: impl FnMut(Side) -> T) -> Sides<T> {
        Sides { caller: of(Side::Caller), listener: of(Side::Listener) }
    }

    /// The value for `side`.
    pub const fn of(&self, side: Side) -> &T {
        match side {
            Side::Caller => &self.caller,
            Side::Listener => &self.listener,
        }
    }

    /// The value for `side`, to be changed in place.
    pub const fn of_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Caller => &mut self.caller,
            Side::Listener => &mut self.listener,
        }
    }
}
