//! The users of the face-payment system.

use super::fields::{Body, Fields};
use super::keys::{Key, check_app_id, check_text};
use super::problems::Problems;
use crate::domain::records::app::AppKey;
use crate::domain::records::payment_user::{PaymentUserBody, PaymentUserKey};
use crate::domain::records::{RecordId, RecordKey};

record! {
    /// A user of the face-payment system.
    PaymentUser(PaymentUserKey, PaymentUserBody), "a face-payment user" in AppKey,
    "/v1/admin/apps/{appId}/payment-users", "/v1/admin/apps/{appId}/payment-users/{userId}",
    deleting: "With the user's contacts."
}

impl Key for PaymentUserKey {
    fn path(&self) -> Vec<&str> {
        vec!["apps", &self.app_id, "payment-users", &self.user_id]
    }

    fn check(&self, problems: &mut Problems) {
        check_app_id(problems, &self.app_id);
        check_text(problems, "userId", &self.user_id);
    }

    fn requires(&self, _: &PaymentUserBody) -> Vec<RecordId> {
        vec![AppKey { app_id: self.app_id.clone() }.id()]
    }
}

impl Body for PaymentUserBody {
    fn read(fields: &mut Fields) -> Option<PaymentUserBody> {
        Some(PaymentUserBody { license_expires_at: fields.time("licenseExpiresAt")? })
    }
}
