//! The schemas of what a type alone does not say: lengths, patterns, limits, numbers that stand for words, and which
//! fields depend on each other.
//!
//! A type derives its schema, with the names of its members, their descriptions and the words of its enums. The
//! attributes of `utoipa` take literals only, so a rule that has a limit is a type here, whose schema is made from the
//! constant that the validation goes by. A test of the service holds the two together: `server/tests/document.rs`.

use std::borrow::Cow;

use utoipa::openapi::schema::{
    AllOfBuilder, AnyOfBuilder, ArrayBuilder, KnownFormat, ObjectBuilder, SchemaFormat, Type,
};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::authorisation::{MAX_NAME_LENGTH, MAX_OPENIDS, Status};
use crate::code::Code;
use crate::encode_video::{FIXED_LENGTHS, FRAME_RATES, ROTATIONS};
use crate::protocol::socket::{MAX_NAME_BYTES, MAX_REASON_LENGTH};
use crate::query::CustomQuery;
use crate::request::{BusinessType, CameraStatus, RawRequest, Request};
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
fn one_of<T: Into<u16>>(numbers: impl IntoIterator<Item = T>) -> ObjectBuilder {
    let numbers = numbers.into_iter().map(Into::into);
    ObjectBuilder::new().schema_type(Type::Integer).enum_values(Some(numbers))
}

/// Any number.
fn number() -> ObjectBuilder {
    let format = SchemaFormat::KnownFormat(KnownFormat::Double);
    ObjectBuilder::new().schema_type(Type::Number).format(Some(format))
}

/// The pattern of a [`CustomQuery`]: a character of a key, and then characters, `=`, and `&` before a character of the
/// next key. What is escaped is one byte of UTF-8, or the two to four that a character has.
fn encoded_pairs() -> String {
    let next = "%[89AaBb][0-9A-Fa-f]";
    let escaped = [
        "%[0-7][0-9A-Fa-f]".to_owned(),
        format!("%[Cc][2-9A-Fa-f]{next}"),
        format!("%[Dd][0-9A-Fa-f]{next}"),
        format!("%[Ee]0%[AaBb][0-9A-Fa-f]{next}"),
        format!("%[Ee][1-9A-CEFa-cef]{next}{next}"),
        format!("%[Ee][Dd]%[89][0-9A-Fa-f]{next}"),
        format!("%[Ff]0%[9AaBb][0-9A-Fa-f]{next}{next}"),
        format!("%[Ff][1-3]{next}{next}{next}"),
        format!("%[Ff]4%8[0-9A-Fa-f]{next}{next}"),
    ];
    let character = format!(r"(?:[^%&=?#\x00-\x1F\x7F-\x9F]|{})", escaped.join("|"));
    format!("^(?:{character}(?:&?{character}|=)*)?$")
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
    /// A name or an id, without control characters.
    Name: string(1, MAX_NAME_LENGTH).pattern(Some(ON_ONE_LINE));
    /// What a device or a page calls itself: visible ASCII characters.
    NameOfDevice: string(1, MAX_NAME_BYTES).pattern(Some(VISIBLE_ASCII));
    /// Why something failed: the host's errMsg.
    Reason: string(0, MAX_REASON_LENGTH);
    /// A number of seconds.
    Seconds: number().exclusive_minimum(Some(0));
    /// A whole number of 32 bits.
    Uint32: integer(0, i64::from(u32::MAX));
    /// The openIds of some users.
    OpenIds: ArrayBuilder::new()
        .items(string(1, MAX_CHARACTERS))
        .min_items(Some(1))
        .max_items(Some(MAX_OPENIDS));
    /// The longer side of a video; 0 is the platform's choice.
    FixedLength: one_of(FIXED_LENGTHS);
    /// 1 is upright, 2 as the camera has it, 0 the platform's choice.
    Rotation: one_of(ROTATIONS);
    /// Width / height * 100; 0 is the platform's choice.
    Ratio: number().minimum(Some(0));
    /// The most frames a second; 0 is the platform's choice.
    MaxFps: one_of(FRAME_RATES);
}

schema_of_rules!(for CustomQuery: string(0, MAX_CHARACTERS).pattern(Some(encoded_pairs())),
    "Percent-encoded pairs such as a=1&b=2, each with a key, and an empty string for none.");
schema_of_rules!(for CameraStatus: one_of(CameraStatus::ALL.map(u8::from)), "0 is on, 1 is off.");
schema_of_rules!(for BusinessType: one_of(BusinessType::ALL.map(u8::from)),
    "0: a face-payment device calls, billed by duration. 1: a device calls a phone. 2: a phone calls a device. \
     3: a face-payment device calls, billed by license.");
schema_of_rules!(for Status: one_of(Status::ALL.map(u8::from)), "1 is authorised, 0 is not.");
schema_of_rules!(for Code: one_of(Code::ALL.iter().copied()), "A code of the contract.");

/// The body that creates a call: a [`Request`], of which the businessType says whether it needs a token.
impl PartialSchema for RawRequest {
    fn schema() -> RefOr<Schema> {
        let without = BusinessType::ALL.into_iter().filter(|kind| !kind.requires_token());
        let needs_none = ObjectBuilder::new()
            .property("businessType", one_of(without.map(u8::from)))
            .required("businessType")
            .description(Some("The deviceToken, where there is one, may be left out."));
        let has_one = ObjectBuilder::new()
            .property("voipToken", NonEmptyString::schema())
            .required("voipToken")
            .description(Some(
                "The payment's voip_token, the deviceToken or the pushToken is there.",
            ));
        AllOfBuilder::new()
            .item(Request::schema())
            .item(AnyOfBuilder::new().item(needs_none).item(has_one))
            .description(Some("The req of initByCaller."))
            .into()
    }
}

impl ToSchema for RawRequest {
    fn name() -> Cow<'static, str> {
        "CallRequest".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Request::schemas(schemas);
    }
}
