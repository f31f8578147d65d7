//! Stand-ins for four companies' servers, with their documented behaviour and faults: real servers
//! on loopback, used by the tests and by the demo and part of no program that serves sources.
//!
//! Each keeps its own idea of what happened: what it was told is safe, what was deleted, what was
//! sent. A test asks it, and not the program, whether anything was lost or doubled. What is injected
//! comes from the test; the clock is an argument, so that days can pass.

mod answer;
pub mod clock;
pub mod fault;
pub mod instagram;
mod meta;
pub mod play;
pub mod signal;
pub mod site;
pub mod telegram;
pub mod whatsapp;
