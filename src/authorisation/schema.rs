//! The schemas of what an authorisation names.

use utoipa::openapi::schema::ArrayBuilder;

use super::{MAX_NAME_LENGTH, MAX_OPENIDS, Status};
use crate::schema::{MAX_CHARACTERS, ON_ONE_LINE, one_of, string};
use crate::schema_of_rules;

schema_of_rules! {
    /// A name or an id, without control characters.
    Name: string(1, MAX_NAME_LENGTH).pattern(Some(ON_ONE_LINE));
    /// The openIds of some users.
    OpenIds: ArrayBuilder::new()
        .items(string(1, MAX_CHARACTERS))
        .min_items(Some(1))
        .max_items(Some(MAX_OPENIDS));
}

schema_of_rules!(for Status: one_of(Status::ALL.map(u8::from)), "1 is authorised, 0 is not.");
