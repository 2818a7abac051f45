//! The one line that a plugin has: while a call starts on it, another cannot.

use std::cell::Cell;
use std::rc::Rc;

/// Whether a call is starting.
#[derive(Debug, Default)]
pub struct Line {
    busy: Rc<Cell<bool>>,
}

/// Keeps the line busy for as long as it lives.
#[derive(Debug)]
pub struct Hold {
    busy: Rc<Cell<bool>>,
}

impl Line {
    /// Takes the line. `None` while somebody else holds it.
    #[must_use]
    pub fn take(&self) -> Option<Hold> {
        (!self.busy.replace(true)).then(|| Hold { busy: Rc::clone(&self.busy) })
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.busy.set(false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holds_it_at_a_time() {
        let line = Line::default();
        let hold = line.take().unwrap();
        assert!(line.take().is_none());
        assert!(line.take().is_none(), "a refusal frees nothing");
        drop(hold);
        assert!(line.take().is_some());
        assert!(line.take().is_some(), "what was taken and dropped is free");
    }
}
