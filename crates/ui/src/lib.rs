//! The desk's pages, on loopback.
//!
//! It shows what an [`payamgir_desk::office::Office`] tells and passes on what an editor does. It
//! knows no keys: opening the desk is the program's affair ([`Opener`]), and what is locked is gone
//! with the process. Every page works without scripts; `desk.js` makes them quicker.

mod door;
mod gate;
mod handlers;
pub mod keys;
mod listen;
mod pages;
mod place;
mod routes;
mod say;
mod serve;
mod status;

pub use door::{NotOpened, Opened, Opener};
pub use gate::Secrets;
pub use serve::{Settings, Why, serve};
