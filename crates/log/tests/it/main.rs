//! Tests of the log through its public interface, on real folders.

mod append;
mod blobs;
mod checkpoint;
mod crash;
mod erase;
mod faults;
mod flips;
mod mirror;
mod mirror_lies;
mod model;
mod once;
mod open;
mod proofs;
mod site;
mod syscalls;
mod tree;
mod verify;
mod verify_files;
