//! What four messengers say, and what they might: everything is heard, nothing says who it is from.

mod anything;
mod instagram;
mod law;
mod samples;
mod show;
mod signal;
mod telegram;
mod whatsapp;
