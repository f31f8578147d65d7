//! Real processes, real tools.

mod cleaning;
mod samples;
mod sandbox;
mod support;
