//! Whom a face-payment user may call.

use super::fields::{Body, Fields};
use super::keys::{Key, check_app_id, check_open_id, check_text};
use super::problems::Problems;
use crate::domain::records::contact::{ContactBody, ContactKey};
use crate::domain::records::payment_user::PaymentUserKey;
use crate::domain::records::user::UserKey;
use crate::domain::records::{RecordId, RecordKey};

record! {
    /// A user whom a face-payment user may call, which businessType 0 and 3 need.
    Contact(ContactKey, ContactBody), "a contact" in PaymentUserKey,
    "/v1/admin/apps/{appId}/payment-users/{userId}/contacts",
    "/v1/admin/apps/{appId}/payment-users/{userId}/contacts/{openId}",
    deleting: "Nothing else goes with it."
}

impl Key for ContactKey {
    fn path(&self) -> Vec<&str> {
        vec!["apps", &self.app_id, "payment-users", &self.user_id, "contacts", &self.open_id]
    }

    fn check(&self, problems: &mut Problems) {
        check_app_id(problems, &self.app_id);
        check_text(problems, "userId", &self.user_id);
        check_open_id(problems, &self.open_id);
    }

    fn requires(&self, _: &ContactBody) -> Vec<RecordId> {
        let ContactKey { app_id, user_id, open_id } = self.clone();
        let payment_user = PaymentUserKey { app_id: app_id.clone(), user_id };
        vec![payment_user.id(), UserKey { app_id, open_id }.id()]
    }
}

impl Body for ContactBody {
    fn read(_: &mut Fields) -> Option<ContactBody> {
        Some(ContactBody {})
    }
}
