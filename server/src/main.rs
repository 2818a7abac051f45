//! The room service's command line.

fn main() {}
