//! The query of the routes of a call: which device and page the request comes from, and which events the page has
//! heard.

use rand::Rng;
use rand::distr::Alphanumeric;
use serde::Deserialize;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use wmpf_voip::call::Device;
use wmpf_voip::problem::Problems;
use wmpf_voip::protocol::socket::is_name;
use wmpf_voip::schema_of_rules;
use wmpf_voip::value::Value;
use wmpf_voip::words::Phrase;

use wmpf_voip_calls::driver::Arrival;

use crate::http::failure::Failure;

/// The query parameters as they were passed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct CallQuery {
    device: Option<String>,
    page: Option<String>,
    takes: Option<String>,
    after: Option<String>,
}

/// What the parameter `takes` is, if it is passed.
const TAKES: &str = "1";

schema_of_rules! {
    /// The page takes the call.
    Takes: ObjectBuilder::new().schema_type(Type::String).enum_values(Some([TAKES]));
}

/// The length of the random name that a page without one gets, in characters.
const PAGE_LENGTH: usize = 24;

impl CallQuery {
    /// Reads the query of a socket, which has to name a device.
    ///
    /// Decision: a page without a name is one of an earlier version, which does not say whether it is new or comes
    /// back. Its socket is taken as a page of its own that takes the call, so that one of two such pages has it.
    ///
    /// # Errors
    /// When a parameter is wrong. Every wrong parameter is named.
    pub fn arrival(self) -> Result<Arrival, Failure> {
        let mut problems = Problems::default();
        let name = checked_name(&mut problems, "device", self.device.as_deref());
        let page = match self.page.as_deref() {
            None => Some(new_page()),
            page => checked_name(&mut problems, "page", page),
        };
        let takes = match self.takes.as_deref() {
            None => Some(self.page.is_none()),
            Some(TAKES) => Some(true),
            Some(text) => {
                problems.parameter("takes", Phrase::ONE_OR_NOTHING, Value::string(text).describe());
                None
            }
        };
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
        match (name, page, takes, after) {
            (Some(name), Some(page), Some(takes), Some(after)) => {
                Ok(Arrival { device: Device { name, page: Some(page) }, takes, after })
            }
            (None | Some(_), None | Some(_), None | Some(_), None | Some(_)) => {
                Err(problems.into())
            }
        }
    }

    /// Reads the query of a request that need not name a device.
    ///
    /// # Errors
    /// When the name of the device is not valid.
    pub fn optional_device(self) -> Result<Option<String>, Failure> {
        let mut problems = Problems::default();
        match self.device {
            None => Ok(None),
            Some(name) => match checked_name(&mut problems, "device", Some(&name)) {
                Some(device) => Ok(Some(device)),
                None => Err(problems.into()),
            },
        }
    }
}

fn checked_name(problems: &mut Problems, path: &str, name: Option<&str>) -> Option<String> {
    match name {
        Some(name) if is_name(name) => Some(name.to_owned()),
        wrong => {
            let got = wrong.map_or(Value::Missing, Value::string).describe();
            problems.parameter(path, Phrase::NAME_OF_DEVICE, got);
            None
        }
    }
}

fn new_page() -> String {
    let name = rand::rng().sample_iter(Alphanumeric).take(PAGE_LENGTH);
    name.map(char::from).collect()
}
