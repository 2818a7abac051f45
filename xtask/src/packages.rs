//! The packages of this workspace that are compiled together.

/// The packages whose tests run on this machine. They are always compiled together: for another choice of packages,
/// cargo would compile their dependencies again, because the others need other features.
#[rustfmt::skip]
pub const NATIVE: [&str; 8] = [
    "--package", "wmpf-voip",
    "--package", "wmpf-voip-calls",
    "--package", "wmpf-voip-server",
    "--package", "wmpf-voip-fuzz",
];
