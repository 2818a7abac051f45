//! How a phone encodes the video that it sends: the four `encodeVideo*` names.
//!
//! `callDevice` takes them as members, and a wrong one is an error. In every other kind of call they stand in the
//! query of the call page, where the plugin reads them since version 2.4.5. **Decision**: there, what is out of its
//! range is read as `0`, which leaves the choice to the platform, and is no error: the documents name none, and a
//! `customQuery` is the developer's own. Of several pairs of one name the last is read, as hosts do.

#[cfg(feature = "openapi")]
mod schema;

use serde::{Deserialize, Serialize};

use crate::query::{CustomQuery, decoded_pairs};

/// The longer sides that there are.
pub(crate) const FIXED_LENGTHS: [u16; 4] = [0, 320, 480, 640];

/// The rotations that there are.
pub(crate) const ROTATIONS: [u16; 3] = [0, 1, 2];

/// The numbers of frames a second that there are.
pub(crate) const FRAME_RATES: [u16; 9] = [0, 8, 9, 10, 11, 12, 13, 14, 15];

/// How the phone is to encode the video that it sends. `0` is the platform's choice.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EncodeVideo {
    /// The longer side: 0, 320, 480 or 640.
    #[serde(rename = "encodeVideoFixedLength")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<schema::FixedLength>, default = 0, required = false))]
    pub fixed_length: u16,
    /// 0, 1 upright, or 2 as the camera has it.
    #[serde(rename = "encodeVideoRotation")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<schema::Rotation>, default = 0, required = false))]
    pub rotation: u16,
    /// Width / height * 100; finite and not negative.
    #[serde(rename = "encodeVideoRatio")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<schema::Ratio>, default = 0, required = false))]
    pub ratio: f64,
    /// The most frames a second: 0, or from 8 to 15.
    #[serde(rename = "encodeVideoMaxFPS")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<schema::MaxFps>, default = 0, required = false))]
    pub max_fps: u16,
}

impl EncodeVideo {
    /// What the query of a call page says; none if it leaves everything to the platform.
    #[must_use]
    pub fn of_path(path: &str) -> Option<EncodeVideo> {
        let mut said = EncodeVideo::default();
        for (name, value) in decoded_pairs(path.split_once('?')?.1) {
            let number = value.parse().unwrap_or(0.0);
            match &*name {
                "encodeVideoFixedLength" => said.fixed_length = fixed_length(number).unwrap_or(0),
                "encodeVideoRotation" => said.rotation = rotation(number).unwrap_or(0),
                "encodeVideoRatio" => said.ratio = ratio(number).unwrap_or(0.0),
                "encodeVideoMaxFPS" => said.max_fps = max_fps(number).unwrap_or(0),
                _ => {}
            }
        }
        (said != EncodeVideo::default()).then_some(said)
    }

    /// The query by which a call page says the same; none if everything is left to the platform.
    #[must_use]
    pub fn query(&self) -> Option<CustomQuery> {
        let EncodeVideo { fixed_length, rotation, ratio, max_fps } = *self;
        let numbers = [
            ("encodeVideoFixedLength", f64::from(fixed_length)),
            ("encodeVideoRotation", f64::from(rotation)),
            ("encodeVideoRatio", ratio),
            ("encodeVideoMaxFPS", f64::from(max_fps)),
        ];
        let chosen = numbers.iter().filter(|(_, number)| *number != 0.0);
        let pairs: Vec<String> = chosen.map(|(name, number)| format!("{name}={number}")).collect();
        CustomQuery::parse(pairs.join("&")).ok().filter(|query| !query.as_str().is_empty())
    }
}

/// The longer side, if it can be this one.
pub(crate) fn fixed_length(number: f64) -> Option<u16> {
    one_of(&FIXED_LENGTHS, number)
}

/// The rotation, if it can be this one.
pub(crate) fn rotation(number: f64) -> Option<u16> {
    one_of(&ROTATIONS, number)
}

/// The most frames a second, if they can be so many.
pub(crate) fn max_fps(number: f64) -> Option<u16> {
    one_of(&FRAME_RATES, number)
}

/// Width / height * 100, if it can be this; often it is a fraction. The absolute value is that of -0.
pub(crate) fn ratio(number: f64) -> Option<f64> {
    (number.is_finite() && number >= 0.0).then_some(number.abs())
}

fn one_of(all: &[u16], number: f64) -> Option<u16> {
    all.iter().copied().find(|&one| f64::from(one) == number)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: EncodeVideo =
        EncodeVideo { fixed_length: 320, rotation: 1, ratio: 133.5, max_fps: 15 };

    #[test]
    fn a_page_says_by_its_query_what_call_device_says_by_members() {
        let query = FULL.query().unwrap();
        assert_eq!(
            query.as_str(),
            "encodeVideoFixedLength=320&encodeVideoRotation=1&encodeVideoRatio=133.5&encodeVideoMaxFPS=15"
        );
        assert_eq!(EncodeVideo::of_path(&format!("p?a=1&{}", query.as_str())), Some(FULL));
        assert_eq!(EncodeVideo::default().query(), None);
        let one = EncodeVideo { max_fps: 8, ..EncodeVideo::default() };
        assert_eq!(one.query().unwrap().as_str(), "encodeVideoMaxFPS=8");
    }

    #[test]
    fn what_is_out_of_range_in_a_query_is_the_platforms_choice() {
        for query in [
            "",
            "a=1",
            "encodeVideoFixedLength=321",
            "encodeVideoFixedLength",
            "encodeVideoRotation=90",
            "encodeVideoRatio=-1&encodeVideoMaxFPS=30",
            "encodeVideoRatio=inf",
            "encodeVideoRatio=NaN",
            "encodeVideoMaxFPS=15.5",
            "encodeVideoMaxFPS=15x",
            "encodeVideoMaxFPS=15&encodeVideoMaxFPS=16",
            "encodevideomaxfps=15",
            "encodeVideoMaxFPS=%",
        ] {
            assert_eq!(EncodeVideo::of_path(&format!("p?{query}")), None, "{query}");
        }
        assert_eq!(EncodeVideo::of_path("p"), None);
        for (query, said) in [
            (
                "encodeVideoMaxFPS=7&encodeVideoRotation=2",
                EncodeVideo { rotation: 2, ..EncodeVideo::default() },
            ),
            ("%65ncodeVideoMaxFPS=%38", EncodeVideo { max_fps: 8, ..EncodeVideo::default() }),
            (
                "encodeVideoMaxFPS=16&encodeVideoMaxFPS=9",
                EncodeVideo { max_fps: 9, ..EncodeVideo::default() },
            ),
        ] {
            assert_eq!(EncodeVideo::of_path(&format!("p?{query}")), Some(said), "{query}");
        }
    }
}
