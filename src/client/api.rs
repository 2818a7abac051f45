//! The names of the APIs that ask the service for something.

use crate::error::ErrorKind;

/// An API of the package that sends a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// A call of any kind.
    InitByCaller,
    /// A call from a phone to a device that runs WMPF.
    CallWmpf,
    /// A call from a phone to a device that runs Linux or an RTOS.
    CallDevice,
    /// The question which users have authorised a device.
    GetIotBindContactList,
    /// The end of a call that has no page.
    ForceHangUpVoip,
    /// The page of a call, which asks whether the call that another page has is over.
    OpenCall,
}

impl Api {
    /// All of them.
    pub const ALL: [Api; 6] = [
        Api::InitByCaller,
        Api::CallWmpf,
        Api::CallDevice,
        Api::GetIotBindContactList,
        Api::ForceHangUpVoip,
        Api::OpenCall,
    ];

    /// The name, with which the messages of its errors begin.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Api::InitByCaller => "initByCaller",
            Api::CallWmpf => "callWMPF",
            Api::CallDevice => "callDevice",
            Api::GetIotBindContactList => "getIotBindContactList",
            Api::ForceHangUpVoip => "forceHangUpVoip",
            Api::OpenCall => "openCall",
        }
    }

    /// The API of this name.
    #[must_use]
    pub fn of(name: &str) -> Option<Api> {
        Api::ALL.into_iter().find(|api| api.name() == name)
    }

    /// Whether its promise resolves with an error of this kind. Every other error rejects it.
    #[must_use]
    pub fn resolves_with(self, kind: ErrorKind) -> bool {
        self == Api::InitByCaller && kind == ErrorKind::Cgi
    }
}
