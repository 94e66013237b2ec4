//! The C interface of poterne. `include/poterne.h` is made from these documents, and is its manual.

#![allow(non_camel_case_types, reason = "C's names")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::too_many_arguments,
    reason = "a panic becomes a status at the guard, and C has no structures to hand"
)]

// The sections of the header, in its order: that of use.
pub mod status;
pub mod keyring;
pub mod verifier;
pub mod table;
pub mod enrollment;
pub mod login;
pub mod two_steps;
pub mod ticket;
pub mod confirmation;
pub mod help_desk;
pub mod rows;
pub mod token_file;
pub mod provisioning;
pub mod bare;
pub mod text;
pub mod wipe;

mod answer;
mod attempt;
mod guard;
mod structs;
