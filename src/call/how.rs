//! How somebody ends a call by hand.

use serde::{Deserialize, Serialize};

/// How somebody ends a call by hand: the `status` of `cancelVoip` and `rejectVoip`, the `origin` of `hangUpVoip`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum How {
    /// The user pressed the button.
    Manual,
    /// The user left the call page.
    UnloadCallPage,
    /// The mini-program called `forceHangUpVoip`.
    ForceFromApp,
}
