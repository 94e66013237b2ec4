//! The native part of the Java binding: one function for each call of the library.
//!
//! Each takes a handle and one packed request, and gives one packed response. `boundary` is the border to the virtual machine
//! and holds nearly all `unsafe`; what stands behind it is plain calls of the library.

mod attempt;
mod bare;
mod boundary;
mod check;
mod conflict;
mod exports;
mod help_desk;
mod keyring;
mod parameters;
mod person;
mod policy;
mod provisioning;
mod request;
mod response;
mod slots;
mod text;
mod ticket;
mod token_file;
mod verifier;
