//! The schemas of the request that creates a call.

use std::borrow::Cow;

use utoipa::openapi::schema::{AllOfBuilder, AnyOfBuilder, ObjectBuilder};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::{BusinessType, CameraStatus, RawRequest, Request};
use crate::schema::{NonEmptyString, one_of};
use crate::schema_of_rules;

schema_of_rules!(for CameraStatus: one_of(CameraStatus::ALL.map(u8::from)), "0 is on, 1 is off.");
schema_of_rules!(for BusinessType: one_of(BusinessType::ALL.map(u8::from)),
    "0: a face-payment device calls, billed by duration. 1: a device calls a phone. 2: a phone calls a device. \
     3: a face-payment device calls, billed by license.");

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
