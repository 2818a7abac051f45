//! The rules of the room service's calls, as pure functions: whether a call may be made, making it, and what happens to
//! it until it is over.
//!
//! Nothing here waits, reads a file, asks a network or knows SQL, so it also compiles for
//! `wasm32-unknown-unknown`. Whatever is done with calls is an [`Operation`](operation::Operation): it says which facts it
//! wants, decides on them, and gives what is to be written. A storage engine reads the facts, lets the operation decide,
//! and writes, all in one transaction. What the rules cannot know from what is stored, they are told by the caller: the
//! time, what was drawn at random, who is [connected](presence::Presence), and what a [ticket](ticket::Tickets) says.
//!
//! # Layout
//!
//! From the top down; a module imports only those below it.
//!
//! - [`creation`], [`driver`], [`consent`], [`operator`]: the operations
//! - [`checks`]: whether a call may be made
//! - [`crossing`]: two calls that cross
//! - [`unit_of_work`], [`transition`]: the calls of one operation, and one step in the life of a call
//! - [`event`], [`milestone`]: what a mini-program's own backend is told, and what a step has brought a call to
//! - [`operation`]: what an operation is, the facts that it can want, and what it can write
//! - [`records`], [`call_record`]: what is known of mini-programs, devices and users, and of a call
//! - [`failure`], [`presence`], [`ticket`], [`ended`], [`billing`], [`event_type`], [`party`], [`sides`], [`preview`]: the
//!   nouns of all of them

pub mod billing;
pub mod call_record;
pub mod checks;
pub mod consent;
pub mod creation;
pub mod crossing;
pub mod driver;
pub mod ended;
pub mod event;
pub mod event_type;
pub mod failure;
pub mod milestone;
pub mod operation;
pub mod operator;
pub mod party;
pub mod presence;
pub mod preview;
pub mod records;
pub mod sides;
pub mod ticket;
pub mod transition;
pub mod unit_of_work;
