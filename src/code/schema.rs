//! The schema of a code.

use super::Code;
use crate::schema::one_of;
use crate::schema_of_rules;

schema_of_rules!(for Code: one_of(Code::ALL.iter().copied()), "A code of the contract.");
