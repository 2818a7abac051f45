//! The skin that touches JavaScript.
