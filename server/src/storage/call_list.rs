//! Which calls an operator wants to see, and those that are found.

use wmpf_voip_calls::call_record::CallRecord;

/// Which calls of a mini-program are meant.
#[derive(Debug, Clone, Default)]
pub struct CallsWanted {
    /// Only those that are not over.
    pub is_live: bool,
    /// Only those that are over.
    pub is_over: bool,
    /// Only those before the call with this room id.
    pub before: Option<String>,
    /// Only those that were created at this time or later, in milliseconds since the Unix epoch.
    pub since: Option<i64>,
    /// Only those that were created before this time, in milliseconds since the Unix epoch.
    pub until: Option<i64>,
    /// Only those whose caller or listener has this id.
    pub party: Option<String>,
    /// Only those that ended in one of these ways; any, if there are none.
    pub endings: Vec<String>,
}

/// Some calls of a mini-program, the newest first.
#[derive(Debug, Default)]
pub struct CallsFound {
    /// The calls.
    pub records: Vec<CallRecord>,
    /// The room id before which there may be more. `None` if there are no more.
    pub next: Option<String>,
}
