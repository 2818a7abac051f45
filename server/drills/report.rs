//! What a drill says.

use std::fmt::Display;

/// What was found so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    checked: usize,
    failed: usize,
}

impl Report {
    /// A figure, or what is done now.
    pub(crate) fn say(&self, text: impl Display) {
        println!("       {text}");
    }

    /// Something that has to hold.
    pub(crate) fn check(&mut self, holds: bool, text: impl Display) {
        self.checked += 1;
        self.failed += usize::from(!holds);
        println!("  {} {text}", if holds { "ok  " } else { "FAIL" });
    }

    /// Nothing of this may have happened; the first ones are shown.
    pub(crate) fn none(&mut self, wrong: &[String], text: impl Display) {
        self.check(wrong.is_empty(), format!("{text}: {}", wrong.len()));
        for one in wrong.iter().take(5) {
            self.say(one);
        }
    }

    /// Whether all of it held, and there was something to check.
    pub(crate) fn held(&self) -> bool {
        self.checked > 0 && self.failed == 0
    }
}
