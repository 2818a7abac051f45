//! What crosses between JavaScript and the core, in whichever host runs it.
//!
//! The modules call the exports as the package's loader does, with a host made in JavaScript.

mod calls;
mod host;
mod reading;
