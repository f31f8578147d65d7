//! Streaming both ways at constant memory: sealed on one thread, opened on another, compared
//! byte for byte, nothing kept.

use std::io::{BufReader, Read, Write};
use std::thread;

use payamgir_open::{BlobReader, Identity};
use payamgir_seal::{BlobSealer, Recipient};
use zeroize::Zeroizing;

const MIB: usize = 1 << 20;
/// The pipe, the buffers, the program and its test harness together.
const MOST_KIB: u64 = 32 * 1024;

#[test]
fn any_size_streams_through_constant_memory() {
    let full = std::env::var("PAYAMGIR_BLOB_MIB").ok().and_then(|mib| mib.parse().ok());
    let mib: usize = full.unwrap_or(256);
    let identity = Identity::from_seed(Zeroizing::new([5; 32]));
    let recipient: Recipient = identity.recipient().parse().unwrap();
    let (sealed, to) = std::io::pipe().unwrap();
    let sealing = thread::spawn(move || {
        let mut sealer = BlobSealer::new(&recipient, to).unwrap();
        for number in 0..mib {
            sealer.write_all(&block(number)).unwrap();
        }
        sealer.finish().unwrap().1
    });
    let size = (mib * MIB) as u64;
    let sealed = BufReader::with_capacity(256 * 1024, sealed);
    let mut opened = BlobReader::new([&identity], sealed, size).unwrap();
    let mut buffer = vec![0; MIB];
    for number in 0..mib {
        opened.read_exact(&mut buffer).unwrap();
        assert!(buffer == block(number), "differs in MiB {number}");
    }
    assert_eq!(opened.read(&mut buffer).unwrap(), 0);
    assert_eq!(sealing.join().unwrap(), size);
    let peak = peak_kib();
    println!("{mib} MiB sealed and opened: peak {peak} KiB");
    assert!(peak < MOST_KIB, "peak {peak} KiB");
}

/// A block unlike the others.
fn block(number: usize) -> Vec<u8> {
    let mut block = vec![number as u8; MIB];
    block[..8].copy_from_slice(&(number as u64).to_be_bytes());
    block
}

fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
