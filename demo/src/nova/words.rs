//! Sentences that Nova uses in many places.

use crate::error::Refusal;

/// 403 as oslo.policy's refusals read in Nova.
pub fn policy(rule: &str) -> Refusal {
    Refusal::forbidden(format!("Policy doesn't allow {rule} to be performed."))
}

/// 400 as Nova's JSON schemas word it; `value` is already in Python's notation.
pub fn invalid(field: &str, value: &str, why: &str) -> Refusal {
    Refusal::bad_request(format!("Invalid input for field/attribute {field}. Value: {value}. {why}"))
}
