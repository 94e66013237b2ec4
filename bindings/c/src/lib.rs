//! The C interface of poterne. `include/poterne.h` is made from these documents, and is its manual.

#![allow(non_camel_case_types, reason = "C's names")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::too_many_arguments,
    reason = "a panic becomes a status at the guard, and C has no structures to hand"
)]

pub mod attempt;
pub mod bare;
pub mod guard;
pub mod keyring;
pub mod login;
pub mod provisioning;
pub mod status;
pub mod structs;
pub mod text;
pub mod verifier;
mod wipe;
