//! The roster, told the truth and told lies.

mod approvals;
mod desk;
mod fold;
mod proof;
mod refusals;
mod rules;
mod together;
mod vectors;
