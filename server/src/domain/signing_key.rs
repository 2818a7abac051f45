//! A key that signs the tokens of a mini-program.

use wmpf_voip::secret::Secret;

/// A key that signs the tokens of a mini-program.
#[derive(Debug, Clone)]
pub struct SigningKey {
    /// The number of the key in this service. A later key has a higher one, and no other key ever gets it.
    pub number: i64,
    /// The key itself.
    pub key: Secret<Vec<u8>>,
}

impl SigningKey {
    /// Makes the key with this number of these bytes.
    #[must_use]
    pub const fn new(number: i64, key: Vec<u8>) -> SigningKey {
        SigningKey { number, key: Secret::new(key) }
    }
}
