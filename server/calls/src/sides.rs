//! One of something for each side of a call.

use wmpf_voip::call::Side;

/// The caller's and the listener's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sides<T> {
    /// The caller's.
    pub caller: T,
    /// The listener's.
    pub listener: T,
}

impl<T> Sides<T> {
    /// What `of` gives for each side.
    pub fn new(mut of: impl FnMut(Side) -> T) -> Sides<T> {
        Sides { caller: of(Side::Caller), listener: of(Side::Listener) }
    }

    /// That of a side.
    pub const fn of(&self, side: Side) -> &T {
        match side {
            Side::Caller => &self.caller,
            Side::Listener => &self.listener,
        }
    }

    /// The same, to change it.
    pub const fn of_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Caller => &mut self.caller,
            Side::Listener => &mut self.listener,
        }
    }
}
