//! The Bot API's stand-in behaves as documented, seen by a plain client.

mod chats;
mod client;
mod hooks;
mod polls;
