//! By what somebody ends a call.

use serde::{Deserialize, Serialize};

/// How somebody ends a call by hand: the `status` of `cancelVoip` and `rejectVoip`, the `origin` of `hangUpVoip`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum How {
    /// By the button.
    Manual,
    /// The call page was left.
    UnloadCallPage,
    /// `forceHangUpVoip`
    ForceFromApp,
}
