//! A value that must not be printed.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Wraps a token: `Debug` shows that there is one and nothing of it, and there is no `Display`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Hides `value` from logs.
    pub const fn new(value: T) -> Secret<T> {
        Secret(value)
    }

    /// The value itself, for whoever has to send or check it.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// Gives the value back.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_the_value() {
        let shown = format!("{:?}", Some(Secret::new("eyJhbGciOi")));
        assert_eq!(shown, "Some([secret])");
    }
}
