//! The query of the routes of a call: which device asks, and what it has heard.

use serde::Deserialize;
use wmpf_voip::problem::Problems;
use wmpf_voip::protocol::socket::is_device;
use wmpf_voip::value::Value;
use wmpf_voip::words::Phrase;

use crate::failure::Failure;

/// The query, as it came.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct CallQuery {
    device: Option<String>,
    after: Option<String>,
}

/// A device on its way to the socket of a call.
#[derive(Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Its name.
    pub device: String,
    /// The number of the last event that it has heard.
    pub after: u32,
}

impl CallQuery {
    /// The query of a socket: it needs a device.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn arrival(self) -> Result<Arrival, Failure> {
        let mut problems = Problems::default();
        let device = device(&mut problems, self.device.as_deref());
        let after = match self.after.as_deref() {
            None => Some(0),
            Some(text) => {
                let after = text.parse().ok();
                if after.is_none() {
                    let got = Value::string(text).describe();
                    problems.parameter("after", Phrase::UINT32, got);
                }
                after
            }
        };
        match (device, after) {
            (Some(device), Some(after)) => Ok(Arrival { device, after }),
            (None, _) | (_, None) => Err(problems.into()),
        }
    }

    /// The query where a device need not be named.
    ///
    /// # Errors
    /// When the name is none.
    pub fn optional_device(self) -> Result<Option<String>, Failure> {
        let mut problems = Problems::default();
        match self.device {
            None => Ok(None),
            Some(name) => match device(&mut problems, Some(&name)) {
                Some(device) => Ok(Some(device)),
                None => Err(problems.into()),
            },
        }
    }
}

fn device(problems: &mut Problems, name: Option<&str>) -> Option<String> {
    match name {
        Some(name) if is_device(name) => Some(name.to_owned()),
        wrong => {
            let got = wrong.map_or(Value::Missing, Value::string).describe();
            problems.parameter("device", Phrase::DEVICE, got);
            None
        }
    }
}
