//! What the schemas of the types are made of, beside what a type says by itself: lengths, patterns, limits, and numbers
//! that stand for words.
//!
//! A type derives its schema, with the names of its members, their descriptions and the words of its enums. The
//! attributes of `utoipa` take literals only, so a rule that has a limit is a type, whose schema is made from the
//! constant that the validation goes by; it stands in a module `schema` below that of the rule. A test of the service
//! holds the two together: `server/tests/document.rs`.

use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};

use crate::value::MAX_STRING_LENGTH;

/// The most characters of a string that is taken whatever its characters are. JSON Schema counts Unicode's characters,
/// and [`MAX_STRING_LENGTH`] the units of UTF-16, of which a character has at most two.
pub const MAX_CHARACTERS: usize = MAX_STRING_LENGTH / 2;

/// The pattern of a text without control characters.
pub const ON_ONE_LINE: &str = r"^[^\x00-\x1F\x7F-\x9F]*$";

/// The pattern of a text of visible ASCII characters.
pub const VISIBLE_ASCII: &str = "^[!-~]*$";

/// A string with these limits on the number of its characters.
#[must_use]
pub fn string(min: usize, max: usize) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).min_length(Some(min)).max_length(Some(max))
}

/// A whole number with these limits. Where the document is made, an isize has as many bits.
#[must_use]
pub fn integer(min: i64, max: i64) -> ObjectBuilder {
    let format = SchemaFormat::KnownFormat(KnownFormat::Int64);
    let number = ObjectBuilder::new().schema_type(Type::Integer).format(Some(format));
    number.minimum(Some(min as isize)).maximum(Some(max as isize))
}

/// One of these numbers.
#[must_use]
pub fn one_of<T: Into<u16>>(numbers: impl IntoIterator<Item = T>) -> ObjectBuilder {
    let numbers = numbers.into_iter().map(Into::into);
    ObjectBuilder::new().schema_type(Type::Integer).enum_values(Some(numbers))
}

/// Any number.
#[must_use]
pub fn number() -> ObjectBuilder {
    let format = SchemaFormat::KnownFormat(KnownFormat::Double);
    ObjectBuilder::new().schema_type(Type::Number).format(Some(format))
}

/// Gives types the schemas of rules. Their doc comments are the descriptions.
#[macro_export]
macro_rules! schema_of_rules {
    ($($(#[doc = $doc:literal])+ $name:ident: $schema:expr;)+) => {$(
        $(#[doc = $doc])+
        pub struct $name;

        $crate::schema_of_rules!(for $name: $schema, concat!($($doc),+));
    )+};
    (for $name:ident: $schema:expr, $description:expr) => {
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $schema.description(Some($description.trim())).into()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}

schema_of_rules! {
    /// A string. The service takes longer ones, too, of characters that are one unit of UTF-16.
    AnyString: string(0, MAX_CHARACTERS);
    /// A string that is not empty. The service takes longer ones, too, of characters that are one unit of UTF-16.
    NonEmptyString: string(1, MAX_CHARACTERS);
    /// A number of seconds.
    Seconds: number().exclusive_minimum(Some(0));
    /// A whole number of 32 bits.
    Uint32: integer(0, i64::from(u32::MAX));
}
