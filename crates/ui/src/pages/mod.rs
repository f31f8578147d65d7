//! The pages' HTML.

pub(crate) mod audit;
mod composer;
pub(crate) mod conversation;
mod details;
pub(crate) mod fate;
pub(crate) mod frame;
mod list;
pub(crate) mod lock;
pub(crate) mod panes;
mod parts;
pub(crate) mod publish;
pub(crate) mod redact;
pub(crate) mod sheets;
