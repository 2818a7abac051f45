//! The schemas of how the video to a device is encoded.

use super::{FIXED_LENGTHS, FRAME_RATES, ROTATIONS};
use crate::schema::{number, one_of};
use crate::schema_of_rules;

schema_of_rules! {
    /// The longer side of a video; 0 is the platform's choice.
    FixedLength: one_of(FIXED_LENGTHS);
    /// 1 is upright, 2 as the camera has it, 0 the platform's choice.
    Rotation: one_of(ROTATIONS);
    /// Width / height * 100; 0 is the platform's choice.
    Ratio: number().minimum(Some(0));
    /// The most frames a second; 0 is the platform's choice.
    MaxFps: one_of(FRAME_RATES);
}
